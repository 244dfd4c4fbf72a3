"""data sample, data import, data check: photos for a first run, from elsewhere, and whether they are fit for one."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from vision.cli.measure import positive
from vision.cli.progress_line import ProgressLine
from vision.datasets.check_job import CheckFolder
from vision.datasets.dataset_places import dataset_at
from vision.datasets.inspection import Inspection, inspect_folder
from vision.datasets.problems import Problem
from vision.datasets.sample import write_sample
from vision.datasets.upload import unpack_class_folders
from vision.errors import DatasetError
from vision.jobs import FINISHED
from vision.tasks import TASKS


def add_actions(actions: Any) -> None:
    """Adds the commands of this file below `data`."""
    sampling = actions.add_parser("sample", help="draw a small data set of traffic signs, for a first run")
    sampling.add_argument(
        "--to", type=Path, default=Path("data/sample"), metavar="DIR", help="a new folder (default data/sample)"
    )
    sampling.add_argument("--seed", type=int, default=0, metavar="N", help="the same number draws the same (default 0)")
    sampling.add_argument(
        "--photos-per-class", type=positive, default=60, metavar="N", help="for training, at least 10 (default 60)"
    )
    sampling.set_defaults(run=run_sample)

    importing = actions.add_parser("import", help="unpack a zip that has one folder of photos for each class")
    importing.add_argument("archive", metavar="ZIP", type=Path)
    importing.add_argument("--to", required=True, type=Path, metavar="DIR", help="a folder that is not there yet")
    importing.set_defaults(run=run_import)

    checking = actions.add_parser("check", help="read every photo, and tell what is wrong with them")
    checking.add_argument("folder", metavar="DIR", type=Path, help="one folder of photos a class, or train and test")
    checking.add_argument("--test", type=Path, metavar="DIR", help="the test photos, if they lie elsewhere")
    checking.add_argument("--task", choices=sorted(TASKS), help="tells by file names which photos show one object")
    checking.add_argument("--json", action="store_true", help="print JSON")
    checking.set_defaults(run=run_check)

    job = actions.add_parser("check-job")  # for the app, which watches the folder
    job.add_argument("folder", type=Path)
    job.set_defaults(run=run_check_job)


def run_sample(options: argparse.Namespace) -> int:
    return _write(lambda line: write_sample(options.to, options.seed, line.show, options.photos_per_class))


def run_import(options: argparse.Namespace) -> int:
    return _write(lambda line: unpack_class_folders(options.archive, options.to, line.show))


def _write(write: Callable[[ProgressLine], Path]) -> int:
    try:
        with ProgressLine() as line:
            folder = write(line)
    except KeyboardInterrupt:
        print("Stopped; nothing was written, and the same command begins again.", file=sys.stderr)
        return 130
    print(f"{folder} is written; look at it with: python -m vision data check {folder}")
    return 0


def run_check(options: argparse.Namespace) -> int:
    place = dataset_at(options.folder)
    root, test = (options.folder, None) if place is None else (place.train, place.test)
    task = TASKS[options.task] if options.task else None
    try:
        with ProgressLine() as line:
            inspection = inspect_folder(
                root,
                options.test or test,
                lambda done, total: line.show(f"looking at photos: {done:,} of {total:,}"),
                group_of=task.group_of if task else None,
            )
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    problems = inspection.problems(task.label_of if task else str)
    if options.json:
        print(json.dumps(inspection.to_json() | {"problems": [asdict(problem) for problem in problems]}))
    else:
        _print_words(inspection, problems)
    return 1 if inspection.blocking else 0


def _print_words(inspection: Inspection, problems: Sequence[Problem]) -> None:
    tests = "" if inspection.test is None else f", and {inspection.test_photos:,} test photos"
    print(f"{inspection.root}: {inspection.photos:,} photos of {len(inspection.classes)} classes{tests}.")
    if not problems:
        print("Nothing is wrong with them.")
    for problem in problems:
        print(f"{'has to be mended' if problem.is_blocking else problem.severity}: {problem.text}")


def run_check_job(options: argparse.Namespace) -> int:
    if not options.folder.is_dir():
        raise DatasetError(f"There is no folder '{options.folder}'; the app makes one for each inspection.")
    return 0 if CheckFolder(options.folder).run().state == FINISHED else 1
