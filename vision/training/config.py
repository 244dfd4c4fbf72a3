"""Settings of one training run, as kept in its folder."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vision.errors import SettingsError
from vision.export.formats import CONVERTED
from vision.images import RESIZE_RULES
from vision.jobs import write_json
from vision.tasks import TaskSpec, custom_task, task_named

USUAL_FORMATS = ("float32", "int8")


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides a run's result. Same settings, same files and same machine: same weights within rounding.

    Attributes:
        task: name of a `TaskSpec`.
        data: folder of training photos, one folder a class.
        test: folder of test photos, looked at once, after training; None measures on validation alone.
        backbone, alpha: name of a `BackboneSpec` and its width.
        weights: "imagenet", "none", or the path of a weights file (of the backbone, or of an earlier run).
        image_size: input side in pixels.
        resize: "stretch" or "center_crop", see `images.resize`.
        boxes: JSON file of the objects' boxes by photo; the network then sees whole photos and crops. None: whole ones.
        warm_start: whether the new head starts as the rows of the ImageNet top, see `network.warm_start`.
        head_anchor: how strongly the head is held to where it starts, while it trains alone (L2-SP, Li et al., 2018).
        teachers: model folders whose mean answer to each changed photo is part of its target (Hinton et al., 2015).
        teacher_share: that part, 0 to 1.
        start_share: part of the weights from before the body was trained in the average that is shipped (WiSE-FT,
            Wortsman et al., 2022).
        formats: what is exported, the first for the app; any of `formats.CONVERTED`.
        head_epochs: passes over cached features that train the new head before the body is touched.
        epochs: passes over the photos with all layers trained.
        batch_size: photos a step.
        learning_rate: peak, reached after `warmup` of the steps, then cosine decay to zero.
        weight_decay: decoupled (Loshchilov & Hutter, 2019).
        label_smoothing: 0 to 1 (Szegedy et al., 2016).
        train_batch_norm: whether batch normalisation follows the new photos or keeps ImageNet's statistics.
        augmentation: strength, 0 (none) to 1.
        outliers: folder of photos that show none of the classes; the network is taught to be unsure of them
            (outlier exposure, Hendrycks et al., 2019). None: not done.
        outlier_share: how many such photos are added to each batch, as a part of its size.
        validation_fraction: part of each class' groups held out for choosing weights and the temperature.
        seed: for the split, the head, the order and the augmentation.
        class_weights: whether photos of rare classes count for more, so that each class counts the same.
        patience: epochs without a better validation score after which training ends early; 0: never.
        new_task: arguments of `tasks.custom_task` besides the name, where `task` is none of those that come with the
            app: the model then brings a page of its own.
    """

    task: str
    data: str
    test: str | None = None
    backbone: str = "mobilenet_v2"
    alpha: float = 1.0
    weights: str = "imagenet"
    image_size: int = 96
    resize: str = "center_crop"
    boxes: str | None = None
    warm_start: bool = False
    head_anchor: float = 0.0
    teachers: tuple[str, ...] = ()
    teacher_share: float = 0.7
    start_share: float = 0.0
    formats: tuple[str, ...] = USUAL_FORMATS
    head_epochs: int = 20
    epochs: int = 8
    batch_size: int = 32
    learning_rate: float = 7e-4
    warmup: float = 0.05
    weight_decay: float = 1e-4
    label_smoothing: float = 0.05
    train_batch_norm: bool = True
    augmentation: float = 1.0
    outliers: str | None = None
    outlier_share: float = 0.06
    validation_fraction: float = 0.1
    seed: int = 0
    class_weights: bool = False
    patience: int = 0
    new_task: dict[str, Any] | None = None

    @property
    def task_spec(self) -> TaskSpec:
        """The task.

        Raises:
            SettingsError: there is none of that name, and none is described.
        """
        return task_named(self.task) if self.new_task is None else custom_task(self.task, **self.new_task)

    def __post_init__(self) -> None:
        limits = {
            "image_size": (32, 512),
            "head_anchor": (0, 1000),
            "teacher_share": (0, 1),
            "start_share": (0, 1),
            "head_epochs": (0, 1000),
            "epochs": (0, 1000),
            "batch_size": (1, 1024),
            "learning_rate": (0, 1),
            "warmup": (0, 1),
            "label_smoothing": (0, 0.9),
            "augmentation": (0, 1),
            "outlier_share": (0, 0.5),
            "validation_fraction": (0.01, 0.9),
            "weight_decay": (0, 1),
            "seed": (0, 2**32 - 1),
            "patience": (0, 1000),
        }
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise SettingsError(f"{name} is {value}; expected {low} to {high}.")
        if self.resize not in RESIZE_RULES:
            raise SettingsError(f"resize is '{self.resize}'; expected {' or '.join(RESIZE_RULES)}.")
        if not self.formats or not set(self.formats) <= set(CONVERTED):
            raise SettingsError(
                f"formats is {', '.join(self.formats) or 'empty'}; expected some of {', '.join(CONVERTED)}. "
                "Others are made of a trained model, with: python -m vision export"
            )
        if self.epochs + self.head_epochs == 0:
            raise SettingsError("epochs and head_epochs are both 0; train for at least one epoch.")

    def save(self, path: Path) -> None:
        write_json(path, dataclasses.asdict(self))

    @classmethod
    def load(cls, path: Path) -> "TrainingConfig":
        """Reads what `save` wrote.

        Raises:
            SettingsError: the file is missing, damaged, or of another version.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            lists = {name: tuple(content[name]) for name in ("teachers", "formats") if name in content}
            return cls(**(content | lists))
        except (OSError, ValueError, TypeError) as error:
            raise SettingsError(f"'{path}' does not hold the settings of a run; start a new one.") from error
