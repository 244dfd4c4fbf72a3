"""How fast dogs are found and named, beside ultralytics on torch with the same weights; and what serving needs.

    python benchmarks/detector.py --weights yolov8n.pt PHOTO [PHOTO ...] [--runs N]

The weights are a `.pt` file of ultralytics with COCO's classes; the photos should show dogs, the first one several.
Everything is measured in one run on one machine, each pair in turn (A B A B ...): read the ratios.
"""

import argparse
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.serving import median_ms_in_turn, row, run_script  # noqa: E402

DOG, SIZE, MIN_CONFIDENCE, MAX_OVERLAP = 16, 640, 0.25, 0.7
SERVING_MEMORY = """
import resource, streamlit, pandas
import streamlit.web.bootstrap
from pathlib import Path
from vision import images, model_store, pipeline
from vision.classifier import Classifier
from vision.detector import Detector
signs, dogs = (Classifier.load(model_store.find_model(task)) for task in ("traffic_signs", "dog_breeds"))
detector = Detector.load(model_store.find_model("dog_detector"))
for photo in PHOTOS * 10:
    pixels = images.decode(Path(photo).read_bytes(), min_side=720)
    signs.predict([pixels])
    pipeline.classify(pixels, dogs, [found.box for found in detector.detect(pixels)], 0.1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def measure_finding(weights: Path, photos: list[Path], runs: int) -> None:
    """Photo to boxes, ours and theirs, and whether the boxes are the same."""
    import cv2
    import numpy as np
    from ultralytics.models import YOLO

    from vision import images
    from vision.detection.export import export_one_class, write_detector_folder
    from vision.detector import Detector, overlaps

    with tempfile.TemporaryDirectory() as folder:
        ours_dir = Path(folder) / "ours"
        content = export_one_class(weights, DOG)
        write_detector_folder(ours_dir, content, "onnx", ["dog"], "dog", SIZE, MIN_CONFIDENCE, MAX_OVERLAP)
        ours = Detector.load(ours_dir)
    theirs = YOLO(weights)
    decoded = [images.decode(path.read_bytes()) for path in photos]
    bgr = [cv2.cvtColor(photo, cv2.COLOR_RGB2BGR) for photo in decoded]

    def find_theirs(photo: np.ndarray) -> Any:
        results: Any = theirs.predict(
            photo, imgsz=SIZE, conf=MIN_CONFIDENCE, iou=MAX_OVERLAP, classes=[DOG], device="cpu", verbose=False
        )
        return results[0].boxes

    pairs = [(ours.detect(photo), find_theirs(twin)) for photo, twin in zip(decoded, bgr, strict=True)]
    closest, sure, alone = 1.0, 0, 0
    for mine, other in pairs:
        boxes = np.array([found.box.xyxy for found in mine]).reshape(-1, 4)
        for box, confidence in zip(other.xyxy.numpy(), other.conf.numpy(), strict=True):
            if confidence <= 0.5:
                continue
            sure += 1
            best = float(overlaps(box, boxes).max(initial=0))
            alone += best < 0.5
            closest = min(closest, best)
    print(f"{sure} boxes above 0.5 in {len(photos)} photos: least overlap with ours {closest:.4f}, {alone} not found")
    fast, slow = median_ms_in_turn(
        [
            lambda: [ours.detect(photo) for photo in decoded],
            lambda: [find_theirs(photo) for photo in bgr],
        ],
        runs,
    )
    count = len(photos)
    row(f"photo to boxes at {SIZE} px", fast / count, "ms", slow / count, "ultralytics on torch (bound 0.4)")


def measure_naming(photo_path: Path, runs: int) -> None:
    """A photo of several dogs to their breeds, and what looking at the whole photo as well costs."""
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter

    from vision import images, model_store, pipeline
    from vision.classifier import Classifier
    from vision.detector import Detector

    detector = Detector.load(model_store.find_model("dog_detector"))
    model_dir = model_store.find_model("dog_breeds")
    classifier = Classifier.load(model_dir)
    photo = images.decode(photo_path.read_bytes())
    boxes = [found.box for found in detector.detect(photo)]
    found, named = median_ms_in_turn(
        [
            lambda: detector.detect(photo),
            lambda: pipeline.classify(photo, classifier, [found.box for found in detector.detect(photo)], 0.1),
        ],
        runs,
    )
    row(f"photo of {len(boxes)} dogs to breeds", named, "ms", found, f"finding them at {detector.card.image_size} px")
    (view,) = median_ms_in_turn([lambda: classifier.probabilities(photo)], runs)
    row("one more view (the whole photo)", view, "ms")
    content = model_store.read_checked(model_dir, classifier.card, classifier.model_format)
    size, many = classifier.card.image_size, max(len(boxes), 2)
    squares = np.zeros((many, size, size, 3), np.float32)
    one, batch = (Interpreter(model_content=content, num_threads=2) for _ in range(2))
    place = one.get_input_details()[0]["index"]
    batch.resize_tensor_input(place, squares.shape)
    for interpreter in (one, batch):
        interpreter.allocate_tensors()

    def one_by_one() -> None:
        for square in squares:
            one.set_tensor(place, square[None])
            one.invoke()

    def at_once() -> None:
        batch.set_tensor(place, squares)
        batch.invoke()

    singly, together = median_ms_in_turn([one_by_one, at_once], runs)
    row(f"{many} crops classified one by one", singly, "ms", together, "in one batch")


def main() -> None:
    """Measures everything and prints a line a figure."""
    parser = argparse.ArgumentParser(description="How fast dogs are found and named.")
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    parser.add_argument(
        "--weights", type=Path, required=True, metavar="PT", help="ultralytics' weights, COCO's classes"
    )
    parser.add_argument("--runs", type=int, default=15, help="timed runs of each figure (default 15)")
    options = parser.parse_args()
    measure_naming(options.photos[0], options.runs)
    memory = float(run_script(SERVING_MEMORY, PHOTOS=[str(path.resolve()) for path in options.photos]).splitlines()[-1])
    row("serving process, both tasks used", memory, "MB")
    measure_finding(options.weights, options.photos, options.runs)
    row("this process with torch", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")


if __name__ == "__main__":
    main()
