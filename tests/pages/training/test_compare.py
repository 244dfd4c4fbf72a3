"""Comparing runs."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.pages.steps import alerts
from tests.pages.training.runs_for_tests import write_finished_run, write_run
from tests.pages.training.steps import open_compare, press, said
from vision.jobs import STOPPED
from vision.training.run_folder import RunFolder, RunStatus

HALF = RunStatus(STOPPED, "stopped", 0.5)


class FakeTensorBoard:
    """Answers as the real one does, without a process."""

    def __init__(self) -> None:
        self.url: str | None = None
        self.shown: tuple[str, ...] = ()

    def start(self, runs: Sequence[RunFolder]) -> str:
        self.url, self.shown = "http://127.0.0.1:6006/", tuple(run.name for run in runs)
        return self.url

    def stop(self) -> None:
        self.url, self.shown = None, ()


def test_one_run_cannot_be_compared(home: Path):
    write_run(home, "one", HALF)
    app = open_compare()
    assert "two runs or more" in alerts(app)[0]


def test_settings_that_differ_and_results_stand_side_by_side(home: Path):
    write_finished_run(home, "narrow", alpha=0.5)
    write_finished_run(home, "wide", alpha=1.0, seed=7)
    app = open_compare()
    table = said(app)
    assert "<th>width of the network</th><td>1</td><td>0.5</td>" in table
    assert "<th>seed</th><td>7</td><td>0</td>" in table
    assert "size of the photos" not in table, "it is the same in both"
    assert table.count("91.7") >= 2
    assert "is right most often" in table
    assert "may be chance" in table
    assert len(app.get("vega_lite_chart")) == 3


def test_runs_on_other_photos_are_not_ranked(home: Path):
    write_finished_run(home, "one")
    write_finished_run(home, "two", test=None)
    assert "cannot be ranked" in said(open_compare())


def test_runs_of_two_tasks_say_so_once_and_in_words(home: Path):
    write_run(home, "one", HALF, task="traffic_signs", new_task=None)
    write_run(home, "two", HALF)
    table = said(open_compare())
    assert "<th>what it names</th><td>squares</td><td>traffic signs</td>" in table
    assert "the new task" not in table


def test_unfinished_runs_show_what_there_is(home: Path):
    write_run(home, "one", HALF, epochs_done=2)
    write_run(home, "two", HALF)
    app = open_compare()
    assert "nothing to rank yet" in said(app)
    assert len(app.get("vega_lite_chart")) == 2


def test_a_deleted_run_leaves_the_choice(home: Path):
    for name in ("one", "two", "three"):
        write_run(home, name, HALF)
    app = open_compare()
    app.multiselect[0].set_value(["one", "two"]).run()
    (home / "runs" / "one" / "config.json").unlink()
    app.run()
    assert not app.exception
    assert app.multiselect[0].value == ["two"]


def test_a_damaged_run_is_named(home: Path):
    write_run(home, "one", HALF)
    write_run(home, "two", HALF).config_path.write_text("{")
    app = open_compare()
    assert "does not hold the settings" in app.error[0].value


def test_names_are_escaped(home: Path):
    write_run(home, "<b>one", HALF, data="<script>alert(1)<")
    write_run(home, "two", HALF)
    text = said(open_compare())
    assert "<script>" not in text
    assert "<b>" not in text


def test_tensorboard_starts_for_the_chosen_runs_and_stops(home: Path, monkeypatch: pytest.MonkeyPatch):
    from pages.parts.training import tensorboard_view

    server = FakeTensorBoard()
    board = tensorboard_view.Board(server)
    monkeypatch.setattr(tensorboard_view, "_board", lambda: board)
    write_run(home, "one", HALF)
    write_run(home, "two", HALF)
    app = open_compare()
    press(app, "training_board_start")
    assert set(server.shown) == {"one", "two"}
    (link,) = app.get("link_button")
    assert link.proto.url == "http://127.0.0.1:6006/"
    press(app, "training_board_stop")
    assert not server.shown
    assert not app.get("link_button")


def test_who_is_elsewhere_gets_the_way_to_tensorboard_and_no_dead_link(home: Path, monkeypatch: pytest.MonkeyPatch):
    from pages.parts.training import tensorboard_view

    board = tensorboard_view.Board(FakeTensorBoard())
    monkeypatch.setattr(tensorboard_view, "_board", lambda: board)
    write_run(home, "one", HALF)
    write_run(home, "two", HALF)
    app = open_compare()
    press(app, "training_board_start")
    for url, is_here in (("http://localhost:8501/training", True), ("https://signs.example.org/training", False)):
        app.context["url"] = url
        app.run()
        assert bool(app.get("link_button")) == is_here
        assert ("ssh -N -L 6006:127.0.0.1:6006 signs.example.org" in [code.value for code in app.code]) != is_here
