"""A trained network as a model folder: its files, each measured on the same photos, its labels and its card."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np

from vision import metrics
from vision.classifier import Classifier
from vision.evaluation import Evaluation, evaluate
from vision.export.formats import FormatSpec, format_named
from vision.export.metadata import with_metadata
from vision.export.rounding import round_kernels
from vision.export.tflite import export_tflite, representative_rows, with_probabilities, write_tflite
from vision.jobs import write_json
from vision.model_card import CARD_FILE, LABELS_FILE, format_entry
from vision.provenance import commit_of_code, today
from vision.results.measure import measure_run, served_format
from vision.training.config import TrainingConfig
from vision.training.estimate import EXPORTING, MEASURING
from vision.training.job import TrainingData, predict_logits
from vision.training.progress import Report, no_report
from vision.training.run_folder import RunFolder

REPRESENTATIVE_PHOTOS = 430
# On probabilities that were made honest: nine in ten, and better than a guess between two.
SURE_FROM, LIKELY_FROM = 0.9, 0.6

Say = Callable[[str], None]


def write_model_folder(
    folder: Path,
    name: str,
    model: keras.Model,
    data: TrainingData,
    config: TrainingConfig,
    say: Say,
    report: Report = no_report,
    run: RunFolder | None = None,
) -> dict[str, Any]:
    """Calibrates, exports and measures a trained network.

    Args:
        folder: where the model is written; made if missing.
        model: pixels -> logits, with the weights to ship.
        data: its photos; the temperature comes from the validation part, the int8 calibration from the training part.
        config: the run's settings; with `config.test`, every format is measured on those photos.
        report: told of each part, see `Progress.report`.
        run: where the answers of the served file are kept, for `vision.results.measure.write_results`.

    Returns:
        The card's content.
    """
    folder.mkdir(parents=True, exist_ok=True)
    task = config.task_spec
    keys = data.folders.class_keys
    parts = len(config.formats) + 1
    report(EXPORTING, 0, parts, "fitting the temperature")
    say("fitting the temperature on the validation photos")
    logits, truth = predict_logits(model, data, data.validation_rows), data.labels[data.validation_rows]
    temperature = metrics.fit_temperature(logits, truth)
    card: dict[str, Any] = {
        "schema": 1,
        "name": name,
        "task": config.task,
        "created": today(),
        "commit": commit_of_code(),
        "backbone": config.backbone,
        "alpha": config.alpha,
        "image_size": config.image_size,
        "resize": config.resize,
        "input": "RGB pixels 0 to 255, shape (1, size, size, 3); scaling is inside the model",
        "output": "probabilities, shape (1, classes); the temperature is inside the model",
        "temperature": round(temperature, 4),
        "sure_from": SURE_FROM,
        "likely_from": LIKELY_FROM,
        "default_format": config.formats[0],
        "class_keys": list(keys),
        "formats": {},
        "training": asdict(config)
        | {
            "training_photos": len(data.training_rows),
            "validation_photos": len(data.validation_rows),
            "split": "whole groups (tracks) of each class held out"
            if task.group_pattern
            else "photos of each class held out",
        },
        "validation": {
            "photos": len(truth),
            "top1": metrics.top_k_accuracy(logits, truth, 1),
            "calibration_error_before": metrics.expected_calibration_error(metrics.softmax(logits), truth),
            "calibration_error_after": metrics.expected_calibration_error(metrics.softmax(logits, temperature), truth),
        },
        "test": {},
    }
    if config.new_task is not None:
        card["new_task"] = {"title": task.title, "noun": task.noun, "mirror_safe": task.mirror_safe}
    labels = [task.label_of(key) for key in keys]
    (folder / LABELS_FILE).write_text("".join(f"{label}\n" for label in labels), encoding="utf-8")
    rows = representative_rows(data.labels, data.training_rows, REPRESENTATIVE_PHOTOS, config.seed)
    representative = data.pixels[np.sort(rows)]
    for spec, plain in _exported(config.formats, model, temperature, representative, say, report):
        content = with_metadata(plain, f"{config.task}/{name}", config.image_size, labels)
        write_tflite(folder / spec.file, content)
        card["formats"][spec.name] = format_entry(spec.file, content)
    write_json(folder / CARD_FILE, card)
    tested: dict[str, Evaluation] = {}
    if config.test is not None:
        for model_format in config.formats:
            say(f"measuring {model_format} on the test photos")
            result = evaluate(
                Classifier.load(folder, model_format),
                Path(config.test),
                on_progress=_counting(report, f"{model_format}: {{done:,}} of {{total:,}} test photos measured"),
            )
            tested[model_format] = result
            card["test"][model_format] = figures(result, labels)
            say(f"{model_format}: {result.top(1):.2%} of {len(result.labels):,} test photos right")
        write_json(folder / CARD_FILE, card)
    if run is not None:
        rows = data.validation_rows
        measure_run(
            run,
            config,
            folder,
            keys,
            [data.folders.files[row] for row in rows],
            data.labels[rows].tolist(),
            _counting(report, "{done:,} of {total:,} validation photos looked at"),
            tested=tested.get(served_format(config.formats)),
        )
    return card


def _counting(report: Report, words: str) -> Callable[[int, int], None]:
    return lambda done, total: report(MEASURING, done, total, words.format(done=done, total=total))


def _exported(
    formats: Sequence[str],
    model: keras.Model,
    temperature: float,
    representative: np.ndarray,
    say: Say,
    report: Report,
) -> Iterator[tuple[FormatSpec, bytes]]:
    """Each format with its file; those with 8-bit weights share one network whose kernels are rounded first."""
    rounded: keras.Model | None = None
    for number, spec in enumerate(map(format_named, formats), 1):
        tell = partial(report, EXPORTING, number, len(formats) + 1)
        tell(f"exporting {spec.name}")
        say(f"exporting {spec.name}")
        if spec.has_eight_bit_weights and rounded is None:
            rounded = keras.models.clone_model(model)
            rounded.set_weights(model.get_weights())
            round_kernels(rounded, representative, partial(tell, f"rounding the kernels for {spec.name}"))
        network = with_probabilities(rounded if spec.has_eight_bit_weights else model, temperature)
        yield spec, export_tflite(network, spec.name, representative)


def figures(result: Evaluation, labels: list[str]) -> dict[str, Any]:
    """What a card says of one measurement."""
    answers = result.probabilities.argmax(axis=1)
    right = int((answers == result.labels).sum())
    low, high = metrics.wilson_interval(right, len(answers))
    per_class = metrics.per_class_accuracy(answers, result.labels, len(labels))
    return {
        "data": result.data_dir,
        "photos": len(answers),
        "unreadable": len(result.unreadable),
        "top1": result.top(1),
        "top1_95_percent_interval": [low, high],
        "top3": result.top(3),
        "top5": result.top(5),
        "calibration_error": metrics.expected_calibration_error(result.probabilities, result.labels),
        "median_ms": round(result.median_ms, 3),
        "per_class_top1": {labels[i]: value for i, value in enumerate(per_class)},
        "frequent_confusions": [
            {"truth": labels[c.truth], "answer": labels[c.answer], "photos": c.count}
            for c in metrics.frequent_confusions(answers, result.labels)
        ],
    }
