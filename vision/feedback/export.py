"""What people said, as a table and as a data set to train on."""

import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from vision.datasets.class_folders import class_key
from vision.errors import FeedbackError
from vision.feedback.judgement import Judgement
from vision.feedback.store import FeedbackStore
from vision.model_card import is_plain_name
from vision.spreadsheets import write_csv

TABLE_FILE = "feedback.csv"
COLUMNS = (
    "said_at_utc",
    "model",
    "model_format",
    "model_sha256",
    "crop_first",
    "looked_at",
    "answer_class",
    "answer",
    "probability",
    "right",
    "true_class",
    "truth",
    "is_example",
    "photo",
)
_MOST_NAME_BYTES = 255


@dataclass(frozen=True)
class DatasetCount:
    """What went into a data set.

    Attributes:
        photos, classes: how many of each.
        unnamed: how many photos were left out because nobody said which class they show.
    """

    photos: int
    classes: int
    unnamed: int


def write_table(store: FeedbackStore, task: str, file: IO[bytes]) -> None:
    """All that was said in a task as a harmless CSV file.

    Raises:
        FeedbackError: the database cannot be read.
    """
    photos = store.photo_ids(task)
    folders: dict[str, str] = {}

    def rows() -> Iterator[dict[str, str]]:
        for said in store.judgements(task):
            folder = _folder_of(said, folders) if said.id in photos else None
            yield _cells(said) | {"photo": f"{folder}/{said.id}.jpg" if folder else ""}

    write_csv(file, COLUMNS, rows())


def write_dataset(store: FeedbackStore, task: str, target: Path) -> DatasetCount:
    """The photos that people gave as a zip of class folders, which `datasets.upload` and the training page take.

    A photo lies in the folder of the class that its giver said it shows. The table of `write_table` lies beside the
    folders, where no photo is looked for.

    Raises:
        FeedbackError: the database cannot be read, the file cannot be written, or there is no photo whose class is
            known.
    """
    folders: dict[str, str] = {}
    photos, unnamed = 0, 0
    try:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:  # JPEG does not shrink
            for said, jpeg in _given(store, task):
                folder = _folder_of(said, folders)
                if folder is None:
                    unnamed += 1
                    continue
                archive.writestr(f"{folder}/{said.id}.jpg", jpeg)
                photos += 1
            with archive.open(TABLE_FILE, "w") as table:
                write_table(store, task, table)
    except OSError as error:
        raise FeedbackError(f"'{target.name}' cannot be written ({error.strerror}); free some space.") from error
    if not photos:
        raise FeedbackError("There is no photo yet of which people said what it shows, so there is no data set.")
    return DatasetCount(photos, len(folders), unnamed)


def _given(store: FeedbackStore, task: str) -> Iterator[tuple[Judgement, bytes]]:
    ids = store.photo_ids(task)
    for said in store.judgements(task):
        jpeg = store.photo(said.id) if said.id in ids else None
        if jpeg is not None:
            yield said, jpeg


def _folder_of(said: Judgement, folders: dict[str, str]) -> str | None:
    """The class folder of a photo; None where its class is not known, or cannot be a folder's name.

    `folders` has the names given so far: the same class gets the same one, however a model's card writes it.
    """
    if said.true_key is None:
        return None
    name = unicodedata.normalize("NFC", said.true_key)
    return folders.setdefault(class_key(name).casefold(), name) if _is_folder_name(name) else None


def _is_folder_name(name: str) -> bool:
    """Whether `datasets.upload` takes a class folder of that name."""
    plain = is_plain_name(name) and ":" not in name and name.isprintable() and name == name.strip()
    return plain and len(name.encode()) <= _MOST_NAME_BYTES and name.casefold() not in (TABLE_FILE, "__macosx")


def _cells(said: Judgement) -> dict[str, str]:
    return {
        "said_at_utc": said.said_at.strftime("%Y-%m-%d %H:%M:%S"),
        "model": said.model,
        "model_format": said.model_format,
        "model_sha256": said.model_sha256,
        "crop_first": "yes" if said.crop_first else "no",
        "looked_at": said.found,
        "answer_class": said.answer_key,
        "answer": said.answer,
        "probability": f"{said.probability:.6f}",
        "right": "yes" if said.is_right else "no",
        "true_class": said.true_key or "",
        "truth": said.truth or "",
        "is_example": "yes" if said.is_example else "no",
    }
