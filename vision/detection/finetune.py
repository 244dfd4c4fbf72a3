"""Fine-tunes a COCO detector to one class with ultralytics, keeping what it knows of that class."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from ultralytics.models.yolo.detect import DetectionTrainer
from ultralytics.nn.tasks import load_checkpoint

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class FinetuneSettings:
    """How a detector is fine-tuned.

    Attributes:
        weights: a `.pt` file of ultralytics, a detector of several classes.
        teacher: another of the same classes, which says what of the other classes stands beside the object; mostly the
            COCO model that `weights` came from.
        class_index: the class to be found.
        image_size: side in pixels of what the network sees while it trains.
        epochs, batch_size: passes over the folder, and photos a step.
        learning_rate: peak, AdamW, cosine decay.
        mosaic: part of the training photos that are put together from four.
        seed: of order and augmentation.
    """

    weights: Path
    teacher: Path
    class_index: int = 16
    image_size: int = 416
    epochs: int = 2
    batch_size: int = 16
    learning_rate: float = 3e-4
    mosaic: float = 0.4
    seed: int = 0


class KeepOtherClasses:
    """The classification loss of a detector that learns one class and must not forget the others.

    Where the labels have the object, all other classes are taught to be absent; everywhere else they are taught to be
    what the teacher sees (learning without forgetting, Li & Hoiem, 2017). A cat thus stays a cat, and no dog.
    """

    def __init__(self, teacher: torch.nn.Module, class_index: int) -> None:
        self._teacher = teacher.float().eval().requires_grad_(False).to(memory_format=torch.channels_last)
        self._class = class_index
        self._seen = torch.empty(0)

    def look_at(self, images: torch.Tensor) -> None:
        """Lets the teacher see the batch, (n, 3, height, width) in 0..1, that the loss will be asked about."""
        with torch.no_grad():
            self._seen = self._teacher(images)[1]["scores"].sigmoid().permute(0, 2, 1)

    def __call__(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Loss of each anchor and class, (n, anchors, classes)."""
        own = targets[..., self._class : self._class + 1]
        wanted = torch.where(own > 0, targets, self._seen.to(targets.dtype))
        wanted[..., self._class : self._class + 1] = own
        return torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")


def finetune(data_yaml: Path, folder: Path, settings: FinetuneSettings, on_progress: Progress) -> Path:
    """Trains, and returns the path of the weights (`.pt`, averaged over the last steps).

    Args:
        data_yaml: names the photos, see `YoloFolder`.
        folder: where ultralytics writes, made if missing.
        on_progress: called with the part done (0 to 1) and a sentence.
    """
    keep = KeepOtherClasses(load_checkpoint(settings.teacher)[0], settings.class_index)

    class Trainer(DetectionTrainer):
        """Keeps the whole head, and computes channels-last: several times faster on a processor."""

        def get_model(self, cfg: Any = None, weights: Any = None, verbose: bool = True) -> Any:
            model = load_checkpoint(settings.weights)[0].float().requires_grad_(True)
            return model.to(memory_format=torch.channels_last)

        def preprocess_batch(self, batch: dict[str, Any]) -> dict[str, Any]:
            batch = super().preprocess_batch(batch)
            batch["img"] = batch["img"].contiguous(memory_format=torch.channels_last)
            if cast(torch.nn.Module, self.model).training:
                keep.look_at(batch["img"])
            return batch

    def prepare(trainer: Any) -> None:
        torch.set_num_threads(os.cpu_count() or 1)  # ultralytics leaves one out
        trainer.model.criterion = trainer.model.init_criterion()
        trainer.model.criterion.bce = keep

    def report(trainer: Any) -> None:
        total = len(trainer.train_loader) * settings.epochs
        trainer.batches_seen = getattr(trainer, "batches_seen", 0) + 1
        losses = ", ".join(f"{name} {float(value):.2f}" for name, value in (trainer.tloss or {}).items())
        on_progress(trainer.batches_seen / total, f"batch {trainer.batches_seen} of {total}, {losses}")

    on_gpu = torch.cuda.is_available()
    trainer = Trainer(
        overrides={
            "model": str(settings.weights),
            "data": str(data_yaml),
            "project": str(folder.parent.resolve()),
            "name": folder.name,
            "exist_ok": True,
            "imgsz": settings.image_size,
            "epochs": settings.epochs,
            "batch": settings.batch_size,
            "optimizer": "AdamW",
            "lr0": settings.learning_rate,
            "lrf": 0.02,
            "cos_lr": True,
            "warmup_epochs": 0.1,
            "warmup_bias_lr": settings.learning_rate,
            "mosaic": settings.mosaic,
            "close_mosaic": 0,
            "degrees": 5.0,
            "scale": 0.5,
            "seed": settings.seed,
            "device": 0 if on_gpu else "cpu",
            "amp": on_gpu,
            "workers": 1,
            "val": False,
            "plots": False,
            "verbose": False,
        }
    )
    trainer.add_callback("on_train_start", prepare)
    trainer.add_callback("on_train_batch_end", report)
    trainer.train()
    return Path(trainer.last)


def average_weights(start: Path, tuned: Path, share: float, target: Path) -> Path:
    """Averages two detectors of one architecture (WiSE-FT, Wortsman et al., 2022), and returns `target`.

    What fine-tuning learned and what it forgot lie on one line: in between, a detector finds more than at either end.

    Args:
        start, tuned: `.pt` files from before and after fine-tuning.
        share: part of the start, 0 to 1.
    """
    first, model = load_checkpoint(start)[0].float().state_dict(), load_checkpoint(tuned)[0].float()
    model.load_state_dict(
        {
            name: share * first[name] + (1 - share) * value if value.is_floating_point() else value
            for name, value in model.state_dict().items()
        }
    )
    torch.save({"model": model.half(), "train_args": {}, "license": "AGPL-3.0"}, target)
    return target
