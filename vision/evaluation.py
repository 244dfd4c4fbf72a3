"""Measures a model file on a folder of labelled photos, with the code that serves."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vision import images, metrics
from vision.classifier import Classifier
from vision.datasets.class_folders import read_class_folders
from vision.detector import Detector
from vision.errors import DatasetError, ImageError, SettingsError
from vision.model_card import ModelCard
from vision.pipeline import part_in


@dataclass(frozen=True)
class Evaluation:
    """What a model file did on labelled photos.

    Attributes:
        model, model_format: what was measured; size_bytes: of its file.
        data_dir: name of the folder of photos.
        labels: int (photos,), indices into the card's classes.
        probabilities: float32 (photos, classes).
        files: the photos' paths.
        median_ms: one photo from decoded pixels to scores, finding included.
        unreadable: a reason for each photo left out.
        not_found: photos in which the detector found nothing, so that the whole of them was classified; None where
            no detector was asked.
    """

    model: str
    model_format: str
    data_dir: str
    size_bytes: int
    labels: np.ndarray
    probabilities: np.ndarray
    files: tuple[Path, ...]
    median_ms: float
    unreadable: tuple[str, ...]
    not_found: int | None = None

    def top(self, k: int) -> float:
        return metrics.top_k_accuracy(self.probabilities, self.labels, k)

    def summary(self) -> dict[str, object]:
        """The figures that the command line prints; fractions are 0 to 1."""
        return {
            "model": self.model,
            "format": self.model_format,
            "images": len(self.labels),
            "top1": self.top(1),
            "top3": self.top(3),
            "top5": self.top(5),
            "median_ms": round(self.median_ms, 3),
            "size_bytes": self.size_bytes,
        } | ({} if self.not_found is None else {"not_found": self.not_found})


def evaluate(
    classifier: Classifier,
    data_dir: Path,
    limit: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    detector: Detector | None = None,
    margin: float = 0.0,
) -> Evaluation:
    """Classifies the photos of class folders, each as a visitor's photo would be.

    Args:
        limit: measure on this many photos, at least 1, spread evenly over all.
        on_progress: called now and then with photos done and photos in all.
        detector: if given, each photo is cropped to the surest object found in it, with `margin` as in
            `pipeline.classify`; where nothing is found, the whole photo is classified.

    Raises:
        DatasetError: no photos, or a folder that is none of the model's classes.
        SettingsError: the limit is below 1.
    """
    if limit is not None and limit < 1:
        raise SettingsError(f"limit is {limit}; expected at least 1.")
    files, labels = list_labelled(data_dir, classifier.card)
    rows = np.arange(len(files))
    if limit is not None and limit < len(rows):
        rows = np.linspace(0, len(rows) - 1, limit).round().astype(int)
    return evaluate_photos(
        classifier,
        [files[row] for row in rows],
        [labels[row] for row in rows],
        data_dir,
        on_progress,
        detector,
        margin,
    )


def list_labelled(data_dir: Path, card: ModelCard) -> tuple[list[Path], list[int]]:
    """The photos in class folders below `data_dir`, and the index of each one's class on the card.

    Raises:
        DatasetError: no photos, or a folder that is none of the model's classes.
    """
    folders = read_class_folders(data_dir)
    unknown = [key for key in folders.class_keys if key not in card.class_keys]
    if unknown:
        raise DatasetError(
            f"'{data_dir}' has folders that are no classes of '{card.name}': {', '.join(unknown[:5])}; "
            f"expected names such as {', '.join(card.class_keys[:3])}."
        )
    to_class = [card.class_keys.index(key) for key in folders.class_keys]
    return list(folders.files), [to_class[label] for label in folders.labels]


def evaluate_photos(
    classifier: Classifier,
    paths: Sequence[Path],
    truth: Sequence[int],
    data_dir: Path,
    on_progress: Callable[[int, int], None] | None = None,
    detector: Detector | None = None,
    margin: float = 0.0,
    tell_every: int = 200,
) -> Evaluation:
    """Classifies photos below `data_dir`; like `evaluate`, for photos that were chosen before.

    Args:
        truth: index into the card's classes, one a photo.
        tell_every: `on_progress` is called after so many photos.

    Raises:
        DatasetError: none of the photos can be read.
    """
    card = classifier.card
    labels: list[int] = []
    probabilities: list[np.ndarray] = []
    files: list[Path] = []
    latencies: list[float] = []
    unreadable: list[str] = []
    not_found = 0
    smallest = 2 * max(card.image_size, detector.card.image_size if detector else 0)
    for done, (path, label) in enumerate(zip(paths, truth, strict=True), 1):
        try:
            photo = images.decode(images.read_file(path), min_side=smallest)
        except (ImageError, OSError) as error:
            unreadable.append(f"{path.parent.name}/{path.name}: {error}")
        else:
            began = time.perf_counter()
            if detector is not None:
                surest = detector.detect(photo)[:1]
                not_found += not surest
                photo = part_in(photo, surest[0].box, margin) if surest else photo
            probabilities.append(classifier.probabilities(photo))
            latencies.append((time.perf_counter() - began) * 1000)
            labels.append(label)
            files.append(path)
        if on_progress is not None and done % tell_every == 0:
            on_progress(done, len(paths))
    if not labels:
        reason = unreadable[0] if unreadable else "there are none."
        raise DatasetError(f"None of the photos in '{data_dir}' can be read: {reason}")
    return Evaluation(
        card.name,
        classifier.model_format,
        "/".join(data_dir.parts[-2:]),
        card.formats[classifier.model_format].size_bytes,
        np.array(labels),
        np.stack(probabilities),
        tuple(files),
        float(np.median(latencies)),
        tuple(unreadable),
        None if detector is None else not_found,
    )
