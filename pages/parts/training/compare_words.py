"""What a comparison of runs comes to, and how settings are called."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vision.results.compare import ComparedRun, Comparison
from vision.results.findings import Score
from vision.results.words import milliseconds, percent

SETTINGS = {
    "task": "what it names",
    "data": "photos it learns from",
    "test": "test photos",
    "backbone": "network",
    "alpha": "width of the network",
    "weights": "weights it starts from",
    "image_size": "size of the photos, pixels",
    "resize": "how photos are resized",
    "epochs": "times through all photos",
    "head_epochs": "times through the photos for the head alone",
    "batch_size": "photos a step",
    "learning_rate": "learning rate",
    "augmentation": "how much photos are changed",
    "class_weights": "rare classes count for more",
    "patience": "patience before it ends early",
    "validation_fraction": "part held back",
    "seed": "seed",
    "new_task": "the new task",
}


PATHS = ("data", "test", "weights", "boxes", "outliers")


def sentences(comparison: Comparison) -> list[str]:
    """Which run is best and which is fastest; nothing where fewer than two were measured."""
    scored = [(score, run) for run in comparison.runs if (score := headline_score(run)) is not None]
    if {"task", "test"} & comparison.differing.keys():
        return ["These runs were not measured on the same photos, so their figures cannot be ranked."]
    if len(scored) < 2:
        return ["Fewer than two of these runs are finished, so there is nothing to rank yet."]
    best, best_run = max(scored, key=lambda pair: pair[0].share)
    said = [f"{best_run.name} is right most often: {percent(best.share)} of {best.photos:,} photos."]
    overlap = [run.name for score, run in scored if run is not best_run and score.high >= best.low]
    if overlap:
        said.append(f"With so few photos, that may be chance beside {_listed(overlap)}.")
    timed = [(run.median_ms, run.name) for run in comparison.runs if run.median_ms is not None]
    if len(timed) > 1:
        latency_ms, name = min(timed)
        said.append(f"{name} is the fastest: {milliseconds(latency_ms)} a photo.")
    return said


def headline_score(run: ComparedRun) -> Score | None:
    """The figure by which runs are ranked: on the test photos, else on those held back."""
    return run.test or run.validation


def setting(name: str) -> str:
    """A setting as people call it."""
    return SETTINGS.get(name, name.replace("_", " "))


def values(name: str, contents: Sequence[Any]) -> list[str]:
    """A setting's value in each run, as people write it; folders by their last two names where those differ."""
    if name in PATHS:
        ends = ["/".join(Path(content).parts[-2:]) if content else "none" for content in contents]
        if len(set(ends)) == len(set(contents)):
            return ends
    return [_value(content) for content in contents]


def _value(content: Any) -> str:
    if content is None:
        return "none"
    if isinstance(content, bool):
        return "yes" if content else "no"
    if isinstance(content, float):
        return f"{content:g}"
    if isinstance(content, Mapping):
        return str(content.get("title", content))
    if isinstance(content, list | tuple):
        return ", ".join(map(str, content)) or "none"
    return str(content)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
