"""Compared networks: read as they were written, or refused in a sentence; and which of them no other beats."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.figures_for_tests import NETWORK, draw_networks
from vision.errors import ModelError
from vision.network_figures import pareto_front, read_networks


def write(root: Path, content: object) -> Path:
    (root / "squares").mkdir()
    (root / "squares" / "networks.json").write_text(json.dumps(content))
    return root


def test_what_is_written_is_read_back(tmp_path: Path):
    figures = draw_networks([NETWORK, replace(NETWORK, alpha=0.35, top1=0.8, latency_ms=1.0)])
    assert read_networks("squares", write(tmp_path, figures.to_json())) == figures


def test_a_task_without_figures_has_none(tmp_path: Path):
    assert read_networks("squares", tmp_path) is None


def changed(key: str, value: Any) -> dict[str, Any]:
    return draw_networks().to_json() | {key: value}


def with_row(key: str, value: Any) -> dict[str, Any]:
    content = draw_networks().to_json()
    content["rows"][0][key] = value
    return content


@pytest.mark.parametrize(
    "content",
    [
        [],
        None,
        "networks",
        changed("rows", []),
        changed("rows", None),
        changed("rows", [3]),
        changed("rows", ["mobilenet_v2"]),
        changed("photos", -1),
        changed("recipe", ""),
        with_row("backbone", None),
        with_row("alpha", "wide"),
        with_row("image_size", 96.5),
        with_row("top1", 90),
        with_row("top1_interval", [0.8, 0.9, 1.0]),
        with_row("latency_ms", float("nan")),
        with_row("size_bytes", -5),
    ],
    ids=str,
)
def test_a_file_that_holds_something_else_is_refused_in_a_sentence(tmp_path: Path, content: object):
    with pytest.raises(ModelError, match=r"networks\.json' is damaged .*measure the networks again"):
        read_networks("squares", write(tmp_path, content))


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 10])
def test_a_file_that_is_no_json_is_refused_in_a_sentence(tmp_path: Path, data: bytes):
    write(tmp_path, {})
    (tmp_path / "squares" / "networks.json").write_bytes(data)
    with pytest.raises(ModelError, match=r"networks\.json' is damaged"):
        read_networks("squares", tmp_path)


@pytest.mark.parametrize("key", draw_networks().to_json())
def test_a_file_that_lacks_something_says_what(tmp_path: Path, key: str):
    content = draw_networks().to_json()
    del content[key]
    with pytest.raises(ModelError, match=f"'{key}' is missing"):
        read_networks("squares", write(tmp_path, content))


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([], []),
        ([(1, 0.5)], [0]),
        ([(3, 0.9), (1, 0.5), (2, 0.4), (2, 0.7)], [1, 3, 0]),
        ([(1, 0.9), (2, 0.9)], [0]),  # no better and dearer
        ([(1, 0.8), (1, 0.9)], [1]),
        ([(1, 0.9), (1, 0.9), (2, 0.8)], [0, 1]),
    ],
)
def test_the_front_holds_what_no_other_beats(points: list[tuple[float, float]], expected: list[int]):
    assert pareto_front(points) == expected
