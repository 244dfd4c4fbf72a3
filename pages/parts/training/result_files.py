"""What a finished run left behind, read once for all visitors and again when it was written anew."""

from pathlib import Path

import streamlit as st

from vision.errors import VisionError
from vision.results.findings import Findings, Score
from vision.results.outcome import Outcome
from vision.results.report_file import read_findings
from vision.results.words import percent
from vision.training.run_folder import RunFolder


def findings_of(run: RunFolder) -> Findings | None:
    """What is known of the run's model; None where its report is missing or damaged."""
    return _findings(run.path, _changed_ns(run.report_path))


def outcome_of(run: RunFolder) -> Outcome | None:
    """The answers to each held-out photo; None where they are missing or damaged. Do not change it."""
    return _outcome(run.path, _changed_ns(run.outcome_path))


def accuracy_in_words(run: RunFolder) -> str:
    """How much was named right, in few words; empty where nobody knows."""
    return _accuracy(run.path, _changed_ns(run.report_path))


@st.cache_resource(max_entries=16, show_spinner=False)
def _findings(run_path: Path, changed_ns: int) -> Findings | None:
    return read_findings(RunFolder(run_path))


@st.cache_resource(max_entries=4, show_spinner=False)
def _outcome(run_path: Path, changed_ns: int) -> Outcome | None:
    try:
        return Outcome.load(RunFolder(run_path).outcome_path)
    except VisionError:
        return None


@st.cache_data(max_entries=500, show_spinner=False)
def _accuracy(run_path: Path, changed_ns: int) -> str:
    findings = read_findings(RunFolder(run_path))
    score: Score | None = None if findings is None else findings.score()
    return "" if score is None else f"{percent(score.share)} right"


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
