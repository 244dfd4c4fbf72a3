"""A row of photos that the model was not trained on, to try it with."""

from pathlib import Path

import numpy as np
import streamlit as st

from pages.parts import thumbnails, words
from pages.parts.photos import Photo, put_photos
from pages.parts.training import pictures, result_files
from vision import images
from vision.results.outcome import TEST, Outcome
from vision.tasks import TaskSpec
from vision.training.run_folder import RunFolder

SHOWN = 12
TURN, TAKEN = "training_test_turn", "training_test_taken"


def show(run: RunFolder, task: TaskSpec) -> None:
    """Draws some of the photos; a tap tries one. Others come by a button."""
    outcome = result_files.outcome_of(run)
    if outcome is None:
        return
    kind = "test photos" if outcome.headline_part == TEST else "photos held back"
    st.caption(f"Or tap one of the {kind}:")
    with st.container(key="training_test_examples", horizontal=True, gap="small"):
        for position, row in enumerate(_some(outcome, st.session_state.get(TURN, 0))):
            path, label = outcome.path_of(row), words.heading(outcome.labels[outcome.truth[row]])
            uri = pictures.thumbnail_uri(path)
            if uri is not None:
                st.button(
                    f"![{thumbnails.plain(label)}]({uri})",
                    key=f"training_test_{position}",
                    on_click=_take,
                    args=(task, path, label),
                )
    st.button(
        "Others",
        icon=":material/refresh:",
        key="training_test_others",
        on_click=_turn,
        type="tertiary",
        width="content",
    )


def _some(outcome: Outcome, turn: int) -> list[int]:
    """Rows of photos of different classes, as far as there are such."""
    rows = outcome.rows_of(outcome.headline_part).tolist()
    np.random.default_rng(turn).shuffle(rows)
    first_of = {int(outcome.truth[row]): row for row in reversed(rows)}
    one_each = list(first_of.values())
    return [*one_each, *(row for row in rows if row not in one_each)][:SHOWN]


def _turn() -> None:
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def label_of(photo: Photo) -> str | None:
    """What the folder of a photo that was taken from the row says it shows; None for other photos."""
    digest, label = st.session_state.get(TAKEN, ("", ""))
    return label if digest == photo.digest else None


def _take(task: TaskSpec, path: Path, label: str) -> None:
    try:
        photo = Photo(path.name, images.read_file(path))
        put_photos(task, [photo])
        st.session_state[TAKEN] = photo.digest, label
    except OSError:
        st.toast("This photo is gone. Take another one.")
