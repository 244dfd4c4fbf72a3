"""Where feedback is kept, as far as that can be told without what opens databases: that takes memory and time."""

import os
from urllib.parse import quote

from vision import places
from vision.errors import FeedbackError

VARIABLE = "SECOND_LOOK_DATABASE"


class DatabaseError(FeedbackError):
    """The database cannot be opened, read or written: for the operator to mend, where others are for visitors."""


def database_url() -> str | None:
    """The database that the operator chose, `feedback.db` in the home folder if none; None where it is off."""
    chosen = os.environ.get(VARIABLE, "").strip()
    if chosen.lower() == "off":
        return None
    return chosen or f"sqlite:///{quote(str(places.HOME / 'feedback.db'), safe=' +/')}"
