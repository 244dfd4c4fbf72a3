"""Which model answers: the default one, unless somebody looks behind "Advanced"."""

from pathlib import Path

import streamlit as st

from pages.parts import loaders, thumbnails, view_link, words
from pages.parts.view_link import ViewLink
from vision import names
from vision.model_card import FormatEntry, ModelCard
from vision.tasks import TaskSpec

Usable = dict[str, tuple[Path, ModelCard]]


def usable_models(task: TaskSpec) -> Usable:
    """The task's models by name, the default first; says which cannot be used, and where there is none."""
    models = loaders.installed_models(task)
    usable = {
        model.path.name: (model.path, model.card)
        for model in models
        if model.problem is None and model.card is not None
    }
    for model in models:
        if model.problem is not None:
            st.warning(f"One model is left out. {thumbnails.plain(model.problem)}", icon=":material/error:")
    if not usable:
        st.info(
            f"There is no model for {words.inside(task.title)} yet, so photos cannot be named. Train and publish one "
            f"with `python -m vision train --task {task.name} --data FOLDER --publish`, then come back.",
            icon=":material/info:",
        )
    return usable


def choose_model(task: TaskSpec, usable: Usable, link: ViewLink) -> tuple[Path, str]:
    """Draws the choice of model and format, where there is one; gives the model's folder and the format."""
    name, key = next(iter(usable)), f"{task.name}_model"
    link.choice(view_link.MODEL, key, list(usable), usual=name)
    if len(usable) > 1:
        name = st.selectbox("Model", list(usable), format_func=names.told_apart(usable).__getitem__, key=key)
    model_dir, card = usable[name]
    return model_dir, _choose_format(task, card, link)


def _choose_format(task: TaskSpec, card: ModelCard, link: ViewLink) -> str:
    formats, key = list(card.formats), f"{task.name}_format_{card.name}"
    link.choice(view_link.FORMAT, key, formats, usual=card.default_format)
    if len(formats) == 1:
        st.caption(f"Model {thumbnails.plain(card.name)}, {_describe(formats[0], card.formats[formats[0]])}")
        return formats[0]
    return st.radio(
        "Format",
        formats,
        format_func=lambda name: _describe(name, card.formats[name]),
        key=key,
        help="The same network, stored in different precision: 8-bit numbers make it smaller and faster.",
    )


def _describe(model_format: str, entry: FormatEntry) -> str:
    return f"{model_format}, {entry.size_bytes / 2**20:.1f} MB"
