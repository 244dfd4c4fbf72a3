"""Stop, resume, finish, delete: what can be asked of a run, from several tabs at once."""

from collections.abc import Callable

import streamlit as st

from pages.parts import delete_button, thumbnails
from pages.parts.training import notices
from vision.jobs import FAILED, INTERRUPTED, QUEUED, RESTING, STOPPED
from vision.training import queue
from vision.training.run_folder import RunFolder, RunStatus

CHOSEN = "training_run"  # name of the run that is looked at


def choose(name: str | None) -> None:
    """Makes `show_runs` show that run; None: the list of them."""
    notices.forget()
    st.session_state[CHOSEN] = name


def show_for_active(run: RunFolder, status: RunStatus, is_stopping: bool) -> None:
    """Draws what can be asked of a run that waits or is at work."""
    label = "Take it out of the queue" if status.state == QUEUED else "Stop"
    st.button(
        "Stopping ..." if is_stopping else label,
        icon=":material/stop_circle:",
        key="training_stop",
        on_click=notices.attempt,
        args=(lambda: queue.stop(run),),
        disabled=is_stopping,
        help="Ends the run where it can be continued; the best so far is kept.",
    )


def show_for_resting(run: RunFolder, status: RunStatus, can_finish: bool) -> None:
    """Draws what can be asked of a run that nobody works on."""
    with st.container(horizontal=True, key="training_actions"):
        if status.state in (STOPPED, FAILED, INTERRUPTED):
            st.button(
                "Resume",
                icon=":material/play_arrow:",
                type="primary",
                key="training_resume",
                on_click=notices.attempt,
                args=(lambda: _unless_active(run, queue.resume),),
            )
            if can_finish:
                st.button(
                    "Finish now with the best so far",
                    icon=":material/flag:",
                    key="training_finish",
                    on_click=notices.attempt,
                    args=(lambda: _unless_active(run, queue.finish),),
                    help="No more training: the best weights so far become the model, and are measured.",
                )
        show_delete(run)


def show_delete(run: RunFolder) -> None:
    """Draws the button that deletes a run, and the question behind it."""
    delete_button.show(
        "Delete",
        "This deletes the run with all that it learnt. What was published from it stays.",
        "training_delete",
        lambda: _delete(run),
        sure="Delete for good",
    )


def is_active(status: RunStatus) -> bool:
    """Whether a run waits or is at work: what it looks like may change by itself."""
    return status.state == QUEUED or status.state not in RESTING


def _unless_active(run: RunFolder, action: Callable[[RunFolder], None]) -> None:
    """What two tabs ask for at once is done once; the second one sees the run go on."""
    if not is_active(run.look()):
        action(run)


def _delete(run: RunFolder) -> None:
    notices.attempt(lambda: queue.forget(run), f"The run {thumbnails.plain(run.name)} is deleted.")
    if not run.path.exists():
        st.session_state[CHOSEN] = None
