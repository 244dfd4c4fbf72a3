"""evaluate, predict, models: what needs no training, so that no TensorFlow is loaded."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from vision import images, model_store, pipeline, verification
from vision.classifier import Classifier
from vision.cli import finding
from vision.detector import Detector
from vision.errors import ImageError
from vision.evaluation import evaluate
from vision.model_card import Sureness
from vision.places import DATA_DIR
from vision.predictions import Detection, Prediction


def add_commands(commands: Any) -> None:
    """Adds the commands of this file."""
    evaluating = commands.add_parser("evaluate", help="measure a model on a folder of labelled photos")
    evaluating.add_argument("model", metavar="MODEL", help="a model folder, or a task's name for its default model")
    evaluating.add_argument("data", metavar="DATA_DIR", type=Path, help="a folder with one folder of photos a class")
    evaluating.add_argument("--format", help="float32, int8 ...; without it, the model's default")
    evaluating.add_argument("--limit", type=positive, metavar="N", help="only N photos, spread evenly")
    finding.add_options(evaluating)
    evaluating.add_argument("--json", action="store_true", help="print JSON")
    evaluating.set_defaults(run=run_evaluate)

    predicting = commands.add_parser("predict", help="classify photos")
    predicting.add_argument("model", metavar="MODEL", help="a model folder, or a task's name for its default model")
    predicting.add_argument("photos", metavar="PHOTO", nargs="+", type=Path)
    predicting.add_argument("--top", type=positive, default=5, metavar="N", help="answers a photo (default 5)")
    predicting.add_argument("--format", help="float32, int8 ...; without it, the model's default")
    finding.add_options(predicting)
    predicting.add_argument("--json", action="store_true", help="print JSON")
    predicting.set_defaults(run=run_predict)

    listing = commands.add_parser("models", help="what is installed, and whether its checksums hold")
    listing.add_argument("--verify", action="store_true", help="measure again, on a sample, whether the cards are true")
    listing.add_argument(
        "--photos",
        type=positive,
        default=verification.USUAL_PHOTOS,
        metavar="N",
        help="how many photos of each data set --verify looks at (default %(default)s)",
    )
    listing.add_argument(
        "--data", type=Path, default=DATA_DIR, metavar="DIR", help="where --verify finds the data sets (default data/)"
    )
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(run=run_models)


def positive(text: str) -> int:
    """An argument that counts something."""
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above 0")
    return int(text)


def run_evaluate(options: argparse.Namespace) -> int:
    classifier = Classifier.load(model_store.find_model(options.model), options.format)

    def on_progress(done: int, total: int) -> None:
        print(f"\r{done:,} of {total:,} photos", end="", file=sys.stderr, flush=True)

    result = evaluate(
        classifier,
        options.data,
        options.limit,
        on_progress if sys.stderr.isatty() else None,
        finding.finder_for(classifier, options),
        finding.margin_for(classifier, options),
    )
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
        if result.not_found:
            print(f"Nothing was found in {result.not_found:,} photos, which were classified whole.")
    return 0


def run_predict(options: argparse.Namespace) -> int:
    classifier = Classifier.load(model_store.find_model(options.model), options.format)
    detector, margin = finding.finder_for(classifier, options), finding.margin_for(classifier, options)
    answers = [_predict_file(classifier, path, options, detector, margin) for path in options.photos]
    if options.json:
        print(json.dumps([answer for answer, _ in answers], ensure_ascii=False))
    else:
        for (answer, predictions), path in zip(answers, options.photos, strict=True):
            if answer["error"]:
                print(f"{path}: {answer['error']}")
            for prediction in predictions:
                place = "" if prediction.box is None else f" at {finding.in_words(prediction.box)}"
                guess = " (nothing was found, a guess from the whole photo)" if answer.get("found") is False else ""
                print(f"{path}{place}: {_in_words(classifier, prediction, options.top)}{guess}")
    return 1 if any(answer["error"] for answer, _ in answers) else 0


def _predict_file(
    classifier: Classifier, path: Path, options: argparse.Namespace, detector: Detector | None, margin: float
) -> tuple[dict[str, Any], list[Prediction]]:
    detections: list[Detection] = []
    try:
        # Boxes are told in the photo's own pixels: then it is decoded at full size.
        smallest = 2 * classifier.card.image_size if detector is None else None
        photo = images.decode(finding.read_photo(path), min_side=smallest)
        if detector is not None:
            detections = detector.detect(photo)
        predictions = pipeline.classify(photo, classifier, [found.box for found in detections], margin)
    except ImageError as error:
        return {"file": str(path), "error": str(error), "predictions": []}, []
    found: list[dict[str, Any]] = [
        {
            "box_xyxy": list(prediction.box.xyxy) if prediction.box else None,
            "scores": [{"label": s.label, "probability": s.probability} for s in prediction.top(options.top)],
        }
        for prediction in predictions
    ]
    for row, detection in zip(found, detections, strict=False):
        row["confidence"] = detection.confidence
    answer = {"file": str(path), "error": None, "predictions": found}
    return answer | ({} if detector is None else {"found": bool(detections)}), predictions


def _in_words(classifier: Classifier, prediction: Prediction, top: int) -> str:
    unsure = classifier.card.sureness(prediction.best.probability) is Sureness.UNSURE
    named = ", ".join(f"{score.label} {score.probability:.1%}" for score in prediction.top(top))
    return f"{'not sure: ' if unsure else ''}{named}"


def run_models(options: argparse.Namespace) -> int:
    return run_verify(options) if options.verify else run_list(options)


def run_verify(options: argparse.Namespace) -> int:
    verdicts = [
        verdict
        for model in model_store.list_models()
        for verdict in verification.verify(model.path, options.data, options.photos)
    ]
    if options.json:
        print(json.dumps([asdict(verdict) for verdict in verdicts]))
    else:
        for verdict in verdicts:
            print(f"{' '.join(filter(None, (verdict.model, verdict.model_format)))}: {verdict.reason}")
    # What nobody could check is not yet true; but a detector has a command of its own.
    doubtful = [one for one in verdicts if one.holds is False or (one.holds is None and one.model_format)]
    return 1 if doubtful else 0


def run_list(options: argparse.Namespace) -> int:
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
