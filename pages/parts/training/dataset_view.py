"""What a data set holds: a sentence, a chart of photos per class, and a contact sheet."""

from pathlib import Path

import streamlit as st

from pages.parts.thumbnails import escape
from pages.parts.training.dataset_counts import Counted, Stamp, class_name, stamp_of
from pages.parts.training.pictures import thumbnail_uri
from pages.parts.words import heading
from vision.datasets.inspection import contact_sheet
from vision.tasks import TaskSpec

SHOWN_FIRST = 6
PER_CLASS = 6
THUMBNAIL_PX = 96


def show(counted: Counted, task: TaskSpec | None, prefix: str) -> None:
    """Draws what was found.

    Args:
        task: what names the classes; None takes the folders' names.
    """
    st.html(f'<p class="sl-found">{escape(sentence(counted))}</p>')
    st.html(chart_html(counted, task))
    _show_sheet(counted, task, prefix)


def sentence(counted: Counted) -> str:
    """What was found, in one sentence."""
    found = f"{counted.total:,} photos in {len(counted.photos)} classes"
    if len(counted.photos) == 1:
        found = f"{counted.total:,} photos in one class"
    if counted.test_photos:
        found += f", and {counted.test_photos:,} more to test with"
    return found + "."


def chart_html(counted: Counted, task: TaskSpec | None) -> str:
    """A column for each class, from many photos to few."""
    ordered = sorted(counted.photos.items(), key=lambda entry: -entry[1])
    in_words = [f"{escape(heading(class_name(task, key)))}, {count:,}" for key, count in ordered]
    most = max(ordered[0][1], 1)
    columns = "".join(
        f'<div title="{words}"><div style="height:{count / most:.1%}"></div></div>'
        for words, (_, count) in zip(in_words, ordered, strict=True)
    )
    ends = f"Most: {in_words[0]}</span><span>Fewest: {in_words[-1]}</span>"
    if ordered[0][1] == ordered[-1][1]:
        ends = f"{most:,} photos of each class</span>"
    label = f"Photos per class: from {in_words[0]}, to {in_words[-1]}"
    return (
        f'<div class="sl-columns" role="img" aria-label="{label}">{columns}</div>'
        f'<div class="sl-ends"><span>{ends}</div>'
    )


def _show_sheet(counted: Counted, task: TaskSpec | None, prefix: str) -> None:
    root = counted.place.train
    all_key = f"{prefix}_all_classes"
    many = len(counted.photos) > SHOWN_FIRST
    shown = None if st.session_state.get(all_key, False) or not many else SHOWN_FIRST
    cards = [
        _class_html(heading(class_name(task, key)), counted.photos.get(key, 0), uris)
        for key, uris in _sheet(root, stamp_of(root), shown)
    ]
    st.html(f'<div class="sl-sheet">{"".join(cards)}</div>')
    if many:
        st.toggle(f"Show all {len(counted.photos)} classes", key=all_key, persist_state="session")


def _class_html(name: str, photos: int, uris: list[str]) -> str:
    pictures = "".join(f'<img src="{uri}" alt="">' for uri in uris)
    return f'<div class="sl-class"><p>{escape(name)} <span>{photos:,}</span></p><div>{pictures}</div></div>'


@st.cache_data(max_entries=8, show_spinner="Looking at some of the photos ...")
def _sheet(root: Path, stamp: Stamp, most_classes: int | None) -> list[tuple[str, list[str]]]:
    """Small pictures of each class, as addresses that a page can show."""
    sheet = contact_sheet(root, per_class=PER_CLASS)
    return [
        (key, [uri for path in paths if (uri := thumbnail_uri(path, THUMBNAIL_PX))])
        for key, paths in sheet[:most_classes]
    ]
