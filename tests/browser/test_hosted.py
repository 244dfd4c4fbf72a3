"""The shared demo as it is hosted: nothing installed but requirements-hosted.txt, no rights, nothing to write to."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from pages.parts import hosted
from tests.browser.steps import (
    ANSWER_MS,
    BrowserPage,
    expect_answer,
    expect_no_sideways_scroll,
    expect_two_cards,
    open_demo,
    upload,
)
from tests.conftest import ROOT, free_port, lack, start_app, wait_until_healthy

pytestmark = pytest.mark.browser

SIGN, CLASS_ID = ROOT / "examples/traffic_signs/drawing-stop.jpg", 14
LEFT_OUT = ("tensorflow", "keras", "torch", "ultralytics", "onnx", "cv2", "scipy", "pytest", "pip")
NOBODY = "1000"
# As `docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges` has it. Python itself may lie
# in a home that only root may enter, so that home is replaced by one with nothing in it but Python.
CONTAINED = f"""
case "$PREFIX" in /root/*)
    mount --bind "$PREFIX" /mnt && mount -t tmpfs -o mode=755 tmpfs /root &&
    mkdir -p "$PREFIX" && mount --bind /mnt "$PREFIX" || exit 77
esac
mount -o remount,bind,ro / && mount -t tmpfs tmpfs /tmp || exit 77
exec setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$0"
"""


@pytest.fixture(scope="module")
def installed() -> Iterator[Path]:
    """What hosted/install.sh makes of an empty folder; /tmp is covered later, so the folder is elsewhere."""
    with tempfile.TemporaryDirectory(prefix="second-look-", dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        folder = Path(name) / "app"
        done = subprocess.run(
            [ROOT / "hosted/install.sh", folder],
            env=os.environ | {"PYTHON": sys.executable},
            capture_output=True,
            text=True,
        )
        if "connection broken by" in done.stderr:
            lack("the package index cannot be reached, and so requirements-hosted.txt not be installed")
        assert done.returncode == 0, done.stderr
        yield folder


@pytest.fixture(scope="module")
def hosted_app(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, str]]:
    """The address of what was installed, running as in a container where that can be had, its log, and its port."""
    port, log = str(free_port()), tmp_path_factory.mktemp("hosted") / "app.log"
    command: list[str | Path] = [installed / "hosted/start.sh"]
    if os.geteuid() == 0 and shutil.which("unshare") and shutil.which("setpriv"):
        command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", CONTAINED, *command]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SECOND_LOOK"))}
    environment |= {"PORT": port, "ADDRESS": "127.0.0.1", "HOME": "/tmp", "PREFIX": sys.base_prefix}
    with (
        log.open("wb") as output,
        subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT, cwd="/") as app,
    ):
        url = f"http://127.0.0.1:{port}"
        try:
            wait_until_healthy(url, app)
            yield url, log, port
        finally:
            app.kill()
    assert "Traceback" not in log.read_text(errors="replace")


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_a_sign_is_named_and_there_is_nothing_to_train(viewport: str, hosted_app, browser_page: BrowserPage):
    url, _, _ = hosted_app
    page = browser_page(viewport)
    page.set_default_timeout(ANSWER_MS)
    page.goto(url)
    expect(page.get_by_text("Shared demo")).to_be_visible()
    expect(page.get_by_role("link", name="Try it: traffic signs")).to_be_visible()
    expect(page.get_by_role("link", name="Training")).to_have_count(0)
    expect(page.get_by_text("Train your own")).to_have_count(0)
    expect_no_sideways_scroll(page)
    open_demo(page, url)
    upload(page, SIGN)
    expect_answer(page, CLASS_ID)
    expect(page.get_by_text("Shared demo")).to_be_visible()
    for operators_page in ("training", "feedback"):
        page.goto(f"{url}/{operators_page}")
        expect(page.get_by_text("This is a shared demo")).to_be_visible()
        expect(page.get_by_role("heading")).to_have_count(0)


@pytest.mark.shared_data
def test_dogs_are_found_cropped_and_named(hosted_app, browser_page: BrowserPage, two_dogs: Path):
    url, _, _ = hosted_app
    page = open_demo(browser_page("phone"), url, "dog breeds")
    upload(page, two_dogs)
    expect_two_cards(page)
    expect(page.locator(".found > div")).to_have_count(2)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)  # all is drawn
    page.get_by_text("Crop to the dog first").click()
    expect(page.locator(".sl-answer")).to_have_count(1)
    expect_no_sideways_scroll(page)


def test_the_server_refuses_what_is_above_the_cap(hosted_app, browser_page: BrowserPage):
    url, _, _ = hosted_app
    page = open_demo(browser_page("desktop"), url)
    with page.expect_request(lambda request: request.method == "PUT") as sent:
        upload(page, SIGN)
    expect_answer(page, CLASS_ID)
    headers = {"X-Xsrftoken": sent.value.headers["x-xsrftoken"]}
    for megabytes, status in ((hosted.SHARED.photo_mb - 1, 204), (hosted.SHARED.photo_mb + 1, 413)):
        file = {"name": "large.jpg", "mimeType": "image/jpeg", "buffer": bytes(megabytes * 2**20)}
        assert page.request.put(sent.value.url, multipart={"file": file}, headers=headers).status == status


def test_nothing_that_trains_is_installed(installed: Path):
    asked = f"import importlib.util; print([n for n in {LEFT_OUT!r} if importlib.util.find_spec(n)])"
    python = installed / "env/bin/python"
    assert subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_neither_secrets_nor_data_are_copied(installed: Path):
    assert sorted(path.name for path in (installed / ".streamlit").iterdir()) == ["config.toml"]
    names = {path.name for path in installed.iterdir()}
    assert not names & {".git", ".venv", "data", "runs", "tests", ".cache", "feedback.db"}
    assert not [path for path in (installed / "models").rglob("*") if path.name.startswith(".")]


def test_it_has_no_rights_and_cannot_write(hosted_app, installed: Path):
    _, log, _ = hosted_app
    if os.geteuid() != 0 or not shutil.which("unshare"):
        lack("only root can start what has no rights on a read-only file system")
    running = [process for process in Path("/proc").iterdir() if _is_app_of(installed, process)]
    assert running, log.read_text(errors="replace")
    for process in running:
        facts = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines() if ":\t" in line)
        assert facts["Uid"].split() == [NOBODY] * 4
        assert int(facts["CapEff"], 16) == int(facts["CapBnd"], 16) == 0
        assert facts["NoNewPrivs"] == "1"
        mounts = [line.split() for line in (process / "mounts").read_text().splitlines()]
        assert any(mount[1] == "/" and "ro" in mount[3].split(",") for mount in mounts)


def _is_app_of(installed: Path, process: Path) -> bool:
    try:
        started = (process / "cmdline").read_text(errors="replace").split("\0")[0]
        return started == "env/bin/python" and (process / "cwd").resolve() == installed
    except OSError:  # no process, or one that has ended meanwhile
        return False


def test_the_health_check_tells_whether_it_runs(hosted_app, installed: Path):
    _, _, port = hosted_app
    for asked, status in ((port, 0), (str(free_port()), 1), ("none", 1)):
        check = [installed / "env/bin/python", installed / "hosted/health.py"]
        assert subprocess.run(check, env={"PORT": asked}).returncode == status


def test_community_cloud_starts_the_script_beside_the_light_requirements(browser_page: BrowserPage, tmp_path: Path):
    script = ROOT / "hosted/streamlit_app.py"
    included = (script.with_name("requirements.txt").read_text()).splitlines()[-1].removeprefix("-r ")
    assert (script.parent / included).resolve() == ROOT / "requirements-hosted.txt"
    with start_app(tmp_path / "app.log", script="hosted/streamlit_app.py") as url:
        page = browser_page("desktop")
        page.set_default_timeout(ANSWER_MS)
        page.goto(f"{url}/traffic_signs")  # a link to a page, as the first visit after the start
        expect(page.get_by_role("heading", name="Which sign is this?")).to_be_visible()
        expect(page.get_by_text("Shared demo")).to_be_visible()
        expect(page.get_by_role("link", name="Training")).to_have_count(0)
        upload(page, SIGN)
        expect_answer(page, CLASS_ID)
        page.get_by_role("link", name="Second Look").click()
        expect(page.get_by_role("heading", name="Second Look", exact=True)).to_be_visible()
    assert "Traceback" not in (tmp_path / "app.log").read_text(errors="replace")
