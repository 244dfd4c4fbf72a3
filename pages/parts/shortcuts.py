"""Two shortcuts into the file uploader: pasting a photo, and a phone's own camera."""

from pages.parts.component import component
from vision.tasks import TaskSpec

# Both hand their file to the uploader on the page, so that its limits and its protection hold for them too.
_shortcuts = component("shortcuts")


def show(task: TaskSpec, uploader_key: str) -> None:
    """Draws a phone's camera button or, where there is a mouse, a word on pasting."""
    _shortcuts(key=f"{task.name}_shortcuts", data={"uploader": uploader_key})
