"""TensorBoard shows the chosen runs, and goes with the process that started it."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest
from tensorboard.summary import Writer

from vision.training.run_folder import RunFolder
from vision.training.tensorboard import TensorBoard

ROOT = Path(__file__).resolve().parent.parent.parent
START = """
import sys
from pathlib import Path
from vision.training.run_folder import RunFolder
from vision.training.tensorboard import TensorBoard
board = TensorBoard()
print(board.start([RunFolder(Path(sys.argv[1]))]), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def runs(tmp_path: Path) -> list[RunFolder]:
    runs = [RunFolder(tmp_path / name) for name in ("one", "two", "three")]
    for run in runs:
        writer = Writer(str(run.tensorboard_dir / "train"))
        writer.add_scalar("loss", 1.5, 0)
        writer.close()
    return runs


@pytest.fixture
def board() -> Iterator[TensorBoard]:
    board = TensorBoard()
    yield board
    board.stop()


def shown(url: str) -> list[str]:
    with urllib.request.urlopen(f"{url}data/runs", timeout=20) as answer:
        names: list[str] = json.load(answer)
    return sorted(names)


def wait_until_gone(url: str) -> None:
    for _ in range(200):
        try:
            shown(url)
        except OSError:
            return
        time.sleep(0.1)
    pytest.fail("it still answers")


def test_it_shows_the_chosen_runs_and_no_others(runs: list[RunFolder], board: TensorBoard):
    url = board.start(runs[:2])
    assert urlparse(url).hostname == "127.0.0.1"
    assert board.url == url
    assert shown(url) == ["one/train", "two/train"]
    other = board.start(runs[2:])
    assert shown(other) == ["three/train"]
    wait_until_gone(url)
    board.stop()
    assert board.url is None
    wait_until_gone(other)


def test_it_goes_with_the_process_that_started_it(runs: list[RunFolder]):
    """However that ends, here by kill -9."""
    server = subprocess.Popen(
        [sys.executable, "-c", START, str(runs[0].path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    url = server.stdout.readline().strip()
    assert shown(url) == ["one/train"]
    server.kill()
    server.communicate()
    wait_until_gone(url)
