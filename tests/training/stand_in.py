"""`python tests/training/stand_in.py ARGUMENTS` is `python -m vision ARGUMENTS` with runs that do no work.

What a run does is told by its name: "dies" is killed, "silent" ends before it has said a word, "fails" fails, "waits"
goes on until the file "go" is beside it; all others end at once. Each that begins adds its name to the file "begun".
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from vision import jobs  # noqa: E402
from vision.cli import main  # noqa: E402
from vision.errors import DatasetError  # noqa: E402
from vision.training import work  # noqa: E402
from vision.training.run_folder import RunFolder, RunStatus  # noqa: E402


def stand_in(run: RunFolder, cache_dir: Path, say: Callable[[str], None]) -> RunStatus:
    run.write_status(RunStatus("training", "at it"))
    with (run.path.parent / "begun").open("a") as file:
        file.write(f"{run.name}\n")
    if run.name == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if run.name == "fails":
        raise DatasetError("The photos are gone.")
    while run.name == "waits" and not (run.path.parent / "go").exists():
        run.stop_if_asked()
        time.sleep(0.02)
    return RunStatus("finished", "done")


if sys.argv[-1] == "silent":
    sys.exit(7)
jobs.COMMAND = (sys.executable, __file__)
work._train_and_measure = stand_in
sys.exit(main(sys.argv[1:]))
