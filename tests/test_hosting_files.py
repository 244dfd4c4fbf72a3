"""The files for hosts: what they copy, what they leave behind, and that they fit together. Browser tests run them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pages.parts import hosted
from tests.conftest import ROOT, lack

HOSTED = ROOT / "hosted"
DOCKERFILE = (HOSTED / "Dockerfile").read_text()
SCRIPTS = ("copy.sh", "install.sh", "start.sh", "space.sh")
HEAVY = ("tensorflow", "keras", "torch", "ultralytics", "onnx", "opencv", "scipy", "tensorboard")


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True)


def pins(name: str) -> list[str]:
    """The lines of a requirements file that name packages."""
    return [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith(("#", "-r"))]


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("space") / "space"
    done = run(HOSTED / "space.sh", folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_no_package_is_pinned_twice_and_each_pin_says_why():
    files = ("requirements-hosted.txt", "requirements-login.txt", "requirements.txt", "requirements-dev.txt")
    light, *others = map(pins, files)
    every = [*light, *(pin for file in others for pin in file)]
    names = [re.split(r"[=<>]", pin)[0].lower() for pin in every]
    assert len(names) == len(set(names))
    included = (ROOT / "requirements.txt").read_text().splitlines()
    assert {f"-r {file}" for file in files[:2]} <= set(included)
    assert all(re.fullmatch(r"[\w-]+==[\w.]+  # .{10,}", pin) for pin in every)
    assert not [name for name in names[: len(light)] if name.split("-")[0] in HEAVY]


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_scripts_can_be_run_and_are_shell(script: str):
    assert (HOSTED / script).stat().st_mode & 0o111 == 0o111
    assert run("sh", "-n", HOSTED / script).returncode == 0


def test_a_space_has_what_it_is_built_from_and_nothing_private(space: Path):
    front_matter = (space / "README.md").read_text().split("---\n")[1]
    facts = dict(line.split(": ", 1) for line in front_matter.splitlines())
    assert facts["sdk"] == "docker"
    assert f"EXPOSE {facts['app_port']}\n" in (space / "Dockerfile").read_text()
    assert len(facts["short_description"]) <= 60
    copied = ".streamlit LICENSE app.py examples hosted models pages vision".split()
    requirements = {"requirements-hosted.txt", "requirements-login.txt"}
    assert {path.name for path in space.iterdir()} == {*copied, *requirements, "Dockerfile", "README.md"}
    assert sorted(path.name for path in (space / ".streamlit").iterdir()) == ["config.toml"]
    assert not [path for path in space.rglob("*") if path.name == "__pycache__" or path.suffix == ".db"]
    tasks = {path.parent.name for path in space.glob("models/*/default.txt")}
    assert tasks >= {"traffic_signs", "dog_breeds", "dog_detector"}


def test_a_space_can_be_installed_from_itself(space: Path, tmp_path: Path):
    assert run(space / "hosted/copy.sh", tmp_path / "app").returncode == 0
    assert (tmp_path / "app/hosted/start.sh").stat().st_mode & 0o111


def test_nothing_is_copied_over_what_is_there(tmp_path: Path):
    (tmp_path / "mine.txt").write_text("mine")
    done = run(HOSTED / "copy.sh", tmp_path)
    assert done.returncode == 1
    assert "not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_container_is_pinned_without_root_and_asked_for_its_health():
    assert re.search(r"^ARG PYTHON_IMAGE=python:3\.1[1-3]\.\d+-slim-\w+@sha256:[0-9a-f]{64}$", DOCKERFILE, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"${PYTHON_IMAGE}"}
    last_stage = DOCKERFILE.rsplit("FROM", 1)[1]
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", last_stage, re.MULTILINE)
    assert "HEALTHCHECK" in last_stage
    assert "RUN" not in last_stage
    for path in re.findall(r"/app/(hosted/[\w.]+)", DOCKERFILE):
        assert (ROOT / path).is_file()


def test_the_build_gets_to_see_what_is_copied_and_no_more():
    seen = [line[1:] for line in (HOSTED / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = re.findall(r"^cp (?:-R )?(.*) \"\$target/", (HOSTED / "copy.sh").read_text(), re.MULTILINE)
    assert sorted(seen) == sorted(" ".join(copied).split())
    assert all((ROOT / path).exists() for path in seen)


def test_nginx_takes_a_photo_at_the_cap_and_not_much_more():
    most = re.search(r"client_max_body_size (\d+)m;", (HOSTED / "nginx.conf").read_text())
    assert most is not None
    assert int(most[1]) == hosted.SHARED.photo_mb + 1


def test_systemd_understands_the_unit(tmp_path: Path):
    if not shutil.which("systemd-analyze"):
        lack("no systemd-analyze: it comes with systemd")
    unit = tmp_path / "second-look@.service"
    unit.write_text((HOSTED / unit.name).read_text().replace("/opt/second-look/hosted/start.sh", "/bin/true"))
    done = run("systemd-analyze", "verify", unit)
    assert (done.returncode, done.stderr) == (0, "")


def test_each_page_of_the_documentation_leads_to_files_that_are_there():
    for page in (ROOT / "docs/hosting.md", *(ROOT / "docs/hosting").glob("*.md")):
        text = page.read_text()
        for link in re.findall(r"\]\(([^)#]+)(?:#[\w-]+)?\)", text):
            assert link.startswith("https://") or (page.parent / link).exists(), (page.name, link)
        for path in re.findall(r"\bhosted/[\w.@-]*\w", text):
            assert (ROOT / path).exists(), (page.name, path)
