"""Opening the models page without a browser, and reading it."""

from streamlit.testing.v1 import AppTest

from tests.pages.steps import RUN_S, alerts, as_read, shown

FORMATS, PHOTO, EXAM = "Formats", "One photo", "Many photos"


def models_app() -> None:
    """The page by itself."""
    from pages.parts.models import page

    page.show()


def open_models(part: str = FORMATS, **address: str) -> AppTest:
    app = AppTest.from_function(models_app, default_timeout=RUN_S)
    for word, text in address.items():
        app.query_params[word] = text
    app.run()
    assert not app.exception, app.exception
    return app if part == FORMATS else choose_part(app, part)


def choose_part(app: AppTest, part: str) -> AppTest:
    app.segmented_control(key="models_part").set_value(part).run()
    assert not app.exception, app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception, app.exception
    return app


def upload(app: AppTest, content: bytes, name: str = "mine.zip") -> AppTest:
    app.file_uploader[0].set_value([(name, content, "application/zip")]).run()
    assert not app.exception, app.exception
    return app


def button_keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button if button.key}


def said(app: AppTest) -> str:
    """Everything that the page says in words."""
    texts = [as_read(element.value) for element in (*app.markdown, *app.subheader, *app.caption)]
    texts += [code.value for code in app.code]
    return "\n".join([*texts, *alerts(app), shown(app)])
