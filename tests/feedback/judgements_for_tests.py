"""Judgements as people would pass them."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

from vision.feedback.judgement import Judgement, new_id

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
STOP, YIELD = ("14", "Stop"), ("13", "Yield")


def right(answer: tuple[str, str] = STOP, minutes: int = 0, **changes: Any) -> Judgement:
    """An answer that somebody called right, so many minutes after noon."""
    judgement = Judgement(
        id=new_id(),
        said_at=NOON + timedelta(minutes=minutes),
        task="traffic_signs",
        model="squares",
        model_sha256="ab" * 32,
        model_format="int8",
        crop_first=False,
        found="whole",
        answer_key=answer[0],
        answer=answer[1],
        probability=0.75,
        is_right=True,
    )
    return dataclasses.replace(judgement, **changes)


def wrong(
    answer: tuple[str, str] = STOP, truth: tuple[str | None, str | None] = YIELD, minutes: int = 0, **changes: Any
) -> Judgement:
    """An answer that somebody called wrong, and what it is instead."""
    return right(answer, minutes, is_right=False, correction_key=truth[0], correction=truth[1], **changes)
