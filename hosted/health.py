"""Ends with 0 where the app answers, else with 1: what a container is asked for every half minute."""

import os
import sys
import urllib.request

TIMEOUT_S = 4


def is_healthy(port: str) -> bool:
    """Whether the app on this machine says that it is ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{int(port)}/_stcore/health", timeout=TIMEOUT_S) as answer:
            return bool(answer.read() == b"ok")
    except (OSError, ValueError):
        return False


if __name__ == "__main__":
    sys.exit(0 if is_healthy(os.environ.get("PORT", "8501")) else 1)
