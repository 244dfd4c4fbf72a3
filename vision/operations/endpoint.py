"""A small server beside the app, for machines that watch it: /metrics for Prometheus, /health for balancers."""

import json
import logging
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer

from vision.errors import SettingsError, VisionError
from vision.operations import health, log
from vision.operations.events import PageErrors
from vision.operations.metrics import REGISTRY

PORT, ADDRESS = "SECOND_LOOK_METRICS_PORT", "SECOND_LOOK_METRICS_ADDRESS"

Answer = Callable[[str, list[tuple[str, str]]], Any]


class _Quiet(WSGIRequestHandler):
    timeout = 10  # who connects and says nothing is let go

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the app logs no addresses."""


def serve(port: int, address: str = "127.0.0.1") -> WSGIServer:
    """Starts the server in a thread of its own; port 0 takes a free one (see `server_port`).

    Raises:
        SettingsError: the address or the port cannot be taken.
    """
    try:
        server = make_server(address, port, _answer, ThreadingWSGIServer, _Quiet)
    except OSError as error:
        raise SettingsError(
            f"Metrics cannot be served at {address}:{port} ({error.strerror}); each process of the app needs a free "
            f"port of its own in {PORT}, and an address of this machine in {ADDRESS}."
        ) from error
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def serve_if_wished(environment: Mapping[str, str] = os.environ) -> WSGIServer | None:
    """Starts the server where the operator has set its port.

    Raises:
        SettingsError: the port is no number of a port, or cannot be taken.
    """
    port = environment.get(PORT, "").strip()
    if not port:
        return None
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise SettingsError(f"{PORT} is '{port}'; expected the number of a free port, 1 to 65535, such as 9464.")
    return serve(int(port), environment.get(ADDRESS, "").strip() or "127.0.0.1")


_begun = threading.Event()
_beginning = threading.Lock()


def begin(page_errors: str) -> None:
    """Sets up the log, and starts the server where it is wished; once a process, however often it is called.

    `page_errors` names the logger to which the pages' own faults are reported.
    What is wrong with the settings is logged: visitors cannot mend it, and the app does without.
    """
    with _beginning:
        if _begun.is_set():
            return
        _begun.set()
        log.set_up()
        logging.getLogger(page_errors).addHandler(PageErrors(logging.ERROR))
        try:
            serve_if_wished()
        except VisionError as error:
            log.LOG.error(str(error))


_metrics = make_wsgi_app(REGISTRY)


def _answer(environ: dict[str, Any], start_response: Answer) -> Iterable[bytes]:
    path = environ.get("PATH_INFO", "")
    if path == "/metrics":
        answer: Iterable[bytes] = _metrics(environ, start_response)
        return answer
    if path == "/health":
        return _health(start_response)
    start_response("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
    return [b"There are /metrics and /health.\n"]


def _health(start_response: Answer) -> Iterable[bytes]:
    found = health.check()
    content = {"can_answer": found.can_answer, "models": found.models, "feedback": found.feedback}
    status = "200 OK" if found.can_answer else "503 Service Unavailable"
    start_response(status, [("Content-Type", "application/json"), ("Cache-Control", "no-store")])
    return [json.dumps(content).encode() + b"\n"]
