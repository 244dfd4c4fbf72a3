"""The shared demo in a process of its own, with all that it could write to in one folder."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from benchmarks.visitor import Visitor
from tests.conftest import ROOT, start_app
from tests.hostile.photo_corpus import photos
from tests.hostile.tracks import files_below
from tests.hostile.trial import HostileFile

FORGET_S = 1
TIDY_S = 2  # until what was freed has gone back to the system


@dataclass(frozen=True)
class Demo:
    """The demo at work.

    Attributes:
        log: of its process; folder: where alone it could write to; asked: what it wanted from the internet.
    """

    url: str
    log: Path
    folder: Path
    asked: list[str]
    process: psutil.Process

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    @property
    def resident_mb(self) -> float:
        return self.process.memory_info().rss / 2**20

    def files(self) -> list[str]:
        """What it has written."""
        return files_below(self.folder)

    async def forget_all(self) -> None:
        """Waits until sessions that were closed are forgotten; Streamlit does that when another one closes."""
        await asyncio.sleep(FORGET_S + 1)
        async with Visitor(self.url, "traffic_signs"):
            pass
        await asyncio.sleep(TIDY_S)


@pytest.fixture(scope="session")
def hostile_photos() -> list[HostileFile]:
    """The whole corpus, 35 MB."""
    return list(photos())


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder, log = tmp_path_factory.mktemp("demo"), tmp_path_factory.mktemp("log") / "app.log"
    for name in ("home", "tmp", "app"):
        (folder / name).mkdir()
    (folder / "app" / "models").symlink_to(ROOT / "models")
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as trap:
        threading.Thread(target=_note, args=(trap, asked), daemon=True).start()
        internet = f"http://127.0.0.1:{trap.getsockname()[1]}"
        environment = {
            "HOME": str(folder / "home"),
            "TMPDIR": str(folder / "tmp"),
            "SECOND_LOOK_HOME": str(folder / "app"),
            "SECOND_LOOK_HOSTED": "on",
            "SECOND_LOOK_DATABASE": "off",
            "STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": str(FORGET_S),
            "STREAMLIT_SERVER_ALLOWED_HOSTS": "127.0.0.1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "HTTP_PROXY": internet,
            "HTTPS_PROXY": internet,
        }
        with start_app(
            log, environment | {name.lower(): environment[name] for name in ("HTTP_PROXY", "HTTPS_PROXY")}
        ) as url:
            asyncio.run(_draw_a_page(url))
            yield Demo(url, log, folder, asked, _process_at(url))


async def _draw_a_page(url: str) -> None:
    """Some of the settings are made by the first page."""
    async with Visitor(url, "traffic_signs"):
        pass


def _note(trap: socket.socket, asked: list[str]) -> None:
    """Notes whoever wants to go through, and lets nobody."""
    while True:
        try:
            wanting, _ = trap.accept()
        except OSError:  # the end
            return
        with wanting:
            asked.append(wanting.recv(200).decode(errors="replace").split("\r")[0])


def _process_at(url: str) -> psutil.Process:
    port = url.rsplit(":", 1)[1]
    (process,) = (each for each in psutil.Process().children() if f"--server.port={port}" in each.cmdline())
    return process
