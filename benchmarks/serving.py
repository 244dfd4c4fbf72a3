"""How fast the app answers, beside the obvious way: Keras `predict` in the app's process, and a full decode by Pillow.

    python benchmarks/serving.py [--runs N]

Everything is measured in one run on one machine: read the ratios, not the milliseconds. Each pair is timed in turn
(A B A B ...), so that a drift of the machine's speed falls on both. TensorFlow is loaded only after the lean figures
and in processes of its own.
"""

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SMALL_CROP_PX = 50
PHONE_PHOTO_WH = (4000, 3000)

FIRST_ANSWER = {
    "ours": """
from pathlib import Path
from vision import images, model_store
from vision.classifier import Classifier
photo = images.decode(Path(PHOTO).read_bytes())
Classifier.load(model_store.find_model("traffic_signs")).predict([photo])
""",
    "Keras": """
import numpy as np, keras
from PIL import Image
model = keras.saving.load_model(MODEL)
photo = np.asarray(Image.open(PHOTO).convert("RGB").resize((SIZE, SIZE)), np.float32)
model.predict(photo[None], verbose=0)
""",
}
SERVING_MEMORY = """
import streamlit, pandas
import streamlit.web.bootstrap
from pathlib import Path
from benchmarks.memory import peak_bytes
from vision import images, model_store
from vision.classifier import Classifier
classifier = Classifier.load(model_store.find_model("traffic_signs"))
for _ in range(20):
    classifier.predict([images.decode(Path(PHOTO).read_bytes(), min_side=2 * classifier.card.image_size)])
print(peak_bytes() / 2**20)
"""


def median_ms_in_turn(functions: list[Callable[[], object]], runs: int) -> list[float]:
    """Median milliseconds of each function, called in turn `runs` times after one warm-up each."""
    times: list[list[float]] = [[] for _ in functions]
    for function in functions:
        function()
    for _ in range(runs):
        for function, own in zip(functions, times, strict=True):
            began = time.perf_counter()
            function()
            own.append((time.perf_counter() - began) * 1000)
    return [statistics.median(own) for own in times]


def row(what: str, ours: float, unit: str, baseline: float | None = None, against: str = "") -> None:
    """Prints one line of the report."""
    ratio = f"   {baseline:9.1f} {unit}   {ours / baseline:6.2f} times   {against}" if baseline else ""
    print(f"{what:<46} {ours:9.1f} {unit}{ratio}", flush=True)


def run_script(script: str, **names: object) -> str:
    """Runs a script in a fresh Python process; `names` become its variables."""
    head = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    done = subprocess.run(
        [sys.executable, "-c", head + script],
        cwd=ROOT,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def phone_photo() -> bytes:
    """A 12-megapixel JPEG with the grain of a phone's."""
    import numpy as np
    from PIL import Image

    from vision.drawn_signs import SIGN_FOLDER, draw_street_scene

    scene = draw_street_scene(SIGN_FOLDER / "14.svg", seed=1, size_hw=(480, 640), sign_px=(150, 170)).image
    large = np.asarray(Image.fromarray(scene).resize(PHONE_PHOTO_WH, Image.Resampling.BICUBIC), np.int16)
    grain = np.random.default_rng(0).normal(0, 4, (large.shape[0], large.shape[1], 1)).astype(np.int16)
    buffer = io.BytesIO()
    Image.fromarray(np.clip(large + grain, 0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def measure_photos(runs: int, folder: Path) -> None:
    """Phone photo and small crop, against Pillow's full decode and against the bare interpreter."""
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter
    from PIL import Image

    from vision import images, model_store
    from vision.classifier import Classifier

    model_dir = model_store.find_model("traffic_signs")
    classifier = Classifier.load(model_dir)
    size = classifier.card.image_size
    small = np.asarray(Image.open(folder / "small.png"))
    phone = (folder / "phone.jpg").read_bytes()
    square = np.zeros((1, size, size, 3), np.float32)
    interpreter = Interpreter(
        model_content=model_store.read_checked(model_dir, classifier.card, classifier.model_format), num_threads=2
    )
    interpreter.allocate_tensors()
    place = interpreter.get_input_details()[0]["index"]

    def bare_invoke() -> None:
        interpreter.set_tensor(place, square)
        interpreter.invoke()

    def ours() -> None:
        classifier.predict([images.decode(phone, min_side=2 * size)])

    def reduced_decode_and_invoke() -> None:
        photo = Image.open(io.BytesIO(phone))
        photo.draft("RGB", (2 * size, 2 * size))
        photo.load()
        bare_invoke()

    def full_decode_and_invoke() -> None:
        np.asarray(Image.open(io.BytesIO(phone)).convert("RGB").resize((size, size)))
        bare_invoke()

    least, full, whole = median_ms_in_turn([reduced_decode_and_invoke, full_decode_and_invoke, ours], runs)
    row("phone photo (12 MP JPEG), bytes to scores", whole, "ms", least, "reduced decode + bare invoke (bound 1.5)")
    row("phone photo (12 MP JPEG), bytes to scores", whole, "ms", full, "full decode by Pillow + bare invoke")
    crop, bare = median_ms_in_turn([lambda: classifier.predict([small]), bare_invoke], runs * 5)
    row(f"crop of {SMALL_CROP_PX} px to scores", crop, "ms", bare, "bare invoke")
    (folder / "crop.json").write_text(json.dumps(crop))


def measure_keras(runs: int, folder: Path) -> None:
    """The small crop through `model.predict` of the same network, and the time to its first answer."""
    script = """
import os, sys, time, statistics
import keras, numpy as np
from PIL import Image
from vision.training.backbones import backbone_named
from vision.training.network import build_classifier
model = build_classifier(backbone_named(BACKBONE), ALPHA, SIZE, CLASSES, "none", 0)
model.save(MODEL)
photo = Image.open(PHOTO)
def answer():
    pixels = np.asarray(photo.resize((SIZE, SIZE), Image.Resampling.BILINEAR), np.float32)
    return model.predict(pixels[None], verbose=0)
answer()
times = []
for _ in range(RUNS):
    began = time.perf_counter(); answer(); times.append((time.perf_counter() - began) * 1000)
print(statistics.median(times))
"""
    from vision import model_store
    from vision.model_card import read_card

    card = read_card(model_store.find_model("traffic_signs"))
    model, photo = str(folder / "model.keras"), str(folder / "small.png")
    keras_ms = float(
        run_script(
            script,
            BACKBONE=card.content["backbone"],
            ALPHA=card.content["alpha"],
            SIZE=card.image_size,
            CLASSES=len(card.labels),
            RUNS=runs,
            MODEL=model,
            PHOTO=photo,
        ).splitlines()[-1]
    )
    ours_ms = json.loads((folder / "crop.json").read_text())
    row(f"crop of {SMALL_CROP_PX} px to scores", ours_ms, "ms", keras_ms, "Keras predict (bound 0.2)")
    names = {"MODEL": model, "PHOTO": photo, "SIZE": card.image_size}
    ours, theirs = median_ms_in_turn(
        [lambda: run_script(FIRST_ANSWER["ours"], **names), lambda: run_script(FIRST_ANSWER["Keras"], **names)], 3
    )
    row("process start to first answer", ours, "ms", theirs, "Keras")


def main() -> None:
    """Measures everything and prints a line a figure."""
    parser = argparse.ArgumentParser(description="How fast the app answers.")
    parser.add_argument("--runs", type=int, default=30, help="timed runs of each figure (default 30)")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "phone.jpg").write_bytes(phone_photo())
        from PIL import Image

        from vision.drawn_signs import SIGN_FOLDER, draw_sign_photo

        Image.fromarray(draw_sign_photo(SIGN_FOLDER / "14.svg", 0, SMALL_CROP_PX)).save(folder / "small.png")
        measure_photos(runs, folder)
        memory = float(run_script(SERVING_MEMORY, PHOTO=str(folder / "phone.jpg")).splitlines()[-1])
        row("serving process with Streamlit, peak memory", memory, "MB", 350, "the bound")
        measure_keras(runs, folder)


if __name__ == "__main__":
    main()
