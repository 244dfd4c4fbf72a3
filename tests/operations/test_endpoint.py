"""The server beside the app, for machines that watch it."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from vision.errors import SettingsError
from vision.operations import endpoint, health, metrics
from vision.operations.health import Health


@pytest.fixture
def url() -> Iterator[str]:
    server = endpoint.serve(0)
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def get(url: str) -> tuple[int, str, str]:
    """Status, type and body."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


def test_prometheus_can_read_the_metrics(url: str):
    metrics.PREDICTIONS.labels("t", "scraped", "int8", "answered").inc()
    status, kind, body = get(f"{url}/metrics")
    assert status == 200 and kind.startswith("text/plain; version=")
    line = 'second_look_predictions_total{format="int8",model="scraped",outcome="answered",task="t"} 1.0'
    assert line in body.splitlines()
    assert "# TYPE second_look_prediction_seconds histogram" in body
    assert "process_resident_memory_bytes" in body


def test_health_is_told_with_the_status(url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "check", lambda: Health({"traffic_signs": "ok"}, "off"))
    status, kind, body = get(f"{url}/health")
    assert (status, kind) == (200, "application/json")
    assert json.loads(body) == {"can_answer": True, "models": {"traffic_signs": "ok"}, "feedback": "off"}
    monkeypatch.setattr(health, "check", lambda: Health({"traffic_signs": "It is gone."}, "ok"))
    status, _, body = get(f"{url}/health")
    assert status == 503
    assert json.loads(body)["models"] == {"traffic_signs": "It is gone."}


def test_there_is_nothing_else(url: str):
    assert get(f"{url}/")[0] == 404
    assert get(f"{url}/../etc/passwd")[0] == 404


def test_who_says_nothing_keeps_nobody_waiting(url: str):
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))):
        assert get(f"{url}/metrics")[0] == 200


def test_it_is_off_unless_its_port_is_set_and_then_listens_to_this_machine_alone():
    assert endpoint.serve_if_wished({}) is None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = endpoint.serve_if_wished({endpoint.PORT: f" {port} "})
    assert server is not None
    assert server.server_address == ("127.0.0.1", port)
    with pytest.raises(SettingsError, match="free port of its own"):
        endpoint.serve_if_wished({endpoint.PORT: str(port)})
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("port", ["http", "-1", "0", "65536", "80 80", "²"])
def test_what_is_no_port_is_refused(port: str):
    with pytest.raises(SettingsError, match="expected the number of a free port"):
        endpoint.serve_if_wished({endpoint.PORT: port})


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(SettingsError, match=r"cannot be served at 192\.0\.2\.1:9464"):
        endpoint.serve_if_wished({endpoint.PORT: "9464", endpoint.ADDRESS: "192.0.2.1"})
