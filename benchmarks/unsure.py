"""How often a model is sure of photos that show none of its classes.

    python benchmarks/unsure.py MODEL DIR

MODEL as on the command line; DIR is searched for photos, folders in it too. A good model is unsure of all of them.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from vision import images, model_store  # noqa: E402
from vision.classifier import Classifier  # noqa: E402
from vision.errors import ImageError  # noqa: E402
from vision.model_card import Sureness  # noqa: E402


def main() -> None:
    """Prints a line for each sureness."""
    parser = argparse.ArgumentParser(description="How often a model is sure of photos that show none of its classes.")
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("folder", metavar="DIR", type=Path)
    options = parser.parse_args()
    classifier = Classifier.load(model_store.find_model(options.model))
    counts: Counter[Sureness] = Counter()
    unreadable = 0
    for path in sorted(options.folder.rglob("*")):
        if path.suffix.lower() not in images.READABLE_SUFFIXES:
            continue
        try:
            photo = images.decode(path.read_bytes(), min_side=2 * classifier.card.image_size)
        except ImageError:
            unreadable += 1
            continue
        counts[classifier.card.sureness(classifier.predict([photo])[0].best.probability)] += 1
    total = counts.total()
    print(f"{classifier.card.name} on {total:,} photos of {options.folder}, {unreadable} unreadable")
    for sureness in Sureness:
        print(f"{sureness.value:>8}: {counts[sureness] / max(total, 1):6.1%}")


if __name__ == "__main__":
    main()
