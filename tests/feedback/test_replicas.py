"""Several processes and threads write at once, and no row is lost."""

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.conftest import ROOT
from tests.feedback.judgements_for_tests import right
from vision.feedback.store import FeedbackStore

ROWS = 400


def test_two_processes_write_at_once_without_losing_a_row(url: str):
    """The database is not there yet: both make it, too."""
    command = [sys.executable, "-m", "tests.feedback.writer_for_tests", url]
    writers = [
        subprocess.Popen([*command, name, str(ROWS)], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for name in ("one", "two")
    ]
    for writer in writers:
        _, complaint = writer.communicate(timeout=120)
        assert writer.returncode == 0, complaint
    store = FeedbackStore(url)
    said = list(store.judgements("traffic_signs"))
    assert Counter(each.model for each in said) == {"one": ROWS, "two": ROWS}
    assert Counter(each.is_right for each in said) == {True: 2 * ROWS * 9 // 10, False: 2 * ROWS // 10}
    photos = {each.id: each.model.encode() * 1000 for each in said if store.photo(each.id) is not None}
    assert len(photos) == 2 * ROWS // 4
    assert all(store.photo(judgement_id) == photo for judgement_id, photo in photos.items())
    store.close()


def test_the_visitors_of_one_process_write_at_once(store: FeedbackStore):
    with ThreadPoolExecutor(12) as visitors:
        list(visitors.map(lambda _: store.add(right()), range(200)))
    assert len(list(store.judgements("traffic_signs"))) == 200
