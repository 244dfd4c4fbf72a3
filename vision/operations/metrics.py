"""Counts and latencies for Prometheus. Labels have few values: tasks, models, formats; never what visitors bring."""

import shutil
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics

from vision import places

disable_created_metrics()  # a second series for each, that nobody looks at
REGISTRY = CollectorRegistry()
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

PREDICTIONS = Counter(
    "second_look_predictions",
    "Photos that were looked at, by what came of it.",
    ["task", "model", "format", "outcome"],
    registry=REGISTRY,
)
ANSWERS = Counter(
    "second_look_answers",
    "Answers, several a photo where there are several objects, by how sure the model was.",
    ["task", "model", "format", "sureness"],
    registry=REGISTRY,
)
PREDICTION_SECONDS = Histogram(
    "second_look_prediction_seconds",
    "From a photo's bytes to its answers, without waiting in line.",
    ["task", "model", "format", "crop_first"],
    buckets=SECONDS,
    registry=REGISTRY,
)
WAITING_SECONDS = Histogram(
    "second_look_waiting_seconds", "What a photo waited in line.", buckets=SECONDS, registry=REGISTRY
)
FEEDBACK = Counter(
    "second_look_feedback",
    "What visitors said of answers; what they undo is not counted back.",
    ["task", "model", "format", "said"],
    registry=REGISTRY,
)
FEEDBACK_ERRORS = Counter(
    "second_look_feedback_errors", "What visitors said and the database did not take.", registry=REGISTRY
)
PAGE_ERRORS = Counter("second_look_page_errors", "Pages that failed while they were drawn.", registry=REGISTRY)
PHOTOS_WAITING = Gauge("second_look_photos_waiting", "Photos in line just now.", registry=REGISTRY)
PHOTOS_AT_WORK = Gauge("second_look_photos_at_work", "Photos that are being looked at just now.", registry=REGISTRY)
KEPT_BYTES = Gauge(
    "second_look_kept_bytes", "Photos and answers that visitors have before them just now.", registry=REGISTRY
)
FREE_BYTES = Gauge("second_look_free_disk_bytes", "Free on the disk of the home folder.", registry=REGISTRY)

ProcessCollector(registry=REGISTRY)  # memory, processor time, open files


def watch_line(waiting: Callable[[], int], at_work: Callable[[], int]) -> None:
    """Takes the two functions that are asked for the line's length and for what is being done, at each scrape."""
    PHOTOS_WAITING.set_function(waiting)
    PHOTOS_AT_WORK.set_function(at_work)


def watch_kept(kept_bytes: Callable[[], int]) -> None:
    """Takes the function that is asked for what visitors keep, at each scrape."""
    KEPT_BYTES.set_function(kept_bytes)


def _free_bytes() -> float:
    try:
        return shutil.disk_usage(places.HOME).free
    except OSError:
        return 0.0


FREE_BYTES.set_function(_free_bytes)
