"""Train models, watch and compare the runs, and publish what came of them."""

import streamlit as st

from pages.parts import entry, style, training_switch

entry.through_app()
training_switch.stop_if_off()
style.apply()
st.title("Training", anchor=False)
