"""python -m vision.exam FOLDER: what the page Models starts for somebody's own photos.

Not a command of `python -m vision`, whose imports a server lacks that has only what shows models.
"""

import argparse
import os
import sys
from pathlib import Path

from vision.errors import VisionError
from vision.exam.folder import ExamFolder
from vision.exam.work import run_exam
from vision.jobs import FINISHED

NICENESS = 5  # visitors who wait for one photo go first


def main() -> int:
    """Does the exam in that folder and returns the exit status: 0 where it finished."""
    parser = argparse.ArgumentParser(prog="python -m vision.exam")
    parser.add_argument("folder", type=Path, help="made by the page")
    folder = parser.parse_args().folder
    if not folder.is_dir():
        print(f"There is no folder '{folder}'; the page makes one for each exam.", file=sys.stderr)
        return 2
    os.nice(NICENESS)
    try:
        return 0 if run_exam(ExamFolder(folder)).state == FINISHED else 1
    except VisionError as error:
        print(error, file=sys.stderr)
        return 2


sys.exit(main())
