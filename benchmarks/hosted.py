"""How light a shared demo is: its size on disk, how fast it starts, and its memory once both tasks were used.

    python benchmarks/hosted.py [--runs N]

An empty environment is made of requirements-hosted.txt alone, in a temporary folder, from the package index; the app
is started from it as a container would, and a real browser opens the front page and shows it a sign and a dog.
"""

import argparse
import contextlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SIGN = ROOT / "examples/traffic_signs/drawing-stop.jpg"
ANSWER_MS = 60_000
MB = 1_000_000
MOST_MB, MOST_START_S, MOST_MEMORY_MB = 700, 5, 400


def size_mb(folder: Path) -> float:
    """Megabytes of all files below a folder."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_symlink()) / MB


def row(what: str, found: float, unit: str, bar: float | None = None) -> bool:
    """Prints one line of the report, and gives back whether the figure is below its bar, where it has one."""
    is_good = bar is None or found < bar
    against = "" if bar is None else f"(bar {bar:g} {unit})"
    print(f"{what:<52} {found:8.1f} {unit:<3} {against}" + ("" if is_good else "   OVER"), flush=True)
    return is_good


@contextlib.contextmanager
def running(folder: Path, log: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The app that was installed into `folder`, in a process of its own: its address, and the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SECOND_LOOK", "STREAMLIT"))
    }
    with (
        log.open("ab") as output,
        subprocess.Popen(
            [folder / "hosted/start.sh"],
            env=environment | {"ADDRESS": "127.0.0.1", "PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as app,
    ):
        try:
            yield f"http://127.0.0.1:{port}", psutil.Process(app.pid)
        finally:
            app.kill()


def open_front_page(page: Page, url: str, app: psutil.Process) -> None:
    """Opens it as soon as the app takes connections, and waits until it is drawn."""
    while True:
        try:
            page.goto(url)
            break
        except Exception:  # Playwright's for a refused connection is its general one
            if not app.is_running() or app.status() == psutil.STATUS_ZOMBIE:
                raise
            time.sleep(0.02)
    expect(page.get_by_role("link", name="Try it: dog breeds")).to_be_visible(timeout=ANSWER_MS)


def seconds_to_first_page(browser: Browser, folder: Path, log: Path) -> tuple[float, float]:
    """From starting the process to the front page in the browser; and how many of a processor it took meanwhile."""
    page = browser.new_page()
    began = time.perf_counter()
    with running(folder, log) as (url, app):
        open_front_page(page, url, app)
        seconds, used = time.perf_counter() - began, app.cpu_times()
    page.close()
    return seconds, used.user + used.system


def memory_mb(browser: Browser, folder: Path, log: Path, dogs: Path) -> float:
    """Resident memory of the app and its children after a sign was named, and a photo searched for dogs and named."""
    with running(folder, log) as (url, app):
        page = browser.new_page()
        page.set_default_timeout(ANSWER_MS)
        open_front_page(page, url, app)
        answer = page.locator(".sl-answer, .sl-part").first
        for path, photo in (("traffic_signs", SIGN), ("dog_breeds", dogs)):
            page.goto(f"{url}/{path}")
            page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(photo)
            guess = page.get_by_role("button", name="Guess from the whole photo")
            expect(answer.or_(guess).first).to_be_visible(timeout=ANSWER_MS)
            if guess.is_visible():
                guess.click()
            expect(answer).to_be_visible(timeout=ANSWER_MS)
        page.wait_for_timeout(2000)
        processes = [app, *app.children(recursive=True)]
        return sum(process.memory_info().rss for process in processes) / MB


def main() -> None:
    """Measures everything, prints a line a figure, and ends with 1 where one is over its bar."""
    parser = argparse.ArgumentParser(description="How light a shared demo is.")
    parser.add_argument("--runs", type=int, default=5, help="timed starts (default 5)")
    parser.add_argument(
        "--dogs", type=Path, default=SIGN, help="a photo of dogs (default: one of a sign, named anyway)"
    )
    options = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("There is no browser; install chromium.")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder, log = Path(name) / "app", Path(name) / "app.log"
        subprocess.run(
            [ROOT / "hosted/install.sh", folder],
            env=os.environ | {"PYTHON": sys.executable},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        good = [row("installed packages", size_mb(folder / "env"), "MB", MOST_MB)]
        starts = [seconds_to_first_page(browser, folder, log) for _ in range(options.runs)]
        seconds, processor_s = (statistics.median(kind) for kind in zip(*starts, strict=True))
        good.append(row("start to first page, the first time", starts[0][0], "s", MOST_START_S))
        good.append(row(f"start to first page, median of {len(starts)}", seconds, "s", MOST_START_S))
        row("of which the app computed", processor_s, "s")
        memory = memory_mb(browser, folder, log, options.dogs)
        good.append(row("resident memory after both tasks were used", memory, "MB", MOST_MEMORY_MB))
        browser.close()
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
