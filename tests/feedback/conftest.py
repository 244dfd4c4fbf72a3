"""A feedback database of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from vision.feedback.store import FeedbackStore


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'feedback.db'}"


@pytest.fixture
def store(url: str) -> Iterator[FeedbackStore]:
    opened = FeedbackStore(url)
    yield opened
    opened.close()
