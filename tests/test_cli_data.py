"""`python -m vision data`, against a server on this machine."""

import json
import re
import signal
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.archives_for_tests import (
    DOG_XYXY,
    Server,
    closed_port_url,
    dog_photo,
    dogs_archives,
    gtsrb_archives,
    serving,
    small_dogs,
    small_gtsrb,
)
from vision.cli import data, main
from vision.datasets.download import Patience
from vision.datasets.sources import GTSRB, SOURCES, STANFORD_DOGS
from vision.predictions import Box, Detection

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def archives() -> dict[str, bytes]:
    return dogs_archives() | gtsrb_archives()


@pytest.fixture
def server(archives: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A mirror with small data sets in place of the official ones."""
    dogs = small_dogs({name: content for name, content in archives.items() if name.endswith(".tar")})
    signs = small_gtsrb({name: content for name, content in archives.items() if name.endswith(".zip")})
    monkeypatch.setattr(data, "SOURCES", {"stanford-dogs": dogs, "gtsrb": signs})
    with serving(dict(archives)) as running:
        yield running


def files_below(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def refusal(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What a refused command says last, on stderr, with exit status 2."""
    try:
        status = main(arguments)
    except SystemExit as stop:
        status = int(str(stop.code))
    printed = capsys.readouterr()
    assert status == 2
    assert printed.out == ""
    last = printed.err.splitlines()[-1]
    assert last.endswith(".")
    return last


def test_signs_are_fetched(server, tmp_path, capsys):
    assert main(["data", "fetch", "gtsrb", "--from", server.url, "--to", str(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert printed.out == f"{tmp_path / 'gtsrb'}: 8 training and 3 test photos of 2 classes.\n"
    assert "Stallkamp" in printed.err
    assert "stay in" in printed.err
    assert files_below(tmp_path / "gtsrb") == 11


def test_dogs_are_fetched_with_crops(server, tmp_path, capsys):
    command = ["data", "fetch", "stanford-dogs", "--from", server.url, "--to", str(tmp_path), "--cropped"]
    assert main([*command, "--margin", "0"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"{tmp_path / 'stanford-dogs'}: 9 training and 6 test photos of 3 classes."
    assert "16 crops of 15 photos; left out: 0 photos without an object and 0 unreadable ones." in second
    crops = tmp_path / "stanford-dogs-cropped"
    assert files_below(crops / "train") == 10
    assert files_below(crops / "test") == 6
    assert (crops / "train" / "n02085620-Chihuahua" / "n02085620_100_1.jpg").exists()


def test_what_is_there_is_not_fetched_again(server, tmp_path, capsys):
    command = ["data", "fetch", "stanford-dogs", "--from", server.url, "--to", str(tmp_path), "--cropped"]
    assert main(command) == 0
    asked = len(server.asked)
    assert main(command) == 0
    assert len(server.asked) == asked == 3
    assert "was there before; delete it to have it written again" in capsys.readouterr().out


def test_a_data_set_that_differs_from_the_official_one_is_used_and_told(server, tmp_path, capsys):
    for part in ("train", "test"):
        (tmp_path / "gtsrb" / part / "00").mkdir(parents=True)
        (tmp_path / "gtsrb" / part / "00" / "a.png").write_bytes(b"")
    assert main(["data", "fetch", "gtsrb", "--to", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "was there before, with 1 training and 1 test photos of 1 classes; the official set has 8 and 3." in printed
    assert not server.asked


def test_a_line_tells_how_far_it_is(server, tmp_path, capsys, monkeypatch):
    main(["data", "fetch", "gtsrb", "--from", server.url, "--to", str(tmp_path / "a")])
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4, "terms, archives, one line of progress in the first ten seconds, where the archives are"
    assert lines[1].endswith(": GTSRB_Final_Test_GT.zip, GTSRB_Final_Test_Images.zip, GTSRB_Final_Training_Images.zip")
    assert re.fullmatch(r"GTSRB_Final_Test_GT\.zip: [\d.]+ of [\d.]+ MB", lines[2])
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    main(["data", "fetch", "gtsrb", "--from", server.url, "--to", str(tmp_path / "b")])
    printed = capsys.readouterr().err
    assert "\r\033[KGTSRB_Final_Test_GT.zip" in printed
    assert printed.count("\n") == 3


def test_without_a_network_it_says_what_to_do(server, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(data, "fetch", _hasty_fetch)
    command = ["data", "fetch", "gtsrb", "--from", closed_port_url(), "--to", str(tmp_path)]
    message = refusal(command, capsys)
    assert "no connection" in message
    assert f"put GTSRB_Final_Test_GT.zip into '{tmp_path / '.downloads'}' by hand" in message


def _hasty_fetch(*arguments: object) -> Path:
    from vision.datasets.download import fetch

    return fetch(*arguments, patience=Patience(tries=2, pause_s=0.01))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["fetch"], "NAME"),
        (["fetch", "cats"], "'cats'; there are: stanford-dogs, gtsrb"),
        (["fetch", "gtsrb", "--cropped"], "leave out --cropped"),
        (["fetch", "gtsrb", "--from", "ftp://host"], "ftp://host"),
        (["fetch", "stanford-dogs", "--margin", "2"], "'2' is not a number from 0 to 1"),
        (["fetch", "stanford-dogs", "--margin", "nan"], "nan"),
        (["crop", "DIR"], "--to"),
        (["crop", "no_such_folder", "--to", "DIR/out"], "boxes.json in 'no_such_folder'"),
        (["crop", "DIR", "--to", "DIR/out", "--boxes", "guess"], "guess"),
        (["crop", "DIR", "--to", "DIR/out", "--margin", "-1"], "-1"),
        ([], "fetch|crop"),
    ],
)
def test_every_wrong_argument_ends_in_one_sentence(server, arguments, part, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = [word.replace("DIR", str(tmp_path)) for word in arguments]
    assert part in refusal(["data", *words], capsys)
    assert not server.asked


@pytest.mark.parametrize("command", [["data"], ["data", "fetch"], ["data", "crop"]])
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main([*command, "--help"])
    assert stop.value.code == 0
    assert "fetch" in capsys.readouterr().out or command == ["data", "crop"]


def dogs_folder(root: Path) -> Path:
    (root / "train" / "pug").mkdir(parents=True)
    for name in ("a", "b"):
        (root / "train" / "pug" / f"{name}.jpg").write_bytes(dog_photo(1))
    (root / "broken.jpg").write_bytes(b"no photo")
    (root / "boxes.json").write_text(json.dumps({"train/pug/a.jpg": [[0.25, 0.25, 0.75, 0.75]]}))
    return root


def test_a_folder_is_cropped_by_its_boxes(tmp_path, capsys):
    folder = dogs_folder(tmp_path / "dogs")
    assert main(["data", "crop", str(folder), "--to", str(tmp_path / "out"), "--margin", "0.2"]) == 0
    printed = capsys.readouterr()
    assert "1 crops of 1 photos; left out: 1 photos without an object and 1 unreadable ones." in printed.out
    assert "left out: broken.jpg: " in printed.err
    assert files_below(tmp_path / "out") == 1
    assert "exists already" in refusal(["data", "crop", str(folder), "--to", str(tmp_path / "out")], capsys)


def test_a_folder_is_cropped_by_the_detector(tmp_path, capsys, monkeypatch):
    class Detector:
        @classmethod
        def load(cls, model_dir: Path) -> "Detector":
            assert model_dir == tmp_path / "dog_detector"
            return cls()

        def detect(self, photo: np.ndarray) -> list[Detection]:
            return [Detection(Box(*DOG_XYXY), 0.8)]

    monkeypatch.setitem(sys.modules, "vision.detector", types.SimpleNamespace(Detector=Detector))
    monkeypatch.setattr(data.model_store, "find_model", lambda name: tmp_path / name)
    folder = dogs_folder(tmp_path / "dogs")
    assert main(["data", "crop", str(folder), "--to", str(tmp_path / "out"), "--boxes", "detector"]) == 0
    assert "2 crops of 2 photos" in capsys.readouterr().out


def test_stopping_a_crop_leaves_nothing(tmp_path, capsys, monkeypatch):
    def stop(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vision.images.encode_jpeg", stop)
    folder = dogs_folder(tmp_path / "dogs")
    assert main(["data", "crop", str(folder), "--to", str(tmp_path / "out")]) == 130
    assert "Stopped; nothing was written" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["dogs"]


def test_ctrl_c_keeps_what_has_arrived(tmp_path):
    """The real command with the official sizes, stopped while a file comes."""
    size = GTSRB.archives[0].size_bytes
    with serving({GTSRB.archives[0].file_name: bytes(size)}) as server:
        server.breaks_after, server.pause_s = [40_000], 30
        command = [
            sys.executable,
            "-m",
            "vision",
            "data",
            "fetch",
            "gtsrb",
            "--from",
            server.url,
            "--to",
            str(tmp_path),
        ]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            for line in process.stderr:
                if line.startswith("GTSRB_Final_Test_GT.zip: "):
                    break
            process.send_signal(signal.SIGINT)
            rest = process.stderr.read()
            assert process.wait(20) == 130
    assert rest == "Stopped; what has arrived is kept, and the same command goes on from there.\n"
    assert 0 < (tmp_path / ".downloads" / "GTSRB_Final_Test_GT.zip.partial").stat().st_size <= 40_000
    assert not (tmp_path / "gtsrb").exists()


def test_the_command_loads_no_heavy_library():
    script = (
        "import sys, vision.cli; vision.cli.build_parser();"
        "print(*sorted({'tensorflow', 'keras', 'torch', 'streamlit', 'scipy', 'onnxruntime'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_official_facts_are_well_formed():
    assert [source.name for source in (STANFORD_DOGS, GTSRB)] == list(SOURCES) == list(data.ARRANGE)
    for source in SOURCES.values():
        assert source.base_url.startswith(("http://", "https://")) and not source.base_url.endswith("/")
        for archive in source.archives:
            assert re.fullmatch("sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}", archive.checksum)
            assert Path(archive.file_name).name == archive.file_name
        assert source.limits.members > source.train_count + source.test_count
