"""What this is, and where to try it."""

from pages.parts import entry, home_cards, style
from vision.tasks import task_named

entry.through_app()
style.apply()
home_cards.show_introduction()
home_cards.show_task(task_named("traffic_signs"), page="pages/traffic_signs.py")
home_cards.show_privacy()
