"""evaluate, predict, models, publish: what needs no training, so that no TensorFlow is loaded."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from vision import images, model_store, pipeline
from vision.classifier import Classifier
from vision.errors import ImageError, SettingsError
from vision.evaluation import evaluate
from vision.model_card import Sureness
from vision.predictions import Prediction


def add_commands(commands: Any) -> None:
    """Adds the commands of this file."""
    evaluating = commands.add_parser("evaluate", help="measure a model on a folder of labelled photos")
    evaluating.add_argument("model", metavar="MODEL", help="a model folder, or a task's name for its default model")
    evaluating.add_argument("data", metavar="DATA_DIR", type=Path, help="a folder with one folder of photos a class")
    evaluating.add_argument("--format", help="float32, int8 ...; without it, the model's default")
    evaluating.add_argument("--limit", type=positive, metavar="N", help="only N photos, spread evenly")
    evaluating.add_argument("--json", action="store_true", help="print JSON")
    evaluating.set_defaults(run=run_evaluate)

    predicting = commands.add_parser("predict", help="classify photos")
    predicting.add_argument("model", metavar="MODEL", help="a model folder, or a task's name for its default model")
    predicting.add_argument("photos", metavar="PHOTO", nargs="+", type=Path)
    predicting.add_argument("--top", type=positive, default=5, metavar="N", help="answers a photo (default 5)")
    predicting.add_argument("--format", help="float32, int8 ...; without it, the model's default")
    predicting.add_argument("--json", action="store_true", help="print JSON")
    predicting.set_defaults(run=run_predict)

    listing = commands.add_parser("models", help="what is installed, and whether its checksums hold")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(run=run_models)

    publishing = commands.add_parser("publish", help="make a trained model selectable in the app")
    publishing.add_argument("folder", metavar="MODEL_DIR", type=Path, help="a model folder, such as runs/NAME/model")
    publishing.add_argument("--default", action="store_true", help="let the app take it unless told otherwise")
    publishing.set_defaults(run=run_publish)


def positive(text: str) -> int:
    """An argument that counts something."""
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above 0")
    return int(text)


def run_evaluate(options: argparse.Namespace) -> int:
    classifier = Classifier.load(model_store.find_model(options.model), options.format)

    def on_progress(done: int, total: int) -> None:
        print(f"\r{done:,} of {total:,} photos", end="", file=sys.stderr, flush=True)

    result = evaluate(classifier, options.data, options.limit, on_progress if sys.stderr.isatty() else None)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    for problem in result.unreadable:
        print(f"left out: {problem}", file=sys.stderr)
    if options.json:
        print(json.dumps(result.summary()))
    else:
        print(
            f"{result.model} ({result.model_format}, {result.size_bytes / 1e6:.1f} MB) on {len(result.labels):,} "
            f"photos: {result.top(1):.2%} right at first, {result.top(3):.2%} among three, "
            f"{result.top(5):.2%} among five; {result.median_ms:.1f} ms a photo (median)."
        )
    return 0


def run_predict(options: argparse.Namespace) -> int:
    classifier = Classifier.load(model_store.find_model(options.model), options.format)
    answers = [_predict_file(classifier, path, options.top) for path in options.photos]
    if options.json:
        print(json.dumps([answer for answer, _ in answers], ensure_ascii=False))
    else:
        for (answer, predictions), path in zip(answers, options.photos, strict=True):
            print(f"{path}: {answer['error'] or _in_words(classifier, predictions[0], options.top)}")
    return 1 if any(answer["error"] for answer, _ in answers) else 0


def _predict_file(classifier: Classifier, path: Path, top: int) -> tuple[dict[str, Any], list[Prediction]]:
    try:
        photo = images.decode(_read(path), min_side=2 * classifier.card.image_size)
        predictions = pipeline.classify(photo, classifier)
    except ImageError as error:
        return {"file": str(path), "error": str(error), "predictions": []}, []
    found = [
        {
            "box_xyxy": list(prediction.box.xyxy) if prediction.box else None,
            "scores": [{"label": s.label, "probability": s.probability} for s in prediction.top(top)],
        }
        for prediction in predictions
    ]
    return {"file": str(path), "error": None, "predictions": found}, predictions


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > images.MAX_BYTES:
            raise ImageError(f"'{path}' is over {images.MAX_BYTES // 2**20} MB, the limit; make the photo smaller.")
        return path.read_bytes()
    except OSError as error:
        raise ImageError(f"'{path}' cannot be read ({error.strerror}); give the path of a photo.") from error


def _in_words(classifier: Classifier, prediction: Prediction, top: int) -> str:
    unsure = classifier.card.sureness(prediction.best.probability) is Sureness.UNSURE
    named = ", ".join(f"{score.label} {score.probability:.1%}" for score in prediction.top(top))
    return f"{'not sure: ' if unsure else ''}{named}"


def run_models(options: argparse.Namespace) -> int:
    models = model_store.list_models()
    if options.json:
        rows = [
            {
                "task": model.path.parent.name,
                "name": model.path.name,
                "default": model.is_default,
                "formats": list(model.card.formats) if model.card else [],
                "ok": model.problem is None,
                "problem": model.problem,
            }
            for model in models
        ]
        print(json.dumps(rows))
    elif not models:
        print("No model is installed; train one with: python -m vision train --publish")
    else:
        for model in models:
            formats = ", ".join(model.card.formats) if model.card else "no card"
            mark = " (default)" if model.is_default else ""
            print(f"{model.path.parent.name}/{model.path.name}{mark}: {formats}; {model.problem or 'checksums hold'}")
    return 1 if any(model.problem for model in models) else 0


def run_publish(options: argparse.Namespace) -> int:
    if not options.folder.is_dir():
        raise SettingsError(f"There is no folder '{options.folder}'; give a model folder, such as runs/NAME/model.")
    target = model_store.publish(options.folder, options.default)
    print(f"Published as {target}.")
    return 0
