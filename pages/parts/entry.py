"""A page's way in, for links that lead straight to it."""

import runpy
from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

APP = Path(__file__).resolve().parents[2] / "app.py"


def through_app() -> None:
    """Runs the page as app.py would, where Streamlit has run it by itself.

    Until app.py has called `st.navigation` for the first time, Streamlit takes a folder named pages/ for its older kind
    of app: whoever follows a link to a page right after the server's start would get it without the app around.
    """
    if PagesManager.uses_pages_directory:
        runpy.run_path(str(APP))
        st.stop()
