"""Second Look: page configuration and navigation."""

import streamlit as st

from pages.parts import entry, hosted, navigation, uploads, view_link
from vision import heap
from vision.operations import endpoint

st.set_page_config(page_title="Second Look", page_icon=str(entry.PAGES / "parts/icon.svg"), layout="wide")
heap.keep_little()
endpoint.begin(page_errors="streamlit.error_util")
uploads.bound()
hosted.prepare()

lost = entry.is_lost()
page = st.navigation(navigation.build_pages(), position="top")
if lost:
    entry.ask_again()
else:
    view_link.note_page(page.url_path)
    page.run()
