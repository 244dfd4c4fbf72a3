"""Log lines in JSON, one a line: no file names, no addresses, nothing about a person."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

LOG = logging.getLogger("second_look")


class JsonLines(logging.Formatter):
    """A record as a line of JSON: time (UTC), level, logger, event, the fields that came with it, and what failed."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up() -> None:
    """Sends the lines to standard error, unless somebody has said already where they go. May be called often."""
    if not LOG.handlers and not logging.getLogger().handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines())
        LOG.addHandler(handler)
    if LOG.level == logging.NOTSET:
        LOG.setLevel(logging.INFO)


def write(event: str, **fields: object) -> None:
    """Writes a line."""
    LOG.info(event, extra={"fields": fields})
