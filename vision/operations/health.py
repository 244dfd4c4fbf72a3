"""Whether the app can answer: models that can be read, and a feedback database that can be written."""

from dataclasses import dataclass
from pathlib import Path

from vision import model_store
from vision.errors import VisionError
from vision.feedback.place import database_url
from vision.model_card import CARD_FILE, read_card
from vision.tasks import TASKS


@dataclass(frozen=True)
class Health:
    """What was found; a sentence for each thing that is wrong, "ok" for each other.

    Attributes:
        models: by the name of the task, or of the detector.
        feedback: may be "off", too.
    """

    models: dict[str, str]
    feedback: str

    @property
    def can_answer(self) -> bool:
        """Whether each task has a model; without a place for feedback, visitors still get their answers."""
        return all(said == "ok" for said in self.models.values())


def check(root: Path | None = None) -> Health:
    """Looks at the default models below `root`, by their cards and sizes, and at the feedback database."""
    root = root or model_store.MODELS_DIR
    finders = {task.finder for task in TASKS.values() if task.finder is not None}
    names = {*TASKS, *finders, *(card.parent.parent.name for card in root.glob(f"*/*/{CARD_FILE}"))}
    return Health({name: _model(name, root) for name in sorted(names) if not name.startswith(".")}, _feedback())


def _model(name: str, root: Path) -> str:
    """Sums over the whole files, which the app checks when it opens a model, would take too long to ask often."""
    try:
        folder = model_store.find_model(name, root)
        card = read_card(folder)
        entry = card.formats[card.default_format]
        size_bytes = (folder / entry.file).stat().st_size
    except VisionError as error:
        return str(error)
    except OSError as error:
        return f"The model's file cannot be read ({error.strerror}); publish the model again."
    return "ok" if size_bytes == entry.size_bytes else f"'{entry.file}' has another size than its card says."


def _feedback() -> str:
    url = database_url()
    if url is None:
        return "off"
    from vision.feedback.store import open_store  # only here: a shared demo that does without starts faster so

    try:
        open_store(url).try_out()
    except VisionError as error:
        return str(error)
    return "ok"
