"""One run: live while it is at work, what happened to it where it rests, its result where it is finished."""

import os

import streamlit as st

from pages.parts import thumbnails
from pages.parts.training import live_view, notices, result_view, run_actions, run_curves, run_words, titles
from vision.errors import VisionError
from vision.jobs import FAILED, FINISHED
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder, RunStatus

LOG_BYTES = 8000


def show_run(run: RunFolder) -> None:
    """Draws a run, whatever state it is in, also where its folder is damaged or gone."""
    notices.show()
    if not run.path.is_dir():
        st.warning(
            f"The run {thumbnails.plain(run.name)} is gone: its folder was deleted. What was published from it stays.",
            icon=":material/folder_off:",
        )
        return
    st.subheader(thumbnails.plain(run.name), anchor=False)
    try:
        config = TrainingConfig.load(run.config_path)
    except VisionError as error:
        st.error(thumbnails.plain(str(error)), icon=":material/error:")
        run_actions.show_delete(run)
        return
    st.caption(thumbnails.plain(titles.in_a_line(config)))
    status = run.look()
    if run_actions.is_active(status):
        live_view.show(run, status, config)
    elif status.state == FINISHED:
        result_view.show_result(run, config)
    else:
        _show_rest(run, status, config)


def _show_rest(run: RunFolder, status: RunStatus, config: TrainingConfig) -> None:
    can_finish = run.best_path.exists()
    say = st.error if status.state == FAILED else st.warning
    say(thumbnails.plain(run_words.rest(status, can_finish)), icon=run_words.icon(status))
    run_actions.show_for_resting(run, status, can_finish)
    run_curves.show(run, config)
    log = end_of_log(run)
    if log:
        with st.expander("The end of the log, for engineers", icon=":material/data_object:"):
            st.code(log, language=None, wrap_lines=True)


def end_of_log(run: RunFolder) -> str:
    """The last lines that the run's process printed; empty where there are none."""
    try:
        with run.log_path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - LOG_BYTES))
            return file.read().decode("utf-8", errors="replace").strip()
    except OSError:
        return ""
