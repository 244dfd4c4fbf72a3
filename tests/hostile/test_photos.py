"""Over a thousand hostile photos: none crashes the reader, holds it up, fills memory or writes anything."""

from pathlib import Path

from tests.hostile.photo_corpus import photos
from tests.hostile.tracks import files_below
from tests.hostile.trial import HostileFile, assert_bounded, needs_peaks, take_in


@needs_peaks
def test_no_hostile_photo_crashes_hangs_grows_or_leaves_anything(tmp_path: Path, hostile_photos: list[HostileFile]):
    costs = take_in("tests.hostile.photo_trial", hostile_photos, tmp_path / "corpus", tmp_path / "home")
    assert len(costs) == 2 * len({cost.name for cost in costs}) >= 2_000
    assert_bounded(costs)
    assert files_below(tmp_path / "home") == []
    outcomes = {cost.outcome for cost in costs}
    assert any(outcome.endswith(".") for outcome in outcomes) and any(" x " in outcome for outcome in outcomes)


def test_the_corpus_is_the_same_each_time():
    first, second = photos(), photos()
    assert [next(first) for _ in range(200)] == [next(second) for _ in range(200)]
