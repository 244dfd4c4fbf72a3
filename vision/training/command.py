"""A run's settings as options of `python -m vision train`, both ways."""

import argparse
import dataclasses
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vision.errors import SettingsError
from vision.export.formats import CONVERTED
from vision.images import RESIZE_RULES
from vision.model_store import find_task
from vision.tasks import TASKS, TaskSpec, custom_task
from vision.training.backbones import BACKBONES
from vision.training.config import TrainingConfig


@dataclass(frozen=True)
class Option:
    """An option that sets one field of `TrainingConfig`.

    Attributes:
        field: the field's name.
        help: what it does, for people.
        kind: reads the value; None where the option takes none and its presence turns the field from its default.
        metavar: stands for the value in the help.
        flag: what is typed; "" for the field's name with dashes.
        choices: the values that there are, where they are few.
        several: whether it takes several values.
    """

    field: str
    help: str
    kind: Callable[[str], Any] | None = str
    metavar: str | None = None
    flag: str = ""
    choices: tuple[str, ...] = ()
    several: bool = False

    @property
    def typed(self) -> str:
        return self.flag or "--" + self.field.replace("_", "-")


DEFAULTS = {field.name: field.default for field in dataclasses.fields(TrainingConfig)}
OPTIONS = (
    Option("test", "test photos, measured once at the end", metavar="DIR"),
    Option("backbone", f"network to start from: {', '.join(BACKBONES)}", metavar="NAME"),
    Option("weights", "weights to start from", metavar="imagenet|none|PATH"),
    Option("alpha", "width of the network", float, "A"),
    Option("epochs", "passes over the photos", int, "N"),
    Option("head_epochs", "passes for the head first", int, "N"),
    Option("batch_size", "photos a step", int, "N"),
    Option("learning_rate", "peak", float, "R"),
    Option("warmup", "part of the steps in which the learning rate rises to its peak", float, "P"),
    Option("weight_decay", "how strongly weights are drawn to zero", float, "R"),
    Option("augmentation", "how much the photos are changed, 0 (not at all) to 1", float, "S"),
    Option("label_smoothing", "0 to 0.9", float, "P"),
    Option("validation_fraction", "part of the photos held back for choosing the best weights", float, "P"),
    Option("patience", "epochs without a better score after which training ends early; 0: never", int, "N"),
    Option("class_weights", "photos of rare classes count for more, so that each class counts the same", None),
    Option("train_batch_norm", "keep the statistics of the weights", None, flag="--freeze-batch-norm"),
    Option("outliers", "photos that show none of the classes, to be unsure of", metavar="DIR"),
    Option("outlier_share", "how many of them are added to a batch, as a part of its size", float, "P"),
    Option("boxes", "boxes.json of the photos: trains on whole ones and crops", metavar="FILE"),
    Option("warm_start", "the head starts as ImageNet's rows of the classes (WordNet ids)", None),
    Option("head_anchor", "holds the head to its start", float, "S"),
    Option("teachers", "models whose answers the network learns from", metavar="MODEL_DIR", several=True),
    Option("teacher_share", "part of the target that is theirs", float, "P"),
    Option("start_share", "part of the weights before the body was trained", float, "P"),
    Option("formats", "what is exported", choices=CONVERTED, several=True),
    Option("seed", "same seed, same run", int, "N"),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that `config_from` reads."""
    parser.add_argument(
        "--task", required=True, metavar="TASK", help=f"{', '.join(TASKS)}, or the name of a new one, such as mushrooms"
    )
    parser.add_argument("--new-task-title", metavar="TEXT", help='a new task: heading of its page, such as "Mushrooms"')
    parser.add_argument("--new-task-noun", metavar="WORD", help="a new task: what one photo shows, such as mushroom")
    parser.add_argument(
        "--new-task-sided", action="store_true", help="a new task: mirrored photos may show another class"
    )
    parser.add_argument("--data", required=True, metavar="DIR", help="training photos, one folder a class")
    parser.add_argument("--image-size", type=int, metavar="N", help="input side in pixels (default: the task's)")
    parser.add_argument("--resize", choices=RESIZE_RULES, help="how photos are made square (default: the task's)")
    for option in OPTIONS:
        default = DEFAULTS[option.field]
        if option.kind is None:
            parser.add_argument(
                option.typed,
                dest=option.field,
                action="store_false" if default else "store_true",
                help=option.help,
            )
            continue
        said = " ".join(default) if isinstance(default, tuple) else default
        parser.add_argument(
            option.typed,
            dest=option.field,
            type=option.kind,
            default=default,
            choices=option.choices or None,
            nargs="+" if option.several else None,
            metavar=option.metavar,
            help=option.help + (f" (default {said})" if said not in (None, "", 0) else ""),
        )


def config_from(options: argparse.Namespace) -> TrainingConfig:
    """The settings that were typed.

    Raises:
        SettingsError: they do not fit together, or there is no such task.
    """
    task, new_task = _task_of(options)
    values: dict[str, Any] = {option.field: getattr(options, option.field) for option in OPTIONS}
    values |= {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return TrainingConfig(
        task=options.task,
        data=options.data,
        image_size=options.image_size if options.image_size is not None else task.default_size,
        resize=options.resize or task.resize,
        new_task=new_task,
        **values,
    )


def _task_of(options: argparse.Namespace) -> tuple[TaskSpec, dict[str, Any] | None]:
    """The task, and how it is described where it does not come with the app."""
    if options.new_task_title or options.new_task_noun:
        if not (options.new_task_title and options.new_task_noun):
            raise SettingsError("A new task needs both --new-task-title and --new-task-noun.")
        task = custom_task(
            options.task, options.new_task_title, options.new_task_noun, mirror_safe=not options.new_task_sided
        )
    else:
        task = find_task(options.task)
    if task.name in TASKS:
        return task, None
    return task, {"title": task.title, "noun": task.noun, "mirror_safe": task.mirror_safe}


def command_line(config: TrainingConfig, name: str) -> str:
    """The command that starts a run with these settings; what is left at its default is left out."""
    words = ["python", "-m", "vision", "train", *_with("--task", config.task), *_new_task_words(config)]
    words += [*_with("--data", config.data), "--image-size", str(config.image_size)]
    if config.resize != config.task_spec.resize:
        words += ["--resize", config.resize]
    for option in OPTIONS:
        value = getattr(config, option.field)
        if value == DEFAULTS[option.field]:
            continue
        if option.several:
            words += [option.typed, *value]
        else:
            words += [option.typed] if option.kind is None else _with(option.typed, str(value))
    return shlex.join([*words, *_with("--name", name)])


def _with(flag: str, value: str) -> list[str]:
    return [f"{flag}={value}"] if value.startswith("-") else [flag, value]  # else it would be taken for an option


def _new_task_words(config: TrainingConfig) -> list[str]:
    if config.new_task is None:
        return []
    task = config.task_spec
    words = [*_with("--new-task-title", task.title), *_with("--new-task-noun", task.noun)]
    return words if task.mirror_safe else [*words, "--new-task-sided"]
