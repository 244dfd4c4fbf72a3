"""Name the traffic sign in a photo."""

from pages.parts import demo
from vision.tasks import task_named

demo.show(task_named("traffic_signs"))
