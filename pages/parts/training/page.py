"""The training page: start a run, watch runs, compare them."""

from pathlib import Path

import streamlit as st

from pages.parts import icon_choice, style
from pages.parts.training import compare_view, new_run, runs_view, tabs
from pages.parts.training.tabs import COMPARE, NEW, PART_KEY, RUNS
from vision import places
from vision.jobs import RESTING
from vision.training.runs import list_runs

ICONS = {NEW: ":material/add:", RUNS: ":material/list:", COMPARE: ":material/compare_arrows:"}


def show() -> None:
    """Draws the whole page."""
    style.apply()
    st.html(Path(__file__).with_name("runs.css"))
    st.title("Train your own", anchor=False)
    st.write("Turn a folder of photos into a model that names them. You need to know nothing about how that works.")
    tabs.turn()
    if PART_KEY not in st.session_state:
        st.session_state[PART_KEY] = RUNS if _is_at_work() else NEW
    part = icon_choice.choose("Part of this page", ICONS, PART_KEY, persists=True)
    if part == RUNS:
        runs_view.show_runs()
    elif part == COMPARE:
        compare_view.show_compare()
    else:
        new_run.show()


def _is_at_work() -> bool:
    return any(run.look().state not in RESTING for run in list_runs(places.RUNS_DIR)[:20])
