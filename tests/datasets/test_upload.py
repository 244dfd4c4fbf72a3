"""Uploaded zips: class folders arrive in every form people pack them in, and what could do harm writes nothing."""

import io
import stat
import struct
import unicodedata
import warnings
import zipfile
from pathlib import Path

import pytest

from tests.archives_for_tests import zip_of
from tests.hostile.raw_archives import raw_tar, tar_member
from vision.datasets import upload
from vision.datasets.archives import ArchiveLimits
from vision.datasets.upload import UPLOAD_LIMITS, unpack_class_folders
from vision.errors import DatasetError


def imported(folder: Path, content: bytes) -> list[str]:
    """What a zip writes, by relative path."""
    target = folder / "data" / "photos"
    (folder / "photos.zip").write_bytes(content)
    assert unpack_class_folders(folder / "photos.zip", target) == target
    assert [path.name for path in target.parent.iterdir()] == ["photos"]
    return sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())


def refusal(folder: Path, content: bytes) -> str:
    """What is said of a zip that is refused; nothing is written, not even for a moment."""
    (folder / "photos.zip").write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        unpack_class_folders(folder / "photos.zip", folder / "data" / "photos")
    assert [path.name for path in folder.iterdir()] == ["photos.zip"], "the target's parent was not even made"
    message = str(caught.value)
    assert message.startswith("'photos.zip' ") and message.endswith(".") and message.isprintable()
    assert len(message) < 400
    return message


def zip_with(*names: str) -> bytes:
    return zip_of({name: name.encode() for name in names})


def test_class_folders_arrive(tmp_path: Path):
    assert imported(tmp_path, zip_with("cat/1.jpg", "cat/2.PNG", "dog/1.webp")) == [
        "cat/1.jpg",
        "cat/2.PNG",
        "dog/1.webp",
    ]
    assert (tmp_path / "data" / "photos" / "cat" / "1.jpg").read_bytes() == b"cat/1.jpg"


@pytest.mark.parametrize("wrap", ["pets/", "a/b/", "Photos of 2026/"])
def test_a_folder_around_everything_is_taken_off(wrap: str, tmp_path: Path):
    assert imported(tmp_path, zip_with(f"{wrap}cat/1.jpg", f"{wrap}dog/1.jpg")) == ["cat/1.jpg", "dog/1.jpg"]


@pytest.mark.parametrize("wrap", ["", "pets/"])
def test_train_and_test_are_kept(wrap: str, tmp_path: Path):
    content = zip_with(f"{wrap}train/cat/1.jpg", f"{wrap}train/dog/1.jpg", f"{wrap}test/cat/1.jpg")
    assert imported(tmp_path, content) == ["test/cat/1.jpg", "train/cat/1.jpg", "train/dog/1.jpg"]


def test_other_words_for_the_two_parts_are_understood(tmp_path: Path):
    assert imported(tmp_path, zip_with("Training/cat/1.jpg", "Testing/cat/1.jpg")) == [
        "test/cat/1.jpg",
        "train/cat/1.jpg",
    ]


def test_train_alone_is_no_folder_around_everything(tmp_path: Path):
    assert imported(tmp_path, zip_with("Train/cat/1.jpg", "Train/dog/1.jpg")) == ["train/cat/1.jpg", "train/dog/1.jpg"]


def test_classes_may_be_called_train_and_test(tmp_path: Path):
    assert imported(tmp_path, zip_with("train/1.jpg", "car/1.jpg")) == ["car/1.jpg", "train/1.jpg"]


def test_a_single_class_stays_a_folder(tmp_path: Path):
    assert imported(tmp_path, zip_with("cat/1.jpg", "cat/2.jpg")) == ["cat/1.jpg", "cat/2.jpg"]


def test_what_is_no_photo_or_hidden_is_left_out(tmp_path: Path):
    junk = [
        "__MACOSX/cat/._1.jpg",
        "cat/.DS_Store",
        "cat/Thumbs.db",
        "cat/._1.jpg",
        ".git/a.jpg",
        "notes.txt",
        "cat/a.exe",
    ]
    assert imported(tmp_path, zip_with("cat/1.jpg", "dog/1.jpg", *junk)) == ["cat/1.jpg", "dog/1.jpg"]


def test_macos_and_its_wrapping_folder(tmp_path: Path):
    content = zip_with("pets/cat/1.jpg", "pets/dog/1.jpg", "__MACOSX/pets/cat/._1.jpg", "pets/.DS_Store")
    assert imported(tmp_path, content) == ["cat/1.jpg", "dog/1.jpg"]


def test_accents_are_written_in_one_way(tmp_path: Path):
    decomposed = unicodedata.normalize("NFD", "café")
    assert imported(tmp_path, zip_with(f"{decomposed}/1.jpg", "thé/1.jpg")) == ["café/1.jpg", "thé/1.jpg"]


# Refused


@pytest.mark.parametrize(
    "name", ["../1.jpg", "cat/../../1.jpg", "/etc/cat/1.jpg", "cat\\..\\1.jpg", "C:/cat/1.jpg", "//h/1.jpg"]
)
def test_paths_that_escape_are_refused(name: str, tmp_path: Path):
    assert "would be written outside its folder" in refusal(tmp_path, zip_with("cat/1.jpg", "dog/1.jpg", name))


def test_an_escaping_file_is_refused_even_where_it_would_be_left_out(tmp_path: Path):
    assert "outside its folder" in refusal(tmp_path, zip_with("cat/1.jpg", "../.bashrc"))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_are_refused(kind: int, tmp_path: Path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("cat/1.jpg", b"1")
        info = zipfile.ZipInfo("dog/1.jpg")
        info.external_attr = kind << 16
        archive.writestr(info, "/etc/passwd")
    assert "is a link or a device" in refusal(tmp_path, buffer.getvalue())


def test_a_hundred_thousand_entries_are_refused_before_they_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    content = zip_of(dict.fromkeys((f"cat/{number}.jpg" for number in range(100_000)), b""), zipfile.ZIP_STORED)
    monkeypatch.setattr(zipfile, "ZipInfo", None)  # the library would make one of each
    assert "over 60,000 members" in refusal(tmp_path, content)


def test_a_hundred_thousand_empty_folders_are_refused(tmp_path: Path):
    assert "over 60,000 members" in refusal(tmp_path, zip_of(dict.fromkeys((f"{n}/" for n in range(100_000)), b""), 0))


def test_a_bomb_is_refused_by_what_it_declares(tmp_path: Path):
    content = zip_of({f"cat/{number}.bmp": bytes(30_000_000) for number in range(4)})
    assert len(content) < 200_000
    assert "would unpack to over 100,000,000 bytes" in refusal(tmp_path, content)


def test_much_in_all_is_refused_at_any_ratio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(upload, "UPLOAD_LIMITS", ArchiveLimits(members=10, total_bytes=1000, ratio=UPLOAD_LIMITS.ratio))
    assert "over 1,000 bytes" in refusal(tmp_path, zip_of({"cat/1.jpg": bytes(1001)}, zipfile.ZIP_STORED))


def test_a_member_that_is_more_than_it_declares_leaves_nothing(tmp_path: Path):
    content = bytearray(zip_of({"cat/1.jpg": b"one", "dog/bomb.jpg": bytes(100_000)}))
    struct.pack_into("<L", content, content.rindex(b"PK\x01\x02") + 24, 10)
    (tmp_path / "photos.zip").write_bytes(content)
    with pytest.raises(DatasetError, match=r"bomb\.jpg' (is damaged|does not have)"):
        unpack_class_folders(tmp_path / "photos.zip", tmp_path / "data" / "photos")
    assert list((tmp_path / "data").iterdir()) == []


@pytest.mark.parametrize("other", ["cat/1.JPG", "Cat/2.jpg", "CAT/1.jpg"])
def test_names_that_differ_in_case_alone_are_refused(other: str, tmp_path: Path):
    message = refusal(tmp_path, zip_with("cat/1.jpg", "dog/1.jpg", other))
    assert "two of its members are called" in message or "name the same class" in message


def test_the_same_name_twice_is_refused(tmp_path: Path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for content in (b"1", b"2"):
            archive.writestr("cat/1.jpg", content)
    assert "two of its members are called" in refusal(tmp_path, buffer.getvalue())


def test_two_spellings_of_one_accent_are_refused(tmp_path: Path):
    names = (unicodedata.normalize(form, "café/1.jpg") for form in ("NFC", "NFD"))
    assert "two of its members" in refusal_while_unpacking(tmp_path, zip_with(*names))


def refusal_while_unpacking(folder: Path, content: bytes) -> str:
    (folder / "photos.zip").write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        unpack_class_folders(folder / "photos.zip", folder / "data" / "photos")
    assert list((folder / "data").iterdir()) == []
    return str(caught.value)


@pytest.mark.parametrize(("first", "second"), [("07", "7"), ("1", "001")])
def test_two_folders_of_one_class_are_refused(first: str, second: str, tmp_path: Path):
    message = refusal(tmp_path, zip_with(f"{first}/a.jpg", f"{second}/b.jpg"))
    assert f"“{first}” and “{second}”, which name the same class" in message


@pytest.mark.parametrize(
    "names",
    [
        ("cat/1.jpg", "dog/old/1.jpg"),
        ("pets/cat/1.jpg", "pets/dog/old/1.jpg"),
        ("train/cat/1.jpg", "train/dog/old/1.jpg"),
        ("train/cat/1.jpg", "test/1.jpg"),
        ("cat/1.jpg", "preview.jpg"),
        ("/".join("abcdefgh") + "/1.jpg", "cat/1.jpg"),
    ],
)
def test_photos_where_none_is_looked_for_are_refused(names: tuple[str, ...], tmp_path: Path):
    message = refusal(tmp_path, zip_with(*names))
    assert "where none is looked for; expected one folder of photos for each class" in message


def test_folders_in_folders_without_end_are_refused(tmp_path: Path):
    assert "too long a name" in refusal(tmp_path, zip_with("cat/1.jpg", "a/" * 40 + "1.jpg"))


def test_a_third_part_is_refused_with_what_to_do(tmp_path: Path):
    assert "“valid” beside “train” and “test”; move" in refusal(
        tmp_path, zip_with("train/cat/1.jpg", "valid/cat/1.jpg")
    )


def test_test_photos_alone_are_refused(tmp_path: Path):
    assert "no training photos" in refusal(tmp_path, zip_with("test/cat/1.jpg", "test/dog/1.jpg"))


@pytest.mark.parametrize("names", [(), ("1.jpg", "2.jpg"), ("cat/notes.txt",)])
def test_a_zip_without_photos_in_folders_is_refused(names: tuple[str, ...], tmp_path: Path):
    assert "holds no photos in folders; expected one folder" in refusal(tmp_path, zip_with(*names))


@pytest.mark.parametrize("folder", ["cat\u202egnp", "cat ", " cat", "c\u200bat"])
def test_folders_that_look_like_another_are_refused(folder: str, tmp_path: Path):
    assert "with signs that no class has" in refusal(tmp_path, zip_with(f"{folder}/1.jpg", "dog/1.jpg"))


def test_what_is_no_archive_is_refused(tmp_path: Path):
    assert "is damaged, or no zip archive" in refusal(tmp_path, b"\xff\xd8\xff" * 100)


def test_a_tar_is_refused_whose_headers_would_keep_its_reader_busy_for_minutes(tmp_path: Path):
    records = tar_member(b"pax", b"20 comment=" + b"9" * 100_000, b"x", magic=b"ustar\0000")
    content = raw_tar(records, tar_member(b"cat/1.jpg", b"1"))
    assert "is damaged, or no zip archive" in refusal(tmp_path, content)


def test_a_folder_that_is_there_is_never_replaced(tmp_path: Path):
    assert imported(tmp_path, zip_with("cat/1.jpg"))
    with pytest.raises(DatasetError, match="exists already"):
        unpack_class_folders(tmp_path / "photos.zip", tmp_path / "data" / "photos")
    assert (tmp_path / "data" / "photos" / "cat" / "1.jpg").read_bytes() == b"cat/1.jpg"
