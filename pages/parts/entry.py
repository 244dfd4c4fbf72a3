"""A page's way in, for links that lead straight to it."""

import runpy
from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app.py"
PAGES = ROOT / "pages"  # whole paths, for the app may be started by a script elsewhere, such as hosted/streamlit_app.py


def through_app() -> None:
    """Runs the page as app.py would, where Streamlit has run it by itself.

    Until app.py has called `st.navigation` for the first time, Streamlit takes a folder named pages/ for its older kind
    of app: whoever follows a link to a page right after the server's start would get it without the app around.
    """
    if PagesManager.uses_pages_directory:
        runpy.run_path(str(APP))
        st.stop()


def is_lost() -> bool:
    """Whether Streamlit has looked in vain for the file of a page, and so runs app.py; see `through_app`.

    To be asked before `st.navigation` is called. Pages of tasks that models bring have no file.
    """
    context = get_script_run_ctx()
    if not PagesManager.uses_pages_directory or context is None:
        return False
    wanted = context.pages_manager.intended_page_name
    return bool(wanted) and wanted not in {page["url_pathname"] for page in context.pages_manager.get_pages().values()}


def ask_again() -> None:
    """Makes the browser open its address anew; after `st.navigation` has been called, every page is found."""
    st.html("<script>location.reload()</script>", unsafe_allow_javascript=True)
