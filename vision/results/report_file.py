"""report.json: what is known of a finished run, for programs."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from vision.jobs import write_json
from vision.model_card import ModelCard
from vision.names import as_text
from vision.results.findings import Findings
from vision.results.outcome import Outcome
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder

SCHEMA = 1
CARD_KEYS = "name task created commit backbone alpha image_size resize temperature sure_from likely_from".split()
TEST_KEYS = "data photos unreadable top1 top3 top5 calibration_error median_ms".split()


def write_report_file(
    run: RunFolder,
    outcome: Outcome,
    findings: Findings,
    card: ModelCard,
    config: TrainingConfig,
    history: Sequence[Mapping[str, float]],
) -> None:
    """Writes `run.report_path`."""
    tests = card.content.get("test", {})
    content = {
        "schema": SCHEMA,
        "run": run.name,
        "written": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "model": {key: card.content[key] for key in CARD_KEYS if key in card.content}
        | {
            "default_format": card.default_format,
            "formats": {
                name: {"size_bytes": entry.size_bytes}
                | {key: tests[name][key] for key in TEST_KEYS if key in tests.get(name, {})}
                for name, entry in card.formats.items()
            },
            "validation": card.content.get("validation", {}),
        },
        "measured": {
            "format": outcome.model_format,
            "median_ms": round(outcome.median_ms, 3),
            "unreadable": list(map(as_text, outcome.unreadable)),
        },
        "findings": findings.to_json(),
        "config": asdict(config),
        "history": list(history),
    }
    write_json(run.report_path, content)


def read_report_file(run: RunFolder) -> dict[str, Any] | None:
    """What `write_report_file` wrote; None where there is nothing of this version."""
    try:
        content = json.loads(run.report_path.read_text(encoding="utf-8"))
        return content if content.get("schema") == SCHEMA and "findings" in content else None
    except (OSError, ValueError, AttributeError):
        return None


def read_findings(run: RunFolder) -> Findings | None:
    """The findings of a finished run; None where there are none."""
    content = read_report_file(run)
    try:
        return None if content is None else Findings.from_json(content["findings"])
    except (KeyError, TypeError):
        return None
