"""Train models, watch and compare the runs, and publish what came of them."""

from pages.parts import entry, training_switch
from pages.parts.training import page

entry.through_app()
training_switch.stop_if_off()
page.show()
