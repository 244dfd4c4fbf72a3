"""feedback show, feedback export, feedback table: what visitors said, without the app's own page of it."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vision.errors import FeedbackError
from vision.results.words import counted, percent, whole_percent

if TYPE_CHECKING:
    from vision.feedback.store import FeedbackStore

MOST_MIX_UPS = 10


def add_commands(commands: Any) -> None:
    """Adds the commands of this file."""
    parser = commands.add_parser("feedback", help="what visitors said of the answers")
    actions = parser.add_subparsers(title="actions", required=True, metavar="ACTION")

    showing = actions.add_parser("show", help="how often they said right, and what was taken for what")
    showing.set_defaults(run=run_show)

    exporting = actions.add_parser("export", help="the photos that they gave, as a zip of class folders to train on")
    exporting.add_argument("task", metavar="TASK", help="as 'feedback show' names it")
    exporting.add_argument("--to", required=True, type=Path, metavar="ZIP", help="a file that is not there yet")
    exporting.set_defaults(run=run_export)

    listing = actions.add_parser("table", help="all that they said, as a CSV file")
    listing.add_argument("task", metavar="TASK", help="as 'feedback show' names it")
    listing.add_argument("--to", required=True, type=Path, metavar="CSV", help="a file that is not there yet")
    listing.set_defaults(run=run_table)


def run_show(options: argparse.Namespace) -> int:
    from vision.feedback.figures import count_mix_ups, count_photos, count_right

    store = _store()
    tasks = store.tasks()
    for task in tasks:
        print(task)
        for tally in count_right(store, task):
            low, high = tally.interval
            print(
                f"  {tally.model} {tally.model_format} {tally.model_sha256[:8]}: {percent(tally.share)} right, "
                f"{tally.right:,} of {counted(tally.total, 'answer')}, between {whole_percent(low)} and "
                f"{whole_percent(high)}"
            )
        for mix_up in count_mix_ups(store, task, MOST_MIX_UPS):
            print(f"  {mix_up.answer!r} was said, but it was {mix_up.truth or 'not told'!r}: {mix_up.count:,} times")
        photos = count_photos(store, task)
        print(f"  {counted(photos.total, 'photo')} given, {photos.named:,} with a known class")
    if not tasks:
        print("Nobody has said anything yet.")
    return 0


def run_export(options: argparse.Namespace) -> int:
    from vision.feedback.export import write_dataset

    _require_new(options.to)
    try:
        count = write_dataset(_store(), options.task, options.to)
    except FeedbackError:
        options.to.unlink(missing_ok=True)
        raise
    print(
        f"{counted(count.photos, 'photo')} of {count.classes:,} classes are in {options.to}; {count.unnamed:,} were "
        f"left out, as nobody said what they show. Next: python -m vision data import {options.to} --to DIR"
    )
    return 0


def run_table(options: argparse.Namespace) -> int:
    from vision.feedback.export import write_table

    _require_new(options.to)
    store = _store()
    try:
        with options.to.open("xb") as file:
            write_table(store, options.task, file)
    except OSError as error:
        raise FeedbackError(f"'{options.to}' cannot be written ({error.strerror}); choose another place.") from error
    print(f"All that was said is in {options.to}.")
    return 0


def _store() -> "FeedbackStore":
    from vision.feedback.place import VARIABLE, database_url
    from vision.feedback.store import open_store

    url = database_url()
    if url is None:
        raise FeedbackError(f"Feedback is switched off ({VARIABLE}=off); name the database there to look into one.")
    return open_store(url)


def _require_new(target: Path) -> None:
    if target.exists():
        raise FeedbackError(f"'{target}' exists already; move it away, or choose another name with --to.")
