"""What augmentation does, shown on a few of the photos."""

from itertools import chain, zip_longest
from pathlib import Path

import numpy as np
import streamlit as st

from pages.parts import thumbnails
from pages.parts.training.dataset_counts import Counted, Stamp, stamp_of
from vision import images
from vision.datasets.inspection import contact_sheet
from vision.errors import VisionError
from vision.tasks import TaskSpec
from vision.training.augment import augment

PHOTOS = 8
TRIED = 24  # some may be unreadable


def show(counted: Counted, strength: float, image_size: int, task: TaskSpec | None, prefix: str) -> None:
    """Draws a few photos of the data set as the network would see them, and a button for other changes."""
    if strength == 0:
        st.caption("Each time, it sees the photos as they are.")
        return
    root = counted.place.train
    mirror, rule = (task.mirror_safe, task.resize) if task else (False, "center_crop")
    roll_key = f"{prefix}_roll"
    roll = st.session_state.setdefault(roll_key, 0)
    pictures = _changed(root, stamp_of(root), image_size, rule, strength, mirror, roll)
    pictures_html = "".join(f'<img src="{uri}" alt="A changed photo">' for uri in pictures)
    st.html(f'<div class="sl-changed">{pictures_html}</div>')
    st.button(
        "Change them again",
        icon=":material/casino:",
        key=f"{prefix}_again",
        on_click=lambda: st.session_state.update({roll_key: roll + 1}),
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _changed(
    root: Path, stamp: Stamp, image_size: int, rule: str, strength: float, mirror: bool, roll: int
) -> list[str]:
    rng = np.random.default_rng(roll)
    photos = _photos(root, stamp, image_size, rule)
    return [thumbnails.data_uri(images.encode_jpeg(augment(photo, rng, strength, mirror))) for photo in photos]


@st.cache_data(max_entries=16, show_spinner=False)
def _photos(root: Path, stamp: Stamp, image_size: int, rule: str) -> list[np.ndarray]:
    """Some photos, always the same, each uint8 (size, size, 3); of different classes, where there are so many."""
    photos: list[np.ndarray] = []
    for path in _of_different_classes(root)[:TRIED]:
        try:
            photos.append(images.resize(images.decode(images.read_file(path), min_side=image_size), image_size, rule))
        except (VisionError, OSError):
            continue  # the check names what cannot be read
        if len(photos) == PHOTOS:
            break
    return photos


def _of_different_classes(root: Path) -> list[Path]:
    """Some photos of a data set, one of each class before the second of any."""
    sheet = [paths for _, paths in contact_sheet(root, per_class=PHOTOS)]
    return [path for path in chain.from_iterable(zip_longest(*sheet)) if path is not None]
