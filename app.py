"""Second Look: page configuration and navigation."""

import streamlit as st

from pages.parts import navigation

st.set_page_config(page_title="Second Look", page_icon="pages/parts/icon.svg", layout="wide")

st.navigation(navigation.build_pages(), position="top").run()
