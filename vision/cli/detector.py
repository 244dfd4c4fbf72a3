"""detector train | measure | add: torch is loaded once the arguments are known to be right."""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from vision import model_store, publishing
from vision.cli.finding import fraction
from vision.cli.measure import positive
from vision.detector import STRIDE, Detector
from vision.errors import SettingsError
from vision.model_card import is_plain_name
from vision.places import RUNS_DIR

TASK = "dog_detector"
LEAST_SIZE, MOST_SIZE = 64, 2048
# Measured with the shipped detector: larger inputs find fewer of the dogs that fill a photo, and two dogs that lean on
# each other rarely share more than this.
SERVING_SIZE, MAX_OVERLAP = 480, 0.6
MOST_FALSE_ALARMS = 0.05


def add_commands(commands: Any) -> None:
    """Adds the commands of this file."""
    detecting = commands.add_parser("detector", help="train, measure or bring a detector")
    actions = detecting.add_subparsers(required=True, metavar="train|measure|add")

    training = actions.add_parser("train", help="fine-tune a COCO model of ultralytics to dogs")
    _add_data(training)
    training.add_argument("--weights", required=True, type=Path, metavar="PT", help="where to start: yolov8n.pt")
    training.add_argument("--teacher", type=Path, metavar="PT", help="keeps the other classes (default: --weights)")
    training.add_argument(
        "--image-size", type=_image_size, default=416, metavar="N", help="while training (default 416)"
    )
    training.add_argument("--epochs", type=positive, default=2, metavar="N", help="passes (default 2)")
    training.add_argument("--learning-rate", type=float, default=3e-4, metavar="R", help="peak (default 0.0003)")
    training.add_argument(
        "--start-share", type=fraction, default=0.4, metavar="P", help="part of the old weights (0.4)"
    )
    training.add_argument("--scenes", type=positive, default=1900, metavar="N", help="made photos of several dogs")
    training.add_argument("--singles", type=positive, default=2500, metavar="N", help="photos of one dog")
    training.add_argument("--seed", type=int, default=0, metavar="N")
    training.add_argument("--name", required=True, help="name of the run and of its model")
    training.set_defaults(run=run_train)

    measuring = actions.add_parser("measure", help="recall, counts, precision and false alarms of detectors")
    _add_data(measuring)
    measuring.add_argument("models", nargs="+", metavar="MODEL_DIR", help="detectors' folders")
    measuring.add_argument("--singles", type=positive, default=1000, metavar="N", help="photos of one dog, at most")
    measuring.add_argument("--scenes", type=positive, default=300, metavar="N", help="made photos of several dogs")
    measuring.add_argument("--min-confidence", type=fraction, metavar="C", help="default: each detector's own")
    measuring.set_defaults(run=run_measure)

    adding = actions.add_parser("add", help="install a detector's file, .onnx or .pt of ultralytics")
    adding.add_argument("file", type=Path, metavar="FILE")
    adding.add_argument("--name", help="name of its folder (default: the file's)")
    adding.add_argument("--finds", default="dog", metavar="CLASS", help="the class to look for (default dog)")
    adding.add_argument("--image-size", type=_image_size, default=640, metavar="N", help="longer side (default 640)")
    adding.add_argument("--default", action="store_true", help="let the app take it unless told otherwise")
    adding.set_defaults(run=run_add)


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dogs", required=True, type=Path, metavar="DIR", help="train/, test/ and boxes.json")
    parser.add_argument("--others", required=True, type=Path, metavar="DIR", help="YOLO folder, mostly without dogs")
    parser.add_argument("--dog-class", type=int, default=16, metavar="N", help="the dog's number there (default 16)")


def _check_name(name: str, folder: Path) -> None:
    if not (is_plain_name(name) and name.isprintable()):
        raise SettingsError(f"'{name}' cannot be a folder's name; choose another --name.")
    if (folder / name).exists():
        raise SettingsError(f"There is '{name}' in {folder.name}/ already; choose another --name.")


def _image_size(text: str) -> int:
    size = positive(text)
    if not LEAST_SIZE <= size <= MOST_SIZE or size % STRIDE:
        raise argparse.ArgumentTypeError(f"'{text}' is no multiple of {STRIDE} from {LEAST_SIZE} to {MOST_SIZE}")
    return size


def run_train(options: argparse.Namespace) -> int:
    for path in (options.weights, options.teacher):
        if path is not None and not path.is_file():
            raise SettingsError(f"There is no weights file '{path}'; give the path of a .pt file of ultralytics.")
    _check_name(options.name, RUNS_DIR)
    folder = RUNS_DIR / options.name
    from vision.detection.export import MIN_CONFIDENCE, class_names_in, export_one_class, write_detector_folder
    from vision.detection.finetune import FinetuneSettings, average_weights, finetune
    from vision.detection.job import (
        DetectorData,
        choose_confidence,
        is_held_out,
        measure_sets,
        write_training_folder,
    )

    teacher = options.teacher or options.weights
    names = class_names_in(options.weights)
    if not 0 <= options.dog_class < len(names):
        raise SettingsError(f"--dog-class is {options.dog_class}; the network has the classes 0 to {len(names) - 1}.")
    for part in (options.dogs / "train", options.others / "images" / "train"):
        if not part.is_dir():
            raise SettingsError(f"There is no folder '{part}'; give the folders of photos with --dogs and --others.")
    finds = names[options.dog_class]
    data = DetectorData(options.dogs, options.others, options.dog_class)
    base_dir = folder / "base"
    write_detector_folder(base_dir, export_one_class(teacher, options.dog_class), "onnx", [finds], finds, 320)
    yolo = write_training_folder(
        folder / "photos", data, Detector.load(base_dir), names, options.scenes, options.singles, options.seed, _say
    )
    settings = FinetuneSettings(
        options.weights,
        teacher,
        options.dog_class,
        options.image_size,
        options.epochs,
        learning_rate=options.learning_rate,
        seed=options.seed,
    )
    try:
        weights = finetune(yolo.yaml_path, folder / "training", settings, lambda done, line: _say(f"{done:.1%} {line}"))
    except KeyboardInterrupt:
        print(f"Stopped; what was written so far is in {folder}.", file=sys.stderr)
        return 130
    mixed = average_weights(teacher, weights, options.start_share, folder / "mixed.pt")
    content = export_one_class(mixed, options.dog_class)
    model_dir = folder / "model" / options.name
    write_detector_folder(
        model_dir, content, "onnx", [finds], finds, SERVING_SIZE, max_overlap=MAX_OVERLAP, command=options.typed
    )
    _say("choosing the confidence on photos that were held out")
    held = [photo for photo in data.annotated("train") if is_held_out(photo)]
    found = measure_sets(Detector.load(model_dir), held, data.without("val"), 400, 100, options.seed)
    try:
        confidence = choose_confidence(found, MOST_FALSE_ALARMS)
    except SettingsError as error:  # the weights are there all the same
        confidence = MIN_CONFIDENCE
        _say(f"{error} The model keeps {confidence}.")
    write_detector_folder(
        model_dir,
        content,
        "onnx",
        [finds],
        finds,
        SERVING_SIZE,
        confidence,
        MAX_OVERLAP,
        {"validation": found.at(confidence)},
        options.typed,
    )
    print(f"Model: {model_dir}")
    return 0


def run_measure(options: argparse.Namespace) -> int:
    from vision.detection.job import DetectorData, measure_sets

    data = DetectorData(options.dogs, options.others, options.dog_class)
    dogs, without = data.annotated("test"), data.without("val")
    rows = {}
    for model in options.models:
        detector = Detector.load(model_store.find_model(model))
        found = measure_sets(detector, dogs, without, options.singles, options.scenes, seed=1)
        least = detector.min_confidence if options.min_confidence is None else options.min_confidence
        rows[detector.card.name] = found.at(least)
    print(json.dumps(rows, indent=2))
    return 0


def run_add(options: argparse.Namespace) -> int:
    if not options.file.is_file():
        raise SettingsError(f"There is no file '{options.file}'; give a detector's .onnx or .pt file.")
    from vision.detection.export import class_names_in, write_detector_folder

    name = options.name or options.file.stem
    _check_name(name, model_store.MODELS_DIR / TASK)
    names = class_names_in(options.file)
    content = options.file.read_bytes()
    with tempfile.TemporaryDirectory() as workshop:
        made = Path(workshop) / name
        write_detector_folder(
            made,
            content,
            options.file.suffix[1:],
            names,
            options.finds,
            options.image_size,
            command=options.typed,
        )
        Detector.load(made)
        target = publishing.publish(made, options.default)
    print(f"Installed as {target}.")
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
