"""What several browser tests show to the app."""

import csv
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.browser.steps import LEFT, RIGHT
from tests.conftest import lack
from vision import images, model_store

HEIGHT_PX = 640


@pytest.fixture(scope="session")
def two_dogs(stanford_dogs_zip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo of two dogs of different breeds beside each other."""
    for name in ("dog_breeds", "dog_detector"):
        if model_store.default_name(model_store.MODELS_DIR / name) is None:
            lack(f"no model in models/{name}")
    halves = []
    with zipfile.ZipFile(stanford_dogs_zip) as archive:
        rows = {row["file"]: row for row in csv.DictReader(archive.read("labels.csv").decode().splitlines())}
        for file, _ in (LEFT, RIGHT):
            squeezed = Image.fromarray(images.decode(archive.read(file)))
            ratio = int(rows[file]["photo_width"]) / int(rows[file]["photo_height"])
            halves.append(np.asarray(squeezed.resize((round(ratio * HEIGHT_PX), HEIGHT_PX), Image.Resampling.LANCZOS)))
    photo = tmp_path_factory.mktemp("dogs") / "two-dogs.jpg"
    photo.write_bytes(images.encode_jpeg(np.concatenate(halves, axis=1), quality=92))
    return photo
