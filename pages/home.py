"""What this is, and where to try it."""

import streamlit as st

from pages.parts import entry, home_cards, style
from vision.tasks import task_named

entry.through_app()
style.apply()
home_cards.show_introduction()
signs, dogs = st.columns(2, gap="medium")
with signs:
    home_cards.show_task(task_named("traffic_signs"), "pages/traffic_signs.py")
with dogs:
    home_cards.show_task(task_named("dog_breeds"), "pages/dog_breeds.py")
home_cards.show_privacy()
