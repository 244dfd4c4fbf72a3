"""`python -m vision data sample | import | check`."""

import json
import shutil
from pathlib import Path

import pytest

from tests.archives_for_tests import zip_of
from tests.drawn_photos import save, sign
from vision.cli import main


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for number in (1, 14):
        for seed in range(2):
            save(sign(number, 10 * number + seed), tmp_path / "signs" / "train" / f"{number:02d}" / f"{seed}.jpg")
        save(sign(number, 900 + number), tmp_path / "signs" / "test" / f"{number:02d}" / "t.jpg")
    return tmp_path / "signs"


def refusal(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    try:
        status = main(arguments)
    except SystemExit as stop:
        status = int(str(stop.code))
    printed = capsys.readouterr()
    assert (status, printed.out) == (2, "")
    return printed.err.splitlines()[-1]


def test_a_sample_is_written_and_passes_its_check(tmp_path, capsys):
    folder = str(tmp_path / "sample")
    assert main(["data", "sample", "--to", folder, "--photos-per-class", "20"]) == 0
    assert capsys.readouterr().out == f"{folder} is written; look at it with: python -m vision data check {folder}\n"
    assert main(["data", "check", folder, "--task", "traffic_signs"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"{folder}/train: 220 photos of 11 classes, and 66 test photos."
    assert second == "Nothing is wrong with them."
    assert "exists already" in refusal(["data", "sample", "--to", folder], capsys)


def test_problems_are_printed_with_their_weight(photos, capsys):
    shutil.copy(photos / "train/14/0.jpg", photos / "train/01/wrong.jpg")
    assert main(["data", "check", str(photos)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("5 photos of 2 classes, and 2 test photos.")
    assert lines[1].startswith("warning: 1 photo is in two classes at once, such as “01/wrong.jpg” in “1” and “14”")
    assert main(["data", "check", str(photos), "--task", "traffic_signs"]) == 0
    assert "in “Speed limit 30 km/h” and “Stop”" in capsys.readouterr().out


def test_what_prevents_a_run_is_an_exit_status(photos, capsys):
    (photos / "train" / "05").mkdir()
    assert main(["data", "check", str(photos)]) == 1
    assert "has to be mended: 1 class has fewer than 2 photos" in capsys.readouterr().out


def test_test_photos_may_lie_elsewhere(photos, tmp_path, capsys):
    other = shutil.copytree(photos / "train", tmp_path / "other")
    assert main(["data", "check", str(photos / "train"), "--test", str(other), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["test"] == str(other)
    assert [len(twins["test_files"]) for twins in report["twins"]] == [1] * 4
    assert report["problems"][0]["kind"] == "in_test"
    assert report["problems"][0]["severity"] == "warning"


def test_a_zip_is_imported(tmp_path, capsys):
    (tmp_path / "pets.zip").write_bytes(zip_of({"pets/cat/1.jpg": b"1", "pets/dog/1.jpg": b"2"}))
    assert main(["data", "import", str(tmp_path / "pets.zip"), "--to", str(tmp_path / "pets")]) == 0
    assert "is written" in capsys.readouterr().out
    assert (tmp_path / "pets" / "cat" / "1.jpg").read_bytes() == b"1"


def test_a_hostile_zip_ends_in_one_sentence_and_leaves_nothing(tmp_path, capsys):
    (tmp_path / "pets.zip").write_bytes(zip_of({"cat/1.jpg": b"1", "../1.jpg": b"2"}))
    message = refusal(["data", "import", str(tmp_path / "pets.zip"), "--to", str(tmp_path / "pets")], capsys)
    assert "would be written outside its folder" in message
    assert [path.name for path in tmp_path.iterdir()] == ["pets.zip"]


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["check"], "DIR"),
        (["check", "nowhere"], "There is no folder 'nowhere'"),
        (["check", "nowhere", "--task", "cats"], "cats"),
        (["import", "nowhere.zip"], "--to"),
        (["import", "nowhere.zip", "--to", "x"], "nowhere.zip"),
        (["check-job", "nowhere"], "There is no folder 'nowhere'"),
        (["sample", "--to", "x", "--seed", "-1"], "seed is -1"),
        (["sample", "--to", "x", "--photos-per-class", "5"], "at least 10"),
    ],
)
def test_every_wrong_argument_ends_in_one_sentence(arguments, part, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert part in refusal(["data", *arguments], capsys)


def test_stopping_leaves_nothing(tmp_path, capsys, monkeypatch):
    def stop(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vision.images.encode_jpeg", stop)
    assert main(["data", "sample", "--to", str(tmp_path / "sample")]) == 130
    assert "Stopped; nothing was written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["sample", "import", "check"])
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["data", command, "--help"])
    assert stop.value.code == 0
    assert "DIR" in capsys.readouterr().out
