"""Names of strangers as Markdown and as HTML: text, and nothing but text."""

import html
import re

import pytest

from pages.parts.thumbnails import escape, plain
from tests.conftest import ROOT
from tests.hostile.names import NAMES, RTL
from vision.names import isolated, tidy


def unescaped(markdown: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)


@pytest.mark.parametrize("name", NAMES)
def test_in_markdown_no_sign_of_a_name_is_markup(name: str):
    text = plain(name)
    assert not re.search(r"(?<!\\)(?:\\\\)*[!-/:-@\[^-`{-~]", text.replace("\\\\", "")), "a backslash before each"
    assert unescaped(text).replace("\u2060", "") == isolated(tidy(name))
    assert "\n" not in text and text == text.strip()


@pytest.mark.parametrize(
    "name",
    ["http://a.b", "HTTPS://a", "www.a.b", "me@a.b", ":material_home:", ":dog: x", ":+1:", "a -> b", "<- c", "d --"],
)
def test_what_streamlit_replaces_in_plain_text_is_parted(name: str):
    assert "\u2060" in plain(name)


@pytest.mark.parametrize("name", ["Speed limit 30 km/h", "run-2026-11-28", "“quoted” € 🐶 …", "a: b", "3.jpg"])
def test_names_without_any_of_it_are_escaped_alone(name: str):
    assert "\u2060" not in plain(name)
    assert unescaped(plain(name)) == name


def test_signs_beyond_ascii_get_no_backslash_for_it_would_be_shown():
    assert plain("“basset” €") == "“basset” €"


@pytest.mark.parametrize("name", NAMES)
def test_in_html_nothing_of_a_name_is_markup(name: str):
    text = escape(name)
    assert not set("<>\"'") & set(text)
    assert html.unescape(text) == isolated(tidy(name))


def test_a_name_from_right_to_left_does_not_move_what_stands_beside_it():
    assert plain(f"“{RTL}” (3)") == f"“\u2068{RTL}\u2069” \\(3\\)"
    assert escape(f"{RTL}, 3") == f"\u2068{RTL}\u2069, 3"


def test_pages_escape_names_with_nothing_else():
    pages = [path for path in (ROOT / "pages").rglob("*.py") if path.name != "thumbnails.py"]
    assert len(pages) > 100
    assert [
        path.name for path in pages if re.search(r"from html import|import html\b|markupsafe", path.read_text())
    ] == []
