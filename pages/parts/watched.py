"""Tells the log and the counters what came of each photo that is looked at."""

import time
from collections import Counter
from collections.abc import Callable

from pages.parts.photos import Desk
from pages.parts.results import Found, PhotoAnswer
from pages.parts.setup import Setup
from vision.errors import BusyError, VisionError
from vision.model_card import Sureness
from vision.operations.events import Outcome, PredictionEvent, report_prediction


def watched(
    desk: Desk, setup: Setup, key: tuple[object, ...], look: Callable[[], PhotoAnswer]
) -> Callable[[], PhotoAnswer]:
    """The same work, reported when it is done: answered or not.

    A photo that cannot be read is tried again whenever the page is drawn; it is reported once.
    """

    def look_and_report() -> PhotoAnswer:
        began = time.perf_counter()
        try:
            answer = look()
        except BusyError:
            _report(setup, Outcome.BUSY, began)
            raise
        except VisionError as error:
            if key not in desk.refused:
                desk.refused.add(key)
                _report(setup, Outcome.REFUSED, began, problem=type(error).__name__)
            raise
        except Exception as error:
            _report(setup, Outcome.FAILED, began, problem=type(error).__name__)
            raise
        _report(setup, Outcome.NOTHING_FOUND if answer.found is Found.NOTHING else Outcome.ANSWERED, began, answer)
        return answer

    return look_and_report


def _report(
    setup: Setup, outcome: Outcome, began: float, answer: PhotoAnswer | None = None, problem: str | None = None
) -> None:
    whole_ms = (time.perf_counter() - began) * 1000
    ms = whole_ms if answer is None else answer.total_ms
    kinds = Counter(part.sureness for part in answer.parts) if answer is not None else Counter()
    report_prediction(
        PredictionEvent(
            task=setup.task.name,
            model=setup.classifier.card.name,
            model_format=setup.classifier.model_format,
            crop_first=setup.crop_first,
            outcome=outcome,
            looked_at=None if answer is None else answer.found.value,
            ms=ms,
            waited_ms=max(0.0, whole_ms - ms),
            sure=kinds[Sureness.SURE],
            likely=kinds[Sureness.LIKELY],
            unsure=kinds[Sureness.UNSURE],
            problem=problem,
        )
    )
