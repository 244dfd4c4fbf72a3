"""What this visitor has said of answers: passed on to the database, and remembered here, so that it can be undone."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages.parts import answers, thumbnails
from pages.parts.feedback.question import Question
from vision.errors import BusyError, VisionError
from vision.feedback.judgement import Judgement
from vision.feedback.kept_photo import kept_jpeg
from vision.feedback.place import DatabaseError, database_url
from vision.operations.events import report_feedback, report_feedback_error

if TYPE_CHECKING:
    from vision.feedback.store import FeedbackStore

MOST_KEPT = 300
BUSY = "So many photos are being looked at just now that yours was not taken; tick it again in a moment."
OUT_OF_ORDER = "What you said could not be kept, because this server's feedback is out of order. The answer stays."
SAID, PROBLEMS = "feedback_said", "feedback_problems"


@dataclass(frozen=True)
class Said:
    """What was said of one answer, and whether the photo was given with it."""

    judgement: Judgement
    has_photo: bool = False


def of(question: Question) -> Said | None:
    """What this visitor has said of an answer."""
    return _all().get(question.key)


def problem_with(question: Question) -> str | None:
    """Why what was said last could not be kept, once."""
    problem: str | None = st.session_state.setdefault(PROBLEMS, {}).pop(question.key, None)
    return problem


def judge(question: Question, is_right: bool) -> None:
    judgement = question.judged(is_right)
    if _done(question, lambda store: store.add(judgement)):
        report_feedback(judgement.task, judgement.model, judgement.model_format, is_right)
        _all()[question.key] = Said(judgement)
        for oldest in list(_all())[:-MOST_KEPT]:
            del _all()[oldest]


def correct(question: Question, key: str | None, label: str | None) -> None:
    """Says what it is instead, see `Judgement`."""
    said = of(question)
    if said is None:
        return
    if _done(question, lambda store: store.correct(said.judgement.id, key, label)):
        _all()[question.key] = dataclasses.replace(said, judgement=said.judgement.corrected(key, label))


def undo(question: Question) -> None:
    said = of(question)
    if said is not None and _done(question, lambda store: store.take_back(said.judgement.id)):
        del _all()[question.key]


def give_photo(question: Question, is_given: bool) -> bool:
    """Gives the photo, or takes it back; whether it is given afterwards."""
    said = of(question)
    if said is None:
        return False
    judgement_id = said.judgement.id

    def give(store: "FeedbackStore") -> None:
        looked_at = answers.looked_at(question.photo, question.answer, question.part, question.setup)
        store.give_photo(judgement_id, kept_jpeg(looked_at))

    def take_back(store: "FeedbackStore") -> None:
        store.take_photo_back(judgement_id)

    if _done(question, give if is_given else take_back):
        said = dataclasses.replace(said, has_photo=is_given)
        _all()[question.key] = said
    return said.has_photo


def _done(question: Question, work: "Callable[[FeedbackStore], None]") -> bool:
    """Whether that could be done; if not, why is remembered."""
    url = database_url()
    if url is None:
        return False
    from vision.feedback.store import open_store  # as in `vision.operations.health`

    try:
        work(open_store(url))
    except DatabaseError as error:
        report_feedback_error(error)
        st.session_state.setdefault(PROBLEMS, {})[question.key] = OUT_OF_ORDER
        return False
    except BusyError:
        st.session_state.setdefault(PROBLEMS, {})[question.key] = BUSY
        return False
    except VisionError as error:
        st.session_state.setdefault(PROBLEMS, {})[question.key] = thumbnails.plain(str(error))
        return False
    return True


def _all() -> dict[str, Said]:
    kept: dict[str, Said] = st.session_state.setdefault(SAID, {})
    return kept
