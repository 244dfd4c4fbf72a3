"""Exams: what comes of photos, good ones and bad ones, and what is left of them."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.exam.exams_for_tests import exam_on, square_bytes, zip_of_squares
from tests.models_for_tests import write_class_folders
from vision.exam.folder import HOSTED, MEASURING, ExamFolder
from vision.exam.result import LeftOut, Share, read_result
from vision.exam.shelf import find_exam
from vision.exam.work import run_exam
from vision.jobs import FAILED, FINISHED, INTERRUPTED, QUEUED, STOPPED, Busy, JobStatus, locked

pytestmark = pytest.mark.usefixtures("cache_dir")
SLOW = """
import sys, time
from pathlib import Path
from vision import images
from vision.exam.folder import ExamFolder
from vision.exam.work import run_exam
images.decode = lambda *arguments, **options: time.sleep(60)
run_exam(ExamFolder(Path(sys.argv[1])))
"""


def wait(exam: ExamFolder, *states: str) -> JobStatus:
    end = time.monotonic() + 60
    while (status := exam.look()).state not in states:
        assert time.monotonic() < end, f"{status}: {exam.log_path.read_text() if exam.log_path.exists() else ''}"
        time.sleep(0.05)
    return status


def left_in(exam: ExamFolder) -> set[str]:
    return {path.name for path in exam.path.iterdir()}


def test_right_and_wrong_photos_are_counted_and_the_mistakes_shown(model_dir: Path):
    exam = exam_on(model_dir, zip_of_squares({"red": [0, 0, 0, 2], "7": [1, 1], "Squirrels": [0, 1]}))
    assert run_exam(exam) == JobStatus(FINISHED, "all photos were looked at", 1.0)
    result = read_result(exam.result_path)
    assert (result.model, result.model_format, result.classes_known) == ("squares", "int8", 3)
    assert result.scores[1] == Share(5, 6)
    assert result.scores[3] == Share(6, 6)
    assert (result.offered, result.unreadable, result.wrong) == (6, 0, 1)
    assert result.left_out == (LeftOut("Squirrels", 2),)
    assert [(each.label, each.score) for each in result.classes] == [("Red", Share(3, 4)), ("Green", Share(2, 2))]
    (mistake,) = result.mistakes
    assert (mistake.file, mistake.truth, mistake.answer) == ("red/3.png", "Red", "Blue")
    assert mistake.probability > 0.5
    assert mistake.picture.startswith("data:image/jpeg;base64,/9j/")
    low, high = result.scores[1].interval
    assert 0 < low < 5 / 6 < high < 1


def test_the_photos_are_gone_when_it_has_ended(model_dir: Path):
    exam = exam_on(model_dir, zip_of_squares({"red": [0], "green": [1]}))
    assert left_in(exam) == {"request.json", "photos.zip"}
    assert exam.can_begin_again
    run_exam(exam)
    assert left_in(exam) == {"request.json", "status.json", "result.json", ".lock"}
    assert not exam.can_begin_again


def test_a_folder_of_this_machine_stays_as_it_is(model_dir: Path, tmp_path: Path):
    photos = write_class_folders(tmp_path / "photos", per_class=4, seed=60)
    before = sorted(photos.rglob("*"))
    exam = exam_on(model_dir, photos_dir=photos)
    run_exam(exam)
    assert read_result(exam.result_path).scores[1] == Share(12, 12)
    assert sorted(photos.rglob("*")) == before
    assert exam.can_begin_again


@pytest.mark.parametrize("wrap", ["", "mine/"])
@pytest.mark.parametrize("parts", [["test"], ["train", "test"], ["train"]])
def test_of_train_and_test_the_test_photos_count(model_dir: Path, wrap: str, parts: list[str]):
    folders = {f"{wrap}{part}/{name}": [label] * len(part) for part in parts for label, name in enumerate(["red", "7"])}
    exam = exam_on(model_dir, zip_of_squares(folders))
    assert run_exam(exam).state == FINISHED
    assert read_result(exam.result_path).scores[1].photos == 2 * len(parts[-1])


def test_what_cannot_be_read_is_counted_with_a_reason(model_dir: Path, tmp_path: Path):
    photos = write_class_folders(tmp_path / "photos", per_class=2, seed=60)
    (photos / "02" / "broken.jpg").write_bytes(square_bytes(0, 1)[:60])
    exam = exam_on(model_dir, photos_dir=photos)
    run_exam(exam)
    result = read_result(exam.result_path)
    assert (result.unreadable, result.scores[1].photos) == (1, 6)
    assert result.reasons[0].startswith("02/broken.jpg: ")


def test_of_too_many_photos_every_so_many_th_is_measured(model_dir: Path, tmp_path: Path):
    photos = write_class_folders(tmp_path / "photos", per_class=10, seed=60)
    exam = exam_on(model_dir, photos_dir=photos, limits=replace(HOSTED, photos=6))
    run_exam(exam)
    result = read_result(exam.result_path)
    assert (result.offered, result.scores[1].photos) == (30, 6)
    assert len(result.classes) == 3


@pytest.mark.parametrize(
    ("archive", "sentence"),
    [
        (
            zip_of_squares({"cat": [0], "cow": [1]}),
            "No folder is called as anything that this model knows: there are “cat”",
        ),
        (zip_of_squares({"../red": [0]}), "would be written outside its folder"),
        (b"no zip at all", "no zip archive"),
        (zip_of_squares({"red": [0]})[:-30], "damaged"),
        (zip_of_squares({"red": [0]}).replace(b"red/0.png", b"red/0.exe"), "holds no photos in folders"),
    ],
    ids=["no class", "outside", "no zip", "cut off", "no photos"],
)
def test_a_bad_zip_ends_in_a_sentence_and_leaves_nothing(model_dir: Path, archive: bytes, sentence: str):
    exam = exam_on(model_dir, archive)
    status = run_exam(exam)
    assert status.state == FAILED
    assert sentence in status.message
    assert str(exam.path) not in status.message
    assert left_in(exam) == {"request.json", "status.json", ".lock"}


def test_photos_none_of_which_can_be_read_end_in_a_sentence_without_our_paths(model_dir: Path):
    content = zip_of_squares({"red": [0]})
    exam = exam_on(model_dir, content.replace(b"\x89PNG", b"XPNG"))
    status = run_exam(exam)
    assert status.state == FAILED
    assert str(exam.path) not in status.message


def test_a_zip_over_the_bounds_is_refused(model_dir: Path):
    archive = zip_of_squares({"red": [0] * 5})
    exam = exam_on(model_dir, archive, limits=replace(HOSTED, members=4))
    assert "over 4 members" in run_exam(exam).message
    exam = exam_on(model_dir, archive, limits=replace(HOSTED, unpacked_bytes=500))
    assert "unpack to over 500 bytes" in run_exam(exam).message


def test_a_model_that_went_away_ends_in_a_sentence(model_dir: Path):
    exam = exam_on(model_dir, zip_of_squares({"red": [0]}))
    (model_dir / "model.int8.tflite").unlink()
    status = run_exam(exam)
    assert (status.state, "is missing" in status.message) == (FAILED, True)


def test_a_process_of_its_own_does_the_same(model_dir: Path):
    exam = exam_on(model_dir, zip_of_squares({"red": [0, 0], "green": [1]}))
    exam.start()
    assert wait(exam, FINISHED, FAILED).state == FINISHED, exam.log_path.read_text()
    assert read_result(exam.result_path).scores[1] == Share(3, 3)


def test_a_stop_is_obeyed_and_the_photos_go(model_dir: Path):
    exam = exam_on(model_dir, zip_of_squares({"red": [0] * 20}))
    exam.ask_to_stop()
    assert run_exam(exam).state == STOPPED
    assert exam.look().state == STOPPED
    assert not exam.archive_path.exists()
    assert not exam.result_path.exists()


def test_a_killed_process_is_told_and_another_start_begins_again(model_dir: Path):
    exam = exam_on(model_dir, zip_of_squares({"red": [0], "green": [1]}))
    process = subprocess.Popen([sys.executable, "-c", SLOW, str(exam.path)])
    wait(exam, MEASURING)
    with pytest.raises(Busy):
        run_exam(exam)
    process.kill()
    process.wait()
    assert exam.look().state == INTERRUPTED
    assert exam.can_begin_again
    assert run_exam(exam).state == FINISHED
    assert read_result(exam.result_path).scores[1] == Share(2, 2)


def test_one_at_a_time_and_a_stop_is_obeyed_while_it_waits(model_dir: Path):
    exam = exam_on(model_dir, zip_of_squares({"red": [0]}))
    with locked(exam.path.parent / ".turn"):
        exam.start()
        end = time.monotonic() + 60
        while "somebody else" not in exam.look().message:
            assert time.monotonic() < end, exam.look()
            time.sleep(0.05)
        assert exam.look().state == QUEUED
        exam.ask_to_stop()
        wait(exam, STOPPED)


def test_a_deleted_exam_stops_and_leaves_nothing(model_dir: Path):
    exam = exam_on(model_dir, zip_of_squares({"red": [0]}))
    with locked(exam.path.parent / ".turn"):
        exam.start()
        end = time.monotonic() + 60
        while "somebody else" not in exam.look().message:
            assert time.monotonic() < end, exam.look()
            time.sleep(0.05)
        exam.delete()
        while exam.path.exists() or find_exam(exam.name) is not None:
            assert time.monotonic() < end
            time.sleep(0.05)
    time.sleep(1.5)
    assert not exam.path.exists()
