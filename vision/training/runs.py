"""The runs that there are."""

from pathlib import Path

from vision import places
from vision.errors import SettingsError
from vision.model_card import is_plain_name
from vision.training.run_folder import RunFolder


def list_runs(runs_dir: Path = places.RUNS_DIR) -> list[RunFolder]:
    """The runs, newest first."""
    begun: list[tuple[float, RunFolder]] = []
    for path in runs_dir.glob("[!.]*/config.json"):
        try:
            begun.append((path.stat().st_mtime, RunFolder(path.parent)))
        except FileNotFoundError:  # deleted between the two looks
            continue
    return [run for _, run in sorted(begun, key=lambda entry: (entry[0], entry[1].name), reverse=True)]


def find_run(name: str, runs_dir: Path = places.RUNS_DIR) -> RunFolder:
    """The run of that name.

    Raises:
        SettingsError: there is none.
    """
    run = RunFolder(runs_dir / name)
    if not is_plain_name(name) or not run.config_path.is_file():
        raise SettingsError(f"There is no run '{name}'; see: python -m vision runs list")
    return run
