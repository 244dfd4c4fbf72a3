"""What people said, to take home: a data set to train on, and a table."""

import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from pages.parts import thumbnails, training_switch
from vision import places
from vision.datasets.upload import unpack_class_folders
from vision.errors import VisionError
from vision.feedback.export import write_dataset, write_table
from vision.feedback.figures import count_photos
from vision.feedback.judgement import now
from vision.feedback.store import FeedbackStore
from vision.results.words import counted

MADE_KEY = "feedback_made"


def show(store: FeedbackStore, task_name: str) -> None:
    """Draws the ways to take it home."""
    st.subheader("Take it home, or train on it", anchor=False)
    count = count_photos(store, task_name)
    if count.named:
        st.write(
            f"{counted(count.named, 'photo')} with a known class make a data set, with a folder for each class as its "
            "giver said it. Add it to the photos that the model was trained on: by itself it is too few to learn from."
        )
    else:
        st.write("As soon as somebody gives a photo and says what it shows, there is a data set to train on.")
    with st.container(horizontal=True):
        _offer(
            "Data set as zip",
            lambda: dataset_bytes(store, task_name),
            f"feedback-{task_name}.zip",
            "application/zip",
            ":material/folder_zip:",
            is_there=bool(count.named),
        )
        if training_switch.is_on():
            st.button(
                "Put it beside the data sets here",
                icon=":material/model_training:",
                key="feedback_put",
                on_click=_put,
                args=(store, task_name),
                disabled=not count.named,
            )
        _offer(
            "All that was said as CSV",
            lambda: table_bytes(store, task_name),
            f"feedback-{task_name}.csv",
            "text/csv",
            ":material/table:",
        )
    made = st.session_state.pop(MADE_KEY, None)
    if isinstance(made, VisionError):
        st.error(thumbnails.plain(str(made)), icon=":material/error:")
    elif made is not None:
        st.success(f"The training page offers it as “{thumbnails.plain(made)}”.", icon=":material/check:")


def _offer(label: str, make: Callable[[], bytes], file_name: str, mime: str, icon: str, is_there: bool = True) -> None:
    """Draws the button of a file that is made when it is asked for."""
    st.download_button(
        label,
        make,
        file_name=file_name,
        mime=mime,
        icon=icon,
        key=f"feedback_{Path(file_name).suffix[1:]}",
        on_click="ignore",
        disabled=not is_there,
    )


def dataset_bytes(store: FeedbackStore, task_name: str) -> bytes:
    """The data set as a zip. Raises VisionError."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "feedback.zip"
        write_dataset(store, task_name, archive)
        return archive.read_bytes()


def table_bytes(store: FeedbackStore, task_name: str) -> bytes:
    """The table as a CSV file. Raises VisionError."""
    file = io.BytesIO()
    write_table(store, task_name, file)
    return file.getvalue()


def _put(store: FeedbackStore, task_name: str) -> None:
    name = f"feedback-{task_name}-{now():%Y-%m-%d-%H%M%S}"
    try:
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder) / "feedback.zip"
            write_dataset(store, task_name, archive)
            unpack_class_folders(archive, places.DATA_DIR / name)
    except VisionError as error:
        st.session_state[MADE_KEY] = error
    else:
        st.session_state[MADE_KEY] = name
