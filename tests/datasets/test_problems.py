"""Problems in sentences: the worst first, each with an example and what to do, whoever chose the names."""

from dataclasses import replace

import pytest

from vision.datasets.inspection_result import ClassCount, Inspection, Twins, UnreadablePhoto
from vision.datasets.problems import shown

FINE = Inspection(
    root="photos/train",
    test="photos/test",
    classes=(ClassCount("cat", 100, 100, 20), ClassCount("dog", 90, 90, 20)),
    only_in_test=(),
    unreadable=(),
    skipped=0,
    nested=(),
    twins=(),
)
BAD = {
    "one_class": ({"classes": FINE.classes[:1]}, "only one class, “cat”."),
    "unusable": (
        {"classes": (*FINE.classes, ClassCount("owl", 1, 1, 9), ClassCount("eel", 0, 0, 9))},
        "2 classes have fewer than 2 photos that can be read: “owl” (1), “eel” (0). Add photos to them, or remove the "
        "folders.",
    ),
    "no_spare": (
        {"classes": (ClassCount("cat", 100, 1, 20), ClassCount("dog", 90, 1, 20))},
        "In every class all photos show one and the same object",
    ),
    "unknown_in_test": ({"only_in_test": ("owl",)}, "1 class that the training photos do not have: “owl”. Remove this"),
    "two_classes": (
        {"twins": (Twins(("cat/1.jpg", "dog/9.jpg"), (), False),)},
        "1 photo is in two classes at once, such as “cat/1.jpg” in “cat” and “dog”",
    ),
    "in_test": (
        {"twins": (Twins(("cat/1.jpg",), ("cat/7.jpg",), True), Twins(("cat/2.jpg",), ("cat/8.jpg",), False))},
        "2 photos are both among the training and the test photos, such as “cat/1.jpg” and “cat/7.jpg”",
    ),
    "unreadable": (
        {"unreadable": (UnreadablePhoto("cat/3.jpg", "The photo is damaged."),)},
        "1 file cannot be read and will be left out, such as “cat/3.jpg”. Save it again as JPEG, or delete it.",
    ),
    "few": (
        {"classes": (*FINE.classes, ClassCount("owl", 19, 19, 9))},
        "1 class has fewer than 20 photos: “owl” (19). The model will know it badly",
    ),
    "one_object": ({"classes": (*FINE.classes, ClassCount("owl", 50, 1, 9))}, "In 1 class all photos show one and the"),
    "imbalance": (
        {"classes": (*FINE.classes, ClassCount("owl", 1500, 90, 9))},
        "“owl” has 1,500 photos and “dog” has 90: the model will tend to answer “owl”.",
    ),
    "exact": (
        {"twins": (Twins(("cat/1.jpg", "cat/2.jpg"), (), True),)},
        "1 photo is there more than once, such as “cat/1.jpg” and “cat/2.jpg”.",
    ),
    "near": (
        {"twins": (Twins(("cat/1.jpg", "cat/2.jpg"), (), False),)},
        "with hardly a difference, such as “cat/1.jpg”",
    ),
    "nested": (
        {"nested": ("cat", "dog")},
        "2 classes hold further folders, and the photos in those are not used: “cat”",
    ),
    "untested": ({"classes": (*FINE.classes, ClassCount("owl", 95, 95, 0))}, "no test photos of 1 class: “owl”."),
    "skipped": ({"skipped": 3}, "3 files are left out, as the names do not end like a photo’s"),
}
BLOCKING = {"one_class", "unusable", "no_spare", "unknown_in_test"}


def test_nothing_is_said_where_nothing_is_wrong():
    assert FINE.problems() == []
    assert not FINE.blocking


@pytest.mark.parametrize("kind", BAD)
def test_each_problem_is_said_once_with_what_to_do(kind: str):
    changes, words = BAD[kind]
    inspection = replace(FINE, **changes)
    problem = next(problem for problem in inspection.problems() if problem.kind == kind)
    assert words in problem.text
    assert str(problem) == problem.text
    assert problem.text.endswith(".") and problem.text.isprintable()
    assert problem.is_blocking == inspection.blocking == (kind in BLOCKING)


def test_the_worst_comes_first():
    everything = replace(
        FINE,
        classes=(*FINE.classes, ClassCount("owl", 1, 1, 0), ClassCount("eel", 5, 5, 0)),
        unreadable=BAD["unreadable"][0]["unreadable"],
        skipped=3,
        nested=("cat",),
        twins=BAD["two_classes"][0]["twins"] + BAD["near"][0]["twins"],
    )
    order = ["blocking", "warning", "note"]
    severities = [order.index(problem.severity) for problem in everything.problems()]
    assert severities == sorted(severities)
    assert set(severities) == {0, 1, 2}


def test_classes_are_called_as_people_call_them():
    inspection = replace(FINE, only_in_test=("14",))
    assert "“Stop”" in inspection.problems({"14": "Stop"}.get)[0].text


def test_long_lists_are_cut_short():
    many = tuple(ClassCount(f"kind {number}", 5, 5, 5) for number in range(120))
    text = next(p.text for p in replace(FINE, classes=many).problems() if p.kind == "few")
    assert "120 classes have" in text and "and 117 more" in text
    assert len(text) < 250


@pytest.mark.parametrize("name", ["a\x1b[2Jb", "a\nb", "a\u202eb", "a\udcffb", "x" * 500])
def test_hostile_names_are_shown_harmless_and_short(name: str):
    assert shown(name).isprintable()
    assert len(shown(name)) <= 62
    for field in ("nested", "only_in_test"):
        for problem in replace(FINE, **{field: (name,)}).problems():
            assert problem.text.isprintable()
            problem.text.encode()
