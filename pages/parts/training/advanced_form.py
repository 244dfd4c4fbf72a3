"""What engineers set: everybody else's runs take what stands there."""

from dataclasses import dataclass

import streamlit as st

from vision.export.formats import CONVERTED, FORMATS
from vision.training.config import USUAL_FORMATS
from vision.training.suggestions import Length

SERVED = USUAL_FORMATS[0]


@dataclass(frozen=True)
class Advanced:
    """As `TrainingConfig` takes them."""

    head_epochs: int
    epochs: int
    learning_rate: float
    batch_size: int
    label_smoothing: float
    train_batch_norm: bool
    patience: int
    seed: int
    formats: tuple[str, ...]


def ask_advanced(length: Length, prefix: str) -> Advanced:
    """Draws the settings; `length` gives the epochs and the rate that stand there at first."""
    left, middle, right = st.columns(3, gap="medium")
    with left:
        head_epochs = st.number_input(
            "Epochs of the head",
            0,
            200,
            length.head_epochs,
            key=f"{prefix}_head_epochs_{length.name}",
            persist_state="session",
            help="Passes over the frozen body's features, before the body is trained. They are computed once.",
        )
        epochs = st.number_input(
            "Epochs of the whole network",
            0,
            500,
            length.epochs,
            key=f"{prefix}_epochs_{length.name}",
            persist_state="session",
            help="Passes over the photos with all layers unfrozen. 0 trains the head alone.",
        )
        patience = st.number_input(
            "Stop early after",
            1,
            100,
            max(4, length.epochs // 3),
            key=f"{prefix}_patience_{length.name}",
            persist_state="session",
            help="Epochs without a better validation score. Counts where stopping early is switched on.",
        )
    with middle:
        learning_rate = st.number_input(
            "Learning rate",
            1e-6,
            0.1,
            length.learning_rate,
            step=1e-4,
            format="%.5f",
            key=f"{prefix}_learning_rate_{length.name}",
            persist_state="session",
            help="AdamW's peak, reached after 5 % of the steps; then it falls to zero along a cosine.",
        )
        batch_size = st.select_slider(
            "Batch size", (8, 16, 32, 64, 128), 32, key=f"{prefix}_batch_size", persist_state="session"
        )
        label_smoothing = st.slider(
            "Label smoothing", 0.0, 0.3, 0.05, step=0.01, key=f"{prefix}_smoothing", persist_state="session"
        )
    with right:
        seed = st.number_input(
            "Seed",
            0,
            2**32 - 1,
            0,
            key=f"{prefix}_seed",
            persist_state="session",
            help="Same seed, same photos, same settings: the same model.",
        )
        train_batch_norm = st.toggle(
            "Train batch normalisation",
            value=True,
            key=f"{prefix}_batch_norm",
            persist_state="session",
            help="Switched off, its statistics stay those of the weights it starts from.",
        )
    formats = _ask_formats(prefix)
    return Advanced(
        head_epochs, epochs, learning_rate, batch_size, label_smoothing, train_batch_norm, patience, seed, formats
    )


def _ask_formats(prefix: str) -> tuple[str, ...]:
    others = [name for name in CONVERTED if name != SERVED]
    chosen = st.multiselect(
        f"Files besides {SERVED}",
        others,
        [name for name in others if name in USUAL_FORMATS],
        key=f"{prefix}_formats",
        persist_state="session",
    )
    st.caption("  \n".join(f"**{name}**: {FORMATS[name].description}" for name in others))
    return SERVED, *(name for name in others if name in chosen)
