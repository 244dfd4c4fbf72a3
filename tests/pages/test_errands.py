"""Work beside the page."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pages.parts import errands
from vision.errors import DatasetError

WAIT_S = 10


def wait_for(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.005)


def test_two_visitors_share_the_work_on_one_target(tmp_path: Path):
    go_on = threading.Event()
    begun: list[str] = []

    def work(report: Callable[[str], None]) -> None:
        begun.append("once")
        report("half done")
        assert go_on.wait(WAIT_S)

    first = errands.begin(tmp_path / "a", work)
    assert errands.begin(tmp_path / "a", work) is first
    wait_for(lambda: first.line == "half done")
    assert errands.find(tmp_path / "a") is first
    assert errands.find(tmp_path / "b") is None
    go_on.set()
    wait_for(lambda: not first.is_running)
    assert begun == ["once"]
    assert first.error == ""
    assert errands.begin(tmp_path / "a", lambda report: None) is not first


def test_what_went_wrong_is_kept_as_a_sentence(tmp_path: Path):
    def refuse(report: Callable[[str], None]) -> None:
        raise DatasetError("This is no zip; send another.")

    errand = errands.begin(tmp_path / "c", refuse)
    wait_for(lambda: not errand.is_running)
    assert errand.error == "This is no zip; send another."


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_ours_is_no_success(tmp_path: Path):
    errand = errands.begin(tmp_path / "d", lambda report: 1 / 0)
    wait_for(lambda: not errand.is_running)
    assert errand.error


def test_what_has_ended_is_forgotten_in_time(tmp_path: Path):
    for number in range(errands.MOST_KEPT + 5):
        errand = errands.begin(tmp_path / f"e{number}", lambda report: None)
        wait_for(lambda errand=errand: not errand.is_running)
    errands.begin(tmp_path / "last", lambda report: None)
    assert errands.find(tmp_path / "e0") is None
    assert errands.find(tmp_path / f"e{errands.MOST_KEPT + 4}") is not None
