"""The commands that tell what visitors said."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.feedback.judgements_for_tests import STOP, YIELD, right, wrong
from tests.models_for_tests import draw_square
from vision.cli import main
from vision.datasets.class_folders import read_class_folders
from vision.feedback.judgement import SOMETHING_ELSE
from vision.feedback.kept_photo import kept_jpeg
from vision.feedback.place import VARIABLE
from vision.feedback.store import FeedbackStore, open_store

PHOTO = kept_jpeg(draw_square(0, 1, (64, 64)))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedbackStore]:
    url = f"sqlite:///{tmp_path / 'feedback.db'}"
    monkeypatch.setenv(VARIABLE, url)
    opened = open_store(url)
    yield opened
    opened.close()


def give(store: FeedbackStore) -> None:
    for judgement in (right(STOP), wrong(STOP, YIELD, minutes=1), wrong(STOP, (None, SOMETHING_ELSE), minutes=2)):
        store.add(judgement)
        store.give_photo(judgement.id, PHOTO)


def test_figures_and_mix_ups_are_told(store: FeedbackStore, capsys: pytest.CaptureFixture[str]):
    assert main(["feedback", "show"]) == 0
    assert capsys.readouterr().out == "Nobody has said anything yet.\n"
    give(store)
    assert main(["feedback", "show"]) == 0
    said = capsys.readouterr().out.replace("\u00a0", " ")
    assert said.startswith(
        "traffic_signs\n  squares int8 abababab: 33.3 % right, 1 of 3 answers, between 6 % and 79 %\n"
    )
    assert "'Stop' was said, but it was 'Yield': 1 times" in said
    assert "3 photos given, 2 with a known class" in said


def test_the_photos_become_a_data_set(store: FeedbackStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    give(store)
    archive = tmp_path / "given.zip"
    assert main(["feedback", "export", "traffic_signs", "--to", str(archive)]) == 0
    assert "2 photos of 2 classes" in capsys.readouterr().out
    assert main(["data", "import", str(archive), "--to", str(tmp_path / "data")]) == 0
    assert read_class_folders(tmp_path / "data").class_keys == ("13", "14")
    assert main(["feedback", "export", "traffic_signs", "--to", str(archive)]) == 2
    assert "exists already" in capsys.readouterr().err


def test_all_that_was_said_becomes_a_table(store: FeedbackStore, tmp_path: Path):
    give(store)
    table = tmp_path / "said.csv"
    assert main(["feedback", "table", "traffic_signs", "--to", str(table)]) == 0
    with table.open(encoding="utf-8-sig", newline="") as file:
        assert [row["truth"] for row in csv.DictReader(file)] == ["Stop", "Yield", SOMETHING_ELSE]
    assert main(["feedback", "table", "traffic_signs", "--to", str(tmp_path / "missing" / "said.csv")]) == 2


def test_where_there_is_nothing_a_sentence_says_so_and_no_file_is_left(
    store: FeedbackStore, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    assert main(["feedback", "export", "mushrooms", "--to", str(tmp_path / "given.zip")]) == 2
    assert "no photo yet" in capsys.readouterr().err
    assert not (tmp_path / "given.zip").exists()
    monkeypatch.setenv(VARIABLE, "off")
    assert main(["feedback", "show"]) == 2
    assert "switched off" in capsys.readouterr().err
