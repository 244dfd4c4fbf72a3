"""What visitors keep in this server's memory: bounded for each, and for all together (see `vision.room`)."""

import functools

from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.parts import hosted
from vision.operations.metrics import watch_kept
from vision.room import Kept, Room

MB = 2**20


@functools.cache
def room() -> Room:
    """The room of this process, as large as `hosted.limits` say when it is asked for first.

    Raises:
        SettingsError: a setting cannot be understood.
    """
    limits = hosted.limits()
    made = Room(limits.together_mb * MB, limits.visitor_mb * MB)
    watch_kept(lambda: made.used_bytes)
    return made


def keep(name: str, thing: Kept) -> None:
    """Takes in what the visitor of this run of a page keeps under that name, or notes that they use it."""
    context = get_script_run_ctx()
    if context is not None:
        room().keep((context.session_id, name), thing, owner=context.session_id)
