"""Step 2: how to train, as settings with sane defaults; what needs knowledge is behind "Advanced"."""

import streamlit as st
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

from pages.parts import thumbnails
from pages.parts.training import advanced_form, augmentation_preview, network_choice, task_choice
from pages.parts.training.dataset_counts import Counted
from pages.parts.words import counted as in_number
from vision.errors import SettingsError
from vision.training.config import TrainingConfig
from vision.training.starts import shown_path
from vision.training.suggestions import Length, Suggestion, suggest

SIZES_PX = (96, 128, 160, 192, 224)
STRENGTHS = {"Not at all": 0.0, "A little": 0.25, "Clearly": 0.5, "A lot": 1.0}
USUAL_STRENGTH = "Clearly"
FOLDS = {
    "Network": ":material/hub:",
    "Changes to the photos": ":material/auto_fix_high:",
    "What to hold back, and when to stop": ":material/balance:",
    "Advanced": ":material/tune:",
}


def ask_settings(counted: Counted, prefix: str) -> TrainingConfig | None:
    """Draws the form; None, and a sentence, while something is missing or does not fit.

    Args:
        prefix: of the keys of this data set's widgets: each data set keeps its own settings.
    """
    suggestion = suggest(list(counted.photos.values()))
    st.caption("These settings suit your photos. Change what you like, or just go on.")
    left, right = st.columns(2, gap="large")
    with left:
        task = task_choice.ask_task(counted, prefix)
    with right:
        length = _ask_length(suggestion, prefix)
    summary = st.container()
    with _fold("Network", prefix):
        image_size = _ask_size(prefix)
        network = network_choice.ask_network(prefix, image_size)
    fold = _fold("Changes to the photos", prefix)
    with fold:
        strength = _ask_augmentation(prefix)
        if fold.open:
            augmentation_preview.show(counted, strength, image_size, None if task is None else task.spec, prefix)
    with _fold("What to hold back, and when to stop", prefix):
        validation_fraction, stops_early, class_weights = _ask_fairness(counted, suggestion, prefix)
    with _fold("Advanced", prefix):
        advanced = advanced_form.ask_advanced(length, prefix)
    if task is None or network is None:
        return None
    summary.caption(
        f"A {network.name} network sees each photo at {image_size} pixels, changed {in_words(strength)}, and "
        f"{validation_fraction:.0%} of the photos are held back.".replace("%", " %")
    )
    place = counted.place
    try:
        return TrainingConfig(
            task=task.spec.name,
            new_task=task.new_task,
            data=shown_path(place.train),
            test=None if place.test is None else shown_path(place.test),
            backbone=network.backbone,
            alpha=network.alpha,
            weights=network.weights,
            image_size=image_size,
            resize=task.spec.resize,
            head_epochs=advanced.head_epochs,
            epochs=advanced.epochs,
            batch_size=advanced.batch_size,
            learning_rate=advanced.learning_rate,
            label_smoothing=advanced.label_smoothing,
            train_batch_norm=advanced.train_batch_norm,
            augmentation=strength,
            validation_fraction=validation_fraction,
            seed=advanced.seed,
            formats=advanced.formats,
            class_weights=class_weights,
            patience=advanced.patience if stops_early else 0,
        )
    except SettingsError as error:
        st.error(thumbnails.plain(str(error)), icon=":material/error:")
        return None


def _fold(label: str, prefix: str) -> ExpanderContainer:
    """Room for settings; what it holds is drawn anew when it is opened."""
    return st.expander(label, icon=FOLDS[label], key=f"{prefix}_fold_{label}", on_change="rerun")


def in_words(strength: float) -> str:
    """How much photos are changed, inside a sentence."""
    return next(name for name, value in STRENGTHS.items() if value == strength).lower()


def _ask_length(suggestion: Suggestion, prefix: str) -> Length:
    lengths = {length.name: length for length in suggestion.lengths}
    name = st.radio(
        "How long may it learn?",
        list(lengths),
        index=suggestion.length,
        captions=[
            f"{length.description} {in_number(length.epochs, 'time').capitalize()} through the photos."
            for length in suggestion.lengths
        ],
        key=f"{prefix}_length",
        persist_state="session",
    )
    return lengths[name]


def _ask_size(prefix: str) -> int:
    return st.select_slider(
        "How closely should it look?",
        SIZES_PX,
        format_func=lambda size: f"{size} px",
        key=f"{prefix}_size",
        persist_state="session",
        help="The side to which each photo is made smaller. Twice the side shows finer details and takes four times as "
        "long. 96 is enough where the thing fills the photo.",
    )


def _ask_augmentation(prefix: str) -> float:
    name = st.select_slider(
        "How much should the photos be changed?",
        list(STRENGTHS),
        value=USUAL_STRENGTH,
        key=f"{prefix}_augmentation",
        persist_state="session",
    )
    st.caption(
        "While it learns, each photo is turned, lit, blurred and cut a little differently each time, so that it knows "
        "the thing in any light and from any side."
    )
    return STRENGTHS[name]


def _ask_fairness(counted: Counted, suggestion: Suggestion, prefix: str) -> tuple[float, bool, bool]:
    """The part to hold back, whether to stop early, and whether rare classes count for more."""
    left, right = st.columns(2, gap="large")
    with left:
        held_back = st.slider(
            "How many photos to hold back",
            0.05,
            0.4,
            value=suggestion.validation_fraction,
            step=0.05,
            format="percent",
            key=f"{prefix}_held_back",
            persist_state="session",
            help="It never learns from these; they tell which of its states was the best.",
        )
        if counted.test_photos:
            st.caption(f"The {counted.test_photos:,} photos in the folder test are held back as well, for the result.")
        else:
            st.caption("There is no folder of test photos, so the result is measured on these as well.")
    with right:
        stops_early = st.toggle(
            "Stop when it gets no better",
            value=False,
            key=f"{prefix}_stops_early",
            persist_state="session",
            help="Saves time; the best state is kept either way.",
        )
        class_weights = st.toggle(
            "Let rare classes count for more",
            value=suggestion.class_weights,
            key=f"{prefix}_class_weights",
            persist_state="session",
            help="For classes of very different size: else it learns to name the common ones, and to neglect the rest.",
        )
    return held_back, stops_early, class_weights
