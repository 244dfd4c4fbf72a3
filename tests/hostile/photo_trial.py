"""Reads the photos of a folder, in the order of their names, and prints what each took, a line of JSON a reading.

In a process of its own, as a codec that crashes takes its process with it, and growth hides in memory freed before.
A photo that takes over `MOST_S` is read again, with an honest one of the most pixels beside it: what is slow on a busy
machine only, is slow for both.
"""

import faulthandler
import io
import json
import re
import sys
import time
from pathlib import Path

from PIL import Image

from vision import images
from vision.errors import ImageError

HANG_S = 60
MOST_S = 2
TRIES = 2
PEAK = re.compile(r"VmHWM:\s+(\d+)")
NOW = re.compile(r"VmRSS:\s+(\d+)")


def status_mb(field: re.Pattern[str]) -> float:
    found = field.search(Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def honest_photo() -> bytes:
    """A photo of as many pixels as are taken, that nobody made to do harm."""
    side, file = int(images.MAX_PIXELS**0.5), io.BytesIO()
    Image.radial_gradient("L").resize((side, side)).convert("RGB").save(file, "PNG")
    return file.getvalue()


def read(data: bytes, min_side: int) -> tuple[str, float]:
    """What came of it, and the seconds of processor time that it took."""
    started = time.process_time()
    try:
        height, width = images.decode(data, min_side=min_side).shape[:2]
        outcome = f"{width} x {height}"
    except ImageError as error:
        outcome = str(error)
    return outcome, time.process_time() - started


def main(folder: Path) -> None:
    honest = honest_photo()
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        for min_side in (images.MAX_SIDE, 224):  # as the pages ask for a framed photo, and for any other
            print(json.dumps({"begins": path.name}), flush=True)
            faulthandler.dump_traceback_later(HANG_S, exit=True)
            forget_peak()
            before_mb = status_mb(NOW)
            outcome, seconds = read(data, min_side)
            row = {"name": path.name, "min_side": min_side, "outcome": outcome, "seconds": seconds}
            row |= {"megabytes": status_mb(PEAK) - before_mb, "honest_seconds": 0.0}
            for _ in range(TRIES if seconds > MOST_S else 0):
                row["seconds"] = min(row["seconds"], read(data, min_side)[1])
                row["honest_seconds"] = max(row["honest_seconds"], read(honest, images.MAX_SIDE)[1])
            print(json.dumps(row), flush=True)
    faulthandler.cancel_dump_traceback_later()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
