"""Train a model from a folder of photos, and watch the runs."""

from pages.parts import entry
from pages.parts.training import page

entry.through_app()
page.show()
