"""The training page: start a run, watch runs, compare them."""

import streamlit as st

from pages.parts import style
from pages.parts.training import compare_view, look, new_run, runs_view, tabs
from pages.parts.training.tabs import COMPARE, NEW, PART_KEY, RUNS
from vision import places
from vision.jobs import RESTING
from vision.training.runs import list_runs

ICONS = {NEW: ":material/add:", RUNS: ":material/list:", COMPARE: ":material/compare_arrows:"}


def show() -> None:
    """Draws the whole page."""
    style.apply()
    look.apply()
    st.title("Train your own", anchor=False)
    st.write("Turn a folder of photos into a model that names them. You need to know nothing about how that works.")
    tabs.turn()
    if PART_KEY not in st.session_state:
        st.session_state[PART_KEY] = RUNS if _is_at_work() else NEW
    part = st.segmented_control(
        "Part of this page",
        list(ICONS),
        required=True,
        format_func=lambda name: f"{ICONS[name]} {name}",
        key=PART_KEY,
        persist_state="session",
        label_visibility="collapsed",
        width="stretch",
    )
    if part == RUNS:
        runs_view.show_runs()
    elif part == COMPARE:
        compare_view.show_compare()
    else:
        new_run.show()


def _is_at_work() -> bool:
    return any(run.look().state not in RESTING for run in list_runs(places.RUNS_DIR)[:20])
