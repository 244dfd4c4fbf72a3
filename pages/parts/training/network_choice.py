"""Which network learns, and from which weights it starts."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pages.parts import thumbnails
from vision.training.backbones import BACKBONES
from vision.training.starts import StartingPoint, best_start, starting_weights


@dataclass(frozen=True)
class NamedNetwork:
    """A network of a certain width, and a line on its size and speed."""

    name: str
    backbone: str
    alpha: float
    line: str


# Sizes were measured on the float32 files; times are those of training, see `BackboneSpec.step_ms`.
NAMED = (
    NamedNetwork("Small", "mobilenet_v2", 0.35, "1.6 MB, the fastest. Right for most, and for a first try."),
    NamedNetwork("Medium", "mobilenet_v2", 0.75, "5.4 MB. Sees finer differences, takes about twice as long."),
    NamedNetwork("Large", "mobilenet_v2", 1.0, "8.9 MB. For many classes that look alike; takes three times as long."),
)
OTHER = "Another"


@dataclass(frozen=True)
class ChosenNetwork:
    """What `TrainingConfig` takes of it, and its name inside a sentence."""

    name: str
    backbone: str
    alpha: float
    weights: str


def ask_network(prefix: str, image_size: int, class_count: int) -> ChosenNetwork | None:
    """Draws the choice of network and start; None, and a sentence, where there is nothing to start from."""
    names = [*(network.name for network in NAMED), OTHER]
    lines = [*(network.line for network in NAMED), "Choose the family and the width yourself."]
    name = st.radio("How large a network?", names, captions=lines, key=f"{prefix}_network", persist_state="session")
    chosen = next((network for network in NAMED if network.name == name), None)
    backbone, alpha = (chosen.backbone, chosen.alpha) if chosen else _ask_other(prefix)
    points = starting_weights(backbone, alpha, image_size, class_count)
    weights = _ask_start(f"{prefix}_start_{backbone}_{alpha}", points)
    if weights is None:
        return None
    return ChosenNetwork(chosen.name.lower() if chosen else in_words(backbone), backbone, alpha, weights)


def in_words(backbone: str) -> str:
    """A backbone's name without signs that only computers need."""
    return backbone.replace("_", " ")


def _ask_other(prefix: str) -> tuple[str, float]:
    backbone = st.selectbox(
        "Family",
        list(BACKBONES),
        format_func=in_words,
        key=f"{prefix}_backbone",
        persist_state="session",
    )
    spec = BACKBONES[backbone]
    st.caption(spec.description)
    if not spec.alphas:
        return backbone, 1.0
    alpha = st.select_slider(
        "Width",
        spec.alphas,
        value=1.0,
        key=f"{prefix}_alpha_{backbone}",
        persist_state="session",
        help="How many filters each layer has: half the width is about a third of the work.",
    )
    return backbone, alpha


def _ask_start(key: str, points: Sequence[StartingPoint]) -> str | None:
    best = best_start(points)
    for point in points:
        if not point.available:
            st.caption(f"{thumbnails.plain(point.label)} cannot be used. {thumbnails.plain(point.description)}")
    if best is None:
        st.warning(
            "This network starts from a Keras file; put one into the folder models/start, or choose another network.",
            icon=":material/error:",
        )
        return None
    usable = {point.value: point for point in points if point.available}
    return st.radio(
        "What should it know already?",
        list(usable),
        index=list(usable).index(best.value),
        format_func=lambda value: thumbnails.plain(usable[value].label),
        captions=[thumbnails.plain(point.description) for point in usable.values()],
        key=key,
        persist_state="session",
    )
