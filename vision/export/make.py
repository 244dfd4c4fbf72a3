"""Any format of any model folder: the network is read back from its float32 file, as its Keras weights may be gone."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from vision.classifier import Classifier
from vision.errors import SettingsError
from vision.evaluation import evaluate
from vision.export.formats import FORMATS, FormatSpec, format_named
from vision.export.metadata import with_metadata
from vision.export.model_folder import figures
from vision.export.photos import PhotoFiles, draw_evenly, find_photos, load_photos
from vision.export.qat_process import QatFolder, QatSettings, train_rounded
from vision.export.read_tflite import read_network
from vision.export.rebuild import build_classifier_of, check_agreement
from vision.export.rounding import round_kernels
from vision.export.tflite import export_tflite, with_probabilities, write_tflite
from vision.jobs import FAILED, FINISHED, STOPPED, JobFolder, JobStatus, Stopped, write_json
from vision.model_card import CARD_FILE, ModelCard, format_entry, read_card
from vision.model_store import check_files, read_model, task_of
from vision.provenance import today

SOURCE = "float32"
CALIBRATION_PHOTOS = 430

Say = Callable[[str], None]
OnStatus = Callable[[JobStatus], None]


def tell_nobody(status: JobStatus) -> None:
    """Where only the folder tells how far it is."""


class ExportFolder(JobFolder):
    """Paths of one export: the model folder that comes of it, and what is under way."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.model_dir = path / "model"
        self.qat_dir = path / "qat"


@dataclass(frozen=True)
class ExportOrder:
    """What is to be made.

    Attributes:
        model_dir: a model folder with a float32 file.
        formats: names of `FORMATS`.
        data: training photos, class folders; needed by every format with 8-bit weights.
        test: test photos, on which each format is measured, or None.
        steps: of quantisation-aware training; learning_rate: at its start.
    """

    model_dir: Path
    formats: tuple[str, ...]
    data: Path | None
    test: Path | None
    cache_dir: Path
    steps: int = QatSettings.steps
    learning_rate: float = QatSettings.learning_rate

    def specs(self) -> list[FormatSpec]:
        """The formats.

        Raises:
            SettingsError: there is no such format, or photos are missing that one needs.
        """
        specs = [format_named(name) for name in self.formats]
        if any(spec.needs_photos for spec in specs):
            self.photos()
        return specs

    def photos(self) -> Path:
        """The folder of training photos.

        Raises:
            SettingsError: none is given.
        """
        if self.data is None:
            raise SettingsError("Formats with 8-bit weights need the training photos; give their folder with --data.")
        return self.data


def make_formats(order: ExportOrder, folder: ExportFolder, say: Say, on_status: OnStatus = tell_nobody) -> Path:
    """Makes the formats, each from the float32 file, and goes on where an earlier call stopped.

    Args:
        say: told, in a line, what was begun and what came of it.
        on_status: told each status that the folder gets while it is at work.

    Returns:
        A whole model folder: the files there were, the new ones, and a card that describes all.

    Raises:
        Stopped: a stop was asked for; finished formats are kept, and quantisation-aware training its checkpoint.
        VisionError: the model or the photos cannot be used, or an operator does not exist in a format.
    """
    folder.path.mkdir(parents=True, exist_ok=True)
    with folder.held():
        folder.forget_stop()
        try:
            _Maker(order, folder, say, on_status).make()
        except (Stopped, KeyboardInterrupt):
            folder.write_status(JobStatus(STOPPED, "stopped; the same command goes on from here"))
            raise
        except Exception as error:
            folder.write_status(JobStatus(FAILED, str(error)))
            raise
        folder.write_status(JobStatus(FINISHED, f"made {', '.join(order.formats)}", 1.0))
    return folder.model_dir


class _Maker:
    def __init__(self, order: ExportOrder, folder: ExportFolder, say: Say, on_status: OnStatus) -> None:
        self._order, self._folder, self._say, self._on_status = order, folder, say, on_status
        self._specs = order.specs()
        self._card, _, self._content = read_model(order.model_dir, SOURCE)
        self._labelled = self._with_metadata(self._content)
        self._files: PhotoFiles | None = None
        self._pixels: np.ndarray | None = None
        self._plain: keras.Model | None = None
        self._rounded: keras.Model | None = None

    def make(self) -> None:
        content = self._begin()
        parts = len(self._specs) * (1 if self._order.test is None else 2)
        done = 0
        for spec in self._specs:
            self._tell(f"exporting {spec.name}", done / parts)
            if self._is_made(content, spec):
                self._say(f"{spec.name} is there")
            else:
                self._write(content, spec, done / parts, 1 / parts)
            done += 1
            if self._order.test is not None:
                self._tell(f"measuring {spec.name} on the test photos", done / parts)
                self._measure(content, spec, self._order.test, done / parts, 1 / parts)
                done += 1
        check_files(self._folder.model_dir, read_card(self._folder.model_dir))

    def _begin(self) -> dict[str, Any]:
        """The card to fill in: of the folder that an earlier call began, or of the model."""
        target = self._folder.model_dir
        if not (target / CARD_FILE).exists():
            partial = target.with_name(".model")
            shutil.rmtree(partial, ignore_errors=True)
            shutil.copytree(self._order.model_dir, partial)
            card = json.loads((partial / CARD_FILE).read_text(encoding="utf-8"))
            file = self._card.formats[SOURCE].file
            write_tflite(partial / file, self._labelled)
            card["formats"][SOURCE] = format_entry(file, self._labelled)
            write_json(partial / CARD_FILE, card)
            partial.rename(target)
        if read_model(target, SOURCE)[2] != self._labelled:
            raise SettingsError(
                f"'{self._folder.path}' holds the export of another model; delete it, or give another --to."
            )
        return json.loads((target / CARD_FILE).read_text(encoding="utf-8"))

    def _is_made(self, content: dict[str, Any], spec: FormatSpec) -> bool:
        return spec.name == SOURCE or content.get("exports", {}).get(spec.name, {}).get("how") == self._how(spec)

    def _how(self, spec: FormatSpec) -> dict[str, Any]:
        """What a format's file depends on besides the float32 file."""
        how: dict[str, Any] = {"from": self._card.formats[SOURCE].sha256}
        if spec.needs_photos:
            how["data"] = str(self._order.data)
        if spec.is_trained:
            how |= {"steps": self._order.steps, "learning_rate": self._order.learning_rate}
        return how

    def _write(self, content: dict[str, Any], spec: FormatSpec, before: float, part: float) -> None:
        self._say(f"exporting {spec.name}")
        made = self._with_metadata(self._trained(before, part) if spec.is_trained else self._converted(spec))
        write_tflite(self._folder.model_dir / spec.file, made)
        content["formats"][spec.name] = format_entry(spec.file, made)
        content.get("test", {}).pop(spec.name, None)
        content.setdefault("exports", {})[spec.name] = {"created": today(), "how": self._how(spec)}
        self._save(content)
        self._say(f"{spec.name}: {len(made) / 1e6:.2f} MB")

    def _with_metadata(self, content: bytes) -> bytes:
        card = self._card
        return with_metadata(content, f"{card.task}/{card.name}", card.image_size, card.labels)

    def _converted(self, spec: FormatSpec) -> bytes:
        pixels = self._calibration() if spec.needs_photos else None
        model = self._network(spec.has_eight_bit_weights)
        self._folder.stop_if_asked()
        return export_tflite(with_probabilities(model, 1.0), spec.name, pixels)

    def _network(self, is_rounded: bool) -> keras.Model:
        """The network, read back once; with 8-bit weights, its kernels rounded so that least is lost."""
        if self._plain is None:
            network = read_network(self._content)
            self._plain = build_classifier_of(network, keras)
            difference = check_agreement(network, lambda photos: self._plain(photos, training=False), self._content)
            self._say(f"the network read back answers as its file does (within {difference:.1g})")
        if not is_rounded:
            return self._plain
        if self._rounded is None:
            self._tell("rounding the kernels")
            rounded = build_classifier_of(read_network(self._content), keras)
            round_kernels(rounded, self._calibration(), self._folder.stop_if_asked)
            self._rounded = rounded
        return self._rounded

    def _calibration(self) -> np.ndarray:
        if self._pixels is None:
            files = find_photos(self._order.photos(), self._order.model_dir.resolve(), self._card)
            rows = draw_evenly(files.labels, files.training_rows, CALIBRATION_PHOTOS, _seed(self._card))
            pixels, readable = load_photos(files, rows, self._card, self._order.cache_dir, self._count_photos)
            self._pixels = pixels[readable]
        return self._pixels

    def _count_photos(self, done: int, total: int) -> None:
        self._tell(f"read {done:,} of {total:,} training photos")

    def _trained(self, before: float, part: float) -> bytes:
        training = self._card.content.get("training", {})
        settings = QatSettings(
            str(self._order.model_dir.resolve()),
            str(self._order.photos().resolve()),
            str(self._order.cache_dir),
            self._order.steps,
            learning_rate=self._order.learning_rate,
            augmentation=training.get("augmentation", QatSettings.augmentation),
            mirror=task_of(self._card).mirror_safe,
            calibration_photos=CALIBRATION_PHOTOS,
            seed=_seed(self._card),
        )

        def on_status(status: JobStatus) -> None:
            overall = before + part * status.progress
            self._write_status(replace(status, message=f"int8-qat: {status.message}", progress=overall))

        return train_rounded(QatFolder(self._folder.qat_dir), settings, on_status)

    def _measure(self, content: dict[str, Any], spec: FormatSpec, test: Path, before: float, part: float) -> None:
        if content.get("test", {}).get(spec.name, {}).get("data") == "/".join(test.parts[-2:]):
            return
        self._say(f"measuring {spec.name} on the test photos")

        def on_progress(done: int, total: int) -> None:
            self._tell(f"{spec.name}: {done:,} of {total:,} test photos measured", before + part * done / total)

        result = evaluate(Classifier.load(self._folder.model_dir, spec.name), test, on_progress=on_progress)
        content.setdefault("test", {})[spec.name] = figures(result, list(self._card.labels))
        self._save(content)
        self._say(f"{spec.name}: {result.top(1):.2%} of {len(result.labels):,} test photos right")

    def _save(self, content: dict[str, Any]) -> None:
        content["formats"] = {name: content["formats"][name] for name in FORMATS if name in content["formats"]}
        write_json(self._folder.model_dir / CARD_FILE, content)

    def _tell(self, message: str, progress: float | None = None) -> None:
        if progress is None:
            status = self._folder.read_status()
            progress = 0.0 if status is None else status.progress
        self._write_status(JobStatus("exporting", message, progress))

    def _write_status(self, status: JobStatus) -> None:
        self._folder.stop_if_asked()
        status = replace(status, state="exporting")
        self._folder.write_status(status)
        self._on_status(status)


def _seed(card: ModelCard) -> int:
    return int(card.content.get("training", {}).get("seed", 0))
