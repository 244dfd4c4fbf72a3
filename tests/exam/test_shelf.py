"""Where exams lie: found by their name alone, bounded, and forgotten after a day."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.exam.exams_for_tests import exam_on, zip_of_squares
from vision import jobs
from vision.errors import DatasetError
from vision.exam.folder import HOSTED, ExamRequest
from vision.exam.shelf import KEPT_S, exams_dir, find_exam, forget_old

pytestmark = pytest.mark.usefixtures("cache_dir")
ZIP = zip_of_squares({"red": [0]})


def test_an_exam_is_found_by_its_name_and_by_nothing_else(model_dir: Path):
    exam = exam_on(model_dir, ZIP)
    found = find_exam(exam.name)
    assert found is not None and found.path == exam.path
    assert found.request() == ExamRequest(model_dir, "int8", "my photos", None, HOSTED)
    for name in ("", "..", "../cache", exam.name[:-1], exam.name + "x", exam.name[::-1], "a" * 22, f"../{exam.name}"):
        assert find_exam(name) is None


def test_names_cannot_be_guessed(model_dir: Path):
    names = {exam_on(model_dir, ZIP).name for _ in range(5)}
    assert len(names) == 5 and all(len(name) == 22 for name in names)


def test_a_zip_over_the_bound_is_not_kept(model_dir: Path):
    with pytest.raises(DatasetError, match="over 0 MB"):
        exam_on(model_dir, ZIP, limits=replace(HOSTED, upload_bytes=100))
    assert list(exams_dir().iterdir()) == []


def test_a_full_disk_ends_in_a_sentence(model_dir: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vision.exam.shelf._store", full)
    with pytest.raises(DatasetError, match="No space left on device"):
        exam_on(model_dir, ZIP)
    assert list(exams_dir().iterdir()) == []


def test_more_than_may_wait_are_sent_away(model_dir: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jobs, "start", lambda arguments, log_path, command: None)
    limits = replace(HOSTED, waiting=2)
    for _ in range(2):
        exam_on(model_dir, ZIP, limits=limits).start()
    with pytest.raises(DatasetError, match="try again"):
        exam_on(model_dir, ZIP, limits=limits)


def test_exams_are_forgotten_after_a_day_unless_they_are_at_work(model_dir: Path):
    old, at_work, new = (exam_on(model_dir, ZIP) for _ in range(3))
    long_ago = time.time() - KEPT_S - 60
    for exam in (old, at_work):
        os.utime(exam.request_path, (long_ago, long_ago))
    with at_work.held():
        forget_old()
        assert [exam.path.exists() for exam in (old, at_work, new)] == [False, True, True]
    forget_old()
    assert [exam.path.exists() for exam in (at_work, new)] == [False, True]


def test_a_request_that_is_none_ends_in_a_sentence(model_dir: Path):
    exam = exam_on(model_dir, ZIP)
    for text in ("", "[]", "{}", '{"model_dir": 3}'):
        exam.request_path.write_text(text)
        with pytest.raises(DatasetError, match="begin again"):
            exam.request()
        assert not exam.can_begin_again
