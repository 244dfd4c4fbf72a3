"""What visitors said of the answers, for whoever runs this app."""

from pages.parts import entry, training_switch
from pages.parts.feedback import page

entry.through_app()
training_switch.stop_unless_operators()
page.show()
