"""Name the traffic sign in a photo."""

from pages.parts import demo, entry
from vision.tasks import task_named

entry.through_app()
demo.show(task_named("traffic_signs"))
