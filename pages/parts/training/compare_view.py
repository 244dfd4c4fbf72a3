"""Several runs beside each other: what came of them, and where their settings differ."""

import streamlit as st

from pages.parts import thumbnails
from pages.parts.training import compare_curves, compare_table, compare_words, notices, tensorboard_view
from vision import names, places
from vision.errors import VisionError
from vision.results.compare import compare
from vision.training.run_folder import RunFolder
from vision.training.runs import list_runs

CHOICE = "training_compared"
MOST, FIRST = 8, 3


def show_compare() -> None:
    """Draws the choice of runs and, of two or more, everything side by side."""
    notices.show()
    runs = {run.name: run for run in list_runs(places.RUNS_DIR)}
    chosen = _choose(runs)
    if len(chosen) < 2:
        st.info("Choose two runs or more to compare them.", icon=":material/compare_arrows:")
        return
    try:
        comparison = compare(chosen)
    except VisionError as error:
        st.error(thumbnails.plain(str(error)), icon=":material/error:")
        return
    for sentence in compare_words.sentences(comparison):
        st.markdown(thumbnails.plain(sentence))
    st.html(compare_table.table_html(comparison))
    compare_curves.show(comparison)
    tensorboard_view.show(chosen)


def _choose(runs: dict[str, RunFolder]) -> list[RunFolder]:
    known = [name for name in st.session_state.get(CHOICE, list(runs)[:FIRST]) if name in runs]
    st.session_state[CHOICE] = known  # without those that were deleted meanwhile
    chosen = st.multiselect(
        "Runs to compare",
        list(runs),
        format_func=names.told_apart(runs).__getitem__,
        key=CHOICE,
        max_selections=MOST,
        persist_state="session",
        placeholder="Choose runs",
    )
    return [runs[name] for name in chosen]
