"""One line that tells how far something has come."""

import sys
import time


class ProgressLine:
    """One line on stderr, rewritten on a terminal and gone at the end; elsewhere a new line now and then."""

    def __init__(self) -> None:
        self._rewrites = sys.stderr.isatty()
        self._pause_s = 0.1 if self._rewrites else 10.0
        self._shown_at = -self._pause_s

    def __enter__(self) -> "ProgressLine":
        return self

    def __exit__(self, *error: object) -> None:
        self.clear()

    def show(self, text: str) -> None:
        """Shows `text`, unless the one before is too fresh."""
        now = time.monotonic()
        if now - self._shown_at >= self._pause_s:
            self._shown_at = now
            line, end = (f"\r\033[K{text}", "") if self._rewrites else (text, "\n")
            print(line, end=end, file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Takes the line away."""
        if self._rewrites:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
