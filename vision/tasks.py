"""The tasks of the app: those it comes with, and those that a data set brings (`custom_task`)."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vision.errors import SettingsError
from vision.names import tidy

ASSETS = Path(__file__).parent / "assets"


@dataclass(frozen=True)
class TaskSpec:
    """What differs between tasks.

    Attributes:
        name: folder below `models/` and word on the command line.
        title: heading of the page.
        noun: what one photo shows, in the singular ("sign").
        question, promise: heading of the page, and the sentence below it on what a visitor gets.
        labels: classes in plain words by class key, where the task fixes them; None takes the folder names.
        drawings: folder of `<class key, two digits>.svg`, a drawing of each class; None where there are none.
        group_pattern: regular expression on a file name; photos with equal match belong to one physical
            object and must stay on one side of a split. None: every photo is its own group.
        mirror_safe: whether a mirrored photo still shows the same class.
        resize: "stretch" resizes the whole photo, "center_crop" its central square.
        default_size: input side in pixels that the training command takes when none is given.
        box_margin: part of a hand-drawn box' side added on each side, so that it frames as training photos do.
        framing_hint: what to tell a person whose photo shows the object small.
        other_names: what else people call a class, by its label.
        tests_were_seen: whether the photos on which models are tested are among those from which ImageNet weights, the
            usual start, were made; it flatters every figure.
        finder: name, below `models/`, of the detector that can find the objects in a photo first; None: there is none.
    """

    name: str
    title: str
    noun: str
    question: str
    promise: str
    labels: dict[str, str] | None
    drawings: Path | None
    group_pattern: str | None
    mirror_safe: bool
    resize: str
    default_size: int
    box_margin: float
    framing_hint: str
    other_names: Mapping[str, str] = field(default_factory=dict)
    tests_were_seen: bool = False
    finder: str | None = None

    def group_of(self, file_name: str) -> str:
        """The physical object that a photo shows, by its file name."""
        if self.group_pattern is None:
            return file_name
        match = re.match(self.group_pattern, file_name)
        return match.group(0) if match else file_name

    def label_of(self, class_key: str) -> str:
        """A class folder's name in plain words."""
        if self.labels is not None and class_key in self.labels:
            return self.labels[class_key]
        words = tidy(re.sub(r"^n\d{8}-", "", class_key).replace("_", " "))
        return words or repr(class_key)


TRAFFIC_SIGN_LABELS = (
    "Speed limit 20 km/h",
    "Speed limit 30 km/h",
    "Speed limit 50 km/h",
    "Speed limit 60 km/h",
    "Speed limit 70 km/h",
    "Speed limit 80 km/h",
    "End of speed limit 80 km/h",
    "Speed limit 100 km/h",
    "Speed limit 120 km/h",
    "No overtaking",
    "No overtaking by lorries",
    "Right of way at the next crossing",
    "Priority road",
    "Yield",
    "Stop",
    "No vehicles",
    "No lorries",
    "No entry",
    "Danger",
    "Bend to the left",
    "Bend to the right",
    "Double bend",
    "Bumpy road",
    "Slippery road",
    "Road narrows on the right",
    "Road works",
    "Traffic lights ahead",
    "Pedestrians",
    "Children",
    "Bicycles crossing",
    "Ice or snow",
    "Wild animals",
    "End of all limits",
    "Turn right ahead",
    "Turn left ahead",
    "Straight ahead only",
    "Straight ahead or right",
    "Straight ahead or left",
    "Keep right",
    "Keep left",
    "Roundabout",
    "End of no overtaking",
    "End of no overtaking by lorries",
)

# Stanford Dogs takes WordNet's names; these are the ones by which owners know the breeds.
DOG_NAMES = {
    "Japanese spaniel": "Japanese Chin",
    "Blenheim spaniel": "Cavalier King Charles spaniel",
    "toy terrier": "toy Manchester terrier",
    "basset": "basset hound",
    "bluetick": "bluetick coonhound",
    "Walker hound": "treeing Walker coonhound",
    "redbone": "redbone coonhound",
    "Boston bull": "Boston terrier",
    "Scotch terrier": "Scottish terrier",
    "Lhasa": "Lhasa Apso",
    "groenendael": "Belgian sheepdog",
    "malinois": "Belgian Malinois",
    "Eskimo dog": "husky",
    "malamute": "Alaskan malamute",
    "chow": "chow chow",
    "Brabancon griffon": "Brussels griffon",
    "Pembroke": "Pembroke Welsh corgi",
    "Cardigan": "Cardigan Welsh corgi",
    "Mexican hairless": "Xoloitzcuintle",
    "dhole": "Asian wild dog",
    "African hunting dog": "African wild dog",
}

TASKS = {
    task.name: task
    for task in (
        TaskSpec(
            name="traffic_signs",
            title="Traffic signs",
            noun="sign",
            question="Which sign is this?",
            promise="Show a photo of a sign: you get its name, and how sure the model is.",
            labels={str(index): label for index, label in enumerate(TRAFFIC_SIGN_LABELS)},
            drawings=ASSETS / "traffic_signs",
            group_pattern=r"\d+_\d+(?=_\d+\.)",
            mirror_safe=False,
            resize="center_crop",
            default_size=96,
            box_margin=0.1,
            framing_hint="Is the sign small in the photo? Drag a box around it.",
        ),
        TaskSpec(
            name="dog_breeds",
            title="Dog breeds",
            noun="dog",
            question="Which breed is this dog?",
            promise="Show a photo with one dog or several: you get the breed of each, and how sure the model is.",
            labels=None,
            drawings=None,
            group_pattern=None,
            mirror_safe=True,
            resize="center_crop",
            default_size=224,
            box_margin=0.15,
            framing_hint="Another dog in the photo? Draw a box around it.",
            other_names=DOG_NAMES,
            tests_were_seen=True,
            finder="dog_detector",
        ),
    )
}


# Addresses that the app's own pages and Streamlit's server have, and what else lies in models/.
TAKEN_NAMES = set("home training feedback models app auth component media oauth2callback static start".split())
TAKEN_NAMES |= {*TASKS, *(task.finder for task in TASKS.values() if task.finder is not None)}
MOST_TITLE, MOST_NOUN = 40, 30


def custom_task(name: str, title: str, noun: str, mirror_safe: bool = True) -> TaskSpec:
    """A task that came with a data set: its classes are called as their folders are.

    Args:
        name: folder below `models/`, and the page's address: 2 to 40 of a-z, 0-9 and _, a letter first.
        title: heading of the page, such as "Mushrooms", at most `MOST_TITLE` characters.
        noun: what one photo shows, in the singular ("mushroom"), at most `MOST_NOUN` characters.

    Raises:
        SettingsError: the name is taken or cannot be an address, or a text is none that pages can show as it is.
    """
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", name):
        raise SettingsError(f"{name!r} cannot be a task's name; expected 2 to 40 of a-z, 0-9 and _, a letter first.")
    if name in TAKEN_NAMES:
        raise SettingsError(f"The name '{name}' is taken by the app; choose another one for the new task.")
    if not isinstance(mirror_safe, bool):
        raise SettingsError(f"mirror_safe of the new task is {mirror_safe!r}; expected true or false.")
    title, noun = _plain_text("title", title, MOST_TITLE), _plain_text("noun", noun, MOST_NOUN)
    return TaskSpec(
        name=name,
        title=title,
        noun=noun,
        question=f"Which {noun} is this?",
        promise=f"Show a photo: you get the name of the {noun}, and how sure the model is.",
        labels=None,
        drawings=None,
        group_pattern=None,
        mirror_safe=mirror_safe,
        resize="center_crop",
        default_size=160,
        box_margin=0.1,
        framing_hint=f"Is the {noun} small in the photo? Drag a box around it.",
    )


def _plain_text(what: str, text: object, most: int) -> str:
    """Text in which nothing is markup, neither for HTML nor for Markdown."""
    words = " ".join(text.split()) if isinstance(text, str) else ""
    plain = all(unicodedata.category(letter)[0] in "LMN" or letter in " -'’,&()" for letter in words)
    if not (plain and words[:1].isalpha() and len(words) <= most):
        raise SettingsError(
            f"The new task's {what} is {str(text)[: 2 * most]!r}; expected at most {most} letters, digits, spaces "
            "and - ' , & ( ), a letter first."
        )
    return words


def task_named(name: str) -> TaskSpec:
    """The task of that name.

    Raises:
        SettingsError: there is none.
    """
    if name not in TASKS:
        raise SettingsError(f"There is no task '{name}'; the tasks are: {', '.join(TASKS)}.")
    return TASKS[name]
