"""Where photos come from: files, a camera, or the examples."""

import streamlit as st

from pages.parts import gallery, hosted, icon_choice, shortcuts, uploads
from pages.parts.photos import GONE, Photo, desk_of, put_photos
from vision.tasks import TaskSpec

FILES = "Photo"
CAMERA = "Camera"
EXAMPLES = "Examples"
ICONS = {
    FILES: ":material/image:",
    CAMERA: ":material/photo_camera:",
    EXAMPLES: ":material/photo_library:",
}
# "image" alone makes phones offer their camera; but some systems know no type for the files that are named after it.
ACCEPTED = ["image", ".heic", ".heif", ".avif", ".mpo", ".ppm", ".pgm"]


def ask_for_photos(task: TaskSpec) -> None:
    """Draws the sources; photos that come in lie on the visitor's desk (see `photos`)."""
    sources = {name: icon for name, icon in ICONS.items() if name != EXAMPLES or gallery.example_files(task)}
    source = icon_choice.choose("Where is your photo?", sources, f"{task.name}_source", default=FILES)
    if source == CAMERA:
        _ask_camera(task)
    elif source == EXAMPLES:
        gallery.show(task)
    else:
        _ask_files(task)
    if desk_of(task).is_dropped:
        st.warning(GONE, icon=":material/image_not_supported:")


def _ask_files(task: TaskSpec) -> None:
    # The uploader gets a new key after each use: it is empty again.
    turn_key = f"{task.name}_upload_turn"
    key = f"{task.name}_upload_{st.session_state.setdefault(turn_key, 0)}"

    def take() -> None:
        files = [file for file in st.session_state[key] if uploads.is_here(file)]
        lost = sum(map(uploads.was_dropped, st.session_state[key]))
        if files or lost:
            put_photos(task, [Photo(file.name, uploads.take(file)) for file in files], lost)
            st.session_state[turn_key] += 1

    with st.container(key=f"{task.name}_files", gap="xsmall"):
        shortcuts.show(task, uploader_key=key)
        st.file_uploader(
            f"Photos of a {task.noun}",
            type=ACCEPTED,
            accept_multiple_files=True,
            max_upload_size=hosted.limits().photo_mb,
            key=key,
            on_change=take,
            label_visibility="collapsed",
        )


def _ask_camera(task: TaskSpec) -> None:
    taken_key = f"{task.name}_camera_done"
    key = f"{task.name}_camera"

    def take() -> None:
        picture = st.session_state[key]
        if uploads.is_here(picture):
            put_photos(task, [Photo("camera.jpg", uploads.take(picture))])
            st.session_state[taken_key] = True
        elif uploads.was_dropped(picture):
            put_photos(task, [], lost=1)

    if st.session_state.get(taken_key, False):
        st.button(
            "Take another photo",
            icon=":material/photo_camera:",
            key=f"{task.name}_camera_again",
            on_click=lambda: st.session_state.update({taken_key: False}),
            width="stretch",
        )
        return
    st.camera_input(
        f"Hold the camera so that the {task.noun} fills the picture.", key=key, on_change=take, resolution="1080p"
    )
