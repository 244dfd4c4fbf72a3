"""export: other formats of a model; TensorFlow is loaded once the arguments are known to be right."""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from vision import model_store
from vision.cli.measure import positive
from vision.cli.progress_line import ProgressLine
from vision.errors import SettingsError
from vision.export.formats import FORMATS, format_named
from vision.export.qat_process import QatSettings
from vision.jobs import JobStatus, Stopped
from vision.model_card import read_card
from vision.places import CACHE_DIR, RUNS_DIR
from vision.results.words import duration


def add_commands(commands: Any) -> None:
    """Adds the commands of this file."""
    exporting = commands.add_parser(
        "export",
        help="make other formats of a model: smaller, or faster on phones",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(["formats:", *(f"  {spec.name:<9} {spec.description}" for spec in FORMATS.values())]),
    )
    exporting.add_argument("model", metavar="MODEL", help="a model folder, or a task's name for its default model")
    exporting.add_argument("--formats", nargs="+", required=True, metavar="FORMAT", help=", ".join(FORMATS))
    exporting.add_argument("--data", type=Path, metavar="DIR", help="its training photos; for all with 8-bit weights")
    exporting.add_argument("--test", type=Path, metavar="DIR", help="test photos, to measure each format on")
    exporting.add_argument("--to", type=Path, metavar="DIR", help="where it works (default runs/export-TASK-MODEL)")
    exporting.add_argument(
        "--steps", type=positive, default=QatSettings.steps, metavar="N", help="of int8-qat (default %(default)s)"
    )
    exporting.add_argument(
        "--learning-rate", type=float, default=QatSettings.learning_rate, metavar="R", help="of int8-qat (%(default)s)"
    )
    exporting.set_defaults(run=run_export)


def run_export(options: argparse.Namespace) -> int:
    model_dir = model_store.find_model(options.model)
    card = read_card(model_dir)
    for name in options.formats:
        format_named(name)
    for folder in (options.data, options.test):
        if folder is not None and not folder.is_dir():
            raise SettingsError(f"There is no folder '{folder}'; give a folder of photos.")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from vision.export.make import ExportFolder, ExportOrder, make_formats

    order = ExportOrder(
        model_dir,
        tuple(dict.fromkeys(options.formats)),
        options.data,
        options.test,
        CACHE_DIR,
        options.steps,
        options.learning_rate,
    )
    order.specs()
    folder = ExportFolder(options.to or RUNS_DIR / f"export-{card.task}-{card.name}")
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with ProgressLine() as line:

            def say(text: str) -> None:
                line.clear()
                print(text, file=sys.stderr, flush=True)

            made = make_formats(order, folder, say, lambda status: line.show(_in_a_line(status)))
    except (Stopped, KeyboardInterrupt):
        print("Stopped; the same command goes on from there.", file=sys.stderr)
        return 130
    finally:
        signal.signal(signal.SIGTERM, before)
    print(f"Model: {made}")
    print(f"Let the app have it with: python -m vision publish {made}")
    return 0


def _in_a_line(status: JobStatus) -> str:
    left = "" if status.seconds_left is None else f", {duration(status.seconds_left)} left"
    return f"{status.progress:.0%} {status.message}{left}"


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
