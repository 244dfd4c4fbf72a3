"""Settings of a demo page while it is drawn for the first time."""

from streamlit.testing.v1 import AppTest

from tests.pages.steps import RUN_S


def cut_short_page():
    """A page whose first run ends, as by a click, after a setting has its value and before its widget is drawn."""
    import streamlit as st

    from pages.parts import view_link

    link = view_link.of_this_run()
    link.switch(view_link.CROP, "crop", usual=True)
    if "was_cut_short" not in st.session_state:
        st.session_state.was_cut_short = True
        st.rerun()
    st.toggle("Crop", key="crop")
    link.write()


def test_a_switch_is_drawn_as_it_is_also_where_the_first_run_was_cut_short():
    app = AppTest.from_function(cut_short_page, default_timeout=RUN_S).run()
    drawn = app.toggle[0].proto
    assert app.session_state["crop"] is True
    assert drawn.set_value and drawn.value, "else it looks switched off, and the first click does nothing"
    app.toggle[0].set_value(False).run()
    assert app.session_state["crop"] is False
    assert not app.toggle[0].proto.set_value, "from there on it is the visitor's"
