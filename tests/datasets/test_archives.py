"""Archives: what is in them arrives as it was, and what could do harm is refused before anything is written."""

import io
import stat
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.archives_for_tests import tar_of, zip_of
from vision.datasets.archives import ArchiveLimits, open_archive, unpack
from vision.datasets.workshop import require_space, whole_folder
from vision.errors import DatasetError

LIMITS = ArchiveLimits(members=100, total_bytes=1_000_000)
FILES = {"signs/0/a b.ppm": b"one", "./signs/1/ä.ppm": b"two" * 1000, "notes.txt": b""}
FORMATS = pytest.mark.parametrize("build", [zip_of, tar_of], ids=["zip", "tar"])
Build = Callable[[dict[str, bytes]], bytes]


def saved(folder: Path, content: bytes) -> Path:
    path = folder / "photos.archive"
    path.write_bytes(content)
    return path


def unpacked(folder: Path, content: bytes, limits: ArchiveLimits = LIMITS) -> dict[str, bytes]:
    """What the archive writes, by relative path."""
    target = folder / "target"
    with open_archive(saved(folder, content), limits) as archive:
        unpack(archive, target, lambda name: name)
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}


def refusal(folder: Path, content: bytes, limits: ArchiveLimits = LIMITS) -> str:
    """What is said of a bad archive: one sentence; and nothing is written anywhere."""
    with pytest.raises(DatasetError) as caught, open_archive(saved(folder, content), limits) as archive:
        list(map(archive.read, archive.members))
    message = str(caught.value)
    assert message.startswith("'photos.archive' is refused: ") and message.endswith(".")
    assert "\n" not in message and message.isprintable() and len(message) < 300
    assert [path.name for path in folder.iterdir()] == ["photos.archive"]
    return message


def tar_member(**fields: object) -> bytes:
    """A tar archive with a photo and one unusual member."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, values in (("a.jpg", {}), ("b.jpg", fields)):
            header = tarfile.TarInfo(name)
            for field, value in values.items():
                setattr(header, field, value)
            archive.addfile(header)
    return buffer.getvalue()


def zip_member(content: bytes = b"", **fields: object) -> bytes:
    """A zip archive with one unusual member."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("b.jpg")
        for field, value in fields.items():
            setattr(info, field, value)
        archive.writestr(info, content)
    return buffer.getvalue()


@FORMATS
def test_files_arrive_as_they_were(build: Build, tmp_path: Path):
    assert unpacked(tmp_path, build(FILES)) == {name.removeprefix("./"): content for name, content in FILES.items()}


def test_folders_are_made_as_files_need_them(tmp_path: Path):
    assert unpacked(tmp_path, zip_of({"empty/": b"", "full/": b"", "full/a.jpg": b"a"})) == {"full/a.jpg": b"a"}
    assert not (tmp_path / "target" / "empty").exists()


@FORMATS
def test_a_member_goes_where_it_is_placed_or_is_left_out(build: Build, tmp_path: Path):
    lines: list[str] = []
    with open_archive(saved(tmp_path, build(FILES)), LIMITS) as archive:
        written = unpack(archive, tmp_path / "out", {"notes.txt": "train/0/n.txt"}.get, lines.append)
    assert written == ("train/0/n.txt",)
    assert [path.name for path in (tmp_path / "out").rglob("*") if path.is_file()] == ["n.txt"]
    assert lines == ["unpacking photos.archive: 1 of 1 files"]


@FORMATS
def test_two_members_never_go_to_one_place(build: Build, tmp_path: Path):
    with (
        open_archive(saved(tmp_path, build(FILES)), LIMITS) as archive,
        pytest.raises(DatasetError, match="two of its"),
    ):
        unpack(archive, tmp_path / "out", lambda name: "same")
    assert not (tmp_path / "out").exists()


@FORMATS
@pytest.mark.parametrize(
    "name",
    ["../up.jpg", "a/../../up.jpg", "/etc/up.jpg", "//host/up.jpg", "a/..", "..\\up.jpg", "C:\\up.jpg", "C:up.jpg"],
)
def test_a_member_that_leads_outside_is_refused(build: Build, name: str, tmp_path: Path):
    assert "would be written outside its folder" in refusal(tmp_path, build({"a.jpg": b"a", name: b"b"}))


@FORMATS
@pytest.mark.parametrize("name", ["\x1b[2Ja.jpg", "a\nb.jpg", "a\x7fb"])
def test_signs_that_steer_a_terminal_are_refused_and_not_shown(build: Build, name: str, tmp_path: Path):
    assert "signs in its name" in refusal(tmp_path, build({name: b"a"}))


def test_names_that_are_no_text_are_refused(tmp_path: Path):
    content = tar_of({"photo.jpg": b"a"}).replace(b"photo.jpg", b"ph\xffto.jpg")
    content = fixed_checksum(content)
    assert "signs in its name" in refusal(tmp_path, content)


def fixed_checksum(tar: bytes) -> bytes:
    """A tar archive whose first header has been changed, made valid again."""
    header = tar[:148] + b" " * 8 + tar[156:512]
    return tar[:148] + b"%06o\0 " % sum(header) + tar[156:]


@FORMATS
@pytest.mark.parametrize("name", ["a" * 300, "/".join("a" * 40)])
def test_names_that_are_too_long_are_refused(build: Build, name: str, tmp_path: Path):
    assert "too long a name" in refusal(tmp_path, build({name: b"a"}))


@FORMATS
@pytest.mark.parametrize(("first", "second"), [("a.jpg", "A.JPG"), ("0/a.jpg", "./0//a.jpg"), ("ß/a.jpg", "SS/a.jpg")])
def test_two_members_of_one_name_are_refused(build: Build, first: str, second: str, tmp_path: Path):
    assert "two of its members are called" in refusal(tmp_path, build({first: b"1", second: b"2"}))


def test_the_same_name_twice_is_refused(tmp_path: Path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for content in (b"1", b"2"):
            archive.writestr("a.jpg", content)
    assert "two of its members are called 'a.jpg'" in refusal(tmp_path, buffer.getvalue())


@FORMATS
@pytest.mark.parametrize("order", [1, -1])
def test_a_file_that_is_also_a_folder_is_refused(build: Build, order: int, tmp_path: Path):
    names = ["a", "a/b/c.jpg"][::order]
    assert "lies in a folder that is also a file" in refusal(tmp_path, build(dict.fromkeys(names, b"x")))


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, b"Z"]
)
def test_links_devices_and_unknown_kinds_in_a_tar_are_refused(kind: bytes, tmp_path: Path):
    assert "'b.jpg' is a link or a device" in refusal(tmp_path, tar_member(type=kind, linkname="/etc/passwd"))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_in_a_zip_are_refused(kind: int, tmp_path: Path):
    assert "'b.jpg' is a link or a device" in refusal(tmp_path, zip_member(b"/etc/passwd", external_attr=kind << 16))


def test_sparse_files_are_refused(tmp_path: Path):
    """A few bytes that would unpack to a terabyte."""
    content = bytearray(tar_member(type=tarfile.GNUTYPE_SPARSE))
    header = bytearray(content[512:1024])
    header[386:410] = b"%011o\0%011o\0" % (0, 0)
    header[483:495] = b"%011o\0" % (2**33 - 1)
    content = bytearray(fixed_checksum(bytes(header + content[1024:])))
    assert "is a link or a device" in refusal(tmp_path, bytes(content))


def test_sparse_files_in_the_newer_form_are_refused(tmp_path: Path):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        header = tarfile.TarInfo("b.jpg")
        header.pax_headers = {"GNU.sparse.map": "0,0", "GNU.sparse.size": "900000"}
        archive.addfile(header)
    assert "'b.jpg' is sparse" in refusal(tmp_path, buffer.getvalue())


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_methods_that_unpack_into_memory_are_refused(method: int, tmp_path: Path):
    assert "compressed in an unusual way" in refusal(tmp_path, zip_of({"a.jpg": b"a"}, method))


def test_encrypted_members_are_refused(tmp_path: Path):
    content = bytearray(zip_member(b"secret"))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    assert "is encrypted" in refusal(tmp_path, bytes(content))


@FORMATS
def test_too_many_members_are_refused(build: Build, tmp_path: Path):
    content = build({f"{number}.jpg": b"" for number in range(11)})
    assert "over 10 members" in refusal(tmp_path, content, ArchiveLimits(10, 1000))
    assert len(unpacked(tmp_path, content, ArchiveLimits(11, 1000))) == 11


@FORMATS
def test_a_bomb_is_refused_by_its_declared_size(build: Build, tmp_path: Path):
    content = build({"a.jpg": b"", "b.jpg": bytes(600_000), "c.jpg": bytes(600_000)})
    assert "would unpack to over 1,000,000 bytes" in refusal(tmp_path, content)


def test_a_negative_size_is_refused(tmp_path: Path):
    content = bytearray(tar_of({"a.jpg": b"a"}))
    content[124:136] = b"\xff" * 12
    assert "would unpack to over" in refusal(tmp_path, fixed_checksum(bytes(content)))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("declared", [10, 99_999, 100_001])
def test_a_member_with_another_size_than_declared_is_refused(declared: int, method: int, tmp_path: Path):
    content = bytearray(zip_of({"bomb.jpg": bytes(100_000)}, method))
    struct.pack_into("<L", content, 22, declared)
    struct.pack_into("<L", content, content.rindex(b"PK\x01\x02") + 24, declared)
    message = refusal(tmp_path, bytes(content))
    assert "bomb.jpg" in message and ("damaged" in message or "declared" in message)


def test_no_more_than_declared_is_ever_given(tmp_path: Path):
    """Whatever the zip library makes of it: here of a checksum that fits the shortened member."""
    content = bytearray(zip_of({"bomb.jpg": bytes(100_000)}))
    directory = content.rindex(b"PK\x01\x02")
    for at, value in ((22, 10), (directory + 24, 10), (14, 0xE38A6876), (directory + 16, 0xE38A6876)):
        struct.pack_into("<L", content, at, value)
    with open_archive(saved(tmp_path, bytes(content)), LIMITS) as archive:
        assert archive.read(archive.members[0]) == bytes(10)


@FORMATS
def test_a_large_member_is_not_read_into_memory(build: Build, tmp_path: Path):
    with (
        open_archive(saved(tmp_path, build({"a.xml": bytes(2000)})), LIMITS) as archive,
        pytest.raises(DatasetError, match="has over 1,000 bytes, too many for such a file"),
    ):
        archive.read(archive.members[0], max_bytes=1000)


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x1f\x8b\x08", b"PK\3\4", b"PK\5\6", b"\xff\xd8\xff" * 500])
def test_what_is_no_archive_is_refused(content: bytes, tmp_path: Path):
    assert "neither a zip nor a plain tar" in refusal(tmp_path, content)


def test_a_compressed_tar_is_refused(tmp_path: Path):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("a.jpg"))
    assert "neither a zip nor a plain tar" in refusal(tmp_path, buffer.getvalue())


@pytest.mark.parametrize("keep", [512, 1024, 1536, 2048, 3000])
def test_a_tar_that_is_cut_is_refused_even_between_members(keep: int, tmp_path: Path):
    assert "refused" in refusal(tmp_path, tar_of({f"{number}.jpg": b"a" for number in range(3)})[:keep])


def test_a_damaged_header_in_the_middle_of_a_tar_is_no_end(tmp_path: Path):
    content = bytearray(tar_of({f"{number}.jpg": b"a" for number in range(3)}))
    content[1024] ^= 1
    assert "its list of members is damaged or cut off" in refusal(tmp_path, bytes(content))


def test_an_archive_that_is_not_there_is_named(tmp_path: Path):
    with (
        pytest.raises(DatasetError, match=r"nothing\.zip' cannot be read"),
        open_archive(tmp_path / "nothing.zip", LIMITS),
    ):
        pass


@FORMATS
def test_a_damaged_archive_ends_in_a_sentence(build: Build, tmp_path: Path):
    """Cut anywhere, or with any bytes changed: whole files or an error that a person can read."""
    whole = build(FILES | {f"{number}.jpg": np.random.default_rng(number).bytes(300) for number in range(5)})
    rng = np.random.default_rng(1)
    limits = ArchiveLimits(50, 50_000)
    refused = 0
    for attempt in range(600):
        content = bytearray(whole)
        if attempt % 4 == 0:
            del content[int(rng.integers(len(content))) :]
        else:
            for _ in range(int(rng.integers(1, 6))):
                content[int(rng.integers(len(content)))] = int(rng.integers(256))
        try:
            with open_archive(saved(tmp_path, bytes(content)), limits) as archive:
                assert sum(len(archive.read(member)) for member in archive.members) <= limits.total_bytes
        except DatasetError as error:
            refused += 1
            assert "refused" in str(error)
    assert refused > 100


def test_a_folder_takes_its_name_only_when_whole(tmp_path: Path):
    content = bytearray(zip_of({"a.jpg": b"a", "b.jpg": b"hello there"}, zipfile.ZIP_STORED))
    content[content.index(b"hello")] ^= 1
    target = tmp_path / "data" / "photos"
    with (
        open_archive(saved(tmp_path, bytes(content)), LIMITS) as archive,
        pytest.raises(DatasetError, match=r"b\.jpg' is damaged"),
        whole_folder(target) as folder,
    ):
        assert folder.name.startswith(".")
        unpack(archive, folder, lambda name: name)
    assert list(target.parent.iterdir()) == []
    with whole_folder(target) as folder:
        (folder / "a.jpg").write_bytes(b"a")
        assert not target.exists()
    assert (target / "a.jpg").read_bytes() == b"a"
    assert list(target.parent.iterdir()) == [target]


def test_a_folder_that_is_there_is_never_replaced(tmp_path: Path):
    (tmp_path / "photos").mkdir()
    with pytest.raises(DatasetError, match="exists already; move it away"), whole_folder(tmp_path / "photos"):
        pytest.fail("the work was begun")


def test_space_is_measured_where_the_folder_will_be(tmp_path: Path):
    require_space(tmp_path / "not" / "there" / "yet", 1)
    with pytest.raises(DatasetError, match=r"needs 1,000,000\.0 GB and has .* GB free"):
        require_space(tmp_path / "not" / "there" / "yet", 10**15)
