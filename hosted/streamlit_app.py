"""Second Look as a shared demo, for hosts that look for the requirements beside the script that they start."""

import os
import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("SECOND_LOOK_HOSTED", "on")
if str(ROOT) not in sys.path:  # Streamlit puts this script's folder there, and runs it anew at each click
    sys.path.insert(0, str(ROOT))
runpy.run_path(str(ROOT / "app.py"))
