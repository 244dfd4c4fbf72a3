"""The app under load: many sessions at once, answers that must not cross, and memory that must come back.

    python benchmarks/load.py [--sessions 50] [--photos 2000] [--large 20] [--hoarders 30]

A server is started as a child process, on the models that are installed; the visitors are real sessions over web
sockets. With photos in data/stanford-dogs, the dogs are real. The large photos are JPEG, PNG, PNG with transparency and
HEIC in turn; hoarders put 45 MB each into a shared demo and stay. Closed sessions are forgotten after 5 seconds, where
Streamlit keeps them for two minutes, so that the memory can be looked at without a wait. Ends with status 1 where
something is not as it should be.
"""

import argparse
import asyncio
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import crowd  # noqa: E402
from benchmarks.crowd import Example, Tally  # noqa: E402
from benchmarks.memory import peak_bytes  # noqa: E402
from benchmarks.visitor import Visitor  # noqa: E402
from pages.parts import hosted  # noqa: E402
from vision import heap  # noqa: E402

DOGS = ROOT / "data" / "stanford-dogs" / "test"
SIGNS_PAGE, DOGS_PAGE = "traffic_signs", "dog_breeds"
FORGET_S = 5
TIDY_S = heap.EVERY_S + 10
START_S = 120
CORES = 2
DIFFERENT = 100  # photos on each page of the long run
HOARD_PHOTOS, HOARD_MB, HOARD_AT_ONCE = 5, 9, 8
MOST_LEFT = 1.10  # of the memory before
MB = 2**20


class Server:
    """The app in a process of its own."""

    def __init__(self, url: str, process: psutil.Process) -> None:
        self.url = url
        self._process = process

    @property
    def resident_mb(self) -> float:
        return float(self._process.memory_info().rss / MB)

    @property
    def peak_mb(self) -> float:
        """The most that was resident since the process' start."""
        return peak_bytes(self._process.pid) / MB

    async def resident_when_forgotten_mb(self) -> float:
        """What is resident when all closed sessions are forgotten; Streamlit does that when another one closes."""
        await asyncio.sleep(FORGET_S + 1)
        async with Visitor(self.url, SIGNS_PAGE):
            pass
        await asyncio.sleep(TIDY_S)
        return self.resident_mb


@contextmanager
def serve(**environment: str) -> Iterator[Server]:
    """Runs the app on `CORES` cores; `environment` is added to that of this process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.headless=true"]
    command += ["--server.address=127.0.0.1", "--server.fileWatcherType=none"]
    command += [f"--server.disconnectedSessionTTL={FORGET_S}"]
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        try:
            process = psutil.Process(child.pid)
            process.cpu_affinity(process.cpu_affinity()[:CORES])
            _wait_until_healthy(url, child)
            yield Server(url, process)
        finally:
            child.kill()


def _wait_until_healthy(url: str, child: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + START_S
    while time.monotonic() < give_up and child.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):  # noqa: S310 - it is our own
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the app did not start")


class Report:
    """Prints a line a figure, and keeps what is not as it should be."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def say(self, what: str, value: str) -> None:
        print(f"{what:<58} {value}", flush=True)

    def expect(self, holds: bool, fault: str) -> None:
        if not holds:
            self.faults.append(fault)
            print(f"  NOT AS IT SHOULD BE: {fault}", flush=True)

    def at_most(self, what: str, found_mb: float, most_mb: float) -> None:
        self.expect(found_mb <= most_mb, f"{what}: {found_mb:.0f} MB were resident, expected at most {most_mb:.0f}")

    def tally(self, what: str, tally: Tally) -> None:
        """The answers of a stage."""
        percentile_95 = statistics.quantiles(tally.seconds, n=20, method="inclusive")[-1]
        self.say(f"{what}: photos shown, wrong or crossed", f"{len(tally.seconds)}, {len(tally.faults)}")
        self.say(f"{what}: to the answer, median and 95th percentile", f"{_median(tally)} s, {percentile_95:.2f} s")
        self.say(f"{what}: told their place in line", str(tally.waited))
        self.expect(not tally.faults, f"{what}: {len(tally.faults)} answers, the first: {tally.faults[:1]}")


def _median(tally: Tally) -> str:
    return f"{statistics.median(tally.seconds):.2f}"


def _examples(count: int, seed: int) -> dict[str, list[Example]]:
    """As many photos for each page, with their answers."""
    dogs = crowd.photos_in(DOGS, count) if DOGS.is_dir() else []
    dogs += crowd.drawn_photos(count - len(dogs), seed + 1_000_000)
    return {
        SIGNS_PAGE: crowd.examples(SIGNS_PAGE, crowd.drawn_photos(count, seed)),
        DOGS_PAGE: crowd.examples(DOGS_PAGE, dogs),
    }


async def measure_burst(report: Report, server: Server, sessions: int, examples: dict[str, list[Example]]) -> None:
    """All at once, twice: the first time the process grows to what it needs."""
    pages = list(examples)
    at_once = {page: of_page[: sessions // len(pages)] for page, of_page in examples.items()}
    await crowd.visit_at_once(server.url, at_once)
    before_mb = await server.resident_when_forgotten_mb()
    tally = await crowd.visit_at_once(server.url, at_once)
    report.tally(f"{len(tally.seconds)} sessions at once", tally)
    after_mb = await server.resident_when_forgotten_mb()
    report.say("resident before, after, and at most", f"{before_mb:.0f}, {after_mb:.0f}, {server.peak_mb:.0f} MB")
    report.expect(after_mb <= MOST_LEFT * before_mb, f"memory went from {before_mb:.0f} to {after_mb:.0f} MB")


async def measure_long(
    report: Report, server: Server, sessions: int, photos: int, examples: dict[str, list[Example]]
) -> None:
    """Photo after photo: memory at each tenth of the way."""
    levels: list[float] = []

    def note(done: int) -> None:
        if done * 10 // photos > len(levels) - 1:
            levels.append(server.resident_mb)

    tally = await crowd.visit_for_long(server.url, examples, sessions, photos, note)
    report.tally(f"{photos} photos", tally)
    report.say("resident at each tenth of them, MB", " ".join(f"{level:.0f}" for level in levels))
    report.say("resident when all have left", f"{await server.resident_when_forgotten_mb():.0f} MB")
    first, last = statistics.mean(levels[2:5]), statistics.mean(levels[-3:])
    report.expect(last <= MOST_LEFT * first, f"memory grew from {first:.0f} to {last:.0f} MB over {photos} photos")


async def measure_large(report: Report, server: Server, examples: dict[str, list[Example]]) -> None:
    """Photos of 50 megapixels at once: two are read at a time, and of the others there is the file."""
    before_mb = server.resident_mb
    tally = await crowd.visit_at_once(server.url, examples)
    megabytes = sum(len(each.data) for of_page in examples.values() for each in of_page) / MB
    what = f"{len(tally.seconds)} photos of 49 megapixels at once"
    report.tally(what, tally)
    report.say(f"{what}: files", f"{megabytes:.0f} MB")
    report.say(f"{what}: resident before, at most", f"{before_mb:.0f}, {server.peak_mb:.0f} MB")
    report.at_most(what, server.peak_mb, before_mb + 2 * 300 + 1.5 * megabytes + 100)


async def measure_hoard(report: Report, server: Server, visitors: int, example: Example) -> None:
    """Visitors who put in more than there is room for, and stay."""
    await crowd.visit_at_once(server.url, {SIGNS_PAGE: [example]})
    before_mb = server.resident_mb
    hoard = await crowd.visit_and_stay(
        server.url, SIGNS_PAGE, example, visitors, HOARD_PHOTOS, HOARD_MB * MB, HOARD_AT_ONCE
    )
    what = f"{visitors} visitors with {HOARD_PHOTOS * HOARD_MB} MB each"
    told = f"{hoard.kept}, {hoard.sent_again}, {hoard.refused}"
    report.say(f"{what}: have them, send again, refused", told)
    report.say(f"{what}: resident before, at most", f"{before_mb:.0f}, {server.peak_mb:.0f} MB")
    answered = hoard.kept + hoard.sent_again == visitors
    report.expect(answered, f"{what}: of some nothing was said: {told}")
    report.at_most(what, server.peak_mb, before_mb + hosted.SHARED.together_mb + 150)


def main() -> None:
    """Measures everything, and prints a line a figure."""
    parser = argparse.ArgumentParser(description="The app under load.")
    parser.add_argument("--sessions", type=int, default=50, help="visitors at once (default 50)")
    parser.add_argument("--photos", type=int, default=2000, help="photos of the long run (default 2000)")
    parser.add_argument("--large", type=int, default=20, help="photos of 49 megapixels at once (default 20)")
    parser.add_argument("--hoarders", type=int, default=30, help="visitors with large files who stay (default 30)")
    arguments = parser.parse_args()
    report = Report()
    report.say("others' work on the machine: load before", f"{os.getloadavg()[0]:.1f}")
    if arguments.sessions or arguments.photos:
        examples = _examples(max(arguments.sessions // 2, min(DIFFERENT, arguments.photos // 4)), seed=1)
        with serve() as server:
            report.say("resident at the start", f"{server.resident_mb:.0f} MB")
            asyncio.run(measure_burst(report, server, arguments.sessions, examples))
            if arguments.photos:
                asyncio.run(measure_long(report, server, arguments.sessions, arguments.photos, examples))
    if arguments.large:
        large = {SIGNS_PAGE: crowd.examples(SIGNS_PAGE, crowd.large_photos(arguments.large, seed=7))}
        with serve() as server:
            asyncio.run(
                crowd.visit_at_once(server.url, {SIGNS_PAGE: crowd.examples(SIGNS_PAGE, [large[SIGNS_PAGE][0].data])})
            )
            asyncio.run(measure_large(report, server, large))
    if arguments.hoarders:
        (example,) = crowd.examples(SIGNS_PAGE, crowd.drawn_photos(1, seed=99))
        with serve(**{hosted.VARIABLE: "on"}) as server:
            asyncio.run(measure_hoard(report, server, arguments.hoarders, example))
    sys.exit(1 if report.faults else 0)


if __name__ == "__main__":
    main()
