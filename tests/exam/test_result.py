"""What came of an exam: read as it was written, or refused in a sentence."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vision.errors import ModelError
from vision.exam.result import ClassShare, ExamResult, LeftOut, Mistake, Share, read_result

RESULT = ExamResult(
    model="squares",
    model_format="int8",
    classes_known=3,
    scores={1: Share(5, 6), 3: Share(6, 6), 5: Share(6, 6)},
    offered=6,
    median_ms=1.5,
    unreadable=1,
    reasons=("red/1.png: it is damaged",),
    left_out=(LeftOut("cows", 2),),
    classes=(ClassShare("Red", Share(3, 4)), ClassShare("Green", Share(2, 2))),
    mistakes=(Mistake("red/3.png", "Red", "Blue", 0.9, "data:image/jpeg;base64,AA=="),),
)


def test_what_is_written_is_read_back(tmp_path: Path):
    RESULT.write(tmp_path / "result.json")
    assert read_result(tmp_path / "result.json") == RESULT


def test_shares_have_an_interval():
    assert Share(0, 0).share == 0.0
    low, high = Share(90, 100).interval
    assert low == pytest.approx(0.8256, abs=1e-3) and high == pytest.approx(0.9448, abs=1e-3)
    assert replace(RESULT, scores={1: Share(2, 9)}).wrong == 7


@pytest.mark.parametrize("key", list(json.loads(json.dumps(RESULT.__dict__, default=lambda each: each.__dict__))))
def test_a_result_that_lacks_something_is_refused(tmp_path: Path, key: str):
    path = tmp_path / "result.json"
    RESULT.write(path)
    content = json.loads(path.read_text())
    del content[key]
    path.write_text(json.dumps(content))
    with pytest.raises(ModelError, match="measure on them again"):
        read_result(path)


@pytest.mark.parametrize(
    "change",
    [
        {"scores": {"1": {"right": 7, "photos": 6}}},
        {"scores": []},
        {"mistakes": [{"file": "a", "truth": "b", "answer": "c", "probability": 2, "picture": ""}]},
        {"mistakes": [{"file": "a", "truth": "b", "answer": "c", "probability": 0.5, "picture": "javascript:x"}]},
        {"left_out": [3]},
        {"median_ms": "fast"},
    ],
    ids=str,
)
def test_a_result_that_is_none_is_refused(tmp_path: Path, change: dict[str, Any]):
    path = tmp_path / "result.json"
    RESULT.write(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ModelError, match="measure on them again"):
        read_result(path)


def test_no_result_is_refused(tmp_path: Path):
    with pytest.raises(ModelError, match="gone or damaged"):
        read_result(tmp_path / "result.json")
