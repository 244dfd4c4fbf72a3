"""A button that copies a link to the view on the screen: the page and its settings, never the photo."""

from pages.parts.component import component
from vision.tasks import TaskSpec

_copy_link = component("copy_link")  # the browser alone knows under which address visitors reach the page


def show(task: TaskSpec, query: str) -> None:
    """Draws the button; `query` is what stands behind the question mark."""
    _copy_link(key=f"{task.name}_copy_link", data={"query": query})
