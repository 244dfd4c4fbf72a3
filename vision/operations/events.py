"""What happened to a photo, told to the log and to the counters."""

import logging
from dataclasses import asdict, dataclass
from enum import Enum

from vision.operations import log, metrics


class Outcome(Enum):
    """What came of a photo."""

    ANSWERED = "answered"
    NOTHING_FOUND = "nothing_found"  # no object in it, where one was looked for
    REFUSED = "refused"  # cannot be read, or is over a limit
    BUSY = "busy"  # the line was full
    FAILED = "failed"  # our fault


@dataclass(frozen=True)
class PredictionEvent:
    """A photo that was looked at. It tells nothing of the visitor or of the file.

    Attributes:
        task, model, model_format: what answered.
        crop_first: whether objects were to be found and cropped first.
        looked_at: "whole", "drawn", "detected" or "nothing"; None where it did not come to that.
        ms: from the photo's bytes to its answers, without waiting.
        waited_ms: what it waited in line.
        sure, likely, unsure: how many answers there were of each kind; together, the number of objects.
        problem: the kind of error, by its class' name; None where there was none.
    """

    task: str
    model: str
    model_format: str
    crop_first: bool
    outcome: Outcome
    looked_at: str | None = None
    ms: float = 0.0
    waited_ms: float = 0.0
    sure: int = 0
    likely: int = 0
    unsure: int = 0
    problem: str | None = None


def report_prediction(event: PredictionEvent) -> None:
    """Writes a log line, and counts."""
    fields = asdict(event) | {
        "outcome": event.outcome.value,
        "ms": round(event.ms, 1),
        "waited_ms": round(event.waited_ms, 1),
        "objects": event.sure + event.likely + event.unsure,
    }
    log.write("prediction", **fields)
    file = (event.task, event.model, event.model_format)
    metrics.PREDICTIONS.labels(*file, event.outcome.value).inc()
    if event.outcome in (Outcome.ANSWERED, Outcome.NOTHING_FOUND):
        crop_first = "yes" if event.crop_first else "no"
        metrics.PREDICTION_SECONDS.labels(*file, crop_first).observe(event.ms / 1000)
        metrics.WAITING_SECONDS.observe(event.waited_ms / 1000)
    for sureness in ("sure", "likely", "unsure"):
        metrics.ANSWERS.labels(*file, sureness).inc(getattr(event, sureness))


class PageErrors(logging.Handler):
    """Counts what the logger that it is added to reports as an error, and writes a line with the kind of error."""

    def emit(self, record: logging.LogRecord) -> None:
        """Takes a record of an exception."""
        kind = record.exc_info[0] if record.exc_info else None
        log.write("page_failed", problem=None if kind is None else kind.__name__)
        metrics.PAGE_ERRORS.inc()


def report_feedback(task: str, model: str, model_format: str, is_right: bool) -> None:
    """Writes a log line that somebody said an answer was right, or wrong, and counts."""
    log.write("feedback", task=task, model=model, model_format=model_format, is_right=is_right)
    metrics.FEEDBACK.labels(task, model, model_format, "right" if is_right else "wrong").inc()


def report_feedback_error(error: Exception) -> None:
    """Writes a log line that the feedback database did not take something, and counts."""
    log.LOG.error(str(error), exc_info=error.__cause__)
    metrics.FEEDBACK_ERRORS.inc()
