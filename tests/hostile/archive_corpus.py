"""Hundreds of damaged and malicious archives, made anew from a fixed seed; none of them is kept as a file."""

import bz2
import gzip
import io
import lzma
import random
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.hostile.mutations import mutated
from tests.hostile.raw_archives import (
    BLOCK,
    DEFLATED,
    ENCRYPTED,
    UTF8,
    Entry,
    checked,
    deflated,
    raw_tar,
    raw_zip,
    tar_member,
)
from tests.hostile.trial import HostileFile
from tests.photos_for_tests import SCENE, png, saved

SEED = 2026
MUTATIONS_A_SEED = 25
OUTSIDE = Path("/tmp/second-look-outside")  # where the paths lead that escape
PHOTO = saved(SCENE, "PNG")
GOOD = Entry(b"14/good.png", PHOTO)


def archives() -> Iterator[HostileFile]:
    """All of them, always the same and in the same order, one at a time."""
    chance = random.Random(SEED)
    for seed_name, seed in _seeds().items():
        places = _places(seed)
        for number in range(MUTATIONS_A_SEED):
            at = chance.choice(places)
            how, tail = mutated(seed[at:], chance)
            if at % BLOCK == 0 and seed_name.startswith("tar") and chance.random() < 0.7:
                tail = checked(tail.ljust(BLOCK, b"\0"))
            yield HostileFile(f"{seed_name} {number}: {how} from {at}", seed[:at] + tail)
    yield from (HostileFile(name, data) for name, data in _made())


def _seeds() -> dict[str, bytes]:
    files = {f"{folder}/{number}.png": PHOTO for folder in ("14", "13") for number in range(3)}
    long = {f"pets/{'a' * 120}/{name}": content for name, content in files.items()} | files
    seeds = {
        "zip": _zip_of(files, zipfile.ZIP_DEFLATED),
        "zip, stored": _zip_of(files, zipfile.ZIP_STORED),
        "zip of train and test": _zip_of({f"x/{part}/{n}": PHOTO for part in ("train", "test") for n in files}),
        "zip, written as a stream": _streamed(files),
        "zip with 64 bits": _streamed(files, force_zip64=True),
        "zip with all extras": raw_zip(
            (Entry(n.encode(), PHOTO, method=DEFLATED, flags=UTF8, extra=b"up\x09\0\1aaaa\x14\0/x") for n in files),
            comment=b"a comment",
        ),
    }
    seeds["tar"] = _tar_of(files, tarfile.USTAR_FORMAT)
    seeds["tar of GNU"] = _tar_of(long, tarfile.GNU_FORMAT)
    seeds["tar, pax"] = _tar_of(long, tarfile.PAX_FORMAT, {"comment": "é", "mtime": "1.5"})
    return seeds


def _tar_of(files: dict[str, bytes], form: int, records: dict[str, str] | None = None) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for file, content in files.items():
            header = tarfile.TarInfo(file)
            header.size, header.pax_headers = len(content), records or {}
            archive.addfile(header, io.BytesIO(content))
    return buffer.getvalue()


def _zip_of(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return buffer.getvalue()


class _Stream(io.BytesIO):
    """A file that goes on and on, so that sizes come behind each member."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError("no place")


def _streamed(files: dict[str, bytes], force_zip64: bool = False) -> bytes:
    buffer = _Stream()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=force_zip64) as sink:
                sink.write(content)
    return buffer.getvalue()


def _places(data: bytes) -> list[int]:
    """Where headers begin."""
    if data.startswith(b"PK"):
        return [0, data.index(b"PK\1\2"), data.index(b"PK\1\2"), data.rindex(b"PK\5\6")]
    return list(range(0, len(data), BLOCK))


def _made() -> Iterator[tuple[str, bytes]]:
    yield from _paths()
    yield from _names()
    yield from _kinds()
    yield from _sizes_that_lie()
    yield from _bombs()
    yield from _many()
    yield from _tars_for_their_reader()
    yield from _polyglots()
    yield from _cut()
    yield from _photos()


def _paths() -> Iterator[tuple[str, bytes]]:
    for path in (
        "../1.png",
        "14/../../1.png",
        "../" * 12 + f"{OUTSIDE}/1.png".lstrip("/"),
        f"{OUTSIDE}/1.png",
        f"/{OUTSIDE}/1.png",
        f"14/{OUTSIDE}/1.png",
        "14/..",
        "14/./../../1.png",
        "..",
        ".",
        "/",
        "//host/share/1.png",
        "..\\..\\1.png",
        "14\\..\\..\\1.png",
        "C:\\1.png",
        "C:/14/1.png",
        "C:1.png",
        "\\\\host\\share\\1.png",
        "14/1.png:hidden.png",
        "14/CON.png",
        "NUL/1.png",
        "14/1.png.",
        "14 /1.png",
        "~/1.png",
        "~root/1.png",
        "14/%2e%2e/1.png",
        "14/\uff0e\uff0e/1.png",
        "\u2025/1.png",
        "14\u2215..\u2215..\u22151.png",
        ".ssh/1.png",
        "14/.bashrc.png",
        "__MACOSX/../../1.png",
    ):
        shown = ascii(path)
        yield f"zip with {shown}", raw_zip([GOOD, Entry(path.encode(), PHOTO, flags=UTF8)])
        yield f"tar with {shown}", raw_tar(tar_member(b"14/good.png", PHOTO), tar_member(path.encode(), PHOTO))
    # What is checked is not what is read, if one looks at the directory and the other before the data.
    yield "zip with two names for one member", raw_zip([GOOD, Entry(b"13/1.png", PHOTO, local_name=b"../../1.png")])


def _names() -> Iterator[tuple[str, bytes]]:
    for shown, name in {
        "NUL": b"14/1.png\0.exe",
        "NUL before its end": b"14/1.exe\0.png",
        "a line break": b"14/1\n2.png",
        "signs for terminals": b"14/\x1b]0;x\x07\x1b[2J.png",
        "right-to-left marks": "14/\u202egnp.exe.png".encode(),
        "a folder of right-to-left marks": "14\u202e/1.png".encode(),
        "nothing to see": "\u200b/\u2060.png".encode(),
        "300 characters": b"14/" + b"a" * 300 + b".png",
        "300 characters of three bytes": b"14/" + "\u9f98".encode() * 300 + b".png",
        "65,000 characters": b"a/" * 32_500,
        "a folder of 65,000 characters": b"a" * 65_000 + b"/1.png",
        "bytes that are no text": b"14/\xff\xfe\xc0\x80.png",
        "half of a pair": b"14/\xed\xa0\x80.png",
        "HTML": b"14/<img src=x onerror=alert(1)>.png",
        "a formula": b"=1+1/=HYPERLINK(0).png",
        "an option": b"-rf/--help.png",
        "nothing": b"",
        "nothing but an ending": b"14/.png",
        "a folder of nothing": b"/1.png",
        "combining marks": ("14/e" + "\u0301" * 100 + ".png").encode(),
    }.items():
        yield f"zip with a name of {shown}", raw_zip([GOOD, Entry(name, PHOTO, flags=UTF8)])
        yield f"zip with an old name of {shown}", raw_zip([GOOD, Entry(name, PHOTO)])
        long = tar_member(b"././@LongLink", name + b"\0", b"L")
        yield f"tar with a name of {shown}", raw_tar(tar_member(b"14/good.png", PHOTO), long, tar_member(b"x", PHOTO))
    for shown, pair in {
        "one name twice": (b"14/1.png", b"14/1.png"),
        "names that differ in capitals": (b"14/A.png", b"14/a.PNG"),
        "two spellings of an accent": ("14/é.png".encode(), b"14/e\xcc\x81.png"),
        "a folder that is a file": (b"14/1.png", b"14/1.png/2.png"),
        "a file that is a folder": (b"14/1.png/2.png", b"14/1.png"),
        "a class twice": (b"14/1.png", b"0014/2.png"),
        "folders in folders": (b"14/1.png", b"14/old/2.png"),
        "one name and more slashes": (b"14/1.png", b"14//./1.png"),
    }.items():
        yield f"zip with {shown}", raw_zip(Entry(name, PHOTO, flags=UTF8) for name in pair)
        yield f"tar with {shown}", raw_tar(*(tar_member(name, PHOTO) for name in pair))


def _kinds() -> Iterator[tuple[str, bytes]]:
    target = str(OUTSIDE).encode()
    for kind in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK):
        linked = Entry(b"13", target, mode=kind | 0o777)
        yield f"zip with a member of kind {kind:o}", raw_zip([GOOD, linked])
        yield f"zip with a member below one of kind {kind:o}", raw_zip([linked, Entry(b"13/1.png", PHOTO)])
    yield "zip with rights for all", raw_zip([Entry(b"14/1.png", PHOTO, mode=stat.S_IFREG | 0o6777)])
    for kind in (b"1", b"2", b"3", b"4", b"6", b"7", b"S", b"Z", b"D", b"M", b"V", b"N", b"\0"):
        linked = tar_member(b"13", kind=kind, link=target)
        yield f"tar with a member of kind {kind!r}", raw_tar(linked, tar_member(b"13/1.png", PHOTO))
    for flags in (ENCRYPTED, ENCRYPTED | 1 << 6, 1 << 5, 1 << 13):
        yield f"zip with flags {flags:b}", raw_zip([GOOD, Entry(b"14/1.png", PHOTO, flags=flags)])
    for method in (1, 6, 9, 12, 14, 93, 95, 98, 99, 0xFFFF):
        yield f"zip with method {method}", raw_zip([GOOD, Entry(b"14/1.png", PHOTO, method=method)])
    inner = gzip.compress(raw_tar(tar_member(b"14/1.png", PHOTO)))
    yield "tar that is gzipped", inner
    yield "tar that is bzipped", bz2.compress(raw_tar(tar_member(b"14/1.png", PHOTO)))
    yield "tar that is xzipped", lzma.compress(raw_tar(tar_member(b"14/1.png", PHOTO)))
    yield "gzip of a gigabyte", gzip.compress(bytes(1_000_000)) * 1_000
    for signature in (b"Rar!\x1a\x07\1\0", b"7z\xbc\xaf\x27\x1c", b"MSCF", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18"):
        yield f"archive that begins with {signature!r}", signature + bytes(2_000)


def _sizes_that_lie() -> Iterator[tuple[str, bytes]]:
    for declared in (0, 1, len(PHOTO) - 1, len(PHOTO) + 1, 90_000_000, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF):
        for method in (0, DEFLATED):
            entry = Entry(b"14/1.png", PHOTO, method=method, declared=declared)
            yield f"zip of method {method} that declares {declared} bytes", raw_zip([GOOD, entry])
    for size in (1 << 32, 1 << 40, 1 << 62, (1 << 64) - 1):
        extra = struct.pack("<HHQQ", 1, 16, size, len(PHOTO))
        entry = Entry(b"14/1.png", PHOTO, declared=0xFFFFFFFF, extra=extra)
        yield f"zip that declares {size} bytes in 64 bits", raw_zip([GOOD, entry])
    yield "zip with a wrong checksum", raw_zip([GOOD, Entry(b"14/1.png", PHOTO, crc=1)])
    yield "zip with a member outside", raw_zip([GOOD, Entry(b"14/1.png", PHOTO, at=0xFFFFFFF0)])
    yield "zip with a member in its directory", raw_zip([GOOD, Entry(b"14/1.png", PHOTO, at=len(PHOTO) + 60)])
    for count in (0, 1, 60_000, 0xFFFF):
        yield f"zip that tells of {count} members", raw_zip([GOOD, Entry(b"14/1.png", PHOTO)], count=count)
    for field in (
        b"77777777777\0",
        b"-0000000001\0",
        b"\x80" + b"\0" * 6 + b"\x7f\xff\xff\xff\xff",
        b"\xff" * 12,
        b"x" * 12,
    ):
        for kind in (b"0", b"L", b"K", b"x", b"g", b"5"):
            member = tar_member(b"14/1.png", PHOTO, kind, size=field)
            yield f"tar with {kind!r} of size {field!r}", raw_tar(tar_member(b"14/good.png", PHOTO), member)


def _bombs() -> Iterator[tuple[str, bytes]]:
    zeros = deflated(bytes(20_000_000))
    bombs = [_packed(f"14/{number}.png", zeros, 20_000_000) for number in range(10)]
    yield "zip of 200 MB of zeros", raw_zip(bombs)
    yield "zip of a member that is more than it declares", raw_zip([_packed("14/1.png", zeros, 9)])
    yield "zip of 95 MB of zeros", raw_zip([Entry(b"14/1.bmp", bytes(95_000_000), method=DEFLATED)])
    yield "zip of one photo of 323 MB", raw_zip([GOOD, _large_photo()])
    shared = [_packed(f"14/{number}.png", zeros, 20_000_000, at=0) for number in range(1, 5_000)]
    yield "zip of 5,000 bombs that are the same bytes", raw_zip([bombs[0], *shared])
    same = [Entry(f"14/{number}.png".encode(), PHOTO, at=0) for number in range(1, 500)]
    yield "zip of 500 photos that are the same bytes", raw_zip([Entry(b"14/0.png", PHOTO), *same])
    inner = _zip_of({"14/1.png": bytes(1_000_000)})
    for _ in range(3):
        inner = _zip_of({f"14/{number}.zip": inner for number in range(10)})
    yield "zip of zips of zips", inner
    yield "zip of zips called photos", raw_zip([Entry(f"14/{n}.png".encode(), inner[:100_000]) for n in range(50)])
    yield "zip of a zip alone", raw_zip([Entry(b"photos.zip", inner)])
    yield "tar of a file of 8 GB", tar_member(b"14/1.png", PHOTO, size=b"77777777777\0")
    sparse = bytearray(tar_member(b"14/1.png", kind=b"S"))
    sparse[386:410], sparse[483:495] = b"%011o\0%011o\0" % (0, 0), b"%011o\0" % (2**33 - 1)
    yield "tar of a sparse file of 8 GB", raw_tar(checked(bytes(sparse)))


def _packed(name: str, packed: bytes, declared: int, at: int | None = None) -> Entry:
    return Entry(name.encode(), packed=packed, declared=declared, crc=0, at=at)


def _large_photo() -> Entry:
    """Eighty times smaller in the archive, which is not more than an archive of photos may be."""
    packer, crc, size = zlib.compressobj(1, zlib.DEFLATED, -15), 0, 0
    packed = bytearray()
    noise = np.random.default_rng(SEED).bytes(3_000_000)
    for part in (b"BM", noise, *(bytes(10_000_000) for _ in range(32))):
        packed += packer.compress(part)
        crc, size = zlib.crc32(part, crc), size + len(part)
    return Entry(b"14/1.bmp", packed=bytes(packed + packer.flush()), declared=size, crc=crc)


def _many() -> Iterator[tuple[str, bytes]]:
    yield "zip of 100,000 photos of nothing", raw_zip(Entry(b"14/%d.png" % number) for number in range(100_000))
    yield "zip of 100,000 folders", raw_zip(Entry(b"%d/" % number) for number in range(100_000))
    yield "zip of 100,000 hidden files", raw_zip(Entry(b".git/%d" % number) for number in range(100_000))
    yield "zip of 59,000 files that are no photos", raw_zip(Entry(b"14/%d.txt" % number) for number in range(59_000))
    yield "zip of 59,000 folders in one another", raw_zip(Entry(b"a/" * (n % 30) + b"%d/" % n) for n in range(59_000))
    yield "zip of 900 classes", raw_zip(Entry(b"%d/1.png" % number, b"x") for number in range(900))
    yield "zip that is full of signatures", raw_zip([Entry(b"14/1.png", b"PK\1\2" * 100_000)])
    yield "zip with a comment that is full of ends", raw_zip([GOOD], comment=b"PK\5\6" * 16_000)
    folder = tar_member(b"14/", kind=b"5")
    yield "tar of 30,000 folders", raw_tar(folder * 30_000)
    yield "tar of 30,000 files of nothing", raw_tar(*(tar_member(b"14/%d.txt" % number) for number in range(30_000)))


def _tars_for_their_reader() -> Iterator[tuple[str, bytes]]:
    """What goes wrong in Python's own reader rather than in what is made of it."""
    photo = tar_member(b"14/1.png", PHOTO)
    for kind in (b"L", b"K", b"x", b"g"):
        content = b"14/2.png\0" if kind in b"LK" else b"17 comment=12345\n"
        for depth in (50, 3_000):
            chain = tar_member(b"././@LongLink", content, kind) * depth
            yield f"tar with {depth} headers of kind {kind!r} in a row", raw_tar(photo, chain, photo)
    for shown, records in {
        "a size below zero": b"11 size=-9\n",
        "a size of a billion digits": b"9999999999 size=1\n",
        "a length of nothing": b"0 size=1\n",
        "a length below zero": b"-9 size=1\n",
        "no end": b"20 comment=" + b"9" * 100_000,
        "many digits": b"9" * 100_000,
        "a size that is no number": b"15 size=number\n",
        "a time that is no number": b"13 mtime=nan\n13 mtime=inf\n",
        "a path that escapes": b"19 path=../../1.png\n",
        "a path of bytes": b"21 hdrcharset=BINARY\n14 path=\xff\xfe\n",
        "a map of holes": b"27 GNU.sparse.map=0,9,9,9,\n22 GNU.sparse.size=99\n",
        "a map of holes without end": b"22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n",
        "5,000 records": b"13 comment=1\n" * 5_000,
    }.items():
        header = tar_member(b"pax", records, b"x", magic=b"ustar\x0000")
        yield f"tar with {shown}", raw_tar(photo, header, tar_member(b"14/2.png", PHOTO))
        yield f"tar with {shown} for all", raw_tar(tar_member(b"pax", records, b"g"), photo)


def _polyglots() -> Iterator[tuple[str, bytes]]:
    good = raw_zip([GOOD])
    yield "program that is a zip", b"MZ" + bytes(500) + good
    yield "photo that is a zip", PHOTO + good
    yield "zip that is a photo", good + PHOTO
    yield "zip after a zip", raw_zip([Entry(b"../1.png", PHOTO)]) + good
    yield "zip before a zip", good + raw_zip([Entry(b"../1.png", PHOTO)])
    yield "zip in a zip's comment", raw_zip([GOOD], comment=raw_zip([Entry(b"../1.png", PHOTO)]))
    yield "tar that is a zip", raw_tar(tar_member(b"14/1.png", PHOTO)) + good
    yield "zip that is a tar", raw_tar(tar_member(b"PK\3\4", PHOTO))
    yield "web page", b"<!doctype html><title>404</title>"
    yield "nothing", b""
    yield "end alone", b"PK\5\6" + bytes(18)
    yield "start alone", b"PK\3\4"


def _cut() -> Iterator[tuple[str, bytes]]:
    whole = _seeds()
    for name in ("zip", "zip with 64 bits", "tar, pax"):
        for share in (0.01, 0.3, 0.7, 0.95, 0.999):
            yield f"{name}, of which {share:.1%} came", whole[name][: int(len(whole[name]) * share)]


def _photos() -> Iterator[tuple[str, bytes]]:
    """Good archives of bad photos."""
    large = png(4_000, 4_000, bytes(4_000 * (4_000 * 3 + 1)))
    yield "zip of a photo of 16 million pixels", raw_zip([Entry(b"14/1.png", large)])
    yield (
        "zip of a photo of 900 million pixels",
        raw_zip([Entry(b"14/1.png", png(30_000, 30_000, bytes(9_000), colour=0))]),
    )
    yield "zip of photos that are none", raw_zip([Entry(f"14/{n}.png".encode(), PHOTO[:n]) for n in range(1, 120)])
    yield "zip of photos of other kinds", raw_zip([Entry(b"14/1.png", b"<svg/>"), Entry(b"13/1.jpg", b"%PDF-1.7")])
