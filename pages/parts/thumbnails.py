"""Small pictures and safe text, as the browser takes them."""

import base64
import html
import re
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from vision import images, names
from vision.tasks import TaskSpec

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")  # a backslash before any other sign would be shown
_REPLACED = re.compile(
    r"https?:(?=//)|www(?=\.)|@(?=[-\w])|:(?=[\w+-])|(?<!\S)(?:<(?=-?>?)|[->~](?=[->=]))", re.IGNORECASE
)


def data_uri(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()


def square_jpeg(photo: np.ndarray, size_px: int) -> bytes:
    """The photo's central square at `size_px` pixels."""
    return images.encode_jpeg(images.resize(photo, size_px, "center_crop"))


def view_jpeg(photo: np.ndarray, longest_px: int) -> bytes:
    """The whole photo, with no side above `longest_px` pixels."""
    picture = Image.fromarray(photo)
    picture.thumbnail((longest_px, longest_px), reducing_gap=2.0)
    return images.encode_jpeg(np.asarray(picture))


def drawing_uri(task: TaskSpec, class_key: str) -> str | None:
    """The drawing of a class; None where the task has none of it."""
    if task.drawings is None or not class_key.isdigit():
        return None
    return svg_uri(task.drawings / f"{int(class_key):02d}.svg")


@lru_cache(maxsize=256)
def svg_uri(path: Path) -> str | None:
    """A drawing from a file; None where it cannot be read."""
    try:
        return "data:image/svg+xml;base64," + base64.b64encode(path.read_bytes()).decode()
    except OSError:
        return None


def plain(text: str) -> str:
    """Text that Markdown leaves as it is, in one line; for names of strangers, and sentences with such names in them.

    A word joiner, which prints nothing, parts what Streamlit would still replace after a backslash was taken off:
    addresses become links, `:material/home:` and `:dog:` pictures, `->` an arrow.
    """
    parted = _REPLACED.sub("\\g<0>\u2060", names.isolated(names.tidy(text)))
    return _PUNCTUATION.sub(r"\\\g<0>", parted)


def escape(text: str) -> str:
    """The same for HTML: text in one line, in which nothing is markup or turns its surroundings around."""
    return html.escape(names.isolated(names.tidy(text)))
