"""Takes photos away that somebody brought to train on."""

import shutil
from pathlib import Path

from vision.errors import DatasetError
from vision.jobs import FINISHED
from vision.training.config import TrainingConfig
from vision.training.runs import list_runs


def delete_photos(folder: Path, runs_dir: Path) -> None:
    """Deletes a data set for good.

    Raises:
        DatasetError: a run that is not finished needs the photos, or they cannot be deleted.
    """
    place = folder.resolve()
    for run in list_runs(runs_dir):
        config = TrainingConfig.load(run.config_path)
        needed = [Path(path).resolve() for path in (config.data, config.test, config.outliers) if path is not None]
        if any(path.is_relative_to(place) for path in needed) and run.look().state != FINISHED:
            raise DatasetError(
                f"The run “{run.name}” is not finished and needs these photos; finish or delete it, then try again."
            )
    try:
        # A name that readers pass over: half a data set is never found.
        gone = folder.with_name(f".{folder.name}.deleted")
        folder.rename(gone)
        shutil.rmtree(gone)
    except OSError as error:
        raise DatasetError(
            f"The photos could not be deleted ({error.strerror or type(error).__name__}); ask who runs this server."
        ) from error
