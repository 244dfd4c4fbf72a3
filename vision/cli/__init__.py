"""The command line. Every error a person can cause ends in one sentence on stderr and exit status 2."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from typing import NoReturn

from vision.cli import data, detector, export, feedback, finding, measure, publishing, runs, train
from vision.errors import VisionError


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}; see '{self.prog} --help'.", file=sys.stderr)
        raise SystemExit(2)


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands; each sets `run`, a function from its arguments to an exit status."""
    parser = _Parser(prog="python -m vision", description="Train, measure and use image classifiers.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    train.add_commands(commands)
    runs.add_commands(commands)
    measure.add_commands(commands)
    export.add_commands(commands)
    publishing.add_commands(commands)
    finding.add_commands(commands)
    detector.add_commands(commands)
    data.add_commands(commands)
    feedback.add_commands(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = build_parser().parse_args(arguments)
    options.typed = shlex.join(["python", "-m", "vision", *arguments])  # for cards
    try:
        return options.run(options)
    except VisionError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 1
