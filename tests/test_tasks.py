"""The tasks: complete, and right about which photos belong together."""

import pytest

from vision.errors import SettingsError
from vision.images import RESIZE_RULES
from vision.model_card import LETTERBOX, read_card
from vision.model_store import find_model
from vision.tasks import MOST_NOUN, MOST_TITLE, TASKS, TaskSpec, custom_task, task_named


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.name)
def test_a_task_is_whole(task: TaskSpec):
    assert TASKS[task.name] is task
    assert task.resize in RESIZE_RULES
    assert task.default_size >= 32
    assert 0 <= task.box_margin < 1
    assert task.title and task.noun and task.framing_hint


def test_each_traffic_sign_has_a_name_of_its_own_and_a_drawing():
    task = task_named("traffic_signs")
    assert task.labels is not None and task.drawings is not None
    assert list(task.labels) == [str(number) for number in range(43)]
    assert len(set(task.labels.values())) == 43
    assert all((task.drawings / f"{int(key):02d}.svg").is_file() for key in task.labels)


def test_labels_are_those_of_the_benchmark():
    task = task_named("traffic_signs")
    known = {"0": "20 km/h", "8": "120 km/h", "12": "Priority", "13": "Yield", "14": "Stop", "17": "No entry"}
    known |= {"33": "right", "34": "left", "38": "right", "39": "left", "40": "Roundabout"}
    for key, word in known.items():
        assert word in task.label_of(key)


def test_frames_of_a_track_are_one_group():
    group_of = task_named("traffic_signs").group_of
    assert group_of("00014_00003_00000.png") == group_of("00014_00003_00029.png")
    assert group_of("00014_00003_00000.png") != group_of("00014_00004_00000.png")
    assert group_of("00014_00003_00000.png") != group_of("00015_00003_00000.png")


def test_a_photo_with_another_name_is_its_own_group():
    group_of = task_named("traffic_signs").group_of
    assert group_of("holiday.jpg") != group_of("holiday-2.jpg")
    assert group_of("00001.png") != group_of("00002.png")


def test_traffic_signs_are_not_mirrored():
    assert not task_named("traffic_signs").mirror_safe


def test_dogs_may_be_mirrored_and_are_found_first():
    task = task_named("dog_breeds")
    assert task.mirror_safe
    assert task.finder == "dog_detector"
    assert task_named("traffic_signs").finder is None


def test_each_photo_of_a_dog_is_its_own_group():
    group_of = task_named("dog_breeds").group_of
    assert group_of("n02085620_7.jpg") != group_of("n02085620_70.jpg")


def test_breeds_are_read_from_their_folders():
    label_of = task_named("dog_breeds").label_of
    assert label_of("n02085620-Chihuahua") == "Chihuahua"
    assert label_of("n02113978-Mexican_hairless") == "Mexican hairless"
    assert label_of("n02089078-black-and-tan_coonhound") == "black-and-tan coonhound"
    assert label_of("pug") == "pug"


def test_other_names_differ_from_the_labels_that_they_explain():
    names = task_named("dog_breeds").other_names
    assert names["Pembroke"] == "Pembroke Welsh corgi"
    assert all(label != other for label, other in names.items())
    assert len(set(names.values())) == len(names)


def test_a_finder_is_a_detector_that_is_shipped():
    finders = [task.finder for task in TASKS.values() if task.finder is not None]
    assert finders
    for finder in finders:
        assert read_card(find_model(finder)).resize == LETTERBOX


def test_other_names_are_of_breeds_that_the_shipped_model_knows():
    labels = read_card(find_model("dog_breeds")).labels
    assert set(task_named("dog_breeds").other_names) <= set(labels)


def test_a_folder_without_a_known_name_is_read_as_words():
    assert task_named("traffic_signs").label_of("n02085620-Mexican_hairless") == "Mexican hairless"


def test_an_unknown_task_is_refused_with_the_names_of_those_that_exist():
    with pytest.raises(SettingsError, match=r"no task 'cats'; the tasks are: traffic_signs, dog_breeds"):
        task_named("cats")


# Tasks that come with a data set


def test_a_task_of_ones_own_is_whole():
    task = custom_task("mushrooms", "  Mushrooms of\tthe wood ", "mushroom", mirror_safe=False)
    assert (task.title, task.noun, task.mirror_safe) == ("Mushrooms of the wood", "mushroom", False)
    assert task.question == "Which mushroom is this?"
    assert "mushroom" in task.promise and "mushroom" in task.framing_hint
    assert task.resize in RESIZE_RULES and task.default_size >= 32
    assert (task.labels, task.drawings, task.finder, task.group_pattern) == (None, None, None, None)


@pytest.mark.parametrize("title", ["Äpfel & Birnen", "Pilze (essbar, giftig)", "हिन्दी अक्षर", "Hunter's signs"])
def test_titles_may_be_of_any_language(title: str):
    assert custom_task("own", title, "letter").title == title


@pytest.mark.parametrize(
    "name", ["", "a", "Mushrooms", "my-task", "2024", "_x", "../up", "a/b", ".hid", "ä" * 4, "a" * 41, "a\n", None, 7]
)
def test_a_name_that_cannot_be_an_address_is_refused(name: object):
    with pytest.raises(SettingsError, match="cannot be a task's name"):
        custom_task(name, "Mushrooms", "mushroom")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["traffic_signs", "dog_breeds", "dog_detector", "home", "training", "models", "static", "media"]
)
def test_a_name_that_the_app_has_itself_is_refused(name: str):
    with pytest.raises(SettingsError, match="taken by the app"):
        custom_task(name, "Mushrooms", "mushroom")


HOSTILE = [
    "<script>alert(1)</script>",
    "<b>bold",
    "[click](http://evil.example)",
    "![x](http://evil.example/x.png)",
    "http://evil.example",
    "www.evil.example",
    "a@evil.example",
    "*bold*",
    "_bold_",
    "`code`",
    "~~struck~~",
    "# heading",
    "> quote",
    "- item",
    "1) item",
    "+ item",
    "a | b",
    "$x^2$",
    ":red[x]",
    ":material/delete:",
    "&lt;b&gt;",
    "\\n",
    'a" onmouseover="x',
    "back\u202ewards",
    "zero\u200bwidth",
    "bell\a",
    "emoji 🍄",
    "",
    "   ",
    None,
    7,
    ["Mushrooms"],
]


@pytest.mark.parametrize("text", [*HOSTILE, "a" * (MOST_TITLE + 1)], ids=repr)
def test_a_text_that_is_more_than_words_is_refused(text: object):
    with pytest.raises(SettingsError, match="new task's title"):
        custom_task("own", text, "mushroom")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="new task's noun"):
        custom_task("own", "Mushrooms", text)  # type: ignore[arg-type]


def test_lengths_are_limited():
    assert len(custom_task("own", "a" * MOST_TITLE, "b" * MOST_NOUN).noun) == MOST_NOUN
    with pytest.raises(SettingsError, match=f"at most {MOST_NOUN} letters"):
        custom_task("own", "Mushrooms", "b" * (MOST_NOUN + 1))
    with pytest.raises(SettingsError, match="mirror_safe"):
        custom_task("own", "Mushrooms", "mushroom", mirror_safe="yes")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("blue_chanterelle", "blue chanterelle"),
        ("two\nlines", "two lines"),
        ("para\u2029graph\x1cs", "para graph s"),
        ("  wide   name ", "wide name"),
        ("_", "'_'"),
        ("<b>x", "<b>x"),
    ],
)
def test_every_folder_name_gives_one_line_of_words(key: str, label: str):
    assert custom_task("own", "Mushrooms", "mushroom").label_of(key) == label
    assert len(label.splitlines()) == 1
