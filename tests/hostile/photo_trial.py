"""Reads the photos of a folder, in the order of their names, and prints what each took, a line of JSON a reading.

In a process of its own, as a codec that crashes takes its process with it, and growth hides in memory freed before.
"""

import faulthandler
import json
import re
import sys
import time
from pathlib import Path

from vision import images
from vision.errors import ImageError

HANG_S = 60
PEAK = re.compile(r"VmHWM:\s+(\d+)")
NOW = re.compile(r"VmRSS:\s+(\d+)")


def status_mb(field: re.Pattern[str]) -> float:
    found = field.search(Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def main(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        for min_side in (images.MAX_SIDE, 224):  # as the pages ask for a framed photo, and for any other
            print(json.dumps({"begins": path.name}), flush=True)
            faulthandler.dump_traceback_later(HANG_S, exit=True)
            forget_peak()
            before_mb, started = status_mb(NOW), time.process_time()
            try:
                height, width = images.decode(data, min_side=min_side).shape[:2]
                outcome = f"{width} x {height}"
            except ImageError as error:
                outcome = str(error)
            seconds = time.process_time() - started
            row = {"name": path.name, "min_side": min_side, "seconds": seconds, "outcome": outcome}
            print(json.dumps(row | {"megabytes": status_mb(PEAK) - before_mb}), flush=True)
    faulthandler.cancel_dump_traceback_later()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
