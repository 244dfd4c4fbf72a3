"""Puts runs into the queue, and goes to where they are watched."""

from collections.abc import Sequence

import streamlit as st

from pages.parts import thumbnails
from pages.parts.training import tabs
from vision import places
from vision.errors import VisionError
from vision.training import queue
from vision.training.config import TrainingConfig


def launch(runs: Sequence[tuple[str, TrainingConfig]]) -> None:
    """Starts runs, by name, and shows them; or says in a sentence why they could not be started."""
    try:
        for name, config in runs:
            queue.enqueue(config, name, places.RUNS_DIR)
    except VisionError as error:
        st.error(thumbnails.plain(str(error)), icon=":material/error:")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        st.error(f"The run could not be written down here ({reason}); make room on the disk.", icon=":material/error:")
    else:
        tabs.open_runs(runs[0][0] if len(runs) == 1 else None)
