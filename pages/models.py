"""The formats of each model, what each costs, to take home for a phone, and how a model does on photos of one's own."""

from pages.parts import entry
from pages.parts.models import page

entry.through_app()
page.show()
