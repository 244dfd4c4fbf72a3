"""Hundreds of hostile archives: none crashes what takes it in, holds it up, fills memory or leaves its folder."""

from pathlib import Path

from tests.hostile.archive_corpus import OUTSIDE, archives
from tests.hostile.tracks import files_below
from tests.hostile.trial import assert_bounded, needs_peaks, take_in


@needs_peaks
def test_no_hostile_archive_crashes_hangs_grows_or_writes_elsewhere(tmp_path: Path):
    assert not OUTSIDE.exists()
    home = tmp_path / "home"
    places = {"SECOND_LOOK_HOME": str(home / "app")}
    costs = take_in("tests.hostile.archive_trial", archives(), tmp_path / "corpus", home, places)
    assert len(costs) >= 2 * 500
    assert_bounded(costs)
    assert {Path(file).name for file in files_below(home)} <= {".turn"}
    assert not OUTSIDE.exists()
    taken = [cost for cost in costs if cost.outcome.endswith(" photos")]
    assert len(taken) > 50, "some are good enough"
    for cost in costs:
        sentence = cost.outcome
        assert sentence.isprintable() and len(sentence) < 500 and str(tmp_path) not in sentence, cost
        assert cost in taken or sentence.endswith("."), cost
    names = {cost.name for cost in taken}
    assert not [name for name in names if "../" in name or ("member of kind" in name and "zip" in name)]


def test_the_corpus_is_the_same_each_time():
    first, second = archives(), archives()
    assert [next(first) for _ in range(300)] == [next(second) for _ in range(300)]
