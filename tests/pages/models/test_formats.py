"""The formats of a model: which one is recommended, what each costs, and what is there to take home."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from pages.parts import training_switch
from pages.parts.models import format_words, formats_view
from pages.parts.models.offers import offers_of
from tests.figures_for_tests import FLOAT32, INT8, NETWORK, draw_figures, draw_networks
from tests.models_for_tests import LABELS, write_squares_model
from tests.pages.models.steps import open_models, said
from tests.pages.steps import alerts, open_page
from vision.format_figures import FormatFigures, read_figures
from vision.model_card import read_card
from vision.tasks import TASKS


def advice(model_dir: Path, **formats: FormatFigures) -> str:
    measured = draw_figures(**formats)
    return format_words.advice(measured, offers_of(read_card(model_dir), measured))


def test_the_page_is_in_the_navigation_and_about_the_shipped_models():
    app = open_page("pages/models.py")
    assert app.title[0].value == "Small enough for a phone"
    assert len(app.segmented_control(key="models_task").options) >= len(TASKS)
    assert len(app.get("download_button")) >= 2


def test_one_format_is_recommended_with_its_reasons(model_dir: Path):
    text = said(open_models())
    assert "Take int8: it is" in text
    assert "times smaller than the original" in text
    assert "answers 2.5 times faster" in text
    assert "and gets 2 more photos in a thousand wrong" in text
    assert text.count("Take this one") == 1
    assert "Measured on 1,000 photos of squares/test" in text
    assert "gets 2 more photos in a thousand wrong than the original" in text
    assert "94.8" in text and "between 93.3 and 96.0" in text


def test_the_reasons_fit_the_figures(model_dir: Path):
    assert advice(model_dir, float32=FLOAT32) == (
        "Take float32: no smaller format that phones support is right as often and as fast."
    )
    quick = replace(INT8, top1=FLOAT32.top1 + 0.012, latency_ms_1=1.0)
    assert advice(model_dir, float32=FLOAT32, int8=quick).endswith(
        "answers 10 times faster, and gets 12 fewer photos in a thousand wrong."
    )
    one = replace(INT8, top1=FLOAT32.top1 - 0.001)
    assert advice(model_dir, float32=FLOAT32, int8=one).endswith("and gets 1 more photo in a thousand wrong.")
    same = replace(INT8, top1=FLOAT32.top1 - 0.0003, latency_ms_1=FLOAT32.latency_ms_1)
    assert "is as fast, and is right as often." in advice(model_dir, float32=FLOAT32, int8=same)
    unmeasured = advice(model_dir, int8=INT8)  # only the size of the original is known
    assert unmeasured.startswith("Take int8: it is") and unmeasured.endswith("times smaller than the original.")


def test_what_is_too_slow_for_the_scale_is_said_to_be(home: Path):
    slow = replace(INT8, latency_ms_1=130.0)
    measured = draw_figures(float32=FLOAT32, int8=INT8, int16x8=slow).to_json()
    write_squares_model(home / "models" / "traffic_signs" / "squares", measured=measured)
    text = said(open_models())
    assert "130 ms, off this scale" in text and text.count("off this scale") == 1


def test_what_was_measured_on_fewer_photos_is_not_compared(home: Path):
    few = replace(INT8, photos=100, top1=0.99)
    measured = draw_figures(float32=FLOAT32, int8=INT8, int16x8=few).to_json()
    write_squares_model(home / "models" / "traffic_signs" / "squares", measured=measured)
    text = said(open_models())
    assert "on 100 photos, as it is so slow" in text
    assert "fewer photos in a thousand" not in text and "fewer photos in a hundred" not in text


def test_every_format_can_be_taken_home_for_a_phone(model_dir: Path):
    app = open_models()
    assert [button.proto.label for button in app.get("download_button")] == ["Download"] * 2
    with zipfile.ZipFile(io.BytesIO(formats_view._bundle(model_dir, "int8", 1))) as archive:
        assert archive.read("labels.txt").decode().splitlines() == list(LABELS)
        assert json.loads(archive.read("card.json"))["measured"]["top1"] == INT8.top1


def test_a_format_that_is_measured_and_not_there_says_how_to_make_it(home: Path, monkeypatch: pytest.MonkeyPatch):
    figures = draw_figures(**{"float32": FLOAT32, "int8": INT8, "int8-qat": replace(INT8, top1=0.95)})
    write_squares_model(home / "models" / "traffic_signs" / "squares", measured=figures.to_json())
    app = open_models()
    assert len(app.get("download_button")) == 2
    assert "Not kept here" in said(app)
    assert "export traffic_signs/squares --formats int8-qat" in said(app)
    text = said(app)
    assert text.index("int8-qat <span>") < text.index("float32 <span>"), "the recommended one comes first"
    monkeypatch.setenv(training_switch.VARIABLE, "off")
    assert "export traffic_signs/squares" not in said(app.run())


def test_all_figures_are_in_a_table_with_the_command_that_made_them(model_dir: Path):
    text = said(open_models())
    for part in ("right among five", "99.0", "calibration error", "0.010", "zipped", "2.2 MB", "45 MB", "abc1234"):
        assert part in text, part
    assert draw_figures().command in text


def test_a_model_without_figures_says_so_and_how_to_make_them(home: Path):
    test = {"int8": {"photos": 200, "top1": 0.9}}
    write_squares_model(home / "models" / "traffic_signs" / "squares", test=test)
    app = open_models()
    text = said(app)
    assert "python benchmarks/formats.py traffic_signs/squares" in text
    assert "Take this one" not in text
    assert "90.0" in text and "between 85.1 and 93.4" in text  # from when it was made
    assert text.count("not measured") == 3
    assert len(app.get("download_button")) == 2


@pytest.mark.parametrize("measured", [{}, {"formats": 3}, draw_figures().to_json() | {"recommended": "int4"}])
def test_damaged_figures_are_said_and_the_rest_stays(home: Path, measured: object):
    write_squares_model(home / "models" / "traffic_signs" / "squares", measured=measured)
    app = open_models()
    assert len(app.warning) == 1 and "are damaged" in app.warning[0].value
    assert len(app.get("download_button")) == 2


def test_without_a_model_there_is_a_sentence(home: Path):
    app = open_models()
    assert len(alerts(app)) == 1
    assert "python -m vision train --task traffic_signs" in alerts(app)[0]


@pytest.mark.parametrize(
    "test", [{}, {"int8": 3}, {"int8": {"photos": 0, "top1": 0.5}}, {"int8": {"photos": 9, "top1": 7}}, 5]
)
def test_figures_of_the_making_that_are_none_are_not_shown(home: Path, test: object):
    card = read_card(write_squares_model(home / "models" / "traffic_signs" / "squares", test=test))
    assert read_figures(card) is None
    assert [offer.right for offer in offers_of(card, None)] == [None, None]


# Networks


def write_networks(home: Path, content: object) -> None:
    (home / "models" / "traffic_signs" / "networks.json").write_text(json.dumps(content))


def test_compared_networks_are_drawn_with_their_front(home: Path, model_dir: Path):
    rows = [
        NETWORK,
        replace(NETWORK, alpha=0.35, top1=0.89, top1_interval=(0.87, 0.91), latency_ms=1.0, size_bytes=800_000),
        replace(NETWORK, backbone="efficientnet_lite0", image_size=160, top1=0.85, latency_ms=9.0),
    ]
    write_networks(home, draw_networks(rows).to_json())
    app = open_models()
    text = said(app)
    assert "mobilenet v2, 96 px (int8) is right most often: 90.0" in text
    assert "Mobilenet v2 0.35, 96 px (int8) is 3.0 times as fast, at 89.0" in text
    assert "compare them with each other, not with the models above" in text
    specs = [json.loads(chart.proto.spec) for chart in app.get("vega_lite_chart")]
    assert [spec["layer"][0]["encoding"]["x"]["title"] for spec in specs] == ["milliseconds for a photo", "megabytes"]
    assert all([layer["mark"]["type"] for layer in spec["layer"]] == ["line", "rule", "point"] for spec in specs)
    assert "head alone, three epochs" in text.lower()
    assert len(app.dataframe) == 1


def test_without_compared_networks_nothing_is_drawn(model_dir: Path):
    app = open_models()
    assert not app.get("vega_lite_chart")
    assert "Other networks" not in said(app)


def test_damaged_networks_are_said_and_the_rest_stays(home: Path, model_dir: Path):
    write_networks(home, {"rows": []})
    app = open_models()
    assert len(app.warning) == 1 and "is damaged" in app.warning[0].value.replace("\\", "")
    assert "Take int8" in said(app)
