"""The German Traffic Sign Recognition Benchmark: from its three archives to class folders with the official test."""

import csv
import io
import re
from collections import Counter
from pathlib import Path, PurePosixPath

from vision.datasets.archives import open_archive, unpack
from vision.datasets.sources import DatasetSource
from vision.datasets.workshop import Report, no_report
from vision.errors import DatasetError

TRUTH_FILE = "GT-final_test.csv"
_TRAINING_PHOTO = re.compile(r"(?:.*/)?(\d{5})/(\d{5}_\d{5}\.ppm)", re.ASCII)
_TEST_PHOTO = re.compile(r"\d{5}\.ppm", re.ASCII)


def arrange(source: DatasetSource, archives: Path, folder: Path, report: Report = no_report) -> None:
    """Writes `train` and `test`, each with the folders 00 to 42, into an empty folder.

    A training photo is called <class>_<track>_<frame>.ppm, so that the frames of one sign can be kept together; a
    test photo keeps its number as name.

    Args:
        archives: folder with the three archives.

    Raises:
        DatasetError: an archive is damaged, or holds other photos than `source` says.
    """
    classes = _read_truth(source, archives / "GTSRB_Final_Test_GT.zip")

    def place_training(member: str) -> str | None:
        found = _TRAINING_PHOTO.fullmatch(member)
        return f"train/{int(found[1]):02d}/{found[1]}_{found[2]}" if found else None

    def place_test(member: str) -> str | None:
        name = PurePosixPath(member).name
        return f"test/{classes[name]:02d}/{name}" if name in classes else None

    written: list[str] = []
    for archive_name, place in (
        ("GTSRB_Final_Training_Images.zip", place_training),
        ("GTSRB_Final_Test_Images.zip", place_test),
    ):
        with open_archive(archives / archive_name, source.limits) as archive:
            written += unpack(archive, folder, place, report)
    counts = Counter(path.partition("/")[0] for path in written)
    class_count = len({path.split("/")[1] for path in written if path.startswith("train/")})
    if (counts["train"], counts["test"], class_count) != (source.train_count, source.test_count, source.class_count):
        raise DatasetError(
            f"The archives hold {counts['train']:,} training photos of {class_count} classes and {counts['test']:,} "
            f"test photos, expected {source.train_count:,} of {source.class_count} and {source.test_count:,}; "
            "fetch them again."
        )


def _read_truth(source: DatasetSource, archive_path: Path) -> dict[str, int]:
    """The class of each test photo by its file name."""
    with open_archive(archive_path, source.limits) as archive:
        members = [member for member in archive.members if PurePosixPath(member.name).name == TRUTH_FILE]
        text = archive.read(members[0]).decode("utf-8-sig", "replace") if members else ""
    try:
        rows = csv.DictReader(io.StringIO(text), delimiter=";")
        classes = {row["Filename"]: int(row["ClassId"]) for row in rows}
    except (csv.Error, KeyError, TypeError, ValueError):
        classes = {}
    usable = all(_TEST_PHOTO.fullmatch(name) and 0 <= label < source.class_count for name, label in classes.items())
    if len(classes) != source.test_count or not usable:
        raise DatasetError(
            f"'{archive_path.name}' has no usable {TRUTH_FILE}: expected the classes of {source.test_count:,} photos, "
            f"found {len(classes):,}; fetch it again."
        )
    return classes
