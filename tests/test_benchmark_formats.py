"""The benchmark of formats, on a tiny model."""

import subprocess
import sys
from pathlib import Path

from tests.models_for_tests import write_class_folders, write_squares_model
from vision.format_figures import read_figures, recommended_format
from vision.model_card import read_card

ROOT = Path(__file__).resolve().parent.parent


def test_it_prints_a_row_a_format_and_the_layers_that_lose_most(tmp_path: Path):
    model_dir = write_squares_model(tmp_path / "squares")
    photos = write_class_folders(tmp_path / "test", per_class=6, seed=40)
    command = [sys.executable, "benchmarks/formats.py", str(model_dir), "--test", str(photos), "--formats", "int8"]
    done = subprocess.run(
        [*command, "--limit", "9", "--runs", "2", "--layers", "--write"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert any("on 9 test photos" in line for line in lines)
    rows = {line.split()[0]: line.split() for line in lines if line.startswith(("float32 ", "int8 "))}
    for name in ("float32", "int8"):
        assert rows[name][1:6] == ["9", *["100.00%"] * 4]
        assert float(rows[name][-1]) > 20  # MB of memory
        size = (model_dir / f"model.{name}.tflite").stat().st_size
        assert rows[name][7] == f"{size / 1e6:.2f}"
    assert sum(" dB " in line for line in lines) >= 5
    figures = read_figures(read_card(model_dir))
    assert figures is not None
    assert (figures.data, figures.photos, set(figures.formats)) == (f"{tmp_path.name}/test", 9, {"float32", "int8"})
    assert figures.recommended == recommended_format(figures.formats)
    assert figures.formats["int8"].size_bytes == (model_dir / "model.int8.tflite").stat().st_size
