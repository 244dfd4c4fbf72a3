"""The check of a data set: it runs beside the page, and what it found is shown, the worst first."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.parts import thumbnails
from pages.parts.thumbnails import escape
from pages.parts.training import twins_view
from pages.parts.training.dataset_counts import Counted, Stamp, class_name, stamp_of
from pages.parts.words import heading
from vision import places
from vision.datasets.check_job import CheckFolder, check_folder_for
from vision.datasets.inspection_result import Inspection
from vision.datasets.problems import Problem
from vision.jobs import FAILED, FINISHED, INTERRUPTED, STOPPED, JobStatus
from vision.tasks import TaskSpec

POLL_S = 0.7
BADGES = {"blocking": "Must be mended", "warning": "Worth mending", "note": "Good to know"}
ENDED = {
    STOPPED: "The check was cancelled, so nobody knows yet what is wrong with these photos.",
    INTERRUPTED: "The check was cut off: its process ended without a word.",
}


@dataclass(frozen=True)
class Checked:
    """What the check means for the start: why there can be none yet, in a sentence; "" where there can."""

    problem: str


def show(counted: Counted, task: TaskSpec | None, prefix: str) -> Checked:
    """Starts the check where it is due, and draws how far it is or what it found."""
    place = counted.place
    check = check_folder_for(place.train, place.test, places.CACHE_DIR, task)
    tests = () if place.test is None else stamp_of(place.test)
    inspection = _inspection(check.path, _changed_ns(check.result_path), stamp_of(place.train), tests)
    if inspection is not None:
        return _show_found(inspection, task, prefix)
    status = check.read_status()
    if status is None or status.state == FINISHED:  # nobody has looked, or the files are others since
        check.start()
    elif (ended := check.look()).state in (STOPPED, FAILED, INTERRUPTED):
        _show_ended(check, ended, prefix)
        return Checked("")
    st.fragment(_show_progress, run_every=POLL_S)(check, prefix)
    return Checked("You can start once the photos are checked, or the check is cancelled.")


# Whether any file has changed is told by looking at each of them: too slow for every click.
@st.cache_data(max_entries=16, show_spinner=False)
def _inspection(path: Path, result_changed_ns: int, train: Stamp, test: Stamp) -> Inspection | None:
    return CheckFolder(path).inspection() if result_changed_ns else None


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _show_progress(check: CheckFolder, prefix: str) -> None:
    status = check.look()
    if status.state in (STOPPED, FAILED, FINISHED, INTERRUPTED):
        st.rerun()
    bar, button = st.columns([4, 1], vertical_alignment="center")
    with bar:
        st.progress(status.progress, f"Checking the photos: {thumbnails.plain(status.message)}")
    with button:
        st.button(
            "Cancel",
            key=f"{prefix}_cancel",
            on_click=check.ask_to_stop,
            disabled=check.is_asked_to_stop(),
            width="stretch",
        )


def _show_ended(check: CheckFolder, status: JobStatus, prefix: str) -> None:
    st.warning(
        ENDED.get(status.state, f"The check failed: {thumbnails.plain(status.message)}"), icon=":material/error:"
    )
    st.button("Check the photos", icon=":material/fact_check:", key=f"{prefix}_check", on_click=check.start)


def _show_found(inspection: Inspection, task: TaskSpec | None, prefix: str) -> Checked:
    problems = inspection.problems(label_of=lambda key: heading(class_name(task, key)))
    if not problems:
        st.html('<p class="sl-fine">All photos were checked, and nothing is wrong with them.</p>')
    else:
        st.html(f'<div class="sl-problems">{"".join(map(_problem_html, problems))}</div>')
    twins_view.show(inspection, task, prefix)
    if inspection.blocking:
        return Checked("These photos cannot be learnt from yet: mend what must be mended first.")
    return Checked("")


def _problem_html(problem: Problem) -> str:
    return (
        f'<div class="sl-problem sl-{problem.severity}"><p><b>{BADGES[problem.severity]}.</b> '
        f"{escape(problem.text)}</p></div>"
    )
