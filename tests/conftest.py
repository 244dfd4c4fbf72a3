"""What many tests share: the real photos, where they are at hand, and a browser on the running app."""

import csv
import os
import random
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PHOTOS_PER_CLASS = 10
APP_START_S = 120
APP_LOG = pytest.StashKey[Path]()

VIEWPORTS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}
CHROMIUM_ARGS = [
    "--no-sandbox",  # containers run it as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def lack(what: str) -> NoReturn:
    """Skips the test; where CI is set, where everything should be at hand, fails it."""
    if os.environ.get("CI"):
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


# Real photos


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of data that is too large or not free enough for the repository."""
    folder = Path(os.environ.get("SECOND_LOOK_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        lack(f"no shared data: there is no folder {folder} (SECOND_LOOK_SHARED names another)")
    return folder


def archive_in(shared_dir: Path, name: str, what: str) -> Path:
    """The archive of that name, which holds `what`."""
    archive = shared_dir / "data" / name
    if not archive.is_file():
        lack(f"no {what}: there is no file {archive}")
    return archive


@pytest.fixture(scope="session")
def gtsrb_test_zip(shared_dir: Path) -> Path:
    """The 12,630 photos of the official GTSRB test, with labels.csv: file, class_id, width, height, roi_*."""
    return archive_in(shared_dir, "gtsrb-test.zip", "GTSRB test photos")


@pytest.fixture(scope="session")
def stanford_dogs_zip(shared_dir: Path) -> Path:
    """Stanford Dogs, squeezed to squares, with labels.csv: file, split, breed, photo_width, photo_height, and boxes."""
    return archive_in(shared_dir, "stanford-dogs-224.zip", "Stanford Dogs photos")


@pytest.fixture(scope="session")
def sample_test_photos(gtsrb_test_zip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 430 photos of the official test, always the same ten of each class, as class folders 00 to 42."""
    folder = tmp_path_factory.mktemp("gtsrb-sample")
    with zipfile.ZipFile(gtsrb_test_zip) as archive:
        files_of_class = defaultdict(list)
        for row in csv.DictReader(archive.read("labels.csv").decode().splitlines()):
            files_of_class[int(row["class_id"])].append(row["file"])
        choice = random.Random(2011)
        for class_id, files in sorted(files_of_class.items()):
            class_folder = folder / f"{class_id:02d}"
            class_folder.mkdir()
            for file in choice.sample(sorted(files), PHOTOS_PER_CLASS):
                (class_folder / file).write_bytes(archive.read(file))
    return folder


# The app in a browser


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the system's Chromium or Chrome."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    lack("no browser: install chromium, for instance with 'apt-get install chromium'")


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[str]:
    """The address of the app, which runs in a process of its own until the last test has ended."""
    log = tmp_path_factory.mktemp("app") / "app.log"
    pytestconfig.stash[APP_LOG] = log
    with start_app(log) as url:
        yield url


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def start_app(log: Path, environment: Mapping[str, str] | None = None, script: str = "app.py") -> Iterator[str]:
    """Runs the app in a process of its own, with its output in `log`, and gives its address.

    `environment` is added to that of the tests; `script` starts it.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}", "--server.headless=true"]
    command += ["--server.address=127.0.0.1", "--server.fileWatcherType=none"]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, cwd=ROOT, env=os.environ | (environment or {}), stdout=output, stderr=subprocess.STDOUT
        ) as app,
    ):
        try:
            wait_until_healthy(url, app)
            yield url
        finally:
            app.kill()


def wait_until_healthy(url: str, app: subprocess.Popen[bytes]) -> None:
    """Returns as soon as the app answers; fails the test where it ends or stays silent."""
    give_up = time.monotonic() + APP_START_S
    while time.monotonic() < give_up and app.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the app did not start; exit status {app.poll()}", pytrace=False)


@pytest.fixture
def browser_page(chromium: str) -> Iterator[Callable[..., Page]]:
    """Opens empty browser pages: browser_page("desktop" or "phone", webcam=None or an MJPEG file).

    An MJPEG file is JPEGs one after another; the browser then films it, and grants the camera without asking.
    """
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())

        def open_page(viewport: str = "desktop", webcam: Path | None = None) -> Page:
            camera_args = []
            if webcam is not None:
                camera_args = [
                    "--use-fake-device-for-media-stream",
                    "--use-fake-ui-for-media-stream",
                    f"--use-file-for-fake-video-capture={webcam}",
                ]
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS + camera_args)
            stack.callback(browser.close)
            return browser.new_page(**VIEWPORTS[viewport])

        yield open_page


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds the app's log to the report of a failed test that used the app."""
    report = yield
    if report.failed and "app_url" in item.fixturenames and APP_LOG in item.config.stash:
        report.sections.append(("the app's log", item.config.stash[APP_LOG].read_text(errors="replace")))
    return report
