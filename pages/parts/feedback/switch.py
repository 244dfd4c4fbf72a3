"""Whether feedback is kept here; an operator switches it off with SECOND_LOOK_DATABASE=off."""

from vision.feedback.place import database_url


def is_on() -> bool:
    return database_url() is not None


def exception() -> str:
    """What belongs behind a sentence that photos are not kept: the one case in which they are, if there is one."""
    return ", unless you give one with your feedback" if is_on() else ""
