"""Second Look: page configuration and navigation."""

import streamlit as st

st.set_page_config(page_title="Second Look", page_icon="pages/parts/icon.svg", layout="wide")

st.navigation(
    [
        st.Page("pages/home.py", title="Second Look", icon=":material/home:", default=True),
        st.Page("pages/traffic_signs.py", title="Traffic signs", icon=":material/traffic:"),
        st.Page("pages/dog_breeds.py", title="Dog breeds", icon=":material/pets:"),
    ],
    position="top",
).run()
