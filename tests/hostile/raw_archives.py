"""Zips and tars put together from their headers, which may say anything."""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

BLOCK = 512
STORED, DEFLATED = 0, 8
UTF8, ENCRYPTED = 1 << 11, 1


@dataclass(frozen=True)
class Entry:
    """A member of a zip.

    Attributes:
        name: as it stands in both headers, unless `local_name` stands before the data.
        content: what it unpacks to; `packed`: instead, the bytes that are stored as deflated.
        declared: the size that both headers say, if not the true one; `crc` likewise.
        mode: of Unix, with the kind of file.
        at: where in the file it is said to be, if not where it is.
    """

    name: bytes
    content: bytes = b""
    packed: bytes | None = None
    method: int = STORED
    flags: int = 0
    declared: int | None = None
    crc: int | None = None
    mode: int = 0
    extra: bytes = b""
    local_name: bytes | None = None
    at: int | None = None


def raw_zip(entries: Iterable[Entry], comment: bytes = b"", count: int | None = None) -> bytes:
    """A zip; `count` is how many entries its end tells of, if not as many as there are."""
    body, directory, number = bytearray(), bytearray(), 0
    for entry in entries:
        number += 1
        stored = _stored(entry)
        method = DEFLATED if entry.packed is not None else entry.method
        size = len(entry.content) if entry.declared is None else entry.declared
        crc = zlib.crc32(entry.content) if entry.crc is None else entry.crc
        name = entry.name if entry.local_name is None else entry.local_name
        common = struct.pack("<HHHHLLL", entry.flags, method, 0, 33, crc, len(stored), size)
        directory += b"PK\1\2\x14\3\x14\0" + common
        directory += struct.pack("<HHHHHLL", len(entry.name), len(entry.extra), 0, 0, 0, entry.mode << 16,
                                 len(body) if entry.at is None else entry.at) + entry.name + entry.extra  # fmt: skip
        if entry.at is None:
            body += b"PK\3\4\x14\0" + common + struct.pack("<HH", len(name), 0) + name + stored
    shown = min(number if count is None else count, 0xFFFF)
    end = struct.pack("<HHHHLLH", 0, 0, shown, shown, len(directory), len(body), len(comment))
    return bytes(body + directory + b"PK\5\6" + end + comment)


def _stored(entry: Entry) -> bytes:
    if entry.packed is not None:
        return entry.packed
    return deflated(entry.content) if entry.method == DEFLATED else entry.content


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def tar_member(
    name: bytes, content: bytes = b"", kind: bytes = b"0", size: bytes | None = None, link: bytes = b"",
    magic: bytes = b"ustar  \0",
) -> bytes:  # fmt: skip
    """A header and its content; `size` is the field of 12 bytes, if not the true one."""
    field = b"%011o\0" % len(content) if size is None else size
    header = name[:100].ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + field.ljust(12, b"\0") + b"00000000000\0"
    header += b" " * 8 + kind + link[:100].ljust(100, b"\0") + magic
    return checked(header.ljust(BLOCK, b"\0")) + content + bytes(-len(content) % BLOCK)


def checked(tar: bytes) -> bytes:
    """A tar whose first header has the checksum that fits it."""
    header = tar[:148] + b" " * 8 + tar[156:BLOCK]
    return tar[:148] + b"%06o\0 " % sum(header) + tar[156:]


def raw_tar(*members: bytes) -> bytes:
    return b"".join(members) + bytes(2 * BLOCK)
