"""Classifies a run's held-out photos with the file that will be served, and writes down what that says of the model."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from vision.classifier import Classifier
from vision.datasets.class_folders import class_key
from vision.errors import ModelError, SettingsError
from vision.evaluation import Evaluation, evaluate_photos, list_labelled
from vision.jobs import Stopped
from vision.model_card import ModelCard, read_card
from vision.results.findings import find
from vision.results.outcome import TEST, VALIDATION, Outcome
from vision.results.page import write_report
from vision.results.report_file import write_report_file
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder

OnProgress = Callable[[int, int], None]
ShouldStop = Callable[[], bool]


def served_format(formats: Sequence[str]) -> str:
    """The format whose answers are looked at: float32, or the first where it was not exported."""
    return "float32" if "float32" in formats else formats[0]


def measure_run(
    run: RunFolder,
    config: TrainingConfig,
    model_dir: Path,
    class_keys: Sequence[str],
    validation_files: Sequence[Path],
    validation_labels: Sequence[int],
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
    tested: Evaluation | None = None,
) -> Outcome:
    """Classifies the validation photos and the test photos, each as a visitor's photo would be.

    Args:
        run: where the answers are kept, as `run.outcome_path`.
        model_dir: the exported model; its float32 file answers.
        class_keys: the classes that `validation_labels` count.
        validation_files: photos below `config.data` that were held out.
        on_progress: called now and then with photos done and photos in all.
        should_stop: asked now and then.
        tested: the answers to the photos of `config.test`, if that file has given them already.

    Raises:
        DatasetError: the photos of a part cannot be read, or the test folder has classes that the model has not.
        ModelError: the model is not whole.
        Stopped: `should_stop` said so.
    """
    card = read_card(model_dir)
    classifier = Classifier.load(model_dir, served_format(tuple(card.formats)))
    tests: tuple[list[Path], list[int]] = ([], [])
    if config.test is not None and tested is None:
        tests = list_labelled(Path(config.test), card)
    total = len(validation_files) + len(tests[0])

    def progress_from(before: int) -> OnProgress:
        def report(done: int, _: int) -> None:
            if should_stop is not None and should_stop():
                raise Stopped
            if on_progress is not None:
                on_progress(before + done, total)

        return report

    labels = [card.class_keys.index(class_keys[label]) for label in validation_labels]
    validated = evaluate_photos(classifier, validation_files, labels, Path(config.data), progress_from(0))
    if config.test is not None and tested is None:
        tested = evaluate_photos(classifier, *tests, Path(config.test), progress_from(len(validation_files)))
    outcome = _outcome(config, card, classifier.model_format, validated, tested)
    outcome.save(run.outcome_path)
    return outcome


def _outcome(
    config: TrainingConfig, card: ModelCard, model_format: str, validated: Evaluation, tested: Evaluation | None
) -> Outcome:
    parts = [(VALIDATION, Path(config.data), validated)]
    if tested is not None and config.test is not None:
        parts.insert(0, (TEST, Path(config.test), tested))
    return Outcome(
        class_keys=card.class_keys,
        labels=card.labels,
        test_root=config.test or "",
        validation_root=config.data,
        files=tuple(path.relative_to(root).as_posix() for _, root, result in parts for path in result.files),
        parts=tuple(part for part, _, result in parts for _ in result.files),
        truth=np.concatenate([result.labels for _, _, result in parts]),
        probabilities=np.concatenate([result.probabilities for _, _, result in parts]),
        unreadable=tuple(line for _, _, result in parts for line in result.unreadable),
        model_format=model_format,
        model_sha256=card.formats[model_format].sha256,
        median_ms=parts[0][2].median_ms,
    )


def write_results(run: RunFolder, on_progress: OnProgress | None = None, should_stop: ShouldStop | None = None) -> Path:
    """Writes report.json and report.html of a run whose model is exported; all it needs is in the run's folder.

    The answers kept as outcome.npz are taken where they are this model's; else the photos are classified first.

    Returns:
        The path of report.html.

    Raises:
        SettingsError: the run has no settings or no split.
        ModelError, DatasetError, Stopped: see `measure_run`.
    """
    config = TrainingConfig.load(run.config_path)
    card = read_card(run.model_dir)
    outcome = kept_outcome(run, card)
    if outcome is None:
        files, labels = _held_out(run, config, card)
        outcome = measure_run(run, config, run.model_dir, card.class_keys, files, labels, on_progress, should_stop)
    findings = find(outcome)
    history = run.read_history()
    write_report_file(run, outcome, findings, card, config, history)
    return write_report(run, outcome, findings, card, config, history)


def kept_outcome(run: RunFolder, card: ModelCard) -> Outcome | None:
    """The answers in the run's folder; None where there are none of the model that is there now."""
    try:
        outcome = Outcome.load(run.outcome_path)
    except ModelError:
        return None
    entry = card.formats.get(outcome.model_format)
    return outcome if entry is not None and entry.sha256 == outcome.model_sha256 else None


def _held_out(run: RunFolder, config: TrainingConfig, card: ModelCard) -> tuple[list[Path], list[int]]:
    """The validation photos, and the index of each one's class on the card."""
    try:
        names = json.loads(run.split_path.read_text(encoding="utf-8"))["validation"]
        files = [Path(config.data) / name for name in names]
        return files, [card.class_keys.index(class_key(path.parent.name)) for path in files]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"'{run.split_path}' does not say which photos were held out for this model; train again."
        ) from error
