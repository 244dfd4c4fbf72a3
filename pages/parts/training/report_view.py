"""The report of a run as one file, to take along."""

from pathlib import Path

import streamlit as st

from vision import names
from vision.training.run_folder import RunFolder


def offer(run: RunFolder) -> None:
    """Draws the button, where there is a report; the file is read when it is pressed."""
    if not run.page_path.is_file():
        return
    st.download_button(
        "Download the report",
        lambda: _content(run.page_path),
        file_name=f"{names.tidy(run.name)}.html",
        mime="text/html",
        icon=":material/download:",
        key="training_report",
        on_click="ignore",
        help="All of this as one HTML file that opens in any browser, without a network.",
    )


def _content(path: Path) -> bytes:
    return path.read_bytes()
