"""Which photos to measure a model on: a visitor's zip, or where the machine is one's own, a folder of the server."""

import streamlit as st

from pages.parts import icon_choice, thumbnails, training_switch, uploads
from pages.parts.models import exam_place
from pages.parts.models.choice import Chosen
from pages.parts.models.offers import IN_WORDS
from pages.parts.words import heading
from vision import names, places
from vision.datasets.class_folders import list_folders
from vision.datasets.dataset_places import DatasetPlace, list_datasets
from vision.errors import VisionError
from vision.exam.folder import HOSTED, TRUSTED, ExamLimits, ExamRequest
from vision.exam.match import match_folders
from vision.exam.shelf import new_exam

UPLOAD, FOLDER = "Upload", "This server"
ICONS = {UPLOAD: ":material/folder_zip:", FOLDER: ":material/folder_open:"}
SOURCE_KEY, TURN_KEY, PROBLEM_KEY = "models_exam_source", "models_exam_turn", "models_exam_problem"
LONGEST_NAME = 60


def show(chosen: Chosen) -> None:
    """Draws what to bring, and begins as soon as it is there."""
    st.write(
        f"Bring photos whose names you know, and that the model has never seen: you get how often it is right, and "
        f"its mistakes as pictures. Put the photos of each {chosen.task.noun} into a folder called as the model calls "
        f"it, such as {_examples(chosen)}; folders that it does not know are left out, and you are told which."
    )
    with st.expander(f"All {len(chosen.card.labels)} names that it knows", icon=":material/list:"):
        st.write("; ".join(thumbnails.plain(heading(label)) for label in chosen.card.labels))
    model_format = _choose_format(chosen)
    source = UPLOAD
    if training_switch.is_on():
        source = icon_choice.choose("Where are your photos?", ICONS, SOURCE_KEY, default=UPLOAD) or UPLOAD
    problem = st.session_state.pop(PROBLEM_KEY, None)
    if problem is not None:
        st.error(thumbnails.plain(problem), icon=":material/error:")
    if source == FOLDER:
        _show_folders(chosen, model_format)
    else:
        _show_upload(chosen, model_format)


def _examples(chosen: Chosen) -> str:
    two = [f"“{thumbnails.plain(heading(label))}”" for label in chosen.card.labels[:2]]
    key = chosen.card.class_keys[0]
    return f"{' or '.join(two)}" + (f" (or “{thumbnails.plain(key)}”)" if key != chosen.card.labels[0] else "")


def _choose_format(chosen: Chosen) -> str:
    formats = list(chosen.card.formats)
    if len(formats) == 1:
        return formats[0]
    return st.selectbox(
        "Format to measure",
        formats,
        index=formats.index(chosen.card.default_format),
        format_func=lambda name: f"{name}, {IN_WORDS.get(name, 'another format')}",
        key=f"models_exam_format_{chosen.task.name}_{chosen.card.name}",
    )


def _limits() -> ExamLimits:
    return TRUSTED if training_switch.is_on() else HOSTED


def most_upload_mb() -> int:
    """Megabytes that a zip may have: what an exam may take, or what the server takes, if that is less."""
    return min(_limits().upload_bytes // 1_000_000, int(st.get_option("server.maxUploadSize")))


def _show_upload(chosen: Chosen, model_format: str) -> None:
    key = f"models_exam_upload_{st.session_state.setdefault(TURN_KEY, 0)}"

    def take() -> None:
        try:
            archive = uploads.take_zip(st.session_state[key])
            if archive is None:
                return
            st.session_state[TURN_KEY] += 1  # a new uploader
            name = names.shortened(archive.name, LONGEST_NAME)
            exam = new_exam(ExamRequest(chosen.model_dir, model_format, name, None, _limits()), archive)
        except VisionError as error:
            st.session_state[PROBLEM_KEY] = str(error)
            return
        exam.start()
        exam_place.put(exam.name)

    st.file_uploader(
        "A zip of your photos",
        type="zip",
        max_upload_size=most_upload_mb(),
        key=key,
        on_change=take,
        label_visibility="collapsed",
    )
    photos = "" if training_switch.is_on() else f", of which {HOSTED.photos:,} photos are measured at most"
    st.caption(
        f"A zip of at most {most_upload_mb()} MB{photos}. The photos are deleted as soon as they were looked at; small "
        "pictures of the mistakes stay for a day."
    )


def _show_folders(chosen: Chosen, model_format: str) -> None:
    found = {place.name: place for place in list_datasets(places.DATA_DIR) if _is_known(chosen, place)}
    if not found:
        st.info(
            f"There are no photos on this server in folders called as this model calls a {chosen.task.noun}. A folder "
            "appears here once it is put, or linked, into this app's folder `data`.",
            icon=":material/info:",
        )
        return
    name = st.selectbox(
        "Folder",
        list(found),
        format_func=names.told_apart(found).__getitem__,
        key="models_exam_folder",
        label_visibility="collapsed",
    )
    place = found[name]
    if place.test is None:
        st.caption("This folder has no test photos of its own: if the model was trained on these, the figures flatter.")
    st.button(
        "Measure",
        type="primary",
        icon=":material/play_arrow:",
        key="models_exam_start",
        on_click=_begin_folder,
        args=(chosen, model_format, place),
        width="stretch",
    )


def _is_known(chosen: Chosen, place: DatasetPlace) -> bool:
    """Whether a folder in it means anything that the model knows."""
    folders = [folder.name for folder in list_folders(place.test or place.train)]
    return any(index is not None for index in match_folders(folders, chosen.card, chosen.task.other_names).values())


def _begin_folder(chosen: Chosen, model_format: str, place: DatasetPlace) -> None:
    name = place.name if place.test is None else f"{place.name}, test photos"
    try:
        exam = new_exam(ExamRequest(chosen.model_dir, model_format, name, place.test or place.train, _limits()))
    except VisionError as error:
        st.session_state[PROBLEM_KEY] = str(error)
        return
    exam.start()
    exam_place.put(exam.name)
