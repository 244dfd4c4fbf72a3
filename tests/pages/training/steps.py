"""Opening the parts of the training page without a browser, and reading them."""

from streamlit.testing.v1 import AppTest

from tests.pages.steps import RUN_S, alerts, shown


def runs_app() -> None:
    """The part "Runs", with the pages of tasks that models bring around it."""
    import streamlit as st

    from pages.parts import loaders, navigation
    from pages.parts.training import runs_view
    from vision.tasks import TASKS

    brought = [navigation.page_of(task) for task in loaders.known_tasks() if task.name not in TASKS]
    st.navigation([st.Page(runs_view.show_runs, title="Runs", default=True), *brought]).run()


def compare_app() -> None:
    """The part "Compare"."""
    from pages.parts.training import compare_view

    compare_view.show_compare()


def open_runs(run_name: str | None = None) -> AppTest:
    """The list of runs, or the run of that name."""
    app = AppTest.from_function(runs_app, default_timeout=RUN_S).run()
    return look_at(app, run_name) if run_name is not None else app


def look_at(app: AppTest, run_name: str) -> AppTest:
    return press(app, f"training_run_{run_name}")


def open_compare() -> AppTest:
    app = AppTest.from_function(compare_app, default_timeout=RUN_S).run()
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception, app.exception
    return app


def choose_part(app: AppTest, part: str) -> AppTest:
    """Result, Try it or Publish of a finished run."""
    app.segmented_control(key="training_result_part").set_value(part).run()
    assert not app.exception, app.exception
    return app


def button_keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button if button.key}


def said(app: AppTest) -> str:
    """Everything that the page says in words."""
    texts = [element.value for element in (*app.markdown, *app.subheader, *app.caption)]
    return "\n".join([*texts, *alerts(app), shown(app)])
