"""An inspection finds every kind of problem in photos drawn to have it, and nothing where there is none."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.drawn_photos import brighter, resized, save, sign
from vision.datasets.inspection import Inspection, contact_sheet, inspect_folder
from vision.errors import DatasetError
from vision.jobs import Stopped
from vision.tasks import TASKS

SIGNS = (1, 14)
EACH = 6


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes of photos with which nothing is wrong, but that they are few."""
    root = tmp_path_factory.mktemp("drawn")
    for number in SIGNS:
        for seed in range(EACH):
            save(sign(number, 100 * number + seed), root / f"{number:02d}" / f"{number:05d}_{seed:05d}_00000.jpg")
    return root


@pytest.fixture
def root(drawn: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return shutil.copytree(drawn, tmp_path / "train")


def photo(number: int, seed: int) -> np.ndarray:
    """The photo behind a file of `drawn`."""
    return sign(number, 100 * number + seed)


def names(seed: int, number: int = 14) -> str:
    return f"{number:02d}/{number:05d}_{seed:05d}_00000.jpg"


def kinds(inspection: Inspection) -> set[str]:
    return {problem.kind for problem in inspection.problems()} - {"few"}


def test_nothing_is_found_where_nothing_is_wrong(drawn: Path):
    inspection = inspect_folder(drawn)
    assert kinds(inspection) == set()
    assert not inspection.blocking
    assert inspection.twins == ()
    assert [(count.key, count.photos, count.objects, count.test_photos) for count in inspection.classes] == [
        ("1", EACH, EACH, 0),
        ("14", EACH, EACH, 0),
    ]
    assert inspection.photos == 2 * EACH
    assert inspection.imbalance == 1
    assert [count.key for count in inspection.small_classes] == ["1", "14"]


def test_a_copied_file_is_an_exact_duplicate(root: Path):
    shutil.copy(root / names(0), root / "14" / "copy.jpg")
    inspection = inspect_folder(root)
    assert [twins.files for twins in inspection.exact_duplicates] == [(names(0), "14/copy.jpg")]
    assert inspection.near_duplicates == inspection.in_two_classes == inspection.also_in_test == ()
    assert kinds(inspection) == {"exact"}


@pytest.mark.parametrize(
    "change",
    [
        lambda photo: photo,
        lambda photo: resized(photo, 0.6),
        lambda photo: resized(photo, 2),
        lambda photo: brighter(photo, 1.1, 3),
    ],
    ids=["saved again", "smaller", "larger", "brighter"],
)
def test_a_changed_copy_is_a_near_duplicate(root: Path, change: Callable[[np.ndarray], np.ndarray]):
    save(change(photo(14, 2)), root / "14" / "copy.jpg", quality=75)
    inspection = inspect_folder(root)
    assert [(twins.files, twins.exact) for twins in inspection.near_duplicates] == [((names(2), "14/copy.jpg"), False)]
    assert inspection.exact_duplicates == inspection.in_two_classes == ()
    assert kinds(inspection) == {"near"}


def test_frames_of_one_object_are_no_news_where_names_tell(root: Path):
    for frame in range(1, 4):
        save(brighter(photo(14, 2), 1 + 0.02 * frame), root / "14" / f"00014_00002_{frame:05d}.jpg")
    assert len(inspect_folder(root).near_duplicates) == 1
    inspection = inspect_folder(root, group_of=TASKS["traffic_signs"].group_of)
    assert inspection.near_duplicates == ()
    assert (inspection.classes[1].photos, inspection.classes[1].objects) == (EACH + 3, EACH)


def test_two_objects_that_look_the_same_are_one_line_however_many_frames_they_have(root: Path):
    for track in (2, 7):
        for frame in range(1, 4):
            save(
                brighter(photo(14, 2), 1 + 0.01 * frame + 0.001 * track),
                root / "14" / f"00014_{track:05d}_{frame:05d}.jpg",
            )
    (twins,) = inspect_folder(root, group_of=TASKS["traffic_signs"].group_of).near_duplicates
    assert len(twins.files) == 2
    assert {name[:14] for name in twins.files} == {"14/00014_00002", "14/00014_00007"}


@pytest.mark.parametrize("exact", [True, False])
def test_a_photo_in_two_classes_is_found(root: Path, exact: bool):
    if exact:
        shutil.copy(root / names(3), root / "01" / "wrong.jpg")
    else:
        save(photo(14, 3), root / "01" / "wrong.jpg", quality=85)
    inspection = inspect_folder(root)
    (twins,) = inspection.in_two_classes
    assert twins.exact == exact
    assert set(twins.files) == {names(3), "01/wrong.jpg"}
    assert twins.class_keys == ("1", "14")
    assert inspection.exact_duplicates == inspection.near_duplicates == (), "it is said once"
    assert inspection.problems()[0].kind == "two_classes"


@pytest.mark.parametrize("exact", [True, False])
def test_a_training_photo_in_the_test_is_found(root: Path, tmp_path: Path, exact: bool):
    test = tmp_path / "test"
    save(sign(1, 900), test / "1" / "a.jpg")
    save(sign(14, 901), test / "14" / "b.jpg")
    if exact:
        shutil.copy(root / names(4), test / "14" / "known.jpg")
    else:
        save(photo(14, 4), test / "14" / "known.jpg", quality=85)
    inspection = inspect_folder(root, test)
    (twins,) = inspection.also_in_test
    assert (twins.files, twins.test_files, twins.exact) == ((names(4),), ("14/known.jpg",), exact)
    assert inspection.exact_duplicates == inspection.near_duplicates == inspection.in_two_classes == ()
    assert [count.test_photos for count in inspection.classes] == [1, 2]
    assert inspection.test_photos == 3
    assert kinds(inspection) == {"in_test"}


def test_photos_that_are_twice_among_the_test_photos_alone_are_no_news(root: Path, tmp_path: Path):
    for name in ("a", "b"):
        save(sign(1, 900), tmp_path / "test" / "1" / f"{name}.jpg")
    assert inspect_folder(root, tmp_path / "test").twins == ()


def test_files_that_cannot_be_read_are_named_with_the_reason_and_not_counted(root: Path):
    (root / "14" / "broken.jpg").write_bytes((root / names(0)).read_bytes()[:400])
    (root / "14" / "page.png").write_bytes(b"<html>")
    (root / "14" / "empty.webp").write_bytes(b"")
    inspection = inspect_folder(root)
    reasons = {photo.file: photo.reason for photo in inspection.unreadable}
    assert set(reasons) == {"14/broken.jpg", "14/empty.webp", "14/page.png"}
    assert "web page" in reasons["14/page.png"]
    assert "empty" in reasons["14/empty.webp"]
    assert inspection.classes[1].photos == EACH
    assert inspection.twins == (), "unreadable files are not copies of each other"
    assert kinds(inspection) == {"unreadable"}


def test_a_file_over_the_cap_is_refused_without_being_read_whole(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("vision.images.MAX_BYTES", 50_000)
    with (root / "14" / "huge.jpg").open("wb") as file:
        file.truncate(10**12)  # takes no space on the disk, and no machine has the memory
    (unreadable,) = inspect_folder(root).unreadable
    assert unreadable.file == "14/huge.jpg"
    assert "limit" in unreadable.reason


def test_photos_of_one_colour_are_no_copies_of_each_other(root: Path):
    for level in (40, 41, 200):
        save(np.full((64, 64, 3), level, np.uint8), root / "14" / f"plain{level}.jpg")
    assert inspect_folder(root).twins == ()


def test_classes_without_enough_photos_prevent_a_run(root: Path):
    save(sign(2, 1), root / "02" / "only.jpg")
    (root / "05").mkdir()
    inspection = inspect_folder(root)
    assert [count.key for count in inspection.unusable_classes] == ["2", "5"]
    assert inspection.blocking
    assert inspection.problems()[0].kind == "unusable"


def test_a_class_whose_photos_cannot_be_read_prevents_a_run(root: Path):
    for name in ("a", "b", "c"):
        (root / "14" / f"{name}.jpg").write_bytes(b"no photo")
    for path in root.glob("14/0*.jpg"):
        path.unlink()
    inspection = inspect_folder(root)
    assert [(count.key, count.photos) for count in inspection.unusable_classes] == [("14", 0)]
    assert inspection.blocking


def test_other_files_and_folders_in_class_folders_are_counted(root: Path):
    (root / "14" / "notes.txt").write_text("notes")
    save(sign(14, 950), root / "14" / "more" / "deep.jpg")
    inspection = inspect_folder(root)
    assert (inspection.skipped, inspection.nested) == (1, ("14",))
    assert kinds(inspection) == {"skipped", "nested"}
    assert inspection.photos == 2 * EACH


def test_classes_only_in_the_test_prevent_a_run(root: Path, tmp_path: Path):
    save(sign(2, 900), tmp_path / "test" / "02" / "a.jpg")
    inspection = inspect_folder(root, tmp_path / "test")
    assert inspection.only_in_test == ("2",)
    assert inspection.blocking


def test_json_holds_everything_even_names_that_are_no_text(root: Path, tmp_path: Path):
    odd = os.fsencode(root / "14") + b"/ph\xffto.jpg"
    with open(odd, "wb") as file:  # noqa: PTH123 - its name is bytes
        file.write((root / names(0)).read_bytes())
    (root / "01" / "broken.jpg").write_bytes(b"")
    inspection = inspect_folder(root, root)
    assert inspection.twins and inspection.unreadable
    again = Inspection.from_json(json.loads(json.dumps(inspection.to_json())))
    assert again == inspection
    (twins,) = inspection.exact_duplicates
    assert (root / twins.files[1]).read_bytes() == (root / names(0)).read_bytes()
    assert all(problem.text.isprintable() for problem in inspection.problems())


@pytest.mark.parametrize("content", [{}, {"root": "a"}, [], None, {"root": 1, "test": 2, "classes": 3}])
def test_what_is_no_inspection_is_refused(content):
    with pytest.raises((KeyError, TypeError)):
        Inspection.from_json(content)


def test_progress_counts_up_to_all_photos_and_a_stop_is_obeyed(drawn: Path):
    seen: list[tuple[int, int]] = []
    inspect_folder(drawn, drawn, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (4 * EACH, 4 * EACH)
    with pytest.raises(Stopped):
        inspect_folder(drawn, should_stop=lambda: True)


def test_a_folder_without_class_folders_is_refused(tmp_path: Path):
    with pytest.raises(DatasetError, match="no photos in class folders"):
        inspect_folder(tmp_path)


def test_a_contact_sheet_has_some_photos_of_each_class(drawn: Path):
    sheet = contact_sheet(drawn, per_class=4)
    assert [key for key, _ in sheet] == ["1", "14"]
    for key, paths in sheet:
        assert len(set(paths)) == 4
        assert all(path.is_file() and int(path.parent.name) == int(key) for path in paths)
    assert contact_sheet(drawn, per_class=4) == sheet
    assert contact_sheet(drawn, per_class=4, seed=1) != sheet
    assert [len(paths) for _, paths in contact_sheet(drawn, per_class=50)] == [EACH, EACH]
