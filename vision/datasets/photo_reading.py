"""Reads very many photos once, and keeps of each only what is needed to find it again."""

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vision import images
from vision.datasets.fingerprints import HASH_SIDE, PATTERN_LENGTH, Fingerprint, fingerprint
from vision.errors import ImageError
from vision.jobs import OnProgress, Stopped

ShouldStop = Callable[[], bool]

_AT_ONCE = 200
_DIGEST_BYTES = 16


def never() -> bool:
    """Goes on."""
    return False


@dataclass(frozen=True)
class PhotosRead:
    """Row by row, one photo each.

    Attributes:
        digests: uint8 (photos, 16), equal for equal files.
        hashes, patterns, plain: see `fingerprints.Fingerprint`; uint64 (photos,), int8 (photos, 256), bool (photos,).
        unreadable: a sentence for each row that could not be read; the other arrays hold zeros there.
    """

    digests: np.ndarray
    hashes: np.ndarray
    patterns: np.ndarray
    plain: np.ndarray
    unreadable: dict[int, str]


def read_fingerprints(
    files: Sequence[Path], on_progress: OnProgress | None = None, should_stop: ShouldStop = never
) -> PhotosRead:
    """Reads photos on several threads; of those read, none is kept.

    Args:
        on_progress: called now and then with photos done and photos in all.
        should_stop: asked now and then.

    Raises:
        Stopped: `should_stop` said so.
    """
    total = len(files)
    read = PhotosRead(
        np.zeros((total, _DIGEST_BYTES), np.uint8),
        np.zeros(total, np.uint64),
        np.zeros((total, PATTERN_LENGTH), np.int8),
        np.zeros(total, bool),
        {},
    )
    with ThreadPoolExecutor(min(4, os.cpu_count() or 2)) as pool:
        for start in range(0, total, _AT_ONCE):
            if should_stop():
                raise Stopped
            for row, found in enumerate(pool.map(_read_one, files[start : start + _AT_ONCE]), start):
                if isinstance(found, str):
                    read.unreadable[row] = found
                    continue
                digest, seen = found
                read.digests[row] = np.frombuffer(digest, np.uint8)
                read.hashes[row], read.patterns[row], read.plain[row] = seen.hash_bits, seen.pattern, seen.is_plain
            if on_progress is not None:
                on_progress(min(start + _AT_ONCE, total), total)
    return read


def _read_one(path: Path) -> tuple[bytes, Fingerprint] | str:
    """A photo's digest and fingerprint, or why it cannot be read."""
    try:
        data = images.read_file(path)
        photo = images.decode(data, min_side=2 * HASH_SIDE)
    except ImageError as error:
        return str(error)
    except OSError as error:
        return f"The file cannot be opened ({error.strerror or error})."
    return hashlib.blake2b(data, digest_size=_DIGEST_BYTES).digest(), fingerprint(photo)
