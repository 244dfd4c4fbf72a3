"""runs: lists, shows, stops, continues and ends training runs."""

import argparse
import dataclasses
import json
import os
import sys
from pathlib import Path
from typing import Any

from vision.cli.train import train_here
from vision.places import CACHE_DIR, RUNS_DIR
from vision.results.measure import write_results
from vision.training import queue, work
from vision.training.command import command_line
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder
from vision.training.runs import find_run, list_runs


def add_commands(commands: Any) -> None:
    """Adds the commands of this file."""
    runs = commands.add_parser("runs", help="list, show, stop, continue or end training runs")
    actions = runs.add_subparsers(required=True, metavar="list|show|stop|resume|finish|report")

    listing = actions.add_parser("list", help="the runs and where they stand")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(run=run_list)

    showing = _named(actions, "show", "where a run stands, its figures and its settings", run_show)
    showing.add_argument("--json", action="store_true", help="print JSON")
    _named(actions, "stop", "end a run where it can be continued, or take it out of the queue", run_stop)
    resuming = _named(actions, "resume", "continue a run that was stopped, killed or failed", run_resume)
    resuming.add_argument("--publish", action="store_true", help="make the model selectable in the app")
    resuming.add_argument("--queue", action="store_true", help="return at once; the run waits for its turn")
    ending = _named(actions, "finish", "end a stopped run with the best weights that it has so far", run_finish)
    ending.add_argument("--publish", action="store_true", help="make the model selectable in the app")
    _named(actions, "report", "make the report of a finished run again", run_report)

    working = actions.add_parser("work", help="carry out the queued runs; the app and the other commands start this")
    working.add_argument("name", nargs="?", metavar="RUN", help="only this one, in this process")
    working.add_argument("--runs-dir", type=Path, default=RUNS_DIR, metavar="DIR", help="where the runs are")
    working.set_defaults(run=run_work)


def _named(actions: Any, name: str, about: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=about)
    parser.add_argument("name", metavar="RUN", help="name of the run")
    parser.set_defaults(run=run)
    return parser


def run_list(options: argparse.Namespace) -> int:
    runs = list_runs(RUNS_DIR)
    if options.json:
        print(json.dumps([_summary(run) for run in runs]))
    elif not runs:
        print("There are no runs yet; start one with: python -m vision train")
    else:
        for run in runs:
            status = run.look()
            print(f"{run.name}: {status.state}, {status.message}")
    queue.start_worker(RUNS_DIR)
    return 0


def run_show(options: argparse.Namespace) -> int:
    run = find_run(options.name, RUNS_DIR)
    config = TrainingConfig.load(run.config_path)
    if options.json:
        more = {"config": dataclasses.asdict(config), "history": run.read_history()}
        print(json.dumps(_summary(run) | more | {"command": command_line(config, run.name)}))
        return 0
    status = run.look()
    print(f"{run.name}: {status.state}, {status.message}")
    if status.seconds_left is not None:
        print(f"{status.progress:.0%} done, about {status.seconds_left / 60:.0f} min left")
    for row in run.read_history():
        figures = ", ".join(f"{name} {value:.4f}" for name, value in sorted(row.items()) if name != "epoch")
        print(f"epoch {int(row['epoch']) + 1}: {figures}")
    for path in (run.model_dir, run.page_path):
        if path.exists():
            print(path)
    print(command_line(config, run.name))
    return 0


def _summary(run: RunFolder) -> dict[str, Any]:
    return {"name": run.name, "place": queue.queue_place(run)} | dataclasses.asdict(run.look())


def run_stop(options: argparse.Namespace) -> int:
    queue.stop(find_run(options.name, RUNS_DIR))
    return 0


def run_resume(options: argparse.Namespace) -> int:
    run = find_run(options.name, RUNS_DIR)
    if options.queue:
        queue.resume(run)
        return 0
    queue.prepare_again(run)
    return train_here(run, options.publish)


def run_finish(options: argparse.Namespace) -> int:
    run = find_run(options.name, RUNS_DIR)
    queue.prepare_again(run, finish=True)
    return train_here(run, options.publish)


def run_report(options: argparse.Namespace) -> int:
    print(write_results(find_run(options.name, RUNS_DIR)))
    return 0


def run_work(options: argparse.Namespace) -> int:
    if options.name is None:
        queue.work(options.runs_dir)
        return 0
    os.nice(5)  # pages are answered first
    work.carry_out(find_run(options.name, options.runs_dir), CACHE_DIR, _say, only_queued=True)
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
