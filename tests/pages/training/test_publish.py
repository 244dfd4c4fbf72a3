"""Trying a run's model, publishing it and taking that back."""

import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.models_for_tests import CLASS_KEYS
from tests.pages.training.runs_for_tests import TASK, write_finished_run
from tests.pages.training.steps import button_keys, choose_part, open_runs, press, said
from vision import model_store, publishing
from vision.training.run_folder import RunFolder


@pytest.fixture
def run(home: Path) -> RunFolder:
    return write_finished_run(home, "run")


def publish_part(run_name: str = "run") -> AppTest:
    return choose_part(open_runs(run_name), "Publish")


def published(home: Path) -> dict[str, bool]:
    """The names of the published models, and whether each is the default."""
    return {model.path.name: model.is_default for model in model_store.list_models(TASK, home / "models")}


def test_a_new_task_gets_a_page_in_the_navigation(run: RunFolder, home: Path):
    app = publish_part()
    assert "a page of its own" in said(app)
    assert button_keys(app) & {"training_publish", "training_default", "training_unpublish"} == {"training_publish"}
    press(app, "training_publish")
    assert published(home) == {"run": True}
    assert "this model answers" in said(app)
    (link,) = app.get("page_link")
    assert link.proto.page == TASK
    assert r"Squares \& more" in link.proto.label


def test_a_second_model_is_selectable_first_and_default_when_wished(run: RunFolder, home: Path):
    publishing.publish(run.model_dir, False, home / "models")
    write_finished_run(home, "better")
    app = publish_part("better")
    assert "nobody can use it" in said(app)
    assert "Answers now: run" in said(app)
    press(app, "training_publish")
    assert published(home) == {"run": True, "better": False}
    assert "can be chosen under Advanced" in said(app)
    press(app, "training_default")
    assert published(home) == {"run": False, "better": True}
    assert "this model answers" in said(app)


def test_roll_back_gives_the_earlier_default_back(run: RunFolder, home: Path):
    publishing.publish(run.model_dir, True, home / "models")
    better = write_finished_run(home, "better")
    publishing.publish(better.model_dir, True, home / "models")
    app = publish_part("better")
    assert next(button.label for button in app.button if button.key == "training_roll_back") == "Roll back to run"
    press(app, "training_roll_back")
    assert published(home) == {"run": True, "better": False}
    assert "Rolled back: run answers" in app.success[0].value


def test_unpublish_takes_the_model_out_and_it_can_come_back(run: RunFolder, home: Path):
    app = press(publish_part(), "training_publish")
    press(app, "training_unpublish")
    assert published(home) == {}
    assert "Unpublished" in app.success[0].value
    press(app, "training_publish")
    assert published(home) == {"run": True}


def test_unpublish_from_two_tabs_ends_in_a_sentence(run: RunFolder, home: Path):
    one = press(publish_part(), "training_publish")
    two = publish_part()
    press(one, "training_unpublish")
    press(two, "training_unpublish")
    assert len(two.error) == 1
    assert published(home) == {}


def test_another_model_of_that_name_is_not_taken_for_this_one(run: RunFolder, home: Path):
    publishing.publish(run.model_dir, True, home / "models")
    (run.model_dir / "model.int8.tflite").unlink()
    card = json.loads((run.model_dir / "card.json").read_text())
    del card["formats"]["int8"]
    (run.model_dir / "card.json").write_text(json.dumps(card))
    app = publish_part()
    assert "Another model of this name is published" in said(app)
    assert "training_publish" in button_keys(app)


@pytest.mark.parametrize("part", ["Publish", "Try it"])
def test_without_a_model_there_is_a_sentence(run: RunFolder, part: str):
    shutil.rmtree(run.model_dir)
    app = choose_part(open_runs("run"), part)
    assert not app.exception
    assert "is no model folder" in app.error[0].value.replace("\\", "")


def test_a_damaged_model_is_not_published(run: RunFolder, home: Path):
    (run.model_dir / "model.int8.tflite").write_bytes(b"x")
    app = press(publish_part(), "training_publish")
    assert "checksum differs" in app.error[0].value
    assert published(home) == {}


def test_a_test_photo_is_tried_on_both_models_side_by_side(run: RunFolder, home: Path):
    publishing.publish(run.model_dir, True, home / "models")
    write_finished_run(home, "better")
    app = choose_part(open_runs("better"), "Try it")
    assert sum(button.key.startswith("training_test_") for button in app.button if button.key) == 12 + 1
    press(app, "training_test_0")
    text = said(app)
    assert "The folder says: **" in text
    assert text.count('class="sl-part ') == 2
    assert "<h3>This run</h3>" in text
    assert "<h3>Visitors have now: run</h3>" in text


def test_an_uploaded_photo_is_tried_and_a_broken_one_refused(run: RunFolder, home: Path):
    app = choose_part(open_runs("run"), "Try it")
    photo = next((home / "data" / "squares" / "test" / CLASS_KEYS[2]).iterdir())
    app.file_uploader[0].set_value([("blue.png", photo.read_bytes(), "image/png")]).run()
    assert "Blue" in said(app)
    assert "no published model to compare" in said(app)
    app.file_uploader[0].set_value([("blue.png", photo.read_bytes()[:80], "image/png")]).run()
    assert not app.exception
    assert "damaged" in said(app)


def test_other_test_photos_come_when_wished(home: Path):
    write_finished_run(home, "run")
    app = choose_part(open_runs("run"), "Try it")
    before = [button.label for button in app.button if (button.key or "").startswith("training_test_")]
    press(app, "training_test_others")
    after = [button.label for button in app.button if (button.key or "").startswith("training_test_")]
    assert before != after
