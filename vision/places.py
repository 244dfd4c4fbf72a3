"""Where things are kept: models, runs, data sets and what can be computed again."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Another folder keeps what is trained and published apart from the checkout; its models/ starts empty.
HOME = Path(os.environ.get("SECOND_LOOK_HOME") or ROOT).resolve()
MODELS_DIR = HOME / "models"
RUNS_DIR = HOME / "runs"
DATA_DIR = HOME / "data"
CACHE_DIR = HOME / ".cache"
