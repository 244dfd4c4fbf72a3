"""A finished run: its figures, the photos behind them, and what is said where something is missing."""

import json
import shutil
from pathlib import Path

import pytest

from tests.pages.steps import alerts
from tests.pages.training.runs_for_tests import write_finished_run
from tests.pages.training.steps import open_runs, press, said
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder

RED, GREEN = 0, 1


@pytest.fixture
def run(home: Path) -> RunFolder:
    """One test photo of twelve is red and lies in the folder of green ones."""
    return write_finished_run(home, "run")


def test_the_list_tells_how_much_is_right(run: RunFolder):
    assert "finished, 91.7" in open_runs().button[0].label.replace("\\", "")


def test_the_first_sentence_says_how_good_it_is_and_how_sure_that_is(run: RunFolder):
    app = open_runs("run")
    headline = next(text.value for text in app.markdown if text.value.startswith("####"))
    assert headline == (
        "#### 11 of 12 test photos right (91.7\u00a0%); 19 in 20 such tests would find between 64.6 and 98.5\u00a0%."
    )
    assert "never saw these photos" in said(app)


def test_classes_come_worst_first(run: RunFolder):
    text = said(open_runs("run"))
    assert text.index("Green</span>") < text.index("Blue</span>")
    assert "4 of 5" in text


def test_mistakes_are_pictures_with_both_names(run: RunFolder):
    text = said(open_runs("run"))
    (shot,) = [part for part in text.split("<figure") if "It says Red" in part]
    assert "the folder says Green" in shot
    assert "data:image/jpeg;base64," in shot


def test_a_pair_of_classes_opens_its_photos(run: RunFolder):
    app = open_runs("run")
    choice = app.selectbox(key="training_mix_up")
    assert choice.options[0] == "Green, taken for Red (1 photo)"
    choice.set_value((GREEN, RED)).run()
    assert not app.exception
    assert "07/moved.png" in said(app)
    app.selectbox(key="training_mix_up").set_value((RED, RED)).run()
    assert said(app).count(">02/") == 3


def test_photos_that_are_gone_leave_their_place(run: RunFolder):
    config = TrainingConfig.load(run.config_path)
    assert config.test is not None
    (Path(config.test) / "07" / "moved.png").unlink()
    app = open_runs("run")
    assert not app.exception
    assert "no longer there" in said(app)


def test_doubtful_labels_show_what_folder_and_model_say(run: RunFolder):
    report = json.loads(run.report_path.read_text())
    report["findings"] |= {"doubtful_labels": report["findings"]["mistakes"], "doubtful_count": 1}
    run.report_path.write_text(json.dumps(report))
    app = open_runs("run")
    assert "1 photo it did not learn from may be labelled wrong" in said(app)
    assert "Folder says: Green</strong></p><p>model says: Red" in said(app)


def test_labels_are_escaped(home: Path):
    run = write_finished_run(home, "run")
    report = json.loads(run.report_path.read_text())
    report["findings"]["labels"] = ["<b>red", "<script>alert(1)</script>", "Blue"]
    run.report_path.write_text(json.dumps(report))
    text = said(open_runs("run"))
    assert "<script>" not in text
    assert "<b>" not in text
    assert "&lt;script&gt;" in text


def test_the_report_can_be_taken_along(run: RunFolder):
    app = open_runs("run")
    (button,) = app.get("download_button")
    assert button.proto.label == "Download the report"
    run.page_path.unlink()
    assert not app.run().get("download_button")


def test_without_test_photos_the_figure_is_said_to_flatter(home: Path):
    write_finished_run(home, "run", test=None)
    text = said(open_runs("run"))
    assert "photos held back right" in text
    assert "flatters a little" in text


@pytest.mark.parametrize("content", [None, "{", '{"schema": 1, "findings": {}}'])
def test_without_a_report_the_page_says_how_to_make_it(run: RunFolder, content: str | None):
    if content is None:
        run.report_path.unlink()
    else:
        run.report_path.write_text(content)
    app = open_runs("run")
    assert not app.exception
    assert "runs report run" in alerts(app)[0]
    assert "How it learnt" in said(app)


def test_without_the_answers_the_rest_is_still_shown(run: RunFolder):
    run.outcome_path.write_bytes(b"PK\x03\x04")
    app = open_runs("run")
    app.selectbox(key="training_mix_up").set_value((GREEN, RED)).run()
    assert not app.exception
    assert "list of photos is missing" in said(app)


def test_a_finished_run_can_be_deleted(run: RunFolder):
    press(open_runs("run"), "training_delete")
    assert not run.path.exists()


def test_the_photos_may_be_gone_altogether(run: RunFolder, home: Path):
    shutil.rmtree(home / "data")
    assert not open_runs("run").exception
