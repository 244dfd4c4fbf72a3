"""Quantisation-aware training in a process of its own: `python -m vision.export.qat FOLDER`, started by `qat_process`.

The older Keras that it needs (TF_USE_LEGACY_KERAS=1) and Keras 3 are kept apart by that, and it can be stopped and
continued: the folder holds its settings, its status, its checkpoint and in the end its file. TensorFlow is loaded once
the model and its photos are known to be there.
"""

import sys
from pathlib import Path

from vision.errors import VisionError
from vision.export.photos import find_photos
from vision.export.qat_process import QatFolder, QatSettings
from vision.jobs import FAILED, FINISHED, STOPPED, JobStatus, Stopped
from vision.model_store import read_model


def main(path: Path) -> int:
    """Trains the twin of `path`'s settings; returns the exit status: 0, 2 for a sentence on stderr, 130 for a stop."""
    folder = QatFolder(path)
    with folder.held():
        try:
            settings = QatSettings.load(folder.settings_path)
            folder.write_status(JobStatus("training", "reading the network and its photos"))
            card, _, content = read_model(Path(settings.model_dir), "float32")
            files = find_photos(Path(settings.data), Path(settings.model_dir), card)

            from vision.export.tflite import write_tflite
            from vision.export.twin_training import TwinTraining

            write_tflite(folder.result_path, TwinTraining(folder, settings, card, content, files).run())
        except Stopped:
            folder.write_status(JobStatus(STOPPED, "stopped; it goes on from here"))
            return 130
        except VisionError as error:
            folder.write_status(JobStatus(FAILED, str(error)))
            print(error, file=sys.stderr)
            return 2
        folder.write_status(JobStatus(FINISHED, "", 1.0))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
