"""A new run without a browser: from photos to a run in the queue, and what stands in the way of one."""

import io
import re
import shlex
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import errands
from pages.parts.training import augmentation_preview, dataset_choice, settings_form
from tests.pages.steps import alerts, open_page, shown
from tests.pages.training.new_run_for_tests import (
    PAGE,
    can_start,
    captions,
    check_photos,
    choose_folder,
    choose_source,
    click,
    draw_photo,
    open_folder,
    run,
    start,
    write_classes,
)
from vision import places
from vision.cli import build_parser
from vision.datasets.check_job import CheckFolder
from vision.datasets.sample import write_sample
from vision.datasets.workshop import Report
from vision.jobs import FINISHED, STOPPED, JobStatus
from vision.training import starts
from vision.training.command import config_from
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder, RunStatus
from vision.training.runs import list_runs

Started = list[Sequence[str]]
ANIMALS = {"cats": 24, "dogs": 22, "sheep": 21}
WAIT_S = 60


@pytest.fixture(autouse=True)
def data_dir(home: Path, started: Started, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where data sets are looked for; nothing outside the test's own folders is seen, and no process is started."""
    monkeypatch.setattr(places, "DATA_DIR", home / "data")
    monkeypatch.setattr(places, "CACHE_DIR", home / "cache")
    monkeypatch.setattr(starts, "SHIPPED_DIR", home / "shipped")
    monkeypatch.setenv("KERAS_HOME", str(home / "keras"))
    return home / "data"


def the_run() -> tuple[RunFolder, TrainingConfig]:
    (found,) = list_runs(places.RUNS_DIR)
    return found, TrainingConfig.load(found.config_path)


def wait_for_arrival(app: AppTest, target: Path) -> AppTest:
    """Draws the page again once what was to be made there is made, or has failed."""
    give_up = time.monotonic() + WAIT_S
    while (errand := errands.find(target)) is not None and errand.is_running:
        assert time.monotonic() < give_up
        time.sleep(0.02)
    return run(app)


def changed_pictures(app: AppTest) -> list[str]:
    _, _, changed = shown(app).partition('<div class="sl-changed">')
    return re.findall(r'src="([^"]+)"', changed)


def zip_of(*names: str, photo: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, name in enumerate(names):
            archive.writestr(name, photo + bytes([number]))
    return buffer.getvalue()


# The photos


def test_first_there_is_nothing_but_the_question_for_photos(started: Started):
    app = open_page(PAGE)
    assert shown(app).count("sl-step") == 1
    assert "The sample brings" in captions(app)
    assert not app.button
    assert not started


def test_sample_and_start_are_all_that_is_needed(data_dir: Path, started: Started, monkeypatch: pytest.MonkeyPatch):
    def write_small_sample(target: Path, report: Report) -> Path:
        return write_sample(target, report=report, photos_per_class=20)

    monkeypatch.setattr(dataset_choice, "write_sample", write_small_sample)
    app = choose_source(open_page(PAGE), "Sample")
    app = wait_for_arrival(app, data_dir / "sample")
    assert "220 photos in 11 classes, and 66 more to test with." in shown(app)
    assert "Speed limit 30 km/h" in shown(app)
    assert not can_start(app)
    assert "once the photos are checked" in captions(app)
    app = check_photos(app, started)
    assert "nothing is wrong" in shown(app)
    assert can_start(app)
    start(app)
    found, config = the_run()
    assert (found.name, found.look().state) == ("sample-1", "queued")
    assert (config.task, config.new_task) == ("traffic_signs", None)
    assert (config.data, config.test) == (str(data_dir / "sample/train"), str(data_dir / "sample/test"))
    assert (config.backbone, config.alpha, config.image_size) == ("mobilenet_v2", 0.35, 96)
    assert app.session_state["training_part"] == "Runs"
    assert app.session_state["training_run"] == "sample-1"


def test_without_any_folder_the_page_says_how_to_bring_one():
    app = choose_source(open_page(PAGE), "This server")
    assert "There are no photos on this server yet" in alerts(app)[0]
    assert not app.button


def test_folders_below_data_are_offered_and_nothing_else(data_dir: Path, home: Path):
    write_classes(data_dir / "animals", {"a": 1, "b": 1})
    write_classes(data_dir / "more/plants/train", {"a": 1, "b": 1})
    write_classes(home / "secret", {"a": 1, "b": 1})
    app = choose_source(open_page(PAGE), "This server")
    assert app.selectbox(key="training_new_folder").options == ["animals", "more/plants"]
    app = choose_folder(app, "more/plants")
    assert "2 photos in 2 classes." in shown(app)
    assert [field.label for field in app.text_input] == ["Its name", "One photo shows a ...", "Name of the run"]


def test_names_of_classes_are_shown_as_they_are(data_dir: Path, started: Started):
    evil = "<img src=x onerror=alert(1)>"
    write_classes(data_dir / "animals", {evil: 21, "dogs": 1})
    app = check_photos(open_folder("animals"), started)
    assert "<img src=x" not in shown(app)
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown(app)


def test_a_data_set_that_went_away_is_named_in_a_sentence(data_dir: Path):
    root = write_classes(data_dir / "animals", {"cats": 2, "dogs": 2})
    app = open_folder("animals")
    for photo in root.glob("*/*"):
        photo.unlink()
    app = run(app)
    assert "There are no photos on this server yet" in alerts(app)[0]


# Uploads


def test_a_zip_becomes_a_data_set_called_as_the_file(data_dir: Path, tmp_path: Path):
    draw_photo(tmp_path / "photo.jpg", 1)
    photo = (tmp_path / "photo.jpg").read_bytes()
    archive = zip_of("Wild things/cats/1.jpg", "Wild things/dogs/1.jpg", "Wild things/.DS_Store", photo=photo)
    app = choose_source(open_page(PAGE), "Upload")
    app = run(app.file_uploader[0].set_value([("../Wild things!.zip", archive, "application/zip")]))
    app = wait_for_arrival(app, data_dir / "uploads/wild-things")
    assert "2 photos in 2 classes." in shown(app)
    assert sorted(path.relative_to(data_dir).as_posix() for path in data_dir.rglob("*.jpg")) == [
        "uploads/wild-things/cats/1.jpg",
        "uploads/wild-things/dogs/1.jpg",
    ]
    assert not list(places.CACHE_DIR.glob("uploads/*")), "the zip itself is not kept"
    app = click(app, "training_new_more")
    assert app.file_uploader
    app = run(app.file_uploader[0].set_value([("Wild things.zip", archive, "application/zip")]))
    assert "2 photos in 2 classes." in shown(wait_for_arrival(app, data_dir / "uploads/wild-things-2"))
    assert (data_dir / "uploads/wild-things-2/cats/1.jpg").is_file()


def test_a_hostile_zip_is_refused_in_a_sentence_and_the_next_is_taken(data_dir: Path, tmp_path: Path):
    draw_photo(tmp_path / "photo.jpg", 1)
    photo = (tmp_path / "photo.jpg").read_bytes()
    app = choose_source(open_page(PAGE), "Upload")
    evil = zip_of("cats/1.jpg", "../../dogs/1.jpg", photo=photo)
    app = run(app.file_uploader[0].set_value([("pets.zip", evil, "application/zip")]))
    app = wait_for_arrival(app, data_dir / "uploads/pets")
    assert len(alerts(app)) == 1
    assert "outside its folder" in alerts(app)[0]
    assert not list(data_dir.rglob("*.jpg"))
    assert not list(tmp_path.rglob("dogs"))
    good = zip_of("cats/1.jpg", "dogs/1.jpg", photo=photo)
    app = run(app.file_uploader[0].set_value([("pets.zip", good, "application/zip")]))
    app = wait_for_arrival(app, data_dir / "uploads/pets")
    assert not alerts(app)
    assert "2 photos in 2 classes." in shown(app)


def test_uploaded_photos_are_deleted_unless_a_run_needs_them(data_dir: Path, tmp_path: Path):
    draw_photo(tmp_path / "photo.jpg", 1)
    archive = zip_of("cats/1.jpg", "dogs/1.jpg", photo=(tmp_path / "photo.jpg").read_bytes())
    app = choose_source(open_page(PAGE), "Upload")
    app = run(app.file_uploader[0].set_value([("pets.zip", archive, "application/zip")]))
    place = data_dir / "uploads/pets"
    app = wait_for_arrival(app, place)
    config = TrainingConfig("pets", str(place), new_task={"title": "Pets", "noun": "pet"})
    waiting = RunFolder.create(places.RUNS_DIR, config, "waiting", RunStatus(STOPPED, "stopped"))
    app = click(app, "training_new_delete")
    assert "is not finished and needs these photos" in alerts(app)[0]
    assert place.is_dir()
    waiting.write_status(RunStatus(FINISHED, ""))
    app = click(app, "training_new_delete")
    assert not alerts(app)
    assert not list(data_dir.rglob("*.jpg"))
    assert app.file_uploader, "the next zip can come"


def test_photos_that_nobody_uploaded_cannot_be_deleted_here(data_dir: Path):
    write_classes(data_dir / "animals", ANIMALS)
    assert "training_new_delete" not in [button.key for button in open_folder("animals").button]


@pytest.mark.parametrize(
    ("file_name", "expected"),
    [
        ("Mushrooms.zip", "mushrooms"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini.zip", "boot-ini"),
        (".hidden.zip", "hidden"),
        ("....zip", "photos"),
        ("a" * 300 + ".zip", "a" * dataset_choice.LONGEST_NAME),
        ("Grüße, <b>Welt</b>.zip", "b"),
    ],
)
def test_a_data_set_is_called_as_a_harmless_part_of_the_file_name(tmp_path: Path, file_name: str, expected: str):
    assert dataset_choice.new_place(file_name, tmp_path) == tmp_path / expected


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path):
    (tmp_path / "pets").mkdir()
    (tmp_path / "pets-2").mkdir()
    assert dataset_choice.new_place("pets.zip", tmp_path) == tmp_path / "pets-3"


# The check


def test_what_prevents_a_run_is_said_and_prevents_it(data_dir: Path, started: Started):
    write_classes(data_dir / "animals", {"cats": 21, "dogs": 1})
    app = check_photos(open_folder("animals"), started)
    assert "Must be mended" in shown(app)
    assert "fewer than 2 photos" in shown(app)
    assert not can_start(app)
    assert "cannot be learnt from yet" in captions(app)


def test_problems_are_named_and_do_not_prevent_a_run(data_dir: Path, started: Started):
    root = write_classes(data_dir / "animals", ANIMALS)
    (root / "cats/broken.jpg").write_bytes(b"no photo")
    (root / "dogs/twin.jpg").write_bytes((root / "cats/1.jpg").read_bytes())
    app = check_photos(open_folder("animals"), started)
    assert "in two classes at once" in shown(app)
    assert "1 file cannot be read" in shown(app)
    assert shown(app).index("in two classes at once") < shown(app).index("1 file cannot be read")
    assert can_start(app)


def test_photos_that_have_changed_are_checked_again(data_dir: Path, started: Started):
    root = write_classes(data_dir / "animals", ANIMALS)
    app = check_photos(open_folder("animals"), started)
    assert "nothing is wrong" in shown(app)
    app = run(app)
    assert len(started) == 1, "what was found is remembered"
    draw_photo(root / "cats/new.jpg", 99)
    app = run(app)
    assert len(started) == 2
    assert not can_start(app)
    assert "nothing is wrong" in shown(check_photos(app, started))


def test_a_cancelled_check_lets_the_run_start_and_can_be_repeated(data_dir: Path, started: Started):
    write_classes(data_dir / "animals", ANIMALS)
    app = click(open_folder("animals"), "training_set_animals_cancel")
    check = CheckFolder(Path(started[-1][2]))
    assert check.is_asked_to_stop()
    check.write_status(JobStatus(STOPPED, "stopped"))  # as its process does
    app = run(app)
    assert "cancelled" in alerts(app)[0]
    assert can_start(app)
    app = click(app, "training_set_animals_check")
    assert len(started) == 2
    assert not can_start(app)
    assert "nothing is wrong" in shown(check_photos(app, started))


def test_photos_that_are_there_twice_are_shown_once_each(data_dir: Path, started: Started):
    root = write_classes(data_dir / "animals", ANIMALS)
    (root / "dogs/twin.jpg").write_bytes((root / "cats/1.jpg").read_bytes())
    (root / "cats/copy.jpg").write_bytes((root / "cats/2.jpg").read_bytes())
    app = check_photos(open_folder("animals"), started)
    assert "sl-twins" not in shown(app), "pictures are made once somebody looks"
    app.session_state["training_set_animals_twins"] = True
    app = run(app)
    assert shown(app).count('class="sl-twins"') == 2
    assert shown(app).count("<small>dogs/twin.jpg</small>") == 1
    assert {"**The same photo in two classes**", "**Exactly the same photo**"} <= {text.value for text in app.markdown}


# The settings


def test_what_augmentation_does_is_shown_and_can_be_rolled_again(data_dir: Path, started: Started):
    write_classes(data_dir / "animals", ANIMALS)
    app = check_photos(open_folder("animals"), started)
    prefix = "training_set_animals"
    assert "sl-changed" not in shown(app)
    app.session_state[f"{prefix}_fold_Changes to the photos"] = True
    first = changed_pictures(run(app))
    assert len(first) == len(set(first)) == augmentation_preview.PHOTOS
    again = changed_pictures(click(app, f"{prefix}_again"))
    assert not set(first) & set(again)
    app = run(app.select_slider(key=f"{prefix}_augmentation").set_value("Not at all"))
    assert "sl-changed" not in shown(app)


def test_a_new_task_is_described_in_the_run(data_dir: Path, started: Started):
    write_classes(data_dir / "farm-animals", ANIMALS)
    app = check_photos(open_folder("farm-animals"), started)
    prefix = "training_set_farm-animals"
    assert app.text_input(key=f"{prefix}_title").value == "Farm animals"
    assert app.text_input(key=f"{prefix}_noun").value == "farm animal"
    app.text_input(key=f"{prefix}_title").set_value("Animals (small)")
    app.text_input(key=f"{prefix}_noun").set_value("animal")
    app = run(app.toggle(key=f"{prefix}_mirror").set_value(False))
    start(app)
    _, config = the_run()
    assert config.task == "animals_small"
    assert config.new_task == {"title": "Animals (small)", "noun": "animal", "mirror_safe": False}
    assert config.task_spec.question == "Which animal is this?"


def test_the_noun_follows_the_title_until_it_is_written_by_hand(data_dir: Path, started: Started):
    write_classes(data_dir / "animals", ANIMALS)
    app = check_photos(open_folder("animals"), started)
    title, noun = "training_set_animals_title", "training_set_animals_noun"
    app = run(app.text_input(key=title).set_value("Mushrooms"))
    assert app.text_input(key=noun).value == "mushroom"
    app = run(app.text_input(key=noun).set_value("fungus"))
    app = run(app.text_input(key=title).set_value("Wild mushrooms"))
    assert app.text_input(key=noun).value == "fungus"


def test_a_zip_that_came_twice_has_the_same_title(data_dir: Path, started: Started):
    write_classes(data_dir / "animals-2", ANIMALS)
    app = check_photos(open_folder("animals-2"), started)
    assert app.text_input(key="training_set_animals-2_title").value == "Animals"


@pytest.mark.parametrize("title", ["", "Training", "Dog breeds", "**bold**", "<script>", "…"])
def test_a_title_that_cannot_be_a_page_is_refused_in_a_sentence(data_dir: Path, started: Started, title: str):
    write_classes(data_dir / "animals", ANIMALS)
    app = check_photos(open_folder("animals"), started)
    app = run(app.text_input(key="training_set_animals_title").set_value(title))
    assert len(alerts(app)) == 1
    assert not can_start(app)
    assert "once step 2 is complete" in app.caption[-1].value
    app = run(app.text_input(key="training_set_animals_title").set_value("Animals"))
    assert not alerts(app)
    assert can_start(app)


def test_advanced_settings_arrive_in_the_run(data_dir: Path, started: Started):
    write_classes(data_dir / "animals", ANIMALS)
    app = check_photos(open_folder("animals"), started)
    prefix = "training_set_animals"
    app = run(app.radio(key=f"{prefix}_length").set_value("Quick look"))
    app.number_input(key=f"{prefix}_epochs_Quick look").set_value(7)
    app.number_input(key=f"{prefix}_head_epochs_Quick look").set_value(3)
    app.number_input(key=f"{prefix}_patience_Quick look").set_value(6)
    app.number_input(key=f"{prefix}_learning_rate_Quick look").set_value(0.002)
    app.number_input(key=f"{prefix}_seed").set_value(42)
    app.select_slider(key=f"{prefix}_batch_size").set_value(16)
    app.slider(key=f"{prefix}_smoothing").set_value(0.1)
    app.toggle(key=f"{prefix}_batch_norm").set_value(False)
    app.multiselect(key=f"{prefix}_formats").set_value(["int16x8", "float16"])
    app.toggle(key=f"{prefix}_stops_early").set_value(True)
    app.toggle(key=f"{prefix}_class_weights").set_value(True)
    app.slider(key=f"{prefix}_held_back").set_value(0.25)
    app.select_slider(key=f"{prefix}_augmentation").set_value("A little")
    app.select_slider(key=f"{prefix}_size").set_value(128)
    app.radio(key=f"{prefix}_network").set_value("Another")
    app = run(app)
    app = run(app.selectbox(key=f"{prefix}_backbone").set_value("mobilenet"))
    app = run(app.select_slider(key=f"{prefix}_alpha_mobilenet").set_value(0.5))
    app = run(app.radio(key=f"{prefix}_start_mobilenet_0.5").set_value("none"))
    app = run(app.text_input(key=f"{prefix}_name_animals-1").set_value("my own name"))
    start(app)
    found, config = the_run()
    assert found.name == "my own name"
    expected = TrainingConfig(
        task="animals",
        new_task={"title": "Animals", "noun": "animal", "mirror_safe": True},
        data=str(data_dir / "animals"),
        backbone="mobilenet",
        alpha=0.5,
        weights="none",
        image_size=128,
        head_epochs=3,
        epochs=7,
        formats=("float32", "float16", "int16x8"),
        batch_size=16,
        learning_rate=0.002,
        label_smoothing=0.1,
        train_batch_norm=False,
        augmentation=settings_form.STRENGTHS["A little"],
        validation_fraction=0.25,
        seed=42,
        class_weights=True,
        patience=6,
    )
    assert config == expected


def test_patience_counts_only_where_stopping_early_is_on(data_dir: Path, started: Started):
    write_classes(data_dir / "animals", ANIMALS)
    start(check_photos(open_folder("animals"), started))
    assert the_run()[1].patience == 0


def test_uneven_classes_count_the_same_unless_told_otherwise(data_dir: Path, started: Started):
    write_classes(data_dir / "animals", {"cats": 60, "dogs": 20})
    start(check_photos(open_folder("animals"), started))
    assert the_run()[1].class_weights


def test_the_command_line_starts_the_same_run(data_dir: Path, started: Started):
    write_classes(data_dir / "animals/train", ANIMALS)
    write_classes(data_dir / "animals/test", dict.fromkeys(ANIMALS, 1))
    app = check_photos(open_folder("animals"), started)
    (code,) = app.code
    start(app)
    words = shlex.split(code.value)
    assert words[:3] == ["python", "-m", "vision"]
    options = build_parser().parse_args(words[3:])
    assert options.name == "animals-1"
    assert config_from(options) == the_run()[1]


def test_nothing_is_lost_between_parts_and_data_sets(data_dir: Path, started: Started):
    write_classes(data_dir / "animals", ANIMALS)
    write_classes(data_dir / "plants", {"oak": 21, "elm": 21})
    app = check_photos(open_folder("animals"), started)
    app = run(app.text_input(key="training_set_animals_title").set_value("Beasts"))
    app = run(app.select_slider(key="training_set_animals_size").set_value(160))
    app = choose_folder(app, "plants")
    assert app.text_input(key="training_set_plants_title").value == "Plants"
    assert app.select_slider(key="training_set_plants_size").value == 96
    app = run(app.segmented_control(key="training_part").set_value("Runs"))
    assert not app.selectbox
    app = run(app.segmented_control(key="training_part").set_value("New run"))
    assert app.selectbox(key="training_new_folder").value == "plants"
    app = choose_folder(app, "animals")
    assert app.text_input(key="training_set_animals_title").value == "Beasts"
    assert app.select_slider(key="training_set_animals_size").value == 160
    assert "nothing is wrong" in shown(app)


# The start


def test_names_of_runs_are_checked_before_the_start(data_dir: Path, started: Started):
    write_classes(data_dir / "animals", ANIMALS)
    app = check_photos(open_folder("animals"), started)
    key = "training_set_animals_name_animals-1"
    for name in ("", "../animals", ".hidden", "a/b", "a\\b", "<b>"):
        app = run(app.text_input(key=key).set_value(name))
        assert not can_start(app), name
        assert "Give the run a name" in captions(app)
    (places.RUNS_DIR / "taken").mkdir(parents=True)
    app = run(app.text_input(key=key).set_value("taken"))
    assert not can_start(app)
    assert "There is a run of that name already" in captions(app)
    assert can_start(run(app.text_input(key=key).set_value("Größe 1.5")))


def test_the_next_run_gets_the_next_name(data_dir: Path, started: Started):
    write_classes(data_dir / "animals", ANIMALS)
    app = start(check_photos(open_folder("animals"), started))
    app = run(app.segmented_control(key="training_part").set_value("New run"))
    assert app.text_input(key="training_set_animals_name_animals-2").value == "animals-2"


def test_a_run_that_another_tab_has_started_is_not_started_twice(data_dir: Path, started: Started):
    write_classes(data_dir / "animals", ANIMALS)
    app = check_photos(open_folder("animals"), started)
    other = open_folder("animals")
    start(other)
    app = start(app)
    assert [found.name for found in list_runs(places.RUNS_DIR)] == ["animals-1"]
    assert app.session_state["training_part"] == "New run"
    start(app)
    assert {found.name for found in list_runs(places.RUNS_DIR)} == {"animals-1", "animals-2"}


def test_the_six_runs_of_the_article_are_one_click(data_dir: Path, started: Started):
    write_classes(data_dir / "animals", ANIMALS)
    app = check_photos(open_folder("animals"), started)
    app.session_state["training_set_animals_fold_sweep"] = True
    app = run(app)
    assert any("6 runs" in text.value for text in app.markdown)
    click(app, "training_new_sweep_start_animals-1")
    configs = {found.name: TrainingConfig.load(found.config_path) for found in list_runs(places.RUNS_DIR)}
    assert sorted((each.backbone, each.alpha, each.image_size) for each in configs.values()) == [
        ("mobilenet", 0.5, 224),
        ("mobilenet", 0.75, 224),
        ("mobilenet", 1.0, 128),
        ("mobilenet", 1.0, 160),
        ("mobilenet", 1.0, 192),
        ("mobilenet", 1.0, 224),
    ]
    assert {each.weights for each in configs.values()} == {"imagenet"}
    assert all(name.startswith("animals-1-mobilenet") for name in configs)
    assert app.session_state["training_part"] == "Runs"


def test_a_grid_has_a_run_for_each_combination(data_dir: Path, started: Started):
    write_classes(data_dir / "animals", ANIMALS)
    app = check_photos(open_folder("animals"), started)
    prefix = "training_set_animals"
    app.session_state[f"{prefix}_fold_sweep"] = True
    app = run(app)
    app = run(app.segmented_control(key=f"{prefix}_sweep").set_value("A grid of your own"))
    app = run(app.multiselect(key=f"{prefix}_sweep_alphas_mobilenet_v2").set_value([0.35, 1.0]))
    app = run(app.multiselect(key=f"{prefix}_sweep_sizes").set_value([96, 128, 224]))
    click(app, "training_new_sweep_start_animals-1")
    configs = [TrainingConfig.load(found.config_path) for found in list_runs(places.RUNS_DIR)]
    assert {(each.alpha, each.image_size) for each in configs} == {
        (alpha, size) for alpha in (0.35, 1.0) for size in (96, 128, 224)
    }


def test_while_a_run_is_at_work_the_page_opens_with_the_runs(home: Path, started: Started):
    config = TrainingConfig(task="traffic_signs", data="data/signs")
    at_work = RunFolder.create(places.RUNS_DIR, config, "at work")
    with at_work.held():
        at_work.write_status(JobStatus("training"))
        app = open_page(PAGE)
    assert app.session_state["training_part"] == "Runs"
