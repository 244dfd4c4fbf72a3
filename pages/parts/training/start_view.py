"""Step 3: how long it will take, what the run is called, and the button that starts it."""

import streamlit as st

from pages.parts.training import estimate_view, run_names, sweep_view
from pages.parts.training.check_view import Checked
from pages.parts.training.dataset_counts import Counted
from pages.parts.training.launch import launch
from vision.training.command import command_line
from vision.training.config import TrainingConfig


def show(counted: Counted, config: TrainingConfig, checked: Checked, prefix: str) -> None:
    """Draws the last step."""
    estimate_view.show(counted, config)
    usual = run_names.usual_name(counted.place.name)
    name = st.text_input(
        "Name of the run", usual, max_chars=60, key=f"{prefix}_name_{usual}", persist_state="session"
    ).strip()
    problem = checked.problem or run_names.problem_of(name)
    if problem:
        st.caption(problem)
    # The key has the name: a second click, from a finger or another tab, finds no button of that key any more.
    pressed = st.button(
        "Start",
        type="primary",
        icon=":material/play_arrow:",
        key=f"training_new_start_{name}",
        disabled=bool(problem),
        width="stretch",
    )
    if pressed and not problem:
        launch([(name, config)])
    st.caption("It goes on when you close this page, and can be stopped and continued at any time.")
    with st.expander("The same as a command line", icon=":material/terminal:"):
        st.code(command_line(config, name), language="bash", wrap_lines=True)
    sweep_view.show(counted, config, checked, name, prefix)
