"""Whether objects are looked for in a photo first, and how: a switch, and sliders behind "Advanced"."""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts import loaders, thumbnails, view_link
from pages.parts.photos import Desk
from pages.parts.setup import Finder
from pages.parts.view_link import ViewLink
from vision.errors import VisionError
from vision.tasks import TaskSpec

LEAST_CONFIDENCE, MOST_CONFIDENCE = 0.05, 0.95
MOST_MARGIN = 0.5


@dataclass(frozen=True)
class FinderSettings:
    """What is set behind "Advanced".

    Attributes:
        finder: None where the task has none, or none is at hand.
        margin: part of a box' side added on each side.
        timing_area: where `show_timing` says how long the finder took; None where there is no finder.
    """

    finder: Finder | None
    margin: float
    timing_area: DeltaGenerator | None = None


def ask_settings(task: TaskSpec, link: ViewLink) -> FinderSettings:
    """Draws the sliders, where the task has a finder."""
    if task.finder is None:
        return FinderSettings(None, task.box_margin)
    try:
        detector = loaders.load_detector(task.finder)
    except VisionError as error:
        st.caption(f"Finding {task.noun}s is not available. {thumbnails.plain(str(error))}")
        margin_key = f"{task.name}_margin"
        margin = _ask_margin(task, margin_key, link)
        _offer_reset(task, {margin_key: task.box_margin})
        return FinderSettings(None, margin)
    confidence_key, margin_key = f"{task.name}_confidence_{detector.card.name}", f"{task.name}_margin"
    usual = min(max(detector.min_confidence, LEAST_CONFIDENCE), MOST_CONFIDENCE)
    finder = Finder(detector, _ask_confidence(task, confidence_key, usual, link))
    margin = _ask_margin(task, margin_key, link)
    _offer_reset(task, {confidence_key: usual, margin_key: task.box_margin})
    return FinderSettings(finder, margin, timing_area=st.empty())


def ask_crop_first(task: TaskSpec, finder: Finder | None, desk: Desk, link: ViewLink) -> bool:
    """Draws the switch; where the task's finder is not at hand, says so."""
    if finder is None:
        st.info(
            f"Finding {task.noun}s is not available here at the moment, so the whole photo is looked at: "
            f"draw a box around the {task.noun} for a better answer.",
            icon=":material/info:",
        )
        return False
    key = f"{task.name}_crop_first"
    link.switch(view_link.CROP, key, usual=True)
    return st.toggle(
        f"Crop to the {task.noun} first",
        key=key,
        help=f"Finds each {task.noun} in the photo and looks at it alone. Switched off, the whole photo is looked at.",
        on_change=desk.boxes.clear,  # else a box drawn by hand would leave the switch without effect
    )


def show_timing(settings: FinderSettings, desk: Desk) -> None:
    """Says how long the finder took for the photo looked at last."""
    if settings.finder is None or settings.timing_area is None or desk.finding_ms is None:
        return
    name = thumbnails.plain(settings.finder.detector.card.name)
    settings.timing_area.caption(f"Detector {name}: {desk.finding_ms:.0f} ms for the photo looked at last.")


def _ask_confidence(task: TaskSpec, key: str, usual: float, link: ViewLink) -> float:
    link.part(view_link.CONFIDENCE, key, LEAST_CONFIDENCE, MOST_CONFIDENCE, usual)
    chosen = st.slider(
        "How sure the detector must be", LEAST_CONFIDENCE, MOST_CONFIDENCE, step=0.01, format="percent", key=key
    )
    st.caption(
        f"Further left, more {task.noun}s are found, and more things that only look like one. "
        "Further right, only the clear ones are found."
    )
    return chosen


def _ask_margin(task: TaskSpec, key: str, link: ViewLink) -> float:
    link.part(view_link.MARGIN, key, 0.0, MOST_MARGIN, task.box_margin)
    chosen = st.slider(f"Margin around the {task.noun}", 0.0, MOST_MARGIN, step=0.01, format="percent", key=key)
    st.caption(f"How much of the surroundings the model gets to see along with the {task.noun}.")
    return chosen


def _offer_reset(task: TaskSpec, usual: dict[str, float]) -> None:
    st.button(
        "Back to the usual settings",
        icon=":material/undo:",
        key=f"{task.name}_usual",
        disabled=all(st.session_state[key] == value for key, value in usual.items()),
        on_click=st.session_state.update,
        args=(usual,),
    )
