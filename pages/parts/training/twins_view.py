"""The photos that a check found fault with, as pictures: those that are there twice, and those that cannot be read."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from pages.parts.thumbnails import escape
from pages.parts.training.dataset_counts import class_name
from pages.parts.training.dataset_view import THUMBNAIL_PX
from pages.parts.training.pictures import thumbnail_uri
from pages.parts.words import counted as in_number
from pages.parts.words import heading
from vision.datasets.class_folders import class_key
from vision.datasets.inspection_result import Inspection, Twins
from vision.tasks import TaskSpec

MOST_GROUPS = 12
MOST_PICTURES = 4
MOST_FILES = 20


def show(inspection: Inspection, task: TaskSpec | None, prefix: str) -> None:
    """Draws the photos concerned, folded away; pictures are made when it is opened."""
    kinds = {
        "The same photo in two classes": inspection.in_two_classes,
        "Also among the test photos": inspection.also_in_test,
        "Exactly the same photo": inspection.exact_duplicates,
        "Nearly the same photo": inspection.near_duplicates,
    }
    found: dict[str, Sequence[Twins]] = {}
    seen: set[Twins] = set()
    for name, groups in kinds.items():  # each group once, where it matters most
        if fresh := tuple(group for group in groups if group not in seen):
            found[name] = fresh
            seen.update(fresh)
    if not (found or inspection.unreadable):
        return
    fold = st.expander("Show these photos", icon=":material/image_search:", key=f"{prefix}_twins", on_change="rerun")
    if not fold.open:
        return
    with fold:
        for name, shown in found.items():
            _show_groups(name, shown, inspection, task)
        if inspection.unreadable:
            _show_unreadable(inspection)


def _show_groups(name: str, groups: Sequence[Twins], inspection: Inspection, task: TaskSpec | None) -> None:
    st.write(f"**{name}**")
    shown = [f'<div class="sl-twins">{_pictures_html(group, inspection, task)}</div>' for group in groups[:MOST_GROUPS]]
    st.html(f'<div class="sl-alike">{"".join(shown)}</div>')
    if len(groups) > MOST_GROUPS:
        st.caption(f"... and {len(groups) - MOST_GROUPS:,} more.")


def _pictures_html(group: Twins, inspection: Inspection, task: TaskSpec | None) -> str:
    files = [(Path(inspection.root) / name, name) for name in group.files[:MOST_PICTURES]]
    files += [(Path(inspection.test or "") / name, f"test/{name}") for name in group.test_files[:MOST_PICTURES]]
    return "".join(_picture_html(path, name, task) for path, name in files[:MOST_PICTURES])


def _picture_html(path: Path, name: str, task: TaskSpec | None) -> str:
    uri = thumbnail_uri(path, THUMBNAIL_PX)
    label = heading(class_name(task, class_key(path.parent.name)))
    picture = "" if uri is None else f'<img src="{uri}" alt="">'
    return (
        f'<figure title="{escape(name)}">{picture}'
        f"<figcaption><b>{escape(label)}</b><small>{escape(name)}</small></figcaption></figure>"
    )


def _show_unreadable(inspection: Inspection) -> None:
    st.write(f"**{heading(in_number(len(inspection.unreadable), 'file'))} cannot be read**")
    lines = "".join(
        f"<li><b>{escape(('test/' if photo.in_test else '') + photo.file)}</b><br>{escape(photo.reason)}</li>"
        for photo in inspection.unreadable[:MOST_FILES]
    )
    st.html(f"<ul>{lines}</ul>")
    if len(inspection.unreadable) > MOST_FILES:
        st.caption(f"... and {len(inspection.unreadable) - MOST_FILES:,} more.")
