"""How long a run will take, before it starts."""

import streamlit as st

from pages.parts import thumbnails
from pages.parts.thumbnails import escape
from pages.parts.training import run_words
from pages.parts.training.dataset_counts import Counted
from pages.parts.words import heading
from vision import places
from vision.training import queue
from vision.training.config import TrainingConfig
from vision.training.estimate import estimate_seconds
from vision.training.runs import list_runs

RUNS_LOOKED_AT = 50


def show(counted: Counted, config: TrainingConfig) -> None:
    """Draws the estimate, and for whom the run will have to wait."""
    in_words = heading(run_words.duration(estimate(counted, config)))
    st.html(f'<p class="sl-found">{escape(in_words)} on this machine.</p>')
    before = queue.run_at_work(places.RUNS_DIR)
    if before is not None:
        st.caption(f"The run {thumbnails.plain(before.name)} has the machine now; this one waits for it.")


def estimate(counted: Counted, config: TrainingConfig) -> float:
    """Seconds that a run will take on this machine."""
    earlier = list_runs(places.RUNS_DIR)[:RUNS_LOOKED_AT]
    return estimate_seconds(config, counted.total, test_photos=counted.test_photos, runs=earlier)
