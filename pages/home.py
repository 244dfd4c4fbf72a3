"""What this is, and where to try it."""

import streamlit as st

from pages.parts import entry, home_cards, loaders, style

CARDS_A_ROW = 2

entry.through_app()
style.apply()
home_cards.show_introduction()
tasks = loaders.known_tasks()
for first in range(0, len(tasks), CARDS_A_ROW):
    for place, task in zip(st.columns(CARDS_A_ROW, gap="medium"), tasks[first : first + CARDS_A_ROW], strict=False):
        with place:
            home_cards.show_task(task)
home_cards.show_privacy()
