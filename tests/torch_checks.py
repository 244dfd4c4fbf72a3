"""What tests look at with torch, in a process of its own: other tests load TensorFlow, and both in one abort it.

`look(folder, *names)` runs the checks of these names there and gives what they found, by name.
"""

import contextlib
import io
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("cat", "dog", "bird")
DOG = NAMES.index("dog")
SIZE = 64


def look(folder: Path, *checks: str) -> dict[str, Any]:
    """Runs checks in a child process that downloads nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.torch_checks", str(folder), *checks],
        cwd=ROOT,
        env=os.environ | {"YOLO_OFFLINE": "true", "YOLO_CONFIG_DIR": str(folder), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def write_detector(path: Path) -> None:
    """A detector of ultralytics of three classes, in little and untrained, saved as ultralytics saves."""
    import torch
    from ultralytics.nn.tasks import DetectionModel

    layers = [[-1, 1, "Conv", [width, 3, 2]] for width in (8, 8, 16, 16, 16)]
    head = [[[2, 3, 4], 1, "Detect", ["nc"]]]
    torch.manual_seed(1)
    model = DetectionModel({"nc": len(NAMES), "backbone": layers, "head": head}, ch=3, verbose=False)
    model.names = dict(enumerate(NAMES))
    # As initialised, it gives the same everywhere: features are normalised to noise, and their weights are made larger.
    for norm in (module for module in model.modules() if isinstance(module, torch.nn.BatchNorm2d)):
        norm.momentum = 1.0
    model.train()(torch.rand(4, 3, SIZE, 96))
    for branch in (*model.model[-1].cv2, *model.model[-1].cv3):
        torch.nn.init.normal_(branch[-1].weight, std=0.5)
        torch.nn.init.normal_(branch[-1].bias)
    torch.save({"epoch": -1, "model": model.half(), "ema": None, "train_args": {}, "version": "8"}, path)


class Trap:
    """What leaves a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self._mark,)


def photo() -> Any:
    import numpy as np

    return np.random.default_rng(3).integers(0, 256, (SIZE, 96, 3), np.uint8)


def said(call: Any) -> str | None:
    """The sentence of a ModelError, or None where there was none."""
    from vision.errors import ModelError

    try:
        call()
    except ModelError as error:
        return str(error)
    return None


def check_network(folder: Path) -> dict[str, Any]:
    """Writes tiny.pt, tiny.onnx of one class and the model folder "tiny", and tells what the network in them finds."""
    from vision.detection.export import class_names_in, export_one_class, write_detector_folder
    from vision.detector import Detector
    from vision.torch_network import TorchNetwork

    weights = folder / "tiny.pt"
    write_detector(weights)
    (folder / "tiny.onnx").write_bytes(export_one_class(weights, DOG))
    content = weights.read_bytes()
    names = class_names_in(weights)
    write_detector_folder(folder / "tiny", content, "pt", names, "dog", 96, min_confidence=0.01)
    found = Detector.load(folder / "tiny").detect(photo())
    return {
        "names": names,
        "raw": TorchNetwork(content, 1).run(photo()).tolist(),
        "boxes": [[*detection.box.xyxy, detection.confidence] for detection in found],
    }


def check_refused(folder: Path) -> dict[str, Any]:
    """What is said of files that must not be loaded, and whether a trap in one has sprung.

    Comes first, so that ultralytics is imported by somebody else than `torch_network`, which asks it to load safely.
    """
    import torch
    from ultralytics.nn import tasks

    from vision.detection.export import write_detector_folder
    from vision.detector import Detector
    from vision.torch_network import TorchNetwork

    write_detector(folder / "good.pt")
    good = (folder / "good.pt").read_bytes()
    mark = folder / "mark"
    torch.save({"model": Trap(mark)}, folder / "trap.pt")
    trap = (folder / "trap.pt").read_bytes()
    torch.save({"model": torch.nn.Linear(2, 2)}, folder / "other.pt")
    torch.save({"weight": torch.zeros(3)}, folder / "state.pt")
    files = {
        "trap": trap,
        "plain pickle trap": pickle.dumps({"model": Trap(mark)}, protocol=2),
        "cut off": good[: len(good) // 2],
        "empty": b"",
        "text": b"no weights\n" * 100,
        "another network": (folder / "other.pt").read_bytes(),
        "numbers alone": (folder / "state.pt").read_bytes(),
    }
    answers = {name: said(lambda content=content: TorchNetwork(content, 1)) for name, content in files.items()}
    write_detector_folder(folder / "trap", trap, "pt", ["dog"], "dog", 96)
    answers["trap in a folder"] = said(lambda: Detector.load(folder / "trap"))
    write_detector_folder(folder / "exchanged", good, "pt", list(NAMES), "dog", 96)
    (folder / "exchanged" / "model.pt").write_bytes(trap)
    answers["exchanged"] = said(lambda: Detector.load(folder / "exchanged"))
    sprung = mark.exists()
    torch.load(folder / "trap.pt", weights_only=False)
    return {"answers": answers, "sprung": sprung, "trap_works": mark.exists(), "left_as_it_was": not tasks.SAFE_LOAD}


def check_export(folder: Path) -> dict[str, Any]:
    """Makes one-<class>.onnx of many.onnx, for each of its classes, and tells what is said of names and folders."""
    import onnx

    from vision.detection.export import class_names_in, with_one_class, write_detector_folder

    for index in range(len(NAMES)):
        onnx.save(with_one_class(onnx.load(folder / "many.onnx"), index, len(NAMES)), folder / f"one-{index}.onnx")
    onnx.save(with_one_class(onnx.load(folder / "alone.onnx"), 0, 1), folder / "one-alone.onnx")
    content = (folder / f"one-{DOG}.onnx").read_bytes()
    write_detector_folder(
        folder / "made", content, "onnx", ["dog"], "dog", 320, 0.4, 0.5, {"validation": {"photos": 3}}
    )

    def unknown() -> None:
        write_detector_folder(folder / "unknown", content, "onnx", list(NAMES), "cow", 320)

    files = ("bare.onnx", "odd.onnx", "garbage.onnx", "notes.txt")
    return {
        "names": class_names_in(folder / "many.onnx"),
        "no_names": {name: said(lambda name=name: class_names_in(folder / name)) for name in files},
        "unknown": said(unknown),
    }


def check_weights(folder: Path) -> None:
    """Writes mine.pt, a detector, and trap.pt, which leaves the file "mark" if it is loaded carelessly."""
    import torch

    write_detector(folder / "mine.pt")
    torch.save({"model": Trap(folder / "mark")}, folder / "trap.pt")


def check_commands(folder: Path) -> dict[str, Any]:
    """Runs the commands in commands.json, with models/ and runs/ of the folder in place of the project's."""
    from vision import model_store, publishing
    from vision.cli import detector, main

    model_store.MODELS_DIR = folder / "models"
    for function in (publishing.publish, model_store.find_model):
        function.__defaults__ = (*(function.__defaults__ or ())[:-1], folder / "models")
    detector.RUNS_DIR = folder / "runs"
    answers = []
    for arguments in json.loads((folder / "commands.json").read_text()):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = main(arguments)
            except SystemExit as stop:
                status = int(str(stop.code))
        answers.append({"status": status, "out": out.getvalue(), "err": err.getvalue()})
    return {"answers": answers, "torch": "torch" in sys.modules}


def check_other_classes(folder: Path) -> dict[str, Any]:
    """What the loss pulls each class of each anchor to, beside what the teacher sees."""
    import torch

    from vision.detection.finetune import KeepOtherClasses

    class Teacher(torch.nn.Module):
        """Says the same of each photo: logits of (photos, classes, anchors)."""

        def forward(self, images: torch.Tensor) -> tuple[None, dict[str, torch.Tensor]]:
            return None, {"scores": torch.tensor([[[2.0, -1.0], [3.0, 1.0], [0.0, -2.0]]])}

    teacher = Teacher()
    keep = KeepOtherClasses(teacher, DOG)
    keep.look_at(torch.zeros(1, 3, SIZE, SIZE))
    targets = torch.tensor([[[0.0, 0.8, 0.0], [0.0, 0.0, 0.0]]])  # a dog at the first anchor, nothing at the second
    before = targets.clone()
    logits = torch.zeros(1, 2, 3, requires_grad=True)
    loss = keep(logits, targets)
    loss.sum().backward()
    assert logits.grad is not None
    return {
        "shape": list(loss.shape),
        "wanted": (0.5 - logits.grad[0]).tolist(),  # the gradient is the answer less what is wanted
        "seen": torch.sigmoid(teacher(targets)[1]["scores"])[0].T.tolist(),
        "targets_unchanged": bool((targets == before).all()),
    }


def check_finetune(folder: Path) -> dict[str, Any]:
    """Trains the little detector for one epoch of two batches."""
    import numpy as np

    from vision.detection.export import class_names_in
    from vision.detection.finetune import FinetuneSettings, finetune
    from vision.detection.yolo_folder import YoloFolder
    from vision.predictions import Box

    write_detector(folder / "start.pt")
    photos = YoloFolder(folder / "photos", NAMES, DOG)
    for i in range(9):
        pixels = np.random.default_rng(i).integers(0, 256, (80, 90, 3), np.uint8)
        photos.add("val" if i == 8 else "train", f"photo{i}", pixels, [Box(0.2, 0.2, 0.8, 0.8)] if i % 2 else [])
    settings = FinetuneSettings(folder / "start.pt", folder / "start.pt", DOG, image_size=SIZE, epochs=1, batch_size=4)
    told: list[tuple[float, str]] = []
    weights = finetune(photos.yaml_path, folder / "training", settings, lambda *progress: told.append(progress))
    return {
        "below": weights.is_relative_to(folder / "training"),
        "names": class_names_in(weights),
        "changed": weights.read_bytes() != (folder / "start.pt").read_bytes(),
        "told": told,
    }


CHECKS = {
    "network": check_network,
    "refused": check_refused,
    "export": check_export,
    "weights": check_weights,
    "commands": check_commands,
    "other_classes": check_other_classes,
    "finetune": check_finetune,
}

if __name__ == "__main__":
    print(json.dumps({name: CHECKS[name](Path(sys.argv[1])) for name in sys.argv[2:]}))
