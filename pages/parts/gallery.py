"""The examples of a task: the drawings that come with it, and whatever photos the operator adds."""

from pathlib import Path

import streamlit as st

from pages.parts import thumbnails
from pages.parts.photos import Photo, put_photos
from vision import images
from vision.errors import VisionError
from vision.tasks import TaskSpec

EXAMPLES_DIR = Path(__file__).resolve().parents[2] / "examples"
MAX_EXAMPLES = 48
THUMBNAIL_PX = 192


def example_files(task: TaskSpec) -> list[Path]:
    """The photos in the task's folder, the operator's before our drawings."""
    folder = EXAMPLES_DIR / task.name
    files = [path for path in folder.glob("*") if path.suffix.lower() in images.READABLE_SUFFIXES]
    return sorted(files, key=lambda path: (path.name.startswith("drawing-"), path.name.lower()))[:MAX_EXAMPLES]


def show(task: TaskSpec) -> None:
    """Draws a row of pictures; a tap puts one on the visitor's desk."""
    files = example_files(task)
    unreadable = 0
    with st.container(key=f"{task.name}_examples", horizontal=True, gap="small"):
        for position, path in enumerate(files):
            try:
                thumbnail = _thumbnail(path, path.stat().st_mtime_ns)
            except (VisionError, OSError):
                unreadable += 1
                continue
            name = path.stem.removeprefix("drawing-").replace("-", " ").replace("_", " ")
            st.button(
                f"![{thumbnails.plain(name)}]({thumbnail})",
                key=f"{task.name}_example_{position}",
                on_click=_take,
                args=(task, path),
            )
    if any(path.name.startswith("drawing-") for path in files):
        st.caption("These streets are drawn. For a real test, show a photo of your own.")
    if unreadable:
        st.caption(f"{unreadable} of {len(files)} files could not be read.")


def _take(task: TaskSpec, path: Path) -> None:
    try:
        put_photos(task, [Photo(path.name, path.read_bytes(), is_example=True)])
    except OSError:
        st.toast("This example is gone. Take another one.")


# Shared by all visitors: these are the operator's files, none of theirs.
@st.cache_data(max_entries=2 * MAX_EXAMPLES, show_spinner=False)
def _thumbnail(path: Path, changed_ns: int) -> str:
    photo = images.decode(path.read_bytes(), min_side=THUMBNAIL_PX)
    return thumbnails.data_uri(thumbnails.square_jpeg(photo, THUMBNAIL_PX))
