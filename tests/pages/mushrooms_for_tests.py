"""A task that models bring: "mushrooms" that are coloured squares."""

from pathlib import Path

from tests.models_for_tests import write_squares_model
from vision import publishing

TASK = "mushrooms"
KINDS = ("fly agaric <b>red</b>", "green :red[russula] *x*", "blue milk cap")


def publish_mushrooms(root: Path, workshop: Path, name: str = "first", default: bool = True) -> None:
    """Publishes a model of mushrooms of that name below `root`."""
    folder = write_squares_model(
        workshop / name,
        name=name,
        task=TASK,
        new_task={"title": "Mushrooms", "noun": "mushroom", "mirror_safe": True},
        test={"float32": {"photos": 430, "top1": 0.95}},
    )
    (folder / "labels.txt").write_text("\n".join(KINDS) + "\n")
    publishing.publish(folder, default, root)
