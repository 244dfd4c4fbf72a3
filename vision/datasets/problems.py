"""What is wrong with a folder of photos, in sentences for whoever took them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from vision.names import shortened

if TYPE_CHECKING:
    from vision.datasets.inspection_result import ClassCount, Inspection, Twins

Severity = Literal["blocking", "warning", "note"]

FEW_PHOTOS = 20
LEAST_PHOTOS = 2
LARGE_IMBALANCE = 5.0
_NAMED = 3
_BY_WEIGHT: tuple[Severity, ...] = ("blocking", "warning", "note")


@dataclass(frozen=True)
class Problem:
    """A sentence or two on what is wrong and what to do.

    Attributes:
        kind: a short name, for whoever shows the files beside it: "one_class", "unusable", "no_spare",
            "unknown_in_test", "two_classes", "in_test", "unreadable", "few", "one_object", "imbalance", "exact",
            "near", "nested", "untested" or "skipped".
        severity: "blocking" prevents a run, "warning" harms its result, a "note" is good to know.
        text: plain text; names of files in it are as a stranger may have chosen them.
    """

    kind: str
    severity: Severity
    text: str

    @property
    def is_blocking(self) -> bool:
        return self.severity == "blocking"

    def __str__(self) -> str:
        return self.text


def find_problems(inspection: "Inspection", label_of: Callable[[str], str] = str) -> list[Problem]:
    """The problems of inspected photos, the worst first; `label_of` gives a class in plain words."""
    problems = [
        *_find_blocking(inspection, label_of),
        *_find_wrong_places(inspection, label_of),
        *_find_weak_classes(inspection, label_of),
        *_find_left_out(inspection, label_of),
        *_find_copies(inspection),
    ]
    return sorted(problems, key=lambda problem: _BY_WEIGHT.index(problem.severity))


def shown(name: str, most: int = 60) -> str:
    """A file's or class' name, quoted: short, and without signs that cannot be printed."""
    printable = "".join(sign if sign.isprintable() else "�" for sign in name)
    return f"“{shortened(printable, most)}”"


def _find_blocking(inspection: "Inspection", label_of: Callable[[str], str]) -> Iterator[Problem]:
    classes = inspection.classes
    if len(classes) < 2:
        yield Problem(
            "one_class",
            "blocking",
            f"There is only one class, {shown(label_of(classes[0].key))}. A model learns to tell things apart: add a "
            "second folder, with photos of something else.",
        )
    if unusable := inspection.unusable_classes:
        n = len(unusable)
        yield Problem(
            "unusable",
            "blocking",
            f"{_classes(n)} {_by(n, 'has', 'have')} fewer than {LEAST_PHOTOS} photos that can be read: "
            f"{_counted(unusable, label_of)}. Add photos to {_by(n, 'it', 'them')}, or remove the "
            f"{_by(n, 'folder', 'folders')}.",
        )
    elif all(count.objects < 2 for count in classes):
        yield Problem(
            "no_spare",
            "blocking",
            "In every class all photos show one and the same object, so none can be held back to check what was "
            "learnt. Add photos of other objects.",
        )
    if only_in_test := inspection.only_in_test:
        n = len(only_in_test)
        yield Problem(
            "unknown_in_test",
            "blocking",
            f"The test photos have {_classes(n)} that the training photos do not have: "
            f"{_listed([label_of(key) for key in only_in_test])}. Remove {_by(n, 'this folder', 'these folders')} from "
            f"the test photos, or add training photos of {_by(n, 'it', 'them')}.",
        )


def _find_wrong_places(inspection: "Inspection", label_of: Callable[[str], str]) -> Iterator[Problem]:
    if twins := inspection.in_two_classes:
        n, example = len(twins), twins[0]
        names = " and ".join(shown(label_of(key)) for key in example.class_keys[:2])
        yield Problem(
            "two_classes",
            "warning",
            f"{_photos(n)} {_by(n, 'is', 'are')} in two classes at once, such as {shown(example.files[0])} in {names}: "
            "the model is told two different things about one picture. Keep each in the right class only.",
        )
    if twins := inspection.also_in_test:
        n = len(twins)
        yield Problem(
            "in_test",
            "warning",
            f"{_photos(n)} {_by(n, 'is', 'are')} both among the training and the test photos, such as "
            f"{_pair(twins[0])}: the test becomes too easy and its result too good. Delete them from one of the two.",
        )
    if unreadable := inspection.unreadable:
        n = len(unreadable)
        yield Problem(
            "unreadable",
            "warning",
            f"{n:,} {_by(n, 'file', 'files')} cannot be read and will be left out, such as "
            f"{shown(unreadable[0].file)}. Save {_by(n, 'it', 'them')} again as JPEG, or delete "
            f"{_by(n, 'it', 'them')}.",
        )


def _find_weak_classes(inspection: "Inspection", label_of: Callable[[str], str]) -> Iterator[Problem]:
    if small := inspection.small_classes:
        n = len(small)
        yield Problem(
            "few",
            "warning",
            f"{_classes(n)} {_by(n, 'has', 'have')} fewer than {FEW_PHOTOS} photos: {_counted(small, label_of)}. The "
            f"model will know {_by(n, 'it', 'them')} badly; add photos if you can.",
        )
    alone = [count for count in inspection.classes if count.photos >= LEAST_PHOTOS and count.objects < 2]
    if alone and len(alone) < len(inspection.classes):
        yield Problem(
            "one_object",
            "warning",
            f"In {_classes(len(alone))} all photos show one and the same object: "
            f"{_listed([label_of(count.key) for count in alone])}. None can be held back to check what was learnt; add "
            "photos of another one.",
        )
    if inspection.imbalance >= LARGE_IMBALANCE:
        by_count = sorted((count for count in inspection.classes if count.photos), key=lambda count: count.photos)
        least, most = by_count[0], by_count[-1]
        yield Problem(
            "imbalance",
            "warning",
            f"{shown(label_of(most.key))} has {most.photos:,} photos and {shown(label_of(least.key))} has "
            f"{least.photos:,}: the model will tend to answer {shown(label_of(most.key))}. Add photos of the small "
            "classes, or let the training give them more weight.",
        )


def _find_copies(inspection: "Inspection") -> Iterator[Problem]:
    because = "Copies make the result look better than it is, as some are held back to check what was learnt."
    if twins := inspection.exact_duplicates:
        n = len(twins)
        yield Problem(
            "exact",
            "warning",
            f"{_photos(n)} {_by(n, 'is', 'are')} there more than once, such as {_pair(twins[0])}. {because} Delete all "
            "but one of each.",
        )
    if twins := inspection.near_duplicates:
        n = len(twins)
        yield Problem(
            "near",
            "note",
            f"{_photos(n)} {_by(n, 'is', 'are')} there more than once with hardly a difference, such as "
            f"{_pair(twins[0])}. {because} Look at them, and delete what is the same picture.",
        )


def _find_left_out(inspection: "Inspection", label_of: Callable[[str], str]) -> Iterator[Problem]:
    if nested := inspection.nested:
        n = len(nested)
        yield Problem(
            "nested",
            "warning",
            f"{_classes(n)} {_by(n, 'holds', 'hold')} further folders, and the photos in those are not used: "
            f"{_listed(nested)}. Move the photos up into the folder of their class.",
        )
    untested = [count for count in inspection.classes if not count.test_photos]
    if inspection.test is not None and untested:
        n = len(untested)
        yield Problem(
            "untested",
            "note",
            f"There are no test photos of {_classes(n)}: {_listed([label_of(count.key) for count in untested])}. How "
            f"well the model knows {_by(n, 'it', 'them')} will not be tested.",
        )
    if n := inspection.skipped:
        yield Problem(
            "skipped",
            "note",
            f"{n:,} {_by(n, 'file is', 'files are')} left out, as the {_by(n, 'name does', 'names do')} not end like a "
            "photo’s (.jpg, .png …).",
        )


def _photos(count: int) -> str:
    return f"{count:,} photo{_by(count, '', 's')}"


def _classes(count: int) -> str:
    return f"{count:,} class{_by(count, '', 'es')}"


def _by(count: int, one: str, several: str) -> str:
    return several if count > 1 else one


def _pair(twins: "Twins") -> str:
    names = [shown(name) for name in twins.files[:2]]
    if twins.test_files:
        return f"{names[0]} and {shown(twins.test_files[0])}"
    return " and ".join(names)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(shown(name) for name in names[:_NAMED]) + more


def _counted(counts: Sequence["ClassCount"], label_of: Callable[[str], str]) -> str:
    more = f" and {len(counts) - _NAMED:,} more" if len(counts) > _NAMED else ""
    return ", ".join(f"{shown(label_of(count.key))} ({count.photos})" for count in counts[:_NAMED]) + more
