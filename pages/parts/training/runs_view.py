"""The runs, newest first; choosing one shows it."""

import streamlit as st

from pages.parts import thumbnails
from pages.parts.training import notices, result_files, run_actions, run_view, run_words, titles
from vision import places
from vision.jobs import FINISHED, QUEUED
from vision.training import queue, runs
from vision.training.run_folder import RunFolder, RunStatus

SHOWN_FIRST = 20
EVERY_S = 2.0


def show_runs() -> None:
    """Draws the list of runs, or the one that was chosen."""
    name = st.session_state.get(run_actions.CHOSEN)
    if name is not None:
        st.button(
            "All runs", icon=":material/arrow_back:", key="training_back", on_click=run_actions.choose, args=(None,)
        )
        run_view.show_run(RunFolder(places.RUNS_DIR / name))
        return
    notices.show()
    st.fragment(_show_list, run_every=EVERY_S)()


def _show_list() -> None:
    """Draws the list, which also another tab, or a command line, makes longer and shorter."""
    queue.start_worker(places.RUNS_DIR)
    found = runs.list_runs(places.RUNS_DIR)
    if not found:
        st.info("There are no runs yet. Start one under “New run”.", icon=":material/info:")
        return
    shown = found if st.session_state.get("training_all_runs", False) else found[:SHOWN_FIRST]
    with st.container(key="training_runs", gap="small"):
        for run in shown:
            status = run.look()
            if st.button(
                _label(run, status), key=f"training_run_{run.name}", icon=run_words.icon(status), width="stretch"
            ):
                run_actions.choose(run.name)
                st.rerun()
    if len(shown) < len(found):
        st.button(
            f"Show all {len(found)} runs",
            icon=":material/expand_more:",
            key="training_show_all_runs",
            on_click=lambda: st.session_state.update({"training_all_runs": True}),
            width="stretch",
        )


def _label(run: RunFolder, status: RunStatus) -> str:
    """Name, what it is of and where it stands, as Markdown."""
    parts = [titles.of_run(run), _standing(run, status)]
    return f"**{thumbnails.plain(run.name)}**  \n" + " · ".join(thumbnails.plain(part) for part in parts if part)


def _standing(run: RunFolder, status: RunStatus) -> str:
    if status.state == QUEUED:
        place = queue.queue_place(run)
        return run_words.state(status) + ("" if place is None else f", number {place}")
    if status.state == FINISHED:
        right = result_files.accuracy_in_words(run)
        return run_words.state(status) + (f", {right}" if right else "")
    if not run_actions.is_active(status):
        return run_words.state(status)
    parts = [run_words.state(status), run_words.progress(status), run_words.left(status.seconds_left)]
    return ", ".join(filter(None, parts))
