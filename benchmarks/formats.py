"""What each format of a model costs and what it loses, side by side.

    python benchmarks/formats.py MODEL_DIR --test DIR [--data DIR] [--limit N] [--formats F ...] [--layers] [--write]

A row a format: photos, top-1, 3 and 5, agreement with float32, calibration error, size, size zipped, median latency at
one and at two threads, peak memory of a process that serves it. Every photo goes through all formats before the next
one, and latencies are timed in turn, so that a drift of the machine's speed falls on all: read the ratios. A format
that takes over ten times as long as float32 answers to a thousand of the photos only. Formats that the folder lacks are
made first, from --data, by `python -m vision export`. `--write` keeps the figures on the model's card.
"""

import argparse
import shlex
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from benchmarks.serving import median_ms_in_turn, run_script  # noqa: E402
from vision import images, metrics, model_store  # noqa: E402
from vision.classifier import Classifier  # noqa: E402
from vision.datasets.class_folders import read_class_folders  # noqa: E402
from vision.errors import DatasetError, ImageError  # noqa: E402
from vision.export.formats import FORMATS, format_named  # noqa: E402
from vision.export.layers import compare_layers  # noqa: E402
from vision.format_figures import FIELD, REFERENCE, FormatFigures, MeasuredFormats, recommended_format  # noqa: E402
from vision.jobs import write_json  # noqa: E402
from vision.model_card import CARD_FILE, read_card  # noqa: E402
from vision.places import RUNS_DIR  # noqa: E402
from vision.provenance import commit_of_code, machine, today  # noqa: E402

SLOW, SLOW_PHOTOS = 10.0, 1000  # times float32
LAYER_PHOTOS = 16
WORST_LAYERS = 5
PEAK_MEMORY = """
import numpy as np
from pathlib import Path
from benchmarks.memory import peak_bytes
from vision.classifier import Classifier
if FORMAT:
    classifier = Classifier.load(Path(MODEL), FORMAT)
    for _ in range(3):
        classifier.probabilities(np.full((SIZE, SIZE, 3), 127, np.uint8))
print(peak_bytes() / 1_000_000)
"""


@dataclass(frozen=True)
class Answers:
    """What all formats said of the same photos.

    Attributes:
        labels: int (photos,); photos: some of them, resized.
        probabilities: float32 (photos, classes) by format; rows of NaN where a slow format was not asked.
    """

    labels: np.ndarray
    photos: list[np.ndarray]
    probabilities: dict[str, np.ndarray]


def slow_formats(model_dir: Path, formats: list[str]) -> set[str]:
    """Those that take over `SLOW` times as long as float32."""
    size = read_card(model_dir).image_size
    times = latencies_ms(model_dir, formats, np.full((size, size, 3), 127, np.uint8), 2, 5)
    return {name for name in formats if times[name] > SLOW * times[REFERENCE]}


def ask(model_dir: Path, formats: list[str], test: Path, limit: int | None) -> Answers:
    """Classifies test photos, spread evenly over all, with each format."""
    card = read_card(model_dir)
    folders = read_class_folders(test)
    rows = np.arange(len(folders.files))
    if limit is not None and limit < len(rows):
        rows = np.linspace(0, len(rows) - 1, limit).round().astype(int)
    classifiers = {name: Classifier.load(model_dir, name) for name in formats}
    slow = slow_formats(model_dir, formats)
    few = set(np.linspace(0, len(rows) - 1, min(SLOW_PHOTOS, len(rows))).round().astype(int).tolist())
    unasked = np.full(len(card.labels), np.nan, np.float32)
    found: dict[str, list[np.ndarray]] = {name: [] for name in formats}
    labels: list[int] = []
    photos: list[np.ndarray] = []
    for done, row in enumerate(rows, start=1):
        try:
            photo = images.decode(folders.files[row].read_bytes(), min_side=2 * card.image_size)
        except ImageError:
            continue
        labels.append(card.class_keys.index(folders.class_keys[folders.labels[row]]))
        if done % max(1, len(rows) // LAYER_PHOTOS) == 0:
            photos.append(images.resize(photo, card.image_size, card.resize))
        for name, classifier in classifiers.items():
            is_asked = name not in slow or done - 1 in few
            found[name].append(classifier.probabilities(photo) if is_asked else unasked)
        if done % 200 == 0:
            print(f"{done:,} of {len(rows):,} photos", file=sys.stderr, flush=True)
    if not labels:
        raise DatasetError(f"None of the photos in '{test}' can be read.")
    return Answers(np.array(labels), photos, {name: np.stack(rows_) for name, rows_ in found.items()})


def latencies_ms(model_dir: Path, formats: list[str], photo: np.ndarray, threads: int, runs: int) -> dict[str, float]:
    """Median of a photo, resized already, to scores; by format."""
    classifiers = [Classifier.load(model_dir, name, threads) for name in formats]
    asked: list[Callable[[], object]] = [partial(classifier.probabilities, photo) for classifier in classifiers]
    return dict(zip(formats, median_ms_in_turn(asked, runs), strict=True))


def peak_mb(model_dir: Path, model_format: str, size: int) -> float:
    """Peak memory of a process that serves a format; of one that serves none, where it is ""."""
    return float(run_script(PEAK_MEMORY, MODEL=str(model_dir), FORMAT=model_format, SIZE=size).splitlines()[-1])


def measure(model_dir: Path, formats: list[str], answers: Answers, runs: int) -> dict[str, FormatFigures]:
    """The figures of each format."""
    card = read_card(model_dir)
    at_one, at_two = (latencies_ms(model_dir, formats, answers.photos[0], threads, runs) for threads in (1, 2))
    reference = answers.probabilities[REFERENCE].argmax(axis=1)
    measured = {}
    for name in formats:
        asked = ~np.isnan(answers.probabilities[name]).any(axis=1)
        found, labels = answers.probabilities[name][asked], answers.labels[asked]
        right = found.argmax(axis=1) == labels
        content = model_store.read_checked(model_dir, card, name)
        measured[name] = FormatFigures(
            photos=len(labels),
            top1=metrics.top_k_accuracy(found, labels, 1),
            top3=metrics.top_k_accuracy(found, labels, 3),
            top5=metrics.top_k_accuracy(found, labels, 5),
            top1_interval=metrics.wilson_interval(int(right.sum()), len(right)),
            agreement=float((found.argmax(axis=1) == reference[asked]).mean()),
            calibration_error=metrics.expected_calibration_error(found, labels),
            size_bytes=len(content),
            zipped_bytes=len(zlib.compress(content, 9)),
            latency_ms_1=round(at_one[name], 3),
            latency_ms_2=round(at_two[name], 3),
            peak_mb=round(peak_mb(model_dir, name, card.image_size), 1),
        )
    return measured


def print_table(model_dir: Path, measured: dict[str, FormatFigures]) -> None:
    """Prints a line a format."""
    card = read_card(model_dir)
    reference = measured[REFERENCE]
    base = peak_mb(model_dir, "", card.image_size)
    print(f"\n{card.task}/{card.name} on {reference.photos:,} test photos, {machine()}")
    print(f"memory without a model {base:.0f} MB")
    print(
        f"{'format':<10} {'photos':>7} {'top-1':>7} {'top-3':>7} {'top-5':>7} {'as f32':>7} {'calib.':>7} {'MB':>6} "
        f"{'zipped':>6} {'1 thread':>12} {'2 threads':>12} {'peak MB':>7}"
    )
    for name, one in measured.items():
        times = [
            f"{ms:6.2f} {ms / base_ms:5.2f}"
            for ms, base_ms in (
                (one.latency_ms_1, reference.latency_ms_1),
                (one.latency_ms_2, reference.latency_ms_2),
            )
        ]
        print(
            f"{name:<10} {one.photos:7,} {one.top1:7.2%} {one.top3:7.2%} {one.top5:7.2%} {one.agreement:7.2%} "
            f"{one.calibration_error:7.4f} {one.size_bytes / 1e6:6.2f} {one.zipped_bytes / 1e6:6.2f} "
            f"{times[0]:>12} {times[1]:>12} {one.peak_mb:7.0f}"
        )
    print(f"Times in ms, and as a part of float32's. To take: {recommended_format(measured)}.")


def write_figures(model_dir: Path, measured: dict[str, FormatFigures], test: Path, command: list[str]) -> None:
    """Keeps the figures on the card of the model, which was measured with its own files."""
    card = read_card(model_dir)
    figures = MeasuredFormats(
        date=today(),
        commit=commit_of_code() or "unknown",
        data="/".join(test.resolve().parts[-2:]),
        photos=measured[REFERENCE].photos,
        command=shlex.join(command),
        machine=machine(),
        formats=measured,
        recommended=recommended_format(measured),
    )
    write_json(model_dir / CARD_FILE, {**card.content, FIELD: figures.to_json()})


def print_layers(model_dir: Path, formats: list[str], photos: list[np.ndarray]) -> None:
    """Prints, for each format, the layers that take their results farthest from float32's, and how far it ends."""
    card = read_card(model_dir)
    reference = model_store.read_checked(model_dir, card, REFERENCE)
    for name in formats:
        layers = compare_layers(reference, model_store.read_checked(model_dir, card, name), photos)
        print(
            f"\n{name}, {len(layers)} layers on {len(photos)} photos: signal to noise, and noise added, of the signal"
        )
        for layer in sorted(layers, key=lambda one: -one.added_noise)[:WORST_LAYERS]:
            told = layer.name.split(";")[-1]  # the last of the parts that were joined, as its batch normalisation
            place = layers.index(layer)
            print(
                f"{place:>4} {layer.operator:<18} {layer.signal_to_noise_db:6.1f} dB {layer.added_noise:+8.3%}  {told}"
            )
        print(f"{'':>4} {'probabilities':<18} {layers[-1].signal_to_noise_db:6.1f} dB")


def with_all_formats(model_dir: Path, formats: list[str], data: Path | None) -> Path:
    """The folder, or one beside it in runs/ with the formats that it lacks."""
    card = read_card(model_dir)
    missing = [name for name in formats if name not in card.formats]
    if not missing:
        return model_dir
    target = RUNS_DIR / f"export-{card.task}-{card.name}"
    command = [sys.executable, "-m", "vision", "export", str(model_dir), "--to", str(target), "--formats", *missing]
    subprocess.run([*command, *(["--data", str(data)] if data else [])], cwd=ROOT, check=True)
    return target / "model"


def main() -> None:
    """Measures every format and prints the table."""
    parser = argparse.ArgumentParser(description="What each format of a model costs and what it loses.")
    parser.add_argument("model", metavar="MODEL_DIR")
    parser.add_argument("--test", required=True, type=Path, metavar="DIR", help="test photos, class folders")
    parser.add_argument("--data", type=Path, metavar="DIR", help="training photos, for formats that are not there")
    parser.add_argument("--limit", type=int, metavar="N", help="only N photos, spread evenly")
    parser.add_argument("--formats", nargs="+", metavar="FORMAT", help=f"default: all; {', '.join(FORMATS)}")
    parser.add_argument("--runs", type=int, default=50, help="timed runs of each (default 50)")
    parser.add_argument("--layers", action="store_true", help="also tell which layers lose most")
    parser.add_argument("--write", action="store_true", help="keep the figures on the model's card")
    options = parser.parse_args()
    formats = [format_named(name).name for name in options.formats or FORMATS if name != REFERENCE]
    model_dir = model_store.find_model(options.model).resolve()
    measured_dir = with_all_formats(model_dir, formats, options.data)
    answers = ask(measured_dir, [REFERENCE, *formats], options.test, options.limit)
    measured = measure(measured_dir, [REFERENCE, *formats], answers, options.runs)
    print_table(measured_dir, measured)
    if options.layers:
        print_layers(measured_dir, formats, answers.photos)
    if options.write:
        write_figures(model_dir, measured, options.test, ["python", "benchmarks/formats.py", *sys.argv[1:]])


if __name__ == "__main__":
    main()
