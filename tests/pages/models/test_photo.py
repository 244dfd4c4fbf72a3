"""One photo through all formats."""

from pathlib import Path

import pytest

from pages.parts.models.photo_view import agreement, spread
from tests.exam.exams_for_tests import square_bytes
from tests.models_for_tests import write_squares_model
from tests.pages.models.steps import PHOTO, open_models, said


def test_a_photo_goes_through_all_formats(model_dir: Path):
    app = open_models(PHOTO)
    assert 'class="sl-part ' not in said(app)
    app.file_uploader[0].set_value([("green.png", square_bytes(1, 5), "image/png")]).run()
    assert not app.exception
    text = said(app)
    assert "Both formats say: Green." in text
    assert text.count('class="sl-part ') == 2
    assert "<h3>float32</h3>" in text and "<h3>int8</h3>" in text


def test_where_no_format_is_sure_that_is_said(home: Path):
    write_squares_model(home / "models" / "traffic_signs" / "squares", sure_from=1.0, likely_from=1.0)
    app = open_models(PHOTO)
    app.file_uploader[0].set_value([("green.png", square_bytes(1, 5), "image/png")]).run()
    assert not app.exception
    assert "But none of them is sure of it:" in said(app)


def test_a_broken_photo_is_refused_in_a_sentence(model_dir: Path):
    app = open_models(PHOTO)
    app.file_uploader[0].set_value([("green.png", square_bytes(1, 5)[:60], "image/png")]).run()
    assert not app.exception
    assert len(app.error) == 1 and "damaged" in app.error[0].value


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"float32": "stop"}, "float32 says: Stop."),
        ({"float32": "stop", "int8": "stop"}, "Both formats say: Stop."),
        ({"float32": "stop", "float16": "stop", "int8": "stop"}, "All 3 formats say: Stop."),
        (
            {"int8": "yield", "float32": "stop", "float16": "stop"},
            "They disagree: float32 and float16 say Stop; int8 says Yield.",
        ),
    ],
)
def test_where_formats_disagree_is_said(answers: dict[str, str], sentence: str):
    assert agreement(answers) == sentence


def test_how_sure_they_are_is_compared():
    assert spread({"float32": 0.9, "int8": 0.75}) == "Surest is float32 (90.0 %), least sure int8 (75.0 %)."
    assert spread({"float32": 0.9, "int8": 0.901}) == "They are equally sure: 90.1 %."
