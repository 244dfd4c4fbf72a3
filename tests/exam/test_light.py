"""The models page and its exams on a server that has only what shows models."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.exam.exams_for_tests import exam_on, zip_of_squares
from vision.exam.result import Share, read_result

# What `requirements-hosted.txt` does not bring.
LIGHT = """
import runpy, sys
for name in "cv2 h5py keras onnx psutil resvg_py scipy tensorboard tensorflow tf_keras torch ultralytics".split():
    sys.modules[name] = None
"""


def run_light(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LIGHT + code, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.usefixtures("cache_dir")
def test_an_exam_needs_nothing_that_trains(model_dir: Path):
    exam = exam_on(model_dir, zip_of_squares({"red": [0], "green": [1]}))
    done = run_light("runpy.run_module('vision.exam', run_name='__main__')", str(exam.path))
    assert done.returncode == 0, done.stderr
    assert read_result(exam.result_path).scores[1] == Share(2, 2)


def test_the_page_and_its_bundles_need_nothing_that_trains(model_dir: Path):
    code = """
import sys
from pathlib import Path
import pages.parts.models.page
from vision.export.phone_bundle import build_bundle
print(len(build_bundle(Path(sys.argv[1]), "int8")) > 2000)
"""
    done = run_light(code, str(model_dir))
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["True"]


def test_a_folder_that_is_none_ends_in_a_sentence(tmp_path: Path):
    command = [sys.executable, "-m", "vision.exam", str(tmp_path / "nowhere")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "There is no folder" in done.stderr and "Traceback" not in done.stderr
