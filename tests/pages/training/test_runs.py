"""The list of runs and one run in each of its states."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from pages.parts.training import run_words
from tests.pages.steps import alerts
from tests.pages.training.runs_for_tests import write_history, write_run
from tests.pages.training.steps import button_keys, look_at, open_runs, press, said
from vision.jobs import FAILED, INTERRUPTED, QUEUED, STOPPED, write_json
from vision.training.run_folder import RunFolder, RunStatus

HALF = RunStatus(STOPPED, "stopped", 0.5, epoch=2, epochs=4)
AT_WORK = RunStatus(
    "training", "", 0.42, seconds_left=200, done=30, total=120, epoch=2, epochs=4, photos_per_second=251, memory_mb=900
)


def age(run: RunFolder, seconds: int) -> RunFolder:
    """Makes the run older than it is."""
    changed = run.config_path.stat().st_mtime - seconds
    os.utime(run.config_path, (changed, changed))
    return run


def test_without_runs_the_list_says_how_to_start_one(home: Path):
    app = open_runs()
    assert not app.exception
    assert "no runs yet" in alerts(app)[0]


def test_the_list_shows_the_newest_first_and_where_each_stands(home: Path, started: list[Sequence[str]]):
    age(write_run(home, "old", HALF), 20)
    age(write_run(home, "queued", RunStatus(QUEUED)), 10)
    write_run(home, "new", RunStatus(FAILED, "no space"))
    app = open_runs()
    labels = [button.label for button in app.button]
    assert [button.key for button in app.button] == [f"training_run_{name}" for name in ("new", "queued", "old")]
    assert [label.rpartition(" · ")[2] for label in labels] == ["failed", r"waiting for its turn\, number 1", "stopped"]
    assert all(r"Squares \& more" in label for label in labels)


def test_names_are_shown_as_they_are(home: Path):
    name = "<img src=x onerror=alert(1)> **bold** [link](http:x)"
    write_run(home, name.replace("/", ""), HALF, data="<script>")
    app = open_runs()
    assert not app.exception
    label = app.button[0].label.replace("\u2060", "")  # it prints nothing, and keeps tags and addresses apart
    assert r"\<img src\=x onerror\=alert\(1\)\> \*\*bold\*\* \[link\]" in label
    assert r"photos in \<script\>" in label
    look_at(app, name)
    assert "<img" not in said(app).replace(r"\<img", "")


def test_a_queued_run_waits_where_it_is_and_can_be_taken_out(home: Path, started: list[Sequence[str]]):
    write_run(home, "first", RunStatus(QUEUED))
    run = write_run(home, "second", RunStatus(QUEUED))
    app = open_runs("second")
    assert "number 2 in the queue" in said(app)
    assert started, "nobody was at the queue, so a look at it starts a worker"
    press(app, "training_stop")
    assert run.look().state == STOPPED
    assert "training_resume" in button_keys(app)


def test_a_run_that_gets_ready_says_what_it_does(home: Path):
    run = write_run(home, "run", RunStatus("preparing", "read 300 of 1,200 photos", 0.02, done=300, total=1200))
    with run.held():
        app = open_runs("run")
    assert "It is getting ready: read 300 of 1,200 photos".replace(":", r"\:").replace(",", r"\,") in said(app)
    assert "curves begin" in said(app)
    assert "step 300" not in said(app), "what it reads are no steps of training"
    assert button_keys(app) >= {"training_stop"}


def test_a_run_that_trains_shows_how_far_it_is_and_what_it_has_learnt(home: Path):
    run = write_run(home, "run", AT_WORK, epochs_done=2)
    with run.held():
        app = open_runs("run")
    assert "for the 2nd of 4 times" in said(app)
    bars = [(bar.proto.value, bar.proto.text) for bar in app.get("progress")]
    assert bars == [(25, "This time through the photos"), (42, "The whole run, 42\u00a0%, about 3 minutes left")]
    assert len(app.get("vega_lite_chart")) == 2
    assert "251 photos a second" in said(app)
    assert "900 MB of memory" in said(app)


def test_the_curves_grow_within_the_first_pass(home: Path):
    run = write_run(home, "run", AT_WORK)
    points = [{"epoch": 0.25 * (step + 1), "loss": 2.0 - step, "accuracy": 0.3 + 0.1 * step} for step in range(2)]
    with run.held():
        write_json(run.progress_path, {"history": [], "points": points[:1]})
        app = open_runs("run")
        assert not app.get("vega_lite_chart"), "one point is no curve"
        write_json(run.progress_path, {"history": [], "points": points})
        assert len(app.run().get("vega_lite_chart")) == 2


def test_stop_from_two_tabs_is_one_request(home: Path):
    run = write_run(home, "run", AT_WORK)
    with run.held():
        one, two = open_runs("run"), open_runs("run")
        press(one, "training_stop")
        assert run.is_asked_to_stop()
        assert one.button(key="training_stop").disabled
        assert "It is stopping" in said(one)
        press(two, "training_stop")
        assert not two.error
    run.write_status(HALF)
    assert "Nothing is lost" in alerts(one.run())[0]


def test_stop_after_the_end_stops_nothing(home: Path):
    run = write_run(home, "run", AT_WORK)
    with run.held():
        app = open_runs("run")
    run.write_status(HALF)
    press(app, "training_stop")
    assert not run.is_asked_to_stop()
    assert "Nothing is lost" in alerts(app)[0]


def test_resume_from_two_tabs_queues_the_run_once(home: Path, started: list[Sequence[str]]):
    run = write_run(home, "run", HALF, epochs_done=2)
    one, two = open_runs("run"), open_runs("run")
    press(one, "training_resume")
    queued = run.read_status()
    assert queued is not None and queued.state == QUEUED
    press(two, "training_resume")
    assert run.read_status() == queued, "the second press does not send it to the end of the queue"
    assert not two.error
    assert "next to start" in said(two)


def test_a_stopped_run_can_be_finished_only_with_weights(home: Path, started: list[Sequence[str]]):
    run = write_run(home, "run", HALF)
    assert "training_finish" not in button_keys(open_runs("run"))
    run.best_path.touch()
    app = open_runs("run")
    assert "finish now with the best so far" in alerts(app)[0]
    press(app, "training_finish")
    assert run.is_asked_to_finish()
    assert run.look().state == QUEUED


def test_a_failed_run_says_why_and_shows_its_log_to_engineers(home: Path):
    run = write_run(home, "run", RunStatus(FAILED, "The disk is full; make room.", 0.3), epochs_done=1)
    run.log_path.write_text("first line\n" + "x" * 9000 + "\nOSError: no space\n")
    app = open_runs("run")
    assert r"The disk is full\; make room" in app.error[0].value
    assert "training_resume" in button_keys(app)
    assert "OSError: no space" in app.code[0].value
    assert "first line" not in app.code[0].value


def test_a_killed_run_is_cut_off_and_can_be_resumed(home: Path, started: list[Sequence[str]]):
    run = write_run(home, "run", AT_WORK, epochs_done=1)
    app = open_runs("run")
    assert "cut off" in app.warning[0].value
    press(app, "training_resume")
    assert run.look().state == QUEUED


@pytest.mark.parametrize(
    "status",
    [
        RunStatus(INTERRUPTED, "Its process was killed (signal 9): by hand, or because memory ran out.", 0.3),
        RunStatus(INTERRUPTED, "", 0.3),
        RunStatus(FAILED, "The disk is full; make room, then resume the run.", 0.3),
        RunStatus(FAILED, "Memory ran out; start a run with a smaller batch or smaller photos.", 0.3),
        RunStatus(STOPPED, "stopped", 0.3),
    ],
)
def test_what_to_do_is_said_once(status: RunStatus):
    assert run_words.rest(status, can_finish=True).lower().count("resume") == 1


def test_a_run_of_which_nothing_is_written_can_be_looked_at(home: Path):
    write_run(home, "run", None)
    app = open_runs("run")
    assert "cut off" in app.warning[0].value


@pytest.mark.parametrize("content", ["", "{", "[]", '{"task": 3}'])
def test_a_damaged_run_says_so_and_can_be_deleted(home: Path, content: str):
    run = write_run(home, "run", HALF)
    run.config_path.write_text(content)
    app = open_runs("run")
    assert not app.exception
    assert "does not hold the settings" in app.error[0].value
    press(app, "training_delete")
    assert not run.path.exists()


def test_a_run_deleted_while_it_is_looked_at_is_gone_in_a_sentence(home: Path):
    run = write_run(home, "run", AT_WORK, epochs_done=1)
    with run.held():
        app = open_runs("run")
        shutil.rmtree(run.path)
        app.run()
        assert not app.exception
        assert "is gone" in app.warning[0].value
        press(app, "training_back")
    assert "no runs yet" in alerts(app)[0]


@pytest.mark.parametrize("key", ["training_resume", "training_finish"])
def test_a_button_of_a_run_that_is_gone_ends_in_a_sentence(home: Path, key: str):
    run = write_run(home, "run", HALF)
    run.best_path.touch()
    app = open_runs("run")
    shutil.rmtree(run.path)
    press(app, key)
    assert "no run" in app.error[0].value
    assert "is gone" in app.warning[0].value


def test_delete_asks_once_and_goes_back_to_the_list(home: Path):
    run = write_run(home, "run", HALF)
    write_run(home, "other", HALF)
    app = open_runs("run")
    assert any("deletes the run" in text.value for text in app.markdown)
    press(app, "training_delete")
    assert not run.path.exists()
    assert "is deleted" in app.success[0].value
    assert button_keys(app) == {"training_run_other"}


def test_a_run_that_another_tab_resumed_is_not_deleted(home: Path):
    run = write_run(home, "run", HALF)
    app = open_runs("run")
    with run.held():
        run.write_status(AT_WORK)
        press(app, "training_delete")
        assert run.path.exists()
        assert "in another window perhaps" in app.error[0].value


def test_a_long_list_is_cut_until_all_are_wished(home: Path):
    for number in range(22):
        write_run(home, f"run-{number}", HALF)
    app = open_runs()
    assert len(app.button) == 21
    press(app, "training_show_all_runs")
    assert len(app.button) == 22


def test_a_diverged_run_has_curves_of_what_is_a_number(home: Path):
    run = write_run(home, "run", HALF)
    write_history(run, 3)
    text = run.progress_path.read_text().replace("0.5,", "NaN,", 1)
    run.progress_path.write_text(text)
    app = open_runs("run")
    assert not app.exception
    assert len(app.get("vega_lite_chart")) == 2
