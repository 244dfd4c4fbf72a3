"""What new runs are called."""

import re

from vision import places

LONGEST = 60
NAME_PATTERN = r"\w[\w .-]*"


def usual_name(dataset_name: str) -> str:
    """The data set's name with the first number that no run has yet."""
    start = re.sub(r"\W+", "-", dataset_name).strip("-_")[:40] or "run"
    number = 1
    while (places.RUNS_DIR / f"{start}-{number}").exists():
        number += 1
    return f"{start}-{number}"


def problem_of(name: str) -> str:
    """Why a run cannot be called so, in a sentence; "" where it can."""
    if not re.fullmatch(NAME_PATTERN, name) or len(name) > LONGEST:
        return f"Give the run a name of letters, digits, spaces, - and _, at most {LONGEST} in all."
    if (places.RUNS_DIR / name).exists():
        return "There is a run of that name already; give this one another."
    return ""
