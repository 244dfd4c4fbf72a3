"""Name the breed of each dog in a photo."""

from pages.parts import demo, entry
from vision.tasks import task_named

entry.through_app()
demo.show(task_named("dog_breeds"))
