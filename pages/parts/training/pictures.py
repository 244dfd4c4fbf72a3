"""Photos of a data set on the server as small pictures with a few words below."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.parts import thumbnails
from pages.parts.thumbnails import escape
from vision import images
from vision.errors import VisionError

SIZE_PX = 144


@dataclass(frozen=True)
class Picture:
    """A photo and what is said below it: the first line stands out."""

    path: Path
    lines: tuple[str, ...]


def show(pictures: Sequence[Picture]) -> None:
    """Draws the photos in as many columns as there is room for."""
    st.html(f'<div class="sl-shots">{"".join(_html(each) for each in pictures)}</div>')


def thumbnail_uri(path: Path, size_px: int = SIZE_PX) -> str | None:
    """The middle of a photo as a data URI; None where it is gone or cannot be read."""
    try:
        return _thumbnail(os.fsencode(path), path.stat().st_mtime_ns, size_px)
    except (VisionError, OSError):
        return None


def _html(picture: Picture) -> str:
    uri = thumbnail_uri(picture.path)
    shown = f'<img src="{uri}" alt="">' if uri else '<div class="sl-gone">no longer there</div>'
    first, *others = picture.lines
    words = f"<p><strong>{escape(first)}</strong></p>" + "".join(f"<p>{escape(line)}</p>" for line in others)
    return f'<figure class="sl-shot">{shown}<figcaption>{words}</figcaption></figure>'


# Shared by all visitors: these are the operator's photos, none of theirs. As bytes, for a path need not be text.
@st.cache_data(max_entries=2000, show_spinner=False)
def _thumbnail(path: bytes, changed_ns: int, size_px: int) -> str:
    photo = images.decode(images.read_file(Path(os.fsdecode(path))), min_side=size_px)
    return thumbnails.data_uri(thumbnails.square_jpeg(photo, size_px))
