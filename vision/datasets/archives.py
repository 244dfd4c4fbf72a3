"""Zips from strangers, and known tars: every name, kind and size is checked before the first byte is written."""

import io
import os
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, NoReturn

from vision.datasets.workshop import Report, no_report, require_space
from vision.errors import DatasetError

CHUNK_BYTES = 1 << 20
_ENTRY = b"PK\1\2"
_NO_SIGNS_OF_NAMES = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_HARMLESS_BYTES = 100_000_000
_MOST_LIST_BYTES = 32_000_000  # of a zip's directory, or of a tar's long names; 60,000 members need half of it
_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    IndexError,
    OverflowError,
    NotImplementedError,
    RecursionError,  # a tar's headers that each stand for the next
    OSError,  # places that cannot be in a file
)


@dataclass(frozen=True)
class ArchiveLimits:
    """What an archive may hold at most.

    Attributes:
        members: files, and folders too where they are listed.
        total_bytes: once unpacked.
        ratio: how many times the archive's own size may come of it; None for any, and never asked below 100 MB.
    """

    members: int
    total_bytes: int
    ratio: float | None = None


@dataclass(frozen=True)
class Member:
    """A plain file in an archive: a safe relative path with forward slashes, and its declared size in bytes."""

    name: str
    size_bytes: int
    open: Callable[[], IO[bytes]] = field(repr=False, compare=False)


@dataclass(frozen=True)
class Archive:
    """An open archive, all of whose members have been checked; made by `open_archive`."""

    path: Path
    members: tuple[Member, ...]

    def read(self, member: Member, max_bytes: int = 4 * CHUNK_BYTES) -> bytes:
        """The content of a small member.

        Raises:
            DatasetError: it is larger than `max_bytes`, or damaged.
        """
        if member.size_bytes > max_bytes:
            _refuse(
                self.path, f"its member {_shown(member.name)} has over {max_bytes:,} bytes, too many for such a file"
            )
        return b"".join(self.chunks(member))

    def chunks(self, member: Member) -> Iterator[bytes]:
        """The content of a member in pieces of at most `CHUNK_BYTES`, never more in all than declared.

        Raises:
            DatasetError: it is damaged, or holds more or less than declared.
        """
        arrived = 0
        try:
            with member.open() as source:
                while chunk := source.read(CHUNK_BYTES):
                    arrived += len(chunk)
                    if arrived > member.size_bytes:
                        break
                    yield chunk
        except _DAMAGED as error:
            problem = f"its member {_shown(member.name)} is damaged or not what the archive declares"
            raise DatasetError(_sentence(self.path, problem)) from error
        if arrived != member.size_bytes:
            _refuse(
                self.path, f"its member {_shown(member.name)} does not have the {member.size_bytes:,} bytes declared"
            )


@contextmanager
def open_archive(path: Path, limits: ArchiveLimits, *, is_known: bool = True) -> Iterator[Archive]:
    """Opens a zip or an uncompressed tar archive and checks the list of its members.

    Tar members are only ever read as bytes: nothing here extracts owners, modes or links. The archive's own size is
    for the caller to limit.

    Args:
        is_known: whether its checksum was verified. Of others only zips are opened: some headers of a tar, a few
            kilobytes, keep Python's reader of them busy for minutes, during which no other thread runs.

    Raises:
        DatasetError: neither of the two, damaged, over the limits, or with a member that is absolute, leads outside,
            occurs twice, is encrypted, or is neither a file nor a folder.
    """
    try:
        with path.open("rb") as file:
            is_zip = file.read(4) in (b"PK\3\4", b"PK\5\6")
    except OSError as error:
        raise DatasetError(f"'{path}' cannot be read ({error.strerror}); give the path of an archive.") from error
    if not (is_zip or is_known):
        _refuse(path, "it is damaged, or no zip archive")
    if is_zip:
        _check_entries(path, limits)
    with _ArchiveFile(io.FileIO(path)) as file:
        try:
            container = zipfile.ZipFile(file) if is_zip else tarfile.open(fileobj=file, mode="r:")  # noqa: SIM115
        except _DAMAGED as error:
            raise DatasetError(_sentence(path, "it is damaged, or neither a zip nor a plain tar archive")) from error
        with container:
            try:
                members = _checked(path, _entries(container), limits)
            except _DAMAGED as error:
                raise DatasetError(_sentence(path, "its list of members is damaged or cut off")) from error
            file.lists = False
            yield Archive(path, members)


def unpack(
    archive: Archive, folder: Path, place: Callable[[str], str | None], report: Report = no_report
) -> tuple[str, ...]:
    """Writes members below `folder`, which has to be new: see `whole_folder`.

    Args:
        place: from a member's name to its relative path below `folder`, or None to leave it out.

    Returns:
        The relative paths written.

    Raises:
        DatasetError: a member is damaged, two go to one place, or the disk is too small.
    """
    plan = [(member, target) for member in archive.members if (target := place(member.name)) is not None]
    seen: set[str] = set()
    for _, target in plan:
        _check_new(archive.path, _safe_name(archive.path, target), seen)
    require_space(folder, sum(member.size_bytes for member, _ in plan))
    for count, (member, target) in enumerate(plan, 1):
        path = folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as sink:
            for chunk in archive.chunks(member):
                sink.write(chunk)
        report(f"unpacking {archive.path.name}: {count:,} of {len(plan):,} files")
    return tuple(target for _, target in plan)


class _ArchiveFile(io.BufferedReader):
    """An archive's file, which has its list of members read up to a bound only.

    The libraries take the size of a directory or a name as it is declared, make room for it, and keep what they read.

    Attributes:
        lists: whether the list is being read still.
    """

    lists = True
    _listed_bytes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        if self.lists and size != tarfile.BLOCKSIZE:
            left = os.fstat(self.fileno()).st_size - self.tell()
            size = left if size is None or size < 0 else size
            self._listed_bytes += size
            if self._listed_bytes > _MOST_LIST_BYTES:
                raise OSError("too much of a list")
        return super().read(size)


@dataclass(frozen=True)
class _Entry:
    """What both formats tell of a member; `kind` is "file", "folder" or the reason to refuse it."""

    name: str
    size_bytes: int
    kind: str
    open: Callable[[], IO[bytes]]


def _entries(container: zipfile.ZipFile | tarfile.TarFile) -> Iterator[_Entry]:
    if isinstance(container, zipfile.ZipFile):
        for info in container.infolist():
            yield _Entry(info.filename, info.file_size, _zip_kind(info), partial(container.open, info))
    else:
        for header in container:  # one header at a time, so that a bad one ends it
            yield _Entry(header.name, header.size, _tar_kind(header), partial(_open_tar_member, container, header))
        _check_end(container)


def _check_entries(path: Path, limits: ArchiveLimits) -> None:
    """Refuses a zip with too many entries before the library makes an object of each; every entry starts like this."""
    count, before = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            count += (before + chunk).count(_ENTRY)
            before = chunk[-len(_ENTRY) + 1 :]
    if count > limits.members:
        _refuse(path, f"it has over {limits.members:,} members")


def _zip_kind(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & 1:
        return "encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "compressed in an unusual way"  # those would be unpacked into memory whole
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "a link or a device"
    return "folder" if info.is_dir() else "file"


def _tar_kind(header: tarfile.TarInfo) -> str:
    if header.isdir():
        return "folder"
    if header.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
        return "a link or a device"
    return "sparse" if header.issparse() else "file"  # a sparse file of a few bytes unpacks to any size


def _check_end(container: tarfile.TarFile) -> None:
    """Tells a tar's end from a damaged header or a cut, at which the library ends without a word."""
    file = container.fileobj
    if file is not None:
        file.seek(container.offset)
    if file is None or file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise tarfile.ReadError("its end is missing")


def _open_tar_member(container: tarfile.TarFile, header: tarfile.TarInfo) -> IO[bytes]:
    content = container.extractfile(header)
    if content is None:
        raise tarfile.ReadError("no content")
    return content


def _checked(path: Path, entries: Iterable[_Entry], limits: ArchiveLimits) -> tuple[Member, ...]:
    members: list[Member] = []
    seen: set[str] = set()
    total_bytes = 0
    most_bytes = limits.total_bytes
    if limits.ratio is not None:
        most_bytes = min(most_bytes, max(_HARMLESS_BYTES, int(limits.ratio * path.stat().st_size)))
    for count, entry in enumerate(entries, 1):
        if count > limits.members:
            _refuse(path, f"it has over {limits.members:,} members")
        name = _safe_name(path, entry.name)
        if entry.kind == "folder":
            continue
        if entry.kind != "file":
            _refuse(path, f"its member {_shown(entry.name)} is {entry.kind}")
        total_bytes += entry.size_bytes
        if entry.size_bytes < 0 or total_bytes > most_bytes:
            _refuse(path, f"it would unpack to over {most_bytes:,} bytes")
        _check_new(path, name, seen)
        members.append(Member(name, entry.size_bytes, entry.open))
    folders: set[str] = set()
    for member in members:
        folder, slash, _ = member.name.rpartition("/")
        while slash and folder not in folders:
            if folder.casefold() in seen:
                _refuse(path, f"its member {_shown(member.name)} lies in a folder that is also a file")
            folders.add(folder)
            folder, slash, _ = folder.rpartition("/")
    return tuple(members)


def _safe_name(path: Path, name: str) -> str:
    """A member's name without empty parts, after checking that it stays below any folder on any system."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or "\\" in name or ":" in name or ".." in parts:
        _refuse(path, f"its member {_shown(name)} would be written outside its folder")
    if _NO_SIGNS_OF_NAMES.search(name):
        _refuse(path, f"its member {_shown(name)} has signs in its name that no file name has")
    if len(parts) > 32 or (len(name) > 60 and any(len(part.encode()) > 255 for part in parts)):
        _refuse(path, f"its member {_shown(name)} has too long a name")
    return "/".join(parts)


def _check_new(path: Path, name: str, seen: set[str]) -> None:
    folded = name.casefold()  # Windows and macOS would write both to one file
    if not name or folded in seen:
        _refuse(path, f"two of its members are called {_shown(name)}" if name else "one of its members has no name")
    seen.add(folded)


def _shown(name: str) -> str:
    """A name as it may be shown to a person: short, and without what would steer a terminal."""
    quoted = ascii(name[:100])
    return quoted if len(quoted) <= 90 else f"{quoted[:86]}...{quoted[-1]}"


def _sentence(path: Path, problem: str) -> str:
    return f"'{path.name}' is refused: {problem}; get it again from where it came from, or pack it anew."


def _refuse(path: Path, problem: str) -> NoReturn:
    raise DatasetError(_sentence(path, problem))
