"""With what the photos on a page are looked at."""

from dataclasses import dataclass

from vision.classifier import Classifier
from vision.detector import Detector
from vision.tasks import TaskSpec


@dataclass(frozen=True)
class Finder:
    """What looks for objects in a photo, and how sure it must be of one (0 to 1)."""

    detector: Detector
    min_confidence: float

    @property
    def key(self) -> tuple[str, float]:
        """Tells this finder's results from another's."""
        card = self.detector.card
        return card.formats[card.default_format].sha256, self.min_confidence


@dataclass(frozen=True)
class Setup:
    """What answers on a task's page.

    Attributes:
        finder: None where the task has none, or none is at hand.
        crop_first: whether the finder's boxes are classified; else the whole photo is.
        margin: part of a box' side added on each side.
    """

    task: TaskSpec
    classifier: Classifier
    finder: Finder | None
    crop_first: bool
    margin: float

    @property
    def classifier_key(self) -> str:
        """Tells this classifier's answers from another's."""
        return self.classifier.card.formats[self.classifier.model_format].sha256
