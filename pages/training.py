"""Train models, watch and compare the runs, and publish what came of them."""

from pages.parts import entry, training_switch

entry.through_app()
training_switch.stop_if_off()

from pages.parts.training import page  # noqa: E402  # only now: it needs what trains

page.show()
