"""By which code, when and on what machine something was made or measured."""

import os
import platform
import re
import shutil
import subprocess
import time
from pathlib import Path


def commit_of_code() -> str | None:
    """The short commit of the code that runs, or None outside a checkout."""
    git = shutil.which("git")
    if git is None:
        return None
    found = subprocess.run(
        [git, "rev-parse", "--short", "HEAD"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or None


def today() -> str:
    """YYYY-MM-DD, in UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime())


def machine() -> str:
    """The processor in words, such as "AMD EPYC, 2 cores"."""
    cores = f"{os.cpu_count() or 1} cores"
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return f"{found.group(1).strip() if found else platform.processor() or platform.machine()}, {cores}"
