"""Fetching archives: resumed where they broke off, verified, and unpacked only when whole."""

import hashlib
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from vision.datasets.sources import ArchiveSpec, DatasetSource
from vision.datasets.workshop import Report, no_report, require_space, whole_folder, writing_to
from vision.errors import DatasetError, SettingsError

DOWNLOADS = ".downloads"
_CHUNK_BYTES = 1 << 18
_USER_AGENT = "Mozilla/5.0 (compatible; second-look)"  # some university servers turn away libraries by their name
_PASSING_STATUSES = (408, 425, 429, 500, 502, 503, 504)

Arrange = Callable[[DatasetSource, Path, Path, Report], None]
"""Takes a source, the folder of its archives and an empty folder, and writes the data set into the latter."""


@dataclass(frozen=True)
class Patience:
    """How long to go on: tries in a row without anything new, seconds before the second (doubled each time), and
    seconds without a byte."""

    tries: int = 4
    pause_s: float = 1.0
    timeout_s: float = 30.0


class _Broken(Exception):
    """The connection failed; another try may do better."""


def fetch(
    source: DatasetSource,
    root: Path,
    arrange: Arrange,
    report: Report = no_report,
    patience: Patience = Patience(),
) -> Path:
    """Downloads what is missing of a data set and unpacks it to `root`/NAME; one that is there is left alone.

    Archives that lie in `root`/.downloads, complete or in part, are used; put there by hand, they need no network.

    Returns:
        The folder, with `train` and `test` in it.

    Raises:
        DatasetError: out of reach, not the official archive, damaged, or no space; what arrived is kept.
        SettingsError: the source's address is none for the web.
    """
    target = root / source.name
    if (target / "train").is_dir() and (target / "test").is_dir():
        return target
    if target.exists():
        raise DatasetError(
            f"'{target}' exists but has no folders train and test; move it away, or choose another --to."
        )
    if not source.base_url.startswith(("http://", "https://")):
        raise SettingsError(f"'{source.base_url}' is no address; expected one that begins with http:// or https://.")
    downloads = root / DOWNLOADS
    missing = sum(max(0, archive.size_bytes - _arrived(downloads, archive)) for archive in source.archives)
    require_space(root, missing + source.unpacked_bytes)
    for archive in source.archives:
        download(archive, source.base_url, downloads, report, patience)
    with whole_folder(target) as workshop:
        arrange(source, downloads, workshop, report)
    return target


def download(
    archive: ArchiveSpec,
    base_url: str,
    folder: Path,
    report: Report = no_report,
    patience: Patience = Patience(),
) -> Path:
    """Brings one archive into `folder` and checks its size and checksum.

    What has arrived is kept in NAME.partial, and the next call goes on from there. A server that cannot go on in the
    middle of a file begins again.

    Returns:
        The path of the whole, verified file.

    Raises:
        DatasetError: out of reach, or not the file that `archive` describes.
    """
    path = folder / archive.file_name
    if path.exists():
        problem = _problem(path, archive, report)
        if problem:
            raise DatasetError(f"'{path}' is not the official archive: {problem}; delete it and try again.")
        return path
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
    url = f"{base_url.rstrip('/')}/{archive.file_name}"
    partial = _partial(folder, archive)
    _receive_all(url, archive, partial, report, patience)
    problem = _problem(partial, archive, report)
    if problem:
        partial.unlink()
        raise DatasetError(
            f"What came from {url} is not the official archive: {problem}; "
            "it was thrown away, so try again, or name a mirror with --from."
        )
    with writing_to(folder):
        partial.replace(path)
    return path


def _receive_all(url: str, archive: ArchiveSpec, partial: Path, report: Report, patience: Patience) -> None:
    """Goes on until `partial` has the archive's size."""
    most, failures = _size(partial), 0
    while _size(partial) != archive.size_bytes:
        try:
            _receive(url, archive, partial, report, patience.timeout_s)
        except _Broken as error:
            arrived = _size(partial)
            failures = 0 if arrived > most else failures + 1
            most = max(most, arrived)
            if failures >= patience.tries:
                kept = f" ({arrived / 1e6:,.1f} MB have arrived and are kept)" if arrived else ""
                raise DatasetError(
                    f"{url} was tried {failures} times without success: {error}{kept}; connect to the internet and try "
                    f"again, name a mirror with --from, or put {archive.file_name} into '{partial.parent}' by hand."
                ) from error
            report(f"{archive.file_name}: {error}, trying again")
            time.sleep(patience.pause_s * 2 ** max(0, failures - 1))


def _receive(url: str, archive: ArchiveSpec, partial: Path, report: Report, timeout_s: float) -> None:
    """Adds to `partial` what one connection gives, and sorts its failures.

    Raises:
        DatasetError: the address has another file, or none.
        _Broken: the connection ended early.
    """
    try:
        have = _copy(url, archive, partial, report, timeout_s)
    except urllib.error.HTTPError as error:
        if error.code == 416:
            partial.unlink(missing_ok=True)
        elif error.code not in _PASSING_STATUSES:
            raise DatasetError(
                f"{url} cannot be had (the server says {error.code} {error.reason}); name a mirror with --from, or put "
                f"{archive.file_name} into '{partial.parent}' by hand."
            ) from error
        raise _Broken(f"the server says {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise _Broken(f"no connection ({getattr(error.reason, 'strerror', None) or error.reason})") from error
    except (OSError, http.client.HTTPException, UnicodeError) as error:  # the last for a host that cannot be one
        raise _Broken(f"the connection broke ({getattr(error, 'strerror', None) or error})") from error
    if have < archive.size_bytes:
        raise _Broken("the connection broke")
    if have > archive.size_bytes:
        partial.unlink()
        _refuse_offer(url, archive, "more")


def _copy(url: str, archive: ArchiveSpec, partial: Path, report: Report, timeout_s: float) -> int:
    """Asks for what is missing and appends it; returns the bytes that `partial` then has."""
    if _size(partial) > archive.size_bytes:
        partial.unlink()
    have = _size(partial)
    headers = {"User-Agent": _USER_AGENT} | ({"Range": f"bytes={have}-"} if have else {})
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - `fetch` has checked the scheme
    with urllib.request.urlopen(request, timeout=timeout_s) as response:  # noqa: S310
        start, total_bytes = _offer(response)
        if total_bytes not in (None, archive.size_bytes):
            _refuse_offer(url, archive, f"{total_bytes:,}")
        if start not in (0, have):
            raise _Broken("the server sent another part than asked for")
        have = start
        with writing_to(partial.parent):
            sink = partial.open("ab" if start else "wb", buffering=0)  # so that closing it has nothing left to write
        with sink:
            while chunk := response.read1(min(_CHUNK_BYTES, archive.size_bytes + 1 - have)):
                with writing_to(partial.parent):
                    sink.write(chunk)
                have += len(chunk)
                report(f"{archive.file_name}: {have / 1e6:,.1f} of {archive.size_bytes / 1e6:,.1f} MB")
    return have


def _refuse_offer(url: str, archive: ArchiveSpec, offered: str) -> NoReturn:
    raise DatasetError(
        f"{url} has {offered} bytes where {archive.file_name} has {archive.size_bytes:,}: "
        "it is another file; name a mirror with --from."
    )


def _offer(response: http.client.HTTPResponse) -> tuple[int, int | None]:
    """Where the body begins in the file, and how many bytes the file has, if the server tells."""
    if response.status == 206:
        unit, _, span = response.headers.get("Content-Range", "").partition(" ")
        start, _, rest = span.partition("-")
        total = rest.rpartition("/")[2]
        return (int(start) if unit == "bytes" and start.isdigit() else -1), int(total) if total.isdigit() else None
    total = response.headers.get("Content-Length", "")
    return 0, int(total) if total.isdigit() else None


def _problem(path: Path, archive: ArchiveSpec, report: Report) -> str | None:
    """What is wrong with a file that should be `archive`."""
    size = _size(path)
    if size != archive.size_bytes:
        return f"it has {size:,} bytes, expected {archive.size_bytes:,}"
    algorithm, _, expected = archive.checksum.partition(":")
    report(f"checking {archive.file_name}")
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    return None if found == expected else f"its {algorithm} checksum is {found}, expected {expected}"


def _partial(folder: Path, archive: ArchiveSpec) -> Path:
    return folder / f"{archive.file_name}.partial"


def _arrived(downloads: Path, archive: ArchiveSpec) -> int:
    return max(_size(downloads / archive.file_name), _size(_partial(downloads, archive)))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
