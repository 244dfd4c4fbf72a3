"""Where the photos of a new run come from: the sample, a zip, or a folder below data/."""

import re
import shutil
from pathlib import Path
from typing import IO

import streamlit as st

from pages.parts import errands, thumbnails
from pages.parts.errands import Errand
from pages.parts.words import heading
from vision import places
from vision.datasets.dataset_places import DatasetPlace, dataset_at, list_datasets
from vision.datasets.sample import write_sample
from vision.datasets.upload import unpack_class_folders
from vision.datasets.workshop import Report
from vision.errors import DatasetError

SAMPLE, UPLOAD, FOLDER = "Sample", "Upload", "This server"
ICONS = {SAMPLE: ":material/draw:", UPLOAD: ":material/folder_zip:", FOLDER: ":material/folder_open:"}
MOST_UPLOAD_MB = 500  # also .streamlit/config.toml's maxUploadSize, which is what the server enforces
SAMPLE_NAME = "sample"
SOURCE_KEY = "training_new_source"
FOLDER_KEY = "training_new_folder"
UPLOADED_KEY = "training_new_uploaded"
TURN_KEY = "training_new_upload_turn"
LONGEST_NAME = 40
POLL_S = 0.5


def choose() -> DatasetPlace | None:
    """Draws the choice; None while nothing is chosen, or it is still being made."""
    source = st.segmented_control(
        "Where are your photos?",
        list(ICONS),
        format_func=lambda name: f"{ICONS[name]} {name}",
        key=SOURCE_KEY,
        persist_state="session",
        label_visibility="collapsed",
        width="stretch",
    )
    if source == SAMPLE:
        return _sample()
    if source == UPLOAD:
        return _upload()
    if source == FOLDER:
        return _folder()
    st.caption("Just looking? The sample brings small photos of some traffic signs, and needs nothing else.")
    return None


def _sample() -> DatasetPlace | None:
    st.caption("Small photos of traffic signs, drawn by this app: enough to see a whole run succeed.")
    target = places.DATA_DIR / SAMPLE_NAME

    def draw() -> None:
        errands.begin(target, lambda report: write_sample(target, report=report))

    if not target.exists() and errands.find(target) is None:
        draw()
    errand = errands.find(target)
    if errand is not None and errand.error:
        st.error(thumbnails.plain(errand.error), icon=":material/error:")
        st.button("Draw them again", icon=":material/refresh:", key="training_new_draw", on_click=draw)
        return None
    return _arrived(target, errand)


def _folder() -> DatasetPlace | None:
    found = {place.name: place for place in list_datasets(places.DATA_DIR)}
    hint = (
        "A folder appears here once it is put, or linked, into this app's folder `data`: "
        "one folder for each class, with the photos of that class in it."
    )
    if not found:
        st.info(f"There are no photos on this server yet. {hint}", icon=":material/info:")
        return None
    name = st.selectbox("Folder", list(found), key=FOLDER_KEY, persist_state="session", label_visibility="collapsed")
    st.caption(hint)
    return found.get(name)


def _upload() -> DatasetPlace | None:
    name = st.session_state.get(UPLOADED_KEY)
    if name is not None:
        target = places.DATA_DIR / name
        errand = errands.find(target)
        if errand is None or not errand.error:
            place = _arrived(target, errand)
            if place is not None:
                st.caption(f"Unpacked. It is now also one of the folders on this server: “{thumbnails.plain(name)}”.")
                st.button("Upload another zip", icon=":material/upload:", key="training_new_more", on_click=_forget)
            return place
        st.error(thumbnails.plain(errand.error), icon=":material/error:")
    key = f"training_new_upload_{st.session_state.setdefault(TURN_KEY, 0)}"
    st.file_uploader(
        "A zip of your photos",
        type="zip",
        max_upload_size=MOST_UPLOAD_MB,
        key=key,
        on_change=_take_upload,
        args=(key,),
        label_visibility="collapsed",
    )
    st.caption(
        f"A zip of at most {MOST_UPLOAD_MB} MB with one folder for each class, called as the class, and its photos "
        "inside. Twenty photos of each are a start, a hundred are good. They stay on this server, for everybody who "
        "can open this page."
    )
    return None


def _arrived(target: Path, errand: Errand | None) -> DatasetPlace | None:
    """The data set at `target`; while it is being made, draws how far that is, and looks again by itself."""
    if errand is not None and errand.is_running:
        st.fragment(_show_waiting, run_every=POLL_S)(errand)
        return None
    found = dataset_at(target)
    if found is None:
        st.error("These photos are gone from the server; take others.", icon=":material/error:")
    return found


def _show_waiting(errand: Errand) -> None:
    if not errand.is_running:
        st.rerun()
    st.status(heading(thumbnails.plain(errand.line) or "getting ready"), state="running")


def _take_upload(key: str) -> None:
    """Unpacks what came in, beside the page; the uploader gets a new key, so that it keeps no copy in memory."""
    file = st.session_state[key]
    if file is None:
        return
    target = new_place(file.name, places.DATA_DIR)
    st.session_state[UPLOADED_KEY] = target.name
    st.session_state[TURN_KEY] += 1
    errands.begin(target, lambda report: unpack_upload(file, target, report))


def unpack_upload(file: IO[bytes], target: Path, report: Report) -> None:
    """Unpacks an uploaded zip as the data set `target`, whole or not at all.

    Raises:
        DatasetError: it is refused, or cannot be written.
    """
    archive = places.CACHE_DIR / "uploads" / f"{target.name}.zip"
    try:
        report("storing the zip")
        archive.parent.mkdir(parents=True, exist_ok=True)
        with archive.open("wb") as sink:
            shutil.copyfileobj(file, sink, 1 << 20)
        unpack_class_folders(archive, target, report)
    except OSError as error:
        raise DatasetError(
            f"The zip could not be stored here ({error.strerror or type(error).__name__}); try a smaller one."
        ) from error
    finally:
        archive.unlink(missing_ok=True)


def new_place(file_name: str, data_dir: Path) -> Path:
    """A folder below `data_dir` that is not there yet, called as the file, which may be called anything."""
    stem = file_name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    name = re.sub(r"[^\w-]+", "-", stem).strip("-_")[:LONGEST_NAME].lower() or "photos"
    number, target = 1, data_dir / name
    while _is_taken(target):
        number += 1
        target = data_dir / f"{name}-{number}"
    return target


def _is_taken(target: Path) -> bool:
    errand = errands.find(target)
    return target.exists() or (errand is not None and errand.is_running)


def _forget() -> None:
    st.session_state[UPLOADED_KEY] = None
