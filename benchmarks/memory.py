"""How much memory a process has taken at most.

Not getrusage's figure, which is never below that of the process which started it.
"""

import re
from pathlib import Path

_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


def peak_bytes(process: int | str = "self") -> int:
    """The most bytes that were resident since the start of the process with that number; Linux alone tells."""
    found = _PEAK.search(Path(f"/proc/{process}/status").read_text())
    if found is None:
        raise ValueError(f"process {process} has no peak of memory: it has ended")
    return int(found[1]) * 1024
