"""Several runs at once, which differ in their network: the article's six, or a grid."""

from dataclasses import replace

import streamlit as st

from pages.parts import thumbnails
from pages.parts.training import estimate_view, network_choice, run_names, run_words
from pages.parts.training.check_view import Checked
from pages.parts.training.dataset_counts import Counted
from pages.parts.training.launch import launch
from pages.parts.words import counted as in_number
from vision.errors import SettingsError
from vision.training.backbones import BACKBONES
from vision.training.config import TrainingConfig
from vision.training.starts import IMAGENET, NONE, best_start, starting_weights
from vision.training.sweep import ARTICLE_SIX, expand, variants

LABEL = "Several runs at once, to compare networks"
ARTICLE, GRID = "The article's six", "A grid of your own"
SIZES_PX = (96, 128, 160, 192, 224)
MOST_RUNS = 40

Named = list[tuple[str, TrainingConfig]]


def show(counted: Counted, config: TrainingConfig, checked: Checked, name: str, prefix: str) -> None:
    """Draws the choice and its button, folded away."""
    fold = st.expander(LABEL, icon=":material/grid_view:", key=f"{prefix}_fold_sweep", on_change="rerun")
    if fold.open:
        with fold:
            _ask(counted, config, checked, name, prefix)


def _ask(counted: Counted, config: TrainingConfig, checked: Checked, name: str, prefix: str) -> None:
    kind = st.segmented_control(
        "Which runs?", [ARTICLE, GRID], default=ARTICLE, required=True, key=f"{prefix}_sweep", persist_state="session"
    )
    try:
        runs = _article(config) if kind == ARTICLE else _grid(config, prefix)
    except SettingsError as error:
        st.error(thumbnails.plain(str(error)), icon=":material/error:")
        return
    runs = [(f"{name}-{variant}", with_start(each, len(counted.photos))) for variant, each in runs]
    seconds = sum(estimate_view.estimate(counted, each) for _, each in runs)
    st.write(f"**{in_number(len(runs), 'run')}, {run_words.duration(seconds)} in all.** They wait for each other.")
    if any(each.weights == IMAGENET for _, each in runs):
        st.caption("ImageNet's weights are downloaded where this machine does not have them yet.")
    problem = checked.problem or _problem_of(runs)
    if problem:
        st.caption(problem)
    pressed = st.button(
        f"Start {in_number(len(runs), 'run')}",
        icon=":material/playlist_play:",
        key=f"training_new_sweep_start_{name}",
        disabled=bool(problem),
        width="stretch",
    )
    if pressed and not problem:
        launch(runs)


def with_start(config: TrainingConfig, class_count: int) -> TrainingConfig:
    """The settings with the best weights that there are for that network; with none where none are wanted."""
    if config.weights == NONE:
        return config
    best = best_start(starting_weights(config.backbone, config.alpha, config.image_size, class_count))
    return config if best is None else replace(config, weights=best.value)


def _article(config: TrainingConfig) -> Named:
    st.caption("MobileNet at four sizes of its input, and at two smaller widths: what does a smaller network cost?")
    return variants(_from_anywhere(config), ARTICLE_SIX)


def _grid(config: TrainingConfig, prefix: str) -> Named:
    families = [name for name, spec in BACKBONES.items() if spec.application]
    start = config.backbone if config.backbone in families else families[0]
    backbones = st.multiselect(
        "Families",
        families,
        [start],
        format_func=network_choice.in_words,
        key=f"{prefix}_sweep_backbones",
        persist_state="session",
    )
    common = sorted(set.intersection(*(set(BACKBONES[name].alphas) for name in backbones or families)))
    alphas = st.multiselect(
        "Widths",
        common,
        [alpha for alpha in common if alpha == config.alpha] or common[:1],
        key=f"{prefix}_sweep_alphas_{'_'.join(backbones)}",
        persist_state="session",
    )
    sizes = st.multiselect(
        "Sizes of the input",
        SIZES_PX,
        [config.image_size],
        format_func=lambda size: f"{size} px",
        key=f"{prefix}_sweep_sizes",
        persist_state="session",
    )
    return expand(_from_anywhere(config), sizes, alphas, backbones)


def _from_anywhere(config: TrainingConfig) -> TrainingConfig:
    """One weights file fits one network only, so each gets its own later on, see `with_start`."""
    return config if config.weights == NONE else replace(config, weights=IMAGENET)


def _problem_of(runs: Named) -> str:
    if len(runs) > MOST_RUNS:
        return f"That makes {len(runs)} runs; choose less, for at most {MOST_RUNS}."
    return next((problem for name, _ in runs if (problem := run_names.problem_of(name))), "")
