"""Components of our own: what Streamlit lacks, each in a file of HTML, CSS and JavaScript here."""

from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent


def component(name: str) -> Any:
    """The component whose files are called `name`; calling it draws it."""
    html, css, js = ((HERE / f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component(f"second_look_{name}", html=html, css=css, js=js)
