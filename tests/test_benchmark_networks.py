"""The benchmark of networks, on tiny models that are trained already."""

from pathlib import Path

from benchmarks.networks import measure, photos_of, print_table
from tests.models_for_tests import SIZE, write_class_folders, write_squares_model


def test_it_measures_a_row_a_network_and_marks_those_that_no_other_beats(tmp_path: Path, capsys):
    for name, alpha, top1 in (("weak", 0.35, 0.5), ("strong", 1.0, 0.75)):
        tested = {"photos": 100, "top1": top1, "top1_95_percent_interval": [top1 - 0.1, top1 + 0.1]}
        write_squares_model(tmp_path / name, backbone="mobilenet_v2", alpha=alpha, test={"float32": tested})
    rows = measure([tmp_path / "weak", tmp_path / "strong"])
    assert [(row.alpha, row.image_size, row.format, row.top1) for row in rows] == [
        (0.35, SIZE, "float32", 0.5),
        (1.0, SIZE, "float32", 0.75),
    ]
    assert all(row.latency_ms > 0 for row in rows)
    assert rows[0].size_bytes == (tmp_path / "weak/model.float32.tflite").stat().st_size
    print_table(tuple(rows))
    _, weak, strong, _ = capsys.readouterr().out.splitlines()
    assert weak.count("*") < strong.count("*") == 2


def test_a_part_of_the_photos_is_the_same_each_time(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("benchmarks.networks.CACHE_DIR", tmp_path / "cache")
    photos = write_class_folders(tmp_path / "squares" / "train", per_class=8)
    part = photos_of(photos, 6)
    names = sorted(path.relative_to(part) for path in part.rglob("*.*"))
    assert len(names) == 6
    assert photos_of(photos, 6) == part
    assert sorted(path.relative_to(part) for path in part.rglob("*.*")) == names
