"""What was found in a folder of photos: counts, files that cannot be used, photos that are there twice."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from vision.datasets.class_folders import class_key
from vision.datasets.problems import FEW_PHOTOS, LEAST_PHOTOS, Problem, find_problems


@dataclass(frozen=True)
class ClassCount:
    """A class of the training photos.

    Attributes:
        key: as `class_folders.class_key` makes it of the folder's name.
        photos: training photos that can be read.
        objects: how many different things they show, as far as file names tell; equal to `photos` where they do not.
        test_photos: test photos that can be read.
    """

    key: str
    photos: int
    objects: int
    test_photos: int


@dataclass(frozen=True)
class UnreadablePhoto:
    """A file that is left out: its path below its folder, and a sentence on why."""

    file: str
    reason: str
    in_test: bool = False


@dataclass(frozen=True)
class Twins:
    """Files that show one photo.

    Attributes:
        files: paths below the training folder, at least one; forward slashes.
        test_files: paths below the test folder.
        exact: the files are equal byte by byte; else they were re-saved, resized or made a little brighter.
    """

    files: tuple[str, ...]
    test_files: tuple[str, ...]
    exact: bool

    @property
    def class_keys(self) -> tuple[str, ...]:
        """The classes in which the photo stands, training and test."""
        return tuple(dict.fromkeys(class_key(name.partition("/")[0]) for name in (*self.files, *self.test_files)))


@dataclass(frozen=True)
class Inspection:
    """What was found in a folder of photos.

    Attributes:
        root, test: the folders.
        classes: the classes of the training photos, in class order.
        only_in_test: classes of the test folder that the training folder has not.
        unreadable: files that are photos by their ending, and cannot be read.
        skipped: how many other files there are in the class folders.
        nested: class folders that hold folders, in which nobody looks.
        twins: photos that are there more than once; those among test photos alone are left out.
    """

    root: str
    test: str | None
    classes: tuple[ClassCount, ...]
    only_in_test: tuple[str, ...]
    unreadable: tuple[UnreadablePhoto, ...]
    skipped: int
    nested: tuple[str, ...]
    twins: tuple[Twins, ...]

    @property
    def photos(self) -> int:
        """Training photos that can be read."""
        return sum(count.photos for count in self.classes)

    @property
    def test_photos(self) -> int:
        """Test photos that can be read, of the classes of the training photos."""
        return sum(count.test_photos for count in self.classes)

    @cached_property
    def exact_duplicates(self) -> tuple[Twins, ...]:
        """Photos that stand more than once in one class of the training folder, file for file the same."""
        return tuple(twins for twins in self._in_one_class if twins.exact)

    @cached_property
    def near_duplicates(self) -> tuple[Twins, ...]:
        """Photos that stand more than once in one class of the training folder, nearly the same."""
        return tuple(twins for twins in self._in_one_class if not twins.exact)

    @property
    def _in_one_class(self) -> list[Twins]:
        """The others are a mistake of another kind, which `in_two_classes` tells."""
        return [twins for twins in self.twins if len(twins.files) > 1 and len(twins.class_keys) == 1]

    @cached_property
    def in_two_classes(self) -> tuple[Twins, ...]:
        """Photos that stand in two classes or more."""
        return tuple(twins for twins in self.twins if len(twins.class_keys) > 1)

    @cached_property
    def also_in_test(self) -> tuple[Twins, ...]:
        """Training photos that also stand in the test folder."""
        return tuple(twins for twins in self.twins if twins.test_files)

    @cached_property
    def unusable_classes(self) -> tuple[ClassCount, ...]:
        """Classes with fewer than `LEAST_PHOTOS` photos."""
        return tuple(count for count in self.classes if count.photos < LEAST_PHOTOS)

    @cached_property
    def small_classes(self) -> tuple[ClassCount, ...]:
        """Classes that can be used, with fewer than `FEW_PHOTOS` photos."""
        return tuple(count for count in self.classes if LEAST_PHOTOS <= count.photos < FEW_PHOTOS)

    @property
    def imbalance(self) -> float:
        """How many times more photos the largest class has than the smallest that has any."""
        counts = [count.photos for count in self.classes if count.photos]
        return max(counts) / min(counts) if counts else 1.0

    @property
    def blocking(self) -> bool:
        """Whether something prevents a run."""
        return any(problem.is_blocking for problem in self.problems())

    def problems(self, label_of: Callable[[str], str] = str) -> list[Problem]:
        """What is wrong with the photos and what to do about it, the worst first.

        Args:
            label_of: from a class key to the class in plain words.
        """
        return find_problems(self, label_of)

    def to_json(self) -> dict[str, Any]:
        """What `from_json` takes."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Inspection":
        """An inspection from what `to_json` gave, lists in place of tuples.

        Raises:
            KeyError, TypeError: it is none.
        """
        return cls(
            root=content["root"],
            test=content["test"],
            classes=tuple(ClassCount(**count) for count in content["classes"]),
            only_in_test=tuple(content["only_in_test"]),
            unreadable=tuple(UnreadablePhoto(**photo) for photo in content["unreadable"]),
            skipped=content["skipped"],
            nested=tuple(content["nested"]),
            twins=tuple(
                Twins(tuple(twins["files"]), tuple(twins["test_files"]), twins["exact"]) for twins in content["twins"]
            ),
        )
