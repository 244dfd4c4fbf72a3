"""Labels and normalisation inside a TFLite file, for MediaPipe."""

import io
import json
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT, lack
from tests.models_for_tests import LABELS, SIZE, draw_squares, exported, write_model
from vision import images, model_store
from vision.classifier import Classifier
from vision.export.metadata import with_metadata

CLASSIFY = """
import json, sys
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
options = vision.ImageClassifierOptions(base_options=BaseOptions(model_asset_path=sys.argv[1]), max_results=1)
with vision.ImageClassifier.create_from_options(options) as classifier:
    for photo in np.load(sys.argv[2]):
        image = mp.Image(image_format=mp.ImageFormat.SRGB, data=photo)
        best = classifier.classify(image).classifications[0].categories[0]
        print("answer", json.dumps([best.category_name, best.index, best.score]))
"""


def labelled(model_format: str, folder: Path) -> bytes:
    write_model(folder, {model_format: exported(model_format)})
    return with_metadata(exported(model_format), "traffic_signs/squares", SIZE, LABELS)


@pytest.mark.parametrize("model_format", ["float32", "float16", "int8"])
def test_the_file_answers_as_before(model_format: str, tmp_path: Path):
    content = labelled(model_format, tmp_path / "plain")
    plain = Classifier.load(tmp_path / "plain")
    with_labels = Classifier.load(write_model(tmp_path / "labelled", {model_format: content}))
    for photo in draw_squares(2, seed=500)[0]:
        np.testing.assert_allclose(with_labels.probabilities(photo), plain.probabilities(photo), atol=1e-6)


def test_the_labels_are_a_stored_archive_behind_the_model(tmp_path: Path):
    with zipfile.ZipFile(io.BytesIO(labelled("int8", tmp_path / "model"))) as archive:
        (info,) = archive.infolist()
        assert (info.filename, info.compress_type) == ("labels.txt", zipfile.ZIP_STORED)
        assert archive.read("labels.txt").decode().splitlines() == list(LABELS)


def test_metadata_is_written_once(tmp_path: Path):
    content = labelled("float32", tmp_path / "model")
    assert with_metadata(content, "another/name", SIZE, LABELS) == content


def ask_mediapipe(model: Path, photos: np.ndarray, folder: Path) -> list[tuple[str, int, float]]:
    """Name, class and probability of MediaPipe's first answer to each photo, uint8 (photos, height, width, 3)."""
    python = ROOT / ".venv-mediapipe/bin/python"
    if not (python.parent.parent / ".requirements").exists():
        lack("no MediaPipe: 'make test' installs it into .venv-mediapipe")
    np.save(folder / "photos.npy", photos)
    command = [python, "-c", CLASSIFY, str(model), str(folder / "photos.npy")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [tuple(json.loads(line[7:])) for line in done.stdout.splitlines() if line.startswith("answer ")]


@pytest.mark.parametrize("model_format", ["float32", "int8"])
def test_mediapipe_takes_the_file_as_it_is_and_gives_our_answers(model_format: str, tmp_path: Path):
    photos, labels = draw_squares(3, seed=520)
    path = tmp_path / "labelled.tflite"
    path.write_bytes(labelled(model_format, tmp_path / "model"))
    classifier = Classifier.load(tmp_path / "model")
    answers = ask_mediapipe(path, photos, tmp_path)
    for photo, label, (name, index, score) in zip(photos, labels, answers, strict=True):
        assert (name, index) == (LABELS[label], label)
        assert score == pytest.approx(classifier.probabilities(photo).max(), abs=0.01)


@pytest.mark.shared_data
@pytest.mark.parametrize("model_format", ["float32", "int8", "int8-qat"])
def test_mediapipe_takes_what_is_shipped(model_format: str, sample_test_photos: Path, tmp_path: Path):
    folder = model_store.find_model("traffic_signs")
    classifier = Classifier.load(folder, model_format)
    card = classifier.card
    files = sorted(sample_test_photos.rglob("*.*"))[::10]
    photos = np.stack([images.resize(images.decode(file.read_bytes()), card.image_size, card.resize) for file in files])
    answers = ask_mediapipe(folder / card.formats[model_format].file, photos, tmp_path)
    for photo, (name, index, score) in zip(photos, answers, strict=True):
        ours = classifier.probabilities(photo)
        assert score == pytest.approx(ours.max(), abs=0.02)
        assert ours[index] == ours.max()
        assert name == card.labels[index]
