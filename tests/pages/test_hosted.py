"""A shared demo, without a browser: what it offers, what it says, and who is an operator."""

import asyncio
import importlib.util
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
import streamlit as st
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from streamlit import config

from pages.parts import hosted, navigation, operators, training_switch
from tests.conftest import ROOT
from tests.pages.steps import alerts, open_page, shown
from vision.errors import SettingsError
from vision.feedback.place import VARIABLE

OPERATOR = "Ann@Example.org"


@pytest.fixture(autouse=True)
def upload_cap():
    """The server's cap on uploads is the process's; the next test gets the old one back."""
    before = config.get_option(hosted.UPLOAD_CAP)
    yield
    config.set_option(hosted.UPLOAD_CAP, before)


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(hosted.VARIABLE, "on")


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch):
    """Logs in: account(email, verified), or account(None) for somebody who has not; OPERATOR is on the list."""

    def log_in(email: str | None, verified: Any = True) -> None:
        user = {"is_logged_in": False} if email is None else {"is_logged_in": True, "email": email}
        monkeypatch.setattr("streamlit.user_info._get_user_info", lambda: user | {"email_verified": verified})
        monkeypatch.setattr(st, "secrets", {"auth": {}, operators.SECTION: {"operators": [OPERATOR]}})

    return log_in


def links(app) -> list[str]:
    return [link.proto.page for link in app.get("page_link")]


@pytest.mark.parametrize(("value", "is_on"), [("on", True), (" ON", True), ("off", False), ("", False)])
def test_one_setting_makes_the_app_a_shared_demo(monkeypatch: pytest.MonkeyPatch, value: str, is_on: bool):
    monkeypatch.setenv(hosted.VARIABLE, value)
    assert hosted.is_on() is is_on
    assert hosted.limits() == (hosted.SHARED if is_on else hosted.ALONE)


@pytest.mark.parametrize("value", ["yes", "1", "onn"])
def test_any_other_value_is_refused_and_nothing_is_shown(monkeypatch: pytest.MonkeyPatch, value: str):
    monkeypatch.setenv(hosted.VARIABLE, value)
    with pytest.raises(SettingsError, match=f"'{value}'; expected 'on'"):
        hosted.is_on()
    app = open_page("pages/home.py")
    assert len(alerts(app)) == 1
    assert "SECOND_LOOK_HOSTED" in alerts(app)[0]
    assert not app.title
    assert not links(app)


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("page", ["pages/home.py", "pages/traffic_signs.py", "pages/dog_breeds.py"])
def test_each_page_says_that_it_is_shared_and_keeps_no_photo(page: str):
    app = open_page(page)
    assert "Shared demo" in shown(app)
    assert "are not kept" in shown(app)


def test_a_photo_that_comes_in_is_not_written_to_the_disk():
    open_page("pages/home.py")
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.jpg"\r\n\r\n'

    async def upload() -> AsyncIterator[bytes]:
        yield head
        for _ in range(8):
            yield bytes(2**20)
        yield b"\r\n--x--\r\n"

    async def received() -> Any:
        return await MultiPartParser(Headers({"content-type": "multipart/form-data; boundary=x"}), upload()).parse()

    file = asyncio.run(received())["f"]
    assert file.size == 8 * 2**20
    assert file._in_memory


def test_an_app_of_ones_own_says_nothing_of_it():
    assert "Shared demo" not in shown(open_page("pages/home.py"))


@pytest.mark.usefixtures("shared")
def test_training_is_neither_on_the_front_page_nor_in_the_navigation_nor_behind_its_link():
    assert links(open_page("pages/home.py")) == ["traffic_signs", "dog_breeds"]
    for name, page in (("training", navigation.page_of_training()), ("feedback", navigation.page_of_feedback())):
        assert page.visibility == "hidden"
        app = open_page(f"pages/{name}.py")
        assert len(alerts(app)) == 1
        assert "This is a shared demo" in alerts(app)[0]
        assert not app.title
        assert not app.button


@pytest.mark.usefixtures("shared")
def test_uploads_are_capped_lower_by_the_server_and_by_the_page():
    config.set_option(hosted.UPLOAD_CAP, 500)
    app = open_page("pages/traffic_signs.py")
    assert config.get_option(hosted.UPLOAD_CAP) == hosted.SHARED.photo_mb
    assert app.file_uploader[0].proto.max_upload_size_mb == hosted.SHARED.photo_mb
    many = [(f"{i}.jpg", b"", "image/jpeg") for i in range(hosted.SHARED.photos + 3)]
    app.file_uploader[0].set_value(many).run()
    assert any("3 photos were left out: at most 20" in alert for alert in alerts(app))


@pytest.mark.usefixtures("shared")
def test_a_cap_that_is_lower_still_stays():
    config.set_option(hosted.UPLOAD_CAP, 4)
    open_page("pages/home.py")
    assert config.get_option(hosted.UPLOAD_CAP) == 4


@pytest.mark.usefixtures("shared")
def test_an_operator_who_has_logged_in_may_train(account):
    account(OPERATOR.lower())
    assert navigation.page_of_training().visibility == "visible"
    app = open_page("pages/training.py")
    assert app.title[0].value == "Train your own"
    assert app.button(key="operator_logout").label == "Log out"


@pytest.mark.usefixtures("shared")
def test_an_operator_is_asked_to_log_in_first(account):
    account(None)
    assert navigation.page_of_training().visibility == "hidden"
    app = open_page("pages/training.py")
    assert app.button(key="operator_login").label == "Log in as operator"
    assert not app.title


@pytest.mark.usefixtures("shared")
def test_without_what_logs_in_the_page_says_what_to_install(account, monkeypatch: pytest.MonkeyPatch):
    account(None)
    find = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name, *rest: None if name == "authlib" else find(name, *rest)
    )
    app = open_page("pages/training.py")
    assert any("pip install -r requirements-login.txt" in alert for alert in alerts(app))
    assert not app.button


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize(
    ("email", "verified"),
    [("eve@example.org", True), (OPERATOR, False), (OPERATOR, None), (OPERATOR, "true"), ("", True)],
)
def test_nobody_else_may(account, email: str, verified: Any):
    account(email, verified)
    assert navigation.page_of_training().visibility == "hidden"
    app = open_page("pages/training.py")
    assert any("not an operator" in alert for alert in alerts(app))
    assert app.button(key="operator_logout")
    assert not app.title


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("section", [{}, {"operators": []}, {"operators": None}, {"operators": OPERATOR}, "text", None])
def test_without_a_list_of_addresses_there_are_no_operators(account, monkeypatch: pytest.MonkeyPatch, section: Any):
    account(OPERATOR)
    monkeypatch.setattr(st, "secrets", {"auth": {}, operators.SECTION: section})
    assert navigation.page_of_training().visibility == "hidden"


def test_training_that_is_off_is_off_for_operators_too(account, shared, monkeypatch: pytest.MonkeyPatch):
    account(OPERATOR)
    monkeypatch.setenv(training_switch.VARIABLE, "off")
    assert alerts(open_page("pages/training.py")) == ["Training is switched off on this server."]


def test_without_what_trains_the_page_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(training_switch, "TRAINER", "no_such_library")
    assert navigation.page_of_training().visibility == "hidden"
    app = open_page("pages/training.py")
    assert "pip install -r requirements.txt" in alerts(app)[0]
    assert not app.title


def test_the_front_page_comes_without_what_only_other_pages_need():
    script = "import sys; from tests.pages.steps import open_page; open_page('pages/home.py'); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {hosted.VARIABLE: "on", VARIABLE: "off"},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert "pages.parts.home_cards" in loaded
    assert not loaded & {"sqlalchemy", "onnxruntime", "pages.parts.demo", "pages.parts.training", "tensorflow"}
