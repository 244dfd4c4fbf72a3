"""The new model on a photo, beside the one that visitors have now."""

from pathlib import Path

import streamlit as st

from pages.parts import answers, cards_view, loaders, photo_input, thumbnails
from pages.parts.photos import Desk, Photo, desk_of
from pages.parts.setup import Setup
from pages.parts.thumbnails import escape
from pages.parts.training import held_out_photos, published, titles
from vision.errors import VisionError
from vision.model_card import ModelCard
from vision.tasks import TaskSpec
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder


def show(run: RunFolder, config: TrainingConfig) -> None:
    """Draws where a photo comes from, and both answers to it side by side."""
    task = titles.task_of(config)
    if task is None:
        st.error(f"The run's task '{thumbnails.plain(config.task)}' is not described; its model cannot be tried.")
        return
    try:
        standing = published.standing(run, task)
        new = _setup(task, run.model_dir, standing.card)
    except VisionError as error:
        st.error(thumbnails.plain(str(error)), icon=":material/error:")
        return
    photo_input.ask_for_photos(task)
    held_out_photos.show(run, task)
    desk = desk_of(task)
    if not desk.photos:
        return
    if len(desk.photos) > 1:
        st.caption("Only the first photo is looked at here.")
    photo = desk.photos[0]
    label = held_out_photos.label_of(photo)
    if label is not None:
        st.markdown(f"The folder says: **{thumbnails.plain(label)}**")
    columns = [_column_html("This run", new, desk, photo)]
    now = standing.default
    if now is not None and now.card is not None and not standing.is_default:
        columns.append(_now_html(task, now.path, now.card, desk, photo))
    st.html(f'<div class="sl-compare">{"".join(columns)}</div>')
    if standing.is_default:
        st.caption("This run's model is the one that visitors have now.")
    elif now is None:
        st.caption("There is no published model to compare it with.")


def _setup(task: TaskSpec, model_dir: Path, card: ModelCard) -> Setup:
    classifier = loaders.load_classifier(model_dir, card.default_format)
    return Setup(task, classifier, finder=None, crop_first=False, margin=task.box_margin)


def _now_html(task: TaskSpec, model_dir: Path, card: ModelCard, desk: Desk, photo: Photo) -> str:
    title = f"Visitors have now: {card.name}"
    try:
        setup = _setup(task, model_dir, card)
    except VisionError as error:
        return _titled(title, f"<p>{escape(str(error))}</p>")
    return _column_html(title, setup, desk, photo)


def _column_html(title: str, setup: Setup, desk: Desk, photo: Photo) -> str:
    try:
        (part,) = answers.whole(desk, photo, setup).parts
    except VisionError as error:
        return _titled(title, f"<p>{escape(str(error))}</p>")
    return _titled(title, cards_view.card_html(setup, part, None))


def _titled(title: str, content: str) -> str:
    return f'<div class="sl-compared"><h3>{escape(title)}</h3>{content}</div>'
