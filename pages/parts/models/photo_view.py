"""One photo through all formats of a model at once, and where they disagree."""

from collections.abc import Mapping

import streamlit as st

from pages.parts import answers, cards_view, line, loaders, photo_input, thumbnails, words
from pages.parts.models.choice import Chosen
from pages.parts.photos import Desk, Photo, desk_of
from pages.parts.results import Answer
from pages.parts.setup import Setup
from pages.parts.thumbnails import escape
from vision.errors import BusyError, VisionError


def show(chosen: Chosen) -> None:
    """Draws where a photo comes from, what the formats agree on, and the answer of each."""
    photo_input.ask_for_photos(chosen.task)
    st.caption("Photos are classified on this server, kept in memory while you look at them, and never stored.")
    desk = desk_of(chosen.task)
    if not desk.photos:
        return
    if len(desk.photos) > 1:
        st.caption("Only the first photo is looked at here.")
    with line.shown_here(chosen.task):
        _show_answers(chosen, desk, desk.photos[0])


def _show_answers(chosen: Chosen, desk: Desk, photo: Photo) -> None:
    """Draws the answers. Raises BusyError where too many are waiting in line."""
    try:
        found = _ask_all(chosen, desk, photo)
    except BusyError:
        raise
    except VisionError as error:
        st.error(thumbnails.plain(str(error)), icon=":material/error:")
        return
    said = {name: part.prediction.best.label for name, (_, part) in found.items()}
    sure = {name: part.prediction.best.probability for name, (_, part) in found.items()}
    st.html(f'<p class="sl-advice" role="status">{escape(agreement(said))}</p>')
    if max(sure.values()) < chosen.card.likely_from:
        whom = "none of them is" if len(sure) > 1 else "it is not"
        st.caption(f"But {whom} sure of it: {words.percent(max(sure.values()))} at most.")
    elif len(sure) > 1:
        st.caption(spread(sure))
    columns = "".join(
        f'<div class="sl-compared"><h3>{escape(name)}</h3>{cards_view.card_html(setup, part, None)}</div>'
        for name, (setup, part) in found.items()
    )
    st.html(f'<div class="sl-compare">{columns}</div>')


def _ask_all(chosen: Chosen, desk: Desk, photo: Photo) -> dict[str, tuple[Setup, Answer]]:
    found = {}
    for name in chosen.card.formats:
        classifier = loaders.load_classifier(chosen.model_dir, name)
        setup = Setup(chosen.task, classifier, finder=None, crop_first=False, margin=chosen.task.box_margin)
        (part,) = answers.whole(desk, photo, setup).parts
        found[name] = setup, part
    return found


def agreement(said: Mapping[str, str]) -> str:
    """Whether the formats give the same name, by format."""
    by_answer: dict[str, list[str]] = {}
    for name, label in said.items():
        by_answer.setdefault(label, []).append(name)
    if len(said) == 1:
        return f"{next(iter(said))} says: {words.heading(next(iter(by_answer)))}."
    if len(by_answer) == 1:
        how_many = "Both" if len(said) == 2 else f"All {len(said)}"
        return f"{how_many} formats say: {words.heading(next(iter(by_answer)))}."
    ordered = sorted(by_answer.items(), key=lambda entry: -len(entry[1]))
    parts = [
        f"{_listed(names)} {'say' if len(names) > 1 else 'says'} {words.heading(label)}" for label, names in ordered
    ]
    return f"They disagree: {'; '.join(parts)}."


def spread(sure: Mapping[str, float]) -> str:
    """How differently sure the formats are of what they say."""
    least, most = min(sure, key=lambda name: sure[name]), max(sure, key=lambda name: sure[name])
    if sure[most] - sure[least] < 0.005:
        return f"They are equally sure: {words.percent(sure[most])}."
    return f"Surest is {most} ({words.percent(sure[most])}), least sure {least} ({words.percent(sure[least])})."


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
