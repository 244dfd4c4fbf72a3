"""What visitors use now, seen from a run that may take its place."""

from dataclasses import dataclass

from pages.parts import loaders
from vision.errors import ModelError
from vision.model_card import ModelCard, read_card
from vision.model_store import StoredModel
from vision.tasks import TaskSpec
from vision.training.run_folder import RunFolder


@dataclass(frozen=True)
class Standing:
    """How a run's model stands beside those that are published.

    Attributes:
        card: the run's model.
        twin: the published model of the same name, which may be of an earlier run; None where there is none.
        default: the model that visitors get now; None where the task has none that works.
    """

    card: ModelCard
    twin: StoredModel | None
    default: StoredModel | None

    @property
    def is_published(self) -> bool:
        """Whether this very model is published, not another one of its name."""
        return self.twin is not None and self.twin.card is not None and self.twin.card.formats == self.card.formats

    @property
    def is_default(self) -> bool:
        return self.is_published and self.twin is not None and self.twin.is_default


def standing(run: RunFolder, task: TaskSpec) -> Standing:
    """How the run's model stands.

    Raises:
        ModelError: its folder is missing, incomplete or for another task.
    """
    card = read_card(run.model_dir)
    if card.task != task.name:
        raise ModelError(f"The model of '{run.name}' is for the task '{card.task}', not '{task.name}'; train it again.")
    models = loaders.installed_models(task)
    twin = next((model for model in models if model.path.name == card.name), None)
    default = next((model for model in models if model.problem is None), None)
    return Standing(card, twin, default)
