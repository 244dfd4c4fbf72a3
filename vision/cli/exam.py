"""exam-job: what the page Models starts for somebody's own photos; no TensorFlow is loaded."""

import argparse
import os
from pathlib import Path
from typing import Any

from vision.errors import DatasetError
from vision.exam.folder import ExamFolder
from vision.exam.work import run_exam
from vision.jobs import FINISHED

NICENESS = 5  # visitors who wait for one photo go first


def add_commands(commands: Any) -> None:
    """Adds the commands of this file."""
    job = commands.add_parser("exam-job")  # for the app, which watches the folder
    job.add_argument("folder", type=Path)
    job.set_defaults(run=run_exam_job)


def run_exam_job(options: argparse.Namespace) -> int:
    if not options.folder.is_dir():
        raise DatasetError(f"There is no folder '{options.folder}'; the app makes one for each exam.")
    os.nice(NICENESS)
    return 0 if run_exam(ExamFolder(options.folder)).state == FINISHED else 1
