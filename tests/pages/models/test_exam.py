"""A model on somebody's own photos: begun, watched, cancelled, shown, found again, deleted."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from pages.parts import training_switch
from pages.parts.models import exam_start
from tests.exam.exams_for_tests import exam_on, zip_of_squares
from tests.models_for_tests import write_class_folders
from tests.pages.models.steps import EXAM, button_keys, choose_part, open_models, press, said, upload
from tests.pages.steps import shown
from vision.exam.folder import HOSTED, ExamFolder
from vision.exam.result import read_result
from vision.exam.shelf import exams_dir, find_exam
from vision.exam.work import run_exam

ZIP = zip_of_squares({"Red": [0, 0, 0, 2], "7": [1, 1], "Squirrels & <b>co<b>": [0, 1]})


def address_of(app: AppTest) -> str:
    """What the page's address says is open."""
    said = app.query_params["exam"]
    return said if isinstance(said, str) else said[0]


def exam_of(app: AppTest) -> ExamFolder:
    exam = find_exam(address_of(app))
    assert exam is not None
    return exam


@pytest.mark.usefixtures("at_once")
def test_a_zip_is_measured_and_its_mistakes_shown(model_dir: Path):
    app = open_models(EXAM)
    assert "“Red” or “Green” (or “2”)" in said(app)
    text = said(upload(app, ZIP))
    assert "<b>co" not in shown(app) and "<b>co" not in app.warning[0].value
    assert "5 of 6 photos named right (83.3" in text
    assert "so few photos" in text
    assert "Left out, as the model knows nothing of that name: “Squirrels" in text and "2 photos" in text
    assert text.count('class="sl-shot"') == 1
    assert "It says Blue" in text and "the folder says Red" in text
    assert "3 of 4" in text and "2 of 2" in text
    assert "mine.zip, measured with squares as float32" in text
    assert text.count('class="sl-tile"') == 1  # of three classes, five answers are always right, and three as well


@pytest.mark.usefixtures("at_once")
def test_the_result_is_found_again_by_its_address_alone(model_dir: Path):
    address = address_of(upload(open_models(EXAM), ZIP))
    again = open_models(exam=address)
    assert "5 of 6 photos named right" in said(again)
    assert again.segmented_control(key="models_part").value == EXAM


@pytest.mark.parametrize("name", ["../x", "a" * 22, "<script>"])
def test_an_address_that_names_nothing_ends_in_a_sentence(model_dir: Path, name: str):
    app = open_models(EXAM, exam=name)
    assert len(app.file_uploader) == 1
    assert "exam" not in app.run().query_params


@pytest.mark.usefixtures("at_once")
def test_a_result_is_deleted_when_wished(model_dir: Path):
    app = upload(open_models(EXAM), ZIP)
    exam = exam_of(app)
    press(app, "models_exam_delete")
    assert not exam.path.exists()
    assert len(app.file_uploader) == 1
    assert "exam" not in app.query_params


@pytest.mark.usefixtures("at_once")
def test_other_photos_leave_the_result_where_it_is(model_dir: Path):
    app = upload(open_models(EXAM), ZIP)
    exam = exam_of(app)
    press(app, "models_exam_other")
    assert len(app.file_uploader) == 1
    assert read_result(exam.result_path).wrong == 1
    assert "3 of 3 photos named right" in said(upload(app, zip_of_squares({"red": [0], "green": [1], "blue": [2]})))
    assert "None: all photos were named right." in said(app)


@pytest.mark.usefixtures("at_once")
def test_another_format_can_be_measured(model_dir: Path):
    app = open_models(EXAM)
    app.selectbox(key="models_exam_format_traffic_signs_squares").set_value("int8").run()
    assert read_result(exam_of(upload(app, ZIP)).result_path).model_format == "int8"


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    ("archive", "sentence"),
    [
        (b"no zip", "no zip archive"),
        (zip_of_squares({"cat": [0]}), "called as anything that this model knows"),
        (zip_of_squares({"../red": [0]}), "outside its folder"),
    ],
    ids=["no zip", "no class", "outside"],
)
def test_a_bad_zip_ends_in_a_sentence(model_dir: Path, archive: bytes, sentence: str):
    app = upload(open_models(EXAM), archive)
    assert len(app.warning) == 1 and sentence in app.warning[0].value.replace("\\", "")
    assert "models_exam_again" not in button_keys(app)
    press(app, "models_exam_other")
    assert not app.warning and len(app.file_uploader) == 1


def test_an_exam_under_way_shows_how_far_it_is_and_can_be_cancelled(model_dir: Path, never: list[object]):
    app = upload(open_models(EXAM), ZIP)
    exam = exam_of(app)
    assert never == [[str(exam.path)]]
    assert "models_exam_cancel" in button_keys(app)
    assert "models_exam_other" not in button_keys(app)
    press(app, "models_exam_cancel")
    assert exam.is_asked_to_stop()
    run_exam(exam)
    app.run()
    assert "This was cancelled, and the photos are deleted." in said(app)


def test_an_exam_that_never_began_can_be_begun_again(model_dir: Path, never: list[object]):
    app = upload(open_models(EXAM), ZIP)
    exam = exam_of(app)
    status = json.loads(exam.status_path.read_text())
    exam.status_path.write_text(json.dumps(status | {"updated": status["updated"] - 120}))
    app.run()
    assert "cut off" in said(app)
    press(app, "models_exam_again")
    assert len(never) == 2


def test_when_too_many_wait_the_next_is_sent_away(
    model_dir: Path, never: list[object], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exam_start, "TRUSTED", replace(HOSTED, waiting=1))
    exam_on(model_dir, ZIP).start()
    app = upload(open_models(EXAM), ZIP)
    assert len(app.error) == 1 and "try again" in app.error[0].value
    assert len(never) == 1
    assert len(list(exams_dir().iterdir())) == 1


@pytest.mark.usefixtures("at_once")
def test_a_folder_of_the_server_is_measured(home: Path, model_dir: Path):
    write_class_folders(home / "data" / "squares" / "train", per_class=2)
    write_class_folders(home / "data" / "squares" / "test", per_class=4, seed=90)
    for name in ("cats", "cows"):  # the model knows nothing of these
        (home / "data" / "animals" / name).mkdir(parents=True)
        (home / "data" / "animals" / name / "1.png").touch()
    app = open_models(EXAM)
    app.segmented_control(key="models_exam_source").set_value("This server").run()
    assert app.selectbox(key="models_exam_folder").options == ["squares"]
    press(app, "models_exam_start")
    assert "12 of 12 photos named right" in said(app)
    assert "squares, test photos" in said(app)
    assert len(list((home / "data" / "squares" / "test").rglob("*.png"))) == 12


def test_where_there_are_no_folders_that_is_said(home: Path, model_dir: Path):
    app = open_models(EXAM)
    app.segmented_control(key="models_exam_source").set_value("This server").run()
    assert any("no photos on this server" in alert.value for alert in app.info)


@pytest.mark.usefixtures("at_once")
def test_where_training_is_off_a_zip_is_measured_within_bounds_and_no_folder(
    home: Path, model_dir: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(training_switch.VARIABLE, "off")
    monkeypatch.setattr(exam_start, "HOSTED", replace(HOSTED, photos=3))
    write_class_folders(home / "data" / "squares", per_class=2)
    app = open_models(EXAM)
    assert [control.key for control in app.segmented_control if control.key == "models_exam_source"] == []
    assert "A zip of at most 100 MB, of which 3 photos are measured at most" in said(app)
    assert "every so many-th was measured, 3 in all" in said(upload(app, ZIP))


def test_the_servers_own_bound_counts_too(model_dir: Path):
    before = config.get_option("server.maxUploadSize")
    config.set_option("server.maxUploadSize", 20)
    try:
        assert "A zip of at most 20 MB" in said(open_models(EXAM))
    finally:
        config.set_option("server.maxUploadSize", before)


@pytest.mark.usefixtures("at_once")
def test_a_damaged_result_ends_in_a_sentence(model_dir: Path):
    app = upload(open_models(EXAM), ZIP)
    exam_of(app).result_path.write_text("{")
    app.run()
    assert not app.exception
    assert len(app.error) == 1 and "gone or damaged" in app.error[0].value


@pytest.mark.usefixtures("at_once")
def test_the_result_stays_while_other_parts_are_looked_at(model_dir: Path):
    app = upload(open_models(EXAM), ZIP)
    choose_part(app, "Formats")
    assert "Take int8" in said(app)
    assert "5 of 6 photos" in said(choose_part(app, EXAM))
