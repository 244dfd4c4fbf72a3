"""Going through "New run" without a browser; the check runs in the test's own process."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from tests.pages.steps import open_page
from vision.datasets.check_job import CheckFolder

PAGE = "pages/training.py"
SIZE_HW = (48, 48)


def draw_photo(path: Path, seed: int) -> None:
    """A photo unlike any other: a few large patches of colour."""
    patches = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(patches).resize(SIZE_HW, Image.Resampling.NEAREST).save(path, quality=95)


def write_classes(root: Path, counts: dict[str, int]) -> Path:
    """Class folders with so many photos each."""
    for number, (name, count) in enumerate(counts.items()):
        for index in range(count):
            draw_photo(root / name / f"{index}.jpg", 1000 * number + index)
    return root


def choose_source(app: AppTest, source: str) -> AppTest:
    return run(app.segmented_control(key="training_new_source").set_value(source))


def choose_folder(app: AppTest, name: str) -> AppTest:
    return run(app.selectbox(key="training_new_folder").set_value(name))


def open_folder(name: str) -> AppTest:
    """The page with that data set chosen."""
    return choose_folder(choose_source(open_page(PAGE), "This server"), name)


def check_photos(app: AppTest, started: list[Sequence[str]]) -> AppTest:
    """Does what the check's process would have done, and draws the page anew."""
    asked = [arguments for arguments in started if arguments[:2] == ["data", "check-job"]]
    CheckFolder(Path(asked[-1][2])).run()
    return run(app)


def run(app: AppTest) -> AppTest:
    app = app.run()
    assert not app.exception, app.exception
    return app


def click(app: AppTest, key: str) -> AppTest:
    return run(app.button(key=key).click())


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)


def can_start(app: AppTest) -> bool:
    return any(not button.disabled for button in _start_buttons(app))


def start(app: AppTest) -> AppTest:
    """Presses Start."""
    (button,) = _start_buttons(app)
    return run(button.click())


def _start_buttons(app: AppTest) -> list[Button]:
    return [button for button in app.button if button.key and button.key.startswith("training_new_start_")]
