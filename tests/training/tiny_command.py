"""`python tests/training/tiny_command.py ARGUMENTS` is `python -m vision ARGUMENTS` with the backbone "tiny".

SLOW_STEP_S in the environment makes each training step take that long, so that a test can meet it at work.
"""

import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import keras  # noqa: E402

from tests.training.conftest import TINY, build_tiny_application  # noqa: E402
from vision import jobs  # noqa: E402
from vision.cli import main  # noqa: E402
from vision.training.backbones import BACKBONES  # noqa: E402
from vision.training.callbacks import ReportSteps  # noqa: E402

setattr(keras.applications, TINY.application, build_tiny_application)
BACKBONES[TINY.name] = TINY
jobs.COMMAND = (sys.executable, __file__)
at_its_pace = ReportSteps.on_train_batch_end


def slowly(self: ReportSteps, batch: int, logs: dict[str, float] | None = None) -> None:
    time.sleep(float(os.environ.get("SLOW_STEP_S", "0")))
    at_its_pace(self, batch, logs)


ReportSteps.on_train_batch_end = slowly
sys.exit(main(sys.argv[1:]))
