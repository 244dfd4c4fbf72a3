"""Where the photos of a new run come from: the sample, a zip, or a folder below data/."""

import re
import shutil
from pathlib import Path
from typing import IO

import streamlit as st

from pages.parts import delete_button, errands, icon_choice, thumbnails, uploads
from pages.parts.errands import Errand
from pages.parts.training import notices
from pages.parts.words import heading
from vision import names, places
from vision.datasets.dataset_places import DatasetPlace, dataset_at, list_datasets
from vision.datasets.sample import write_sample
from vision.datasets.upload import unpack_class_folders
from vision.datasets.workshop import Report
from vision.errors import DatasetError
from vision.training.photo_removal import delete_photos

SAMPLE, UPLOAD, FOLDER = "Sample", "Upload", "This server"
ICONS = {SAMPLE: ":material/draw:", UPLOAD: ":material/folder_zip:", FOLDER: ":material/folder_open:"}
MOST_UPLOAD_MB = 500  # also .streamlit/config.toml's maxUploadSize, which is what the server enforces
SAMPLE_NAME = "sample"
UPLOADS_NAME = "uploads"  # below data/: what somebody brought, and may take away again
SOURCE_KEY = "training_new_source"
FOLDER_KEY = "training_new_folder"
UPLOADED_KEY = "training_new_uploaded"
TURN_KEY = "training_new_upload_turn"
LONGEST_NAME = 40
NOTICE_KEY = "training_new_notice"
POLL_S = 0.5


def choose() -> DatasetPlace | None:
    """Draws the choice; None while nothing is chosen, or it is still being made."""
    notices.show(NOTICE_KEY)
    source = icon_choice.choose("Where are your photos?", ICONS, SOURCE_KEY, required=False, persists=True)
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
        "in it one folder for each class, such as cats and dogs, with its photos inside."
    )
    if not found:
        st.info(f"There are no photos on this server yet. {hint}", icon=":material/info:")
        return None
    name = st.selectbox(
        "Folder",
        list(found),
        format_func=names.told_apart(found).__getitem__,
        key=FOLDER_KEY,
        persist_state="session",
        label_visibility="collapsed",
    )
    st.caption(hint)
    place = found.get(name)
    if place is not None:
        _offer_deletion(place)
    return place


def _upload() -> DatasetPlace | None:
    name = st.session_state.get(UPLOADED_KEY)
    if name is not None:
        target = uploads_dir() / name
        errand = errands.find(target)
        if errand is None or not errand.error:
            place = _arrived(target, errand)
            if place is not None:
                st.caption(f"Unpacked. It is now also one of the folders on this server: “{thumbnails.plain(name)}”.")
                with st.container(horizontal=True):
                    st.button("Upload another zip", icon=":material/upload:", key="training_new_more", on_click=_forget)
                    _offer_deletion(place)
            return place
        st.error(thumbnails.plain(errand.error), icon=":material/error:")
    key = f"training_new_upload_{st.session_state.setdefault(TURN_KEY, 0)}"
    st.file_uploader(
        "A zip of your photos",
        type="zip",
        max_upload_size=MOST_UPLOAD_MB,
        key=key,
        on_change=lambda: notices.attempt(lambda: _take_upload(key), key=NOTICE_KEY),
        label_visibility="collapsed",
    )
    st.caption(
        f"A zip of at most {MOST_UPLOAD_MB} MB. In it, one folder for each class, such as cats and dogs, with its "
        "photos inside. Twenty photos of each are a start, a hundred are good. They stay on this server, for everybody "
        "who can open this page, until somebody deletes them here."
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
    """Unpacks what came in, beside the page; the uploader gets a new key, for its file is taken."""
    archive = uploads.take_zip(st.session_state[key])
    if archive is None:
        return
    target = new_place(archive.name, uploads_dir())
    st.session_state[UPLOADED_KEY] = target.name
    st.session_state[TURN_KEY] += 1
    errands.begin(target, lambda report: unpack_upload(archive, target, report))


def unpack_upload(file: IO[bytes], target: Path, report: Report) -> None:
    """Unpacks an uploaded zip as the data set `target`, whole or not at all; closes it as soon as it is on the disk.

    Raises:
        DatasetError: it is refused, or cannot be written.
    """
    archive = places.CACHE_DIR / "uploads" / f"{target.name}.zip"
    try:
        report("storing the zip")
        archive.parent.mkdir(parents=True, exist_ok=True)
        with archive.open("wb") as sink:
            shutil.copyfileobj(file, sink, 1 << 20)
        file.close()  # hundreds of megabytes of memory, and unpacking takes minutes
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


def uploads_dir() -> Path:
    """Where uploaded photos lie."""
    return places.DATA_DIR / UPLOADS_NAME


def _offer_deletion(place: DatasetPlace) -> None:
    """Draws the button that deletes uploaded photos, and the question behind it; others are not this app's."""
    if not place.train.is_relative_to(uploads_dir()):
        return
    folder = place.train.parent if place.train.parent != uploads_dir() else place.train
    delete_button.show(
        "Delete these photos",
        "This deletes the photos from this server. Models that were trained on them stay.",
        "training_new_delete",
        lambda: _delete(folder),
    )


def _delete(folder: Path) -> None:
    name = thumbnails.plain(folder.name)
    notices.attempt(lambda: delete_photos(folder, places.RUNS_DIR), f"The photos “{name}” are deleted.", NOTICE_KEY)
    if not folder.exists():
        st.session_state[UPLOADED_KEY] = None


def _forget() -> None:
    st.session_state[UPLOADED_KEY] = None
    notices.forget(NOTICE_KEY)
