"""A model for a phone, as one zip: the file, its labels, and the lines that feed it. Loads no TensorFlow."""

import hashlib
import io
import json
import re
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

from vision.classifier import Classifier
from vision.errors import ModelError
from vision.export.formats import FORMATS
from vision.export.metadata import with_metadata
from vision.format_figures import read_figures
from vision.model_card import CARD_FILE, LABELS_FILE, LETTERBOX, ModelCard
from vision.model_store import read_model, task_of
from vision.names import tidy

README_FILE, CHECK_FILE = "README.md", "check.png"
ASSETS = Path(__file__).with_name("assets")
RESIZE_IN_WORDS = {
    "center_crop": "cut out the central square of the upright photo, then shrink it by averaging areas",
    "stretch": "shrink the whole upright photo by averaging areas, whatever that does to its proportions",
}
CHECK_ANSWERS = 3
CHECK_PICTURES = 8
_TIME = (1980, 1, 1, 0, 0, 0)  # the same model always makes the same zip


def bundle_name(card: ModelCard, model_format: str) -> str:
    """Name of the zip."""
    return f"{tidy(f'{card.task}-{card.name}-{model_format}')}.zip"


def _file_name(model_format: str) -> str:
    """The model's file in the zip; a card may call it anything, and it stands in lines of code."""
    return f"model.{model_format}.tflite"


def build_bundle(model_dir: Path, model_format: str) -> bytes:
    """A zip of one format of a model, for whoever builds it into an app for a phone.

    Returns:
        A zip of: the model with labels and normalisation inside (see `metadata`), labels.txt, card.json (input, resize
        rule, output, thresholds), check.png (a picture whose answers are on the card) and README.md.

    Raises:
        ModelError: the folder is incomplete, has no such format, or holds something else than a TFLite classifier.
    """
    card, model_format, content = read_model(model_dir, model_format)
    if card.resize == LETTERBOX or model_format not in FORMATS:
        raise ModelError(f"'{card.name}' as {model_format} is no TFLite classifier; bundles are made of those alone.")
    classifier = Classifier(card, model_format, content)  # refuses files that are none before they are changed
    content = with_metadata(content, f"{card.task}/{card.name}", card.image_size, card.labels)
    picture = check_picture(classifier)
    phone_card = _phone_card(card, model_format, content, classifier.probabilities(picture))
    files = {
        _file_name(model_format): content,
        LABELS_FILE: "".join(f"{label}\n" for label in card.labels).encode(),
        CARD_FILE: (json.dumps(phone_card, indent=2, ensure_ascii=False) + "\n").encode(),
        CHECK_FILE: _png(picture),
        README_FILE: _readme(card, model_format, phone_card).encode(),
    }
    behind = io.BytesIO()
    with zipfile.ZipFile(behind, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, _TIME)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, data)
    return behind.getvalue()


def check_picture(classifier: Classifier) -> np.ndarray:
    """Of some drawn pictures the one whose answers change most when it is fed wrongly: uint8 (size, size, 3)."""

    def change(picture: np.ndarray) -> float:
        right = classifier.probabilities(picture)
        wrongs = (picture[:, :, ::-1], picture // 255)  # blue first; scaled to 0..1
        return min(float(abs(right - classifier.probabilities(wrong)).max()) for wrong in wrongs)

    return max((_draw(classifier.card.image_size, seed) for seed in range(CHECK_PICTURES)), key=change)


def _draw(size: int, seed: int) -> np.ndarray:
    """A slanting ground, and discs and bars in many colours."""
    rng = np.random.default_rng(seed)
    across, down = np.meshgrid(np.linspace(0, 1, size), np.linspace(0, 1, size))
    picture = rng.uniform(0, 255, 3) * across[..., None] + rng.uniform(0, 255, 3) * (1 - across[..., None])
    for _ in range(4):
        x, y, wide, high = rng.uniform((0.2, 0.2, 0.06, 0.06), (0.8, 0.8, 0.4, 0.4))
        disc = ((across - x) / wide) ** 2 + ((down - y) / high) ** 2 < 1
        bar = (abs(across - x) < wide / 2) & (abs(down - y) < high / 2)
        picture[disc if rng.random() < 0.5 else bar] = rng.uniform(0, 255, 3)
    return picture.round().astype(np.uint8)


def _phone_card(card: ModelCard, model_format: str, content: bytes, answers: np.ndarray) -> dict[str, Any]:
    interpreter = Interpreter(model_content=content)
    photo, scores = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    output: dict[str, Any] = {
        "shape": [1, len(card.labels)],
        "type": np.dtype(scores["dtype"]).name,
        "labels": LABELS_FILE,
        "meaning": "probabilities, one for each line of the labels",
    }
    if output["type"] == "uint8":
        scale, zero_point = scores["quantization"]
        output |= {
            "scale": float(scale),
            "zero_point": int(zero_point),
            "meaning": "(value - zero_point) * scale is a probability, one for each line of the labels",
        }
    best = np.argsort(-answers, kind="stable")[:CHECK_ANSWERS]
    measured = read_figures(card)
    phone_card = {
        "name": card.name,
        "task": card.task,
        "format": model_format,
        "file": _file_name(model_format),
        "sha256": hashlib.sha256(content).hexdigest(),
        "size_bytes": len(content),
        "input": {
            "shape": [1, card.image_size, card.image_size, 3],
            "type": np.dtype(photo["dtype"]).name,
            "channels": "RGB",
            "range": [0, 255],
            "scaling": "inside the model: feed pixel values as they are",
        },
        "resize": {"rule": card.resize, "size": card.image_size, "in_words": RESIZE_IN_WORDS[card.resize]},
        "output": output,
        "thresholds": {"sure_from": card.sure_from, "likely_from": card.likely_from},
        "check": {
            "photo": CHECK_FILE,
            "answers": [{"label": card.labels[i], "probability": round(float(answers[i]), 4)} for i in best],
        },
    }
    if measured is not None and model_format in measured.formats:
        of_all = {key: getattr(measured, key) for key in ("date", "commit", "data", "command", "machine")}
        phone_card["measured"] = of_all | asdict(measured.formats[model_format])
    return phone_card


def _readme(card: ModelCard, model_format: str, phone_card: dict[str, Any]) -> str:
    environment = jinja2.Environment(  # noqa: S701 - Markdown that nobody renders as HTML here
        loader=jinja2.FileSystemLoader(ASSETS),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    task, output, measured = task_of(card), phone_card["output"], phone_card.get("measured")
    return environment.get_template("phone_readme.md").render(
        card=card,
        name=_in_markdown(card.name),
        title=task.title,
        noun=task.noun,
        model_format=model_format,
        about_format=f"{FORMATS[model_format].description[:1].lower()}{FORMATS[model_format].description[1:].rstrip('.')}",
        for_phones=FORMATS[model_format].for_phones,
        file=phone_card["file"],
        stem=Path(phone_card["file"]).stem,
        megabytes=f"{phone_card['size_bytes'] / 1e6:.1f}",
        size=card.image_size,
        crops=card.resize == "center_crop",
        is_bytes=output["type"] == "uint8",
        input_type=phone_card["input"]["type"],
        output_type=output["type"],
        scale=output.get("scale"),
        zero_point=output.get("zero_point"),
        check=[(_in_markdown(answer["label"]), answer["probability"]) for answer in phone_card["check"]["answers"]],
        figures=measured,
        data=None if measured is None else measured["data"],
        date=None if measured is None else measured["date"],
    )


def _in_markdown(name: str) -> str:
    return re.sub(r"[\\`*_\[\]<>&!|~$]", r"\\\g<0>", tidy(name))


def _png(picture: np.ndarray) -> bytes:
    behind = io.BytesIO()
    Image.fromarray(picture).save(behind, "PNG")
    return behind.getvalue()
