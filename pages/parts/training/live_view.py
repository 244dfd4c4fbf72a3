"""A run that waits or is at work, as it goes on."""

import streamlit as st

from pages.parts import thumbnails
from pages.parts.training import run_actions, run_curves, run_words
from vision.jobs import QUEUED
from vision.training import queue
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder, RunStatus

EVERY_S = 2.0


def show(run: RunFolder, status: RunStatus, config: TrainingConfig) -> None:
    """Draws what can be asked of it, and how far it is and what it has learnt, anew every two seconds."""
    is_stopping = run.is_asked_to_stop()
    run_actions.show_for_active(run, status, is_stopping)
    st.fragment(run_every=EVERY_S)(_show_now)(run, config, status.state == QUEUED, is_stopping)


def _show_now(run: RunFolder, config: TrainingConfig, was_waiting: bool, was_stopping: bool) -> None:
    status = run.look()
    waits = status.state == QUEUED
    if not run_actions.is_active(status) or waits != was_waiting or run.is_asked_to_stop() != was_stopping:
        st.rerun()  # the whole page looks different now
    queue.start_worker(run.path.parent)
    if waits:
        st.markdown(f"**{run_words.waiting(queue.queue_place(run))}**")
        return
    doing = "It is stopping; what it has learnt is being kept." if was_stopping else run_words.doing(status)
    st.markdown(f"**{thumbnails.plain(doing)}**")
    if status.state == "training" and status.total:
        st.progress(_part(status.done / status.total), text="This time through the photos")
    whole = ["The whole run", run_words.progress(status), run_words.left(status.seconds_left)]
    st.progress(_part(status.progress), text=", ".join(filter(None, whole)))
    run_curves.show(run, config)
    st.caption(_for_engineers(status))


def _for_engineers(status: RunStatus) -> str:
    figures = []
    if status.state == "training" and status.total:
        figures.append(f"step {status.done:,} of {status.total:,}")
    if status.photos_per_second is not None:
        figures.append(f"{status.photos_per_second:,.0f} photos a second")
    if status.memory_mb is not None:
        figures.append(f"{status.memory_mb:,.0f} MB of memory at most")
    return " · ".join(figures)


def _part(value: float) -> float:
    return min(max(value, 0.0), 1.0)
