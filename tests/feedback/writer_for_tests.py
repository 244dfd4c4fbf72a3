"""A replica of the app that does nothing but keep feedback: writer_for_tests.py URL NAME ROWS."""

import sys

from tests.feedback.judgements_for_tests import right
from vision.feedback.store import FeedbackStore


def main() -> None:
    url, name, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
    store = FeedbackStore(url)
    for number in range(rows):
        judgement = right(model=name)
        store.add(judgement)
        if number % 4 == 0:
            store.give_photo(judgement.id, name.encode() * 1000)
        if number % 10 == 0:
            store.correct(judgement.id, "13", "Yield")


if __name__ == "__main__":
    main()
