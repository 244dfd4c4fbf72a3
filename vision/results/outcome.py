"""What a model answered to every photo that it was not trained on."""

import os
import zipfile
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from vision.errors import ModelError

TEST, VALIDATION = "test", "validation"
PARTS = (TEST, VALIDATION)
VERSION = 1


@dataclass(frozen=True, eq=False)
class Outcome:
    """The answers of one model file to held-out photos.

    Attributes:
        class_keys, labels: the classes by folder name and in plain words, in output order.
        test_root, validation_root: folders of the photos; empty where there are none of that part.
        files: the photos, as paths below the root of their part.
        parts: "test" or "validation", one a photo. Weights and temperature were chosen on the validation photos, so
            their figures flatter a little; the test photos were looked at once.
        truth: int64 (photos,), the class of the folder in which the photo lies.
        probabilities: float32 (photos, classes).
        unreadable: a reason for each photo left out.
        model_format, model_sha256: the file that answered.
        median_ms: one photo from decoded pixels to scores.
    """

    class_keys: tuple[str, ...]
    labels: tuple[str, ...]
    test_root: str
    validation_root: str
    files: tuple[str, ...]
    parts: tuple[str, ...]
    truth: np.ndarray
    probabilities: np.ndarray
    unreadable: tuple[str, ...]
    model_format: str
    model_sha256: str
    median_ms: float

    @cached_property
    def answers(self) -> np.ndarray:
        """int64 (photos,): the most probable class; of equal ones the first, as visitors see it."""
        return self.probabilities.argmax(axis=1)

    @cached_property
    def sureness(self) -> np.ndarray:
        """float32 (photos,): the probability of the answer."""
        return self.probabilities.max(axis=1)

    @property
    def headline_part(self) -> str:
        """The part whose figures count: the test photos, where there are any."""
        return TEST if TEST in self.parts else VALIDATION

    @cached_property
    def _rows_by_part(self) -> dict[str, np.ndarray]:
        parts = np.array(self.parts)
        return {part: np.flatnonzero(parts == part) for part in PARTS}

    def rows_of(self, part: str) -> np.ndarray:
        """int64: the photos of a part."""
        return self._rows_by_part[part]

    def rows_in_cell(self, part: str, truth: int, answer: int) -> np.ndarray:
        """int64: the photos of one class that were taken for another (or for itself), the surest answer first."""
        rows = self.rows_of(part)
        rows = rows[(self.truth[rows] == truth) & (self.answers[rows] == answer)]
        return rows[np.argsort(-self.sureness[rows], kind="stable")]

    def path_of(self, row: int) -> Path:
        """Where the photo lies."""
        return Path(self.test_root if self.parts[row] == TEST else self.validation_root) / self.files[row]

    def save(self, path: Path) -> None:
        """Writes an .npz file; a reader sees the old one or the new one."""
        partial = path.with_name(f"partial-{os.getpid()}-{path.name}")
        with partial.open("wb") as file:
            np.savez_compressed(
                file,
                version=np.int64(VERSION),
                class_keys=np.array(self.class_keys, np.str_),
                labels=np.array(self.labels, np.str_),
                roots=np.array([self.test_root, self.validation_root], np.str_),
                files=np.array(self.files, np.str_),
                is_test=np.array([part == TEST for part in self.parts], np.bool_),
                truth=self.truth.astype(np.int64),
                probabilities=self.probabilities.astype(np.float32),
                unreadable=np.array(self.unreadable, np.str_),
                model=np.array([self.model_format, self.model_sha256], np.str_),
                median_ms=np.float64(self.median_ms),
            )
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Outcome":
        """Reads what `save` wrote.

        Raises:
            ModelError: the file is missing, damaged, or of another version.
        """
        try:
            with np.load(path) as content:  # allow_pickle is off: a file of somebody else's cannot run code
                if int(content["version"]) != VERSION:
                    raise ValueError("another version")
                test_root, validation_root = _texts(content["roots"])
                model_format, model_sha256 = _texts(content["model"])
                outcome = cls(
                    _texts(content["class_keys"]),
                    _texts(content["labels"]),
                    test_root,
                    validation_root,
                    _texts(content["files"]),
                    tuple(TEST if is_test else VALIDATION for is_test in content["is_test"].tolist()),
                    content["truth"],
                    content["probabilities"],
                    _texts(content["unreadable"]),
                    model_format,
                    model_sha256,
                    float(content["median_ms"]),
                )
                photos, classes = len(outcome.files), len(outcome.class_keys)
                if outcome.probabilities.shape != (photos, classes) or outcome.truth.shape != (photos,):
                    raise ValueError("shapes that do not fit together")
        except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile, zlib.error) as error:
            raise ModelError(f"'{path}' does not hold a model's answers; make the run's report again.") from error
        return outcome


def _texts(array: np.ndarray) -> tuple[str, ...]:
    return tuple(map(str, array.tolist()))
