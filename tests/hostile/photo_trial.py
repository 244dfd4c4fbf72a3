"""Reads the photos of a folder, in the order of their names; see `trial`."""

import sys
from functools import partial
from pathlib import Path

from tests.hostile.trial import measure
from vision import images
from vision.errors import ImageError


def read(data: bytes, min_side: int) -> str:
    try:
        height, width = images.decode(data, min_side=min_side).shape[:2]
    except ImageError as error:
        return str(error)
    return f"{width} x {height}"


def main(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        for min_side in (images.MAX_SIDE, 224):  # as the pages ask for a framed photo, and for any other
            measure(path.name, f"at least {min_side} px", partial(read, data, min_side))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
