"""A fine-tuned detector as ONNX with one class, and detectors of others, as model folders."""

import ast
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper

from vision.errors import ModelError
from vision.jobs import write_json
from vision.model_card import CARD_FILE, LABELS_FILE, LETTERBOX, format_entry
from vision.provenance import commit_of_code, today

OPSET = 17
MIN_CONFIDENCE, MAX_OVERLAP = 0.25, 0.7  # what ultralytics takes where nothing else was measured


def export_one_class(weights: Path, class_index: int) -> bytes:
    """Converts a detector of several classes to ONNX that finds one of them.

    Args:
        weights: a `.pt` file of ultralytics.
        class_index: the class that is kept. Its confidence counts where it is the network's first choice, else it is 0.

    Returns:
        An ONNX file: float32 (1, 3, height, width) in 0..1, sides of whole strides -> (1, 5, candidates).
    """
    from ultralytics.models import YOLO

    from vision.torch_network import load_weights

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "model.pt"
        shutil.copy(weights, copy)
        class_count = len(load_weights(copy).names)
        path = YOLO(copy).export(format="onnx", dynamic=True, simplify=False, opset=OPSET, verbose=False)
        graph = onnx.load(path)
    return with_one_class(graph, class_index, class_count).SerializeToString()


def with_one_class(model: onnx.ModelProto, class_index: int, class_count: int) -> onnx.ModelProto:
    """The same network, giving (1, 5, candidates) instead of (1, 4 + classes, candidates)."""
    graph = model.graph
    (output,) = graph.output
    parts = [("boxes", 4), ("before", class_index), ("own", 1), ("after", class_count - class_index - 1)]
    parts = [(name, size) for name, size in parts if size]
    lengths = helper.make_tensor("part_sizes", TensorProto.INT64, [len(parts)], [size for _, size in parts])
    graph.initializer.append(lengths)
    nodes = [helper.make_node("Split", [output.name, "part_sizes"], [name for name, _ in parts], axis=1)]
    rivals = [name for name, _ in parts if name in ("before", "after")]
    nodes += [helper.make_node("ReduceMax", [name], [f"best_{name}"], axes=[1], keepdims=1) for name in rivals]
    if rivals:
        nodes += [
            helper.make_node("Max", [f"best_{name}" for name in rivals], ["rival"]),
            helper.make_node("GreaterOrEqual", ["own", "rival"], ["is_first"]),
            helper.make_node("Cast", ["is_first"], ["gate"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["own", "gate"], ["confidence"]),
        ]
    nodes.append(helper.make_node("Concat", ["boxes", "confidence" if rivals else "own"], ["found"], axis=1))
    graph.node.extend(nodes)
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("found", TensorProto.FLOAT, [1, 5, "candidates"]))
    names = {prop.key: ast.literal_eval(prop.value) for prop in model.metadata_props if prop.key == "names"}
    del model.metadata_props[:]
    if "names" in names:
        helper.set_model_props(model, {"names": str({0: names["names"][class_index]})})
    onnx.checker.check_model(model)
    return model


def write_detector_folder(
    folder: Path,
    content: bytes,
    model_format: str,
    class_names: list[str],
    finds: str,
    image_size: int,
    min_confidence: float = MIN_CONFIDENCE,
    max_overlap: float = MAX_OVERLAP,
    more: Mapping[str, Any] | None = None,
    command: str | None = None,
) -> None:
    """Writes a detector with its labels and its card, which says when and by which code that was.

    Args:
        folder: made if missing; its name is the model's.
        content: the file, of `model_format` "onnx" or "pt".
        class_names: the network's classes; `finds` is the one to look for.
        image_size: longer side in pixels that photos are resized to.
        more: what else the card says.
        command: what was typed to make it.
    """
    if finds not in class_names:
        raise ModelError(f"The network does not know '{finds}'; it knows: {', '.join(class_names[:100])}.")
    folder.mkdir(parents=True, exist_ok=True)
    file = f"model.{model_format}"
    (folder / file).write_bytes(content)
    (folder / LABELS_FILE).write_text("".join(f"{name}\n" for name in class_names), encoding="utf-8")
    card = {
        "schema": 1,
        "name": folder.name,
        "task": "dog_detector",
        "image_size": image_size,
        "resize": LETTERBOX,
        "class_keys": class_names,
        "sure_from": 0.5,
        "likely_from": min_confidence,
        "default_format": model_format,
        "formats": {model_format: format_entry(file, content)},
        "detection": {"finds": finds, "min_confidence": min_confidence, "max_overlap": max_overlap},
        "created": today(),
        "commit": commit_of_code(),
    }
    if command is not None:
        card["command"] = command
    write_json(folder / CARD_FILE, card | dict(more or {}))


def class_names_in(path: Path) -> list[str]:
    """Names of the classes that a detector's file, `.pt` or `.onnx` of ultralytics, says it knows.

    Raises:
        ModelError: the file is none, or says nothing.
    """
    if path.suffix == ".pt":
        from vision.torch_network import load_weights

        names = load_weights(path).names
    elif path.suffix == ".onnx":
        try:
            properties = {prop.key: prop.value for prop in onnx.load(path).metadata_props}
            # ultralytics writes a Python dictionary of numbers and quoted names
            names = ast.literal_eval(properties["names"])
        except Exception as error:  # onnx raises protobuf's errors, which share no base class with anything
            raise ModelError(f"'{path.name}' is no ONNX detector of ultralytics that names its classes.") from error
    else:
        raise ModelError(f"'{path.name}' is neither .onnx nor .pt; give a detector's file of ultralytics.")
    return [str(names[index]) for index in sorted(names)]
