"""What the running server refuses by its settings: uploads without a token or too large, other sites, other hosts."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from http.client import HTTPConnection
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from benchmarks.visitor import Visitor
from pages.parts import hosted
from tests.conftest import ROOT
from tests.hostile.conftest import Demo
from vision.tasks import TRAFFIC_SIGN_LABELS

OTHER_SITE = "https://evil.example"
SIGN, CLASS_ID = ROOT / "examples/traffic_signs/drawing-stop.jpg", 14
MB = 2**20
COOKIE = "_streamlit_xsrf"


def run(visit: Coroutine[Any, Any, None]) -> None:
    asyncio.run(visit)


@asynccontextmanager
async def upload_address(demo: Demo) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """Where an open page may send a file, and a client with its cookie."""
    async with Visitor(demo.url, "traffic_signs") as visitor:
        urls = await visitor.ask_for_urls("photo.jpg")
        yield visitor.http, urls.upload_url


def file_of(size: int) -> dict[str, tuple[str, bytes, str]]:
    return {"file": ("photo.jpg", bytes(size), "image/jpeg")}


def test_an_upload_needs_the_token_of_its_visitor(demo: Demo):
    async def visit() -> None:
        async with upload_address(demo) as (client, address), httpx.AsyncClient(base_url=demo.url) as other:
            token = client.cookies[COOKIE]
            await other.get("/_stcore/health")
            for headers in ({}, {"X-Xsrftoken": "x"}, {"X-Xsrftoken": other.cookies[COOKIE]}):
                for method in ("PUT", "DELETE"):
                    answer = await client.request(method, address, files=file_of(9), headers=headers)
                    assert answer.status_code == 403
            forged = await other.put(address, files=file_of(9), headers={"X-Xsrftoken": token, "Origin": OTHER_SITE})
            assert forged.status_code == 403, "the browser sends no cookie along from another site"
            answer = await client.put(address, files=file_of(9), headers={"X-Xsrftoken": token})
            assert answer.status_code == 204

    run(visit())


def test_the_token_is_not_sent_from_other_sites(demo: Demo):
    cookie = httpx.get(f"{demo.url}/_stcore/health").headers["set-cookie"]
    assert cookie.startswith(COOKIE) and "samesite=lax" in cookie.lower()


def test_an_upload_over_the_cap_is_refused_whatever_its_length_is_said_to_be(demo: Demo):
    async def visit() -> None:
        async with upload_address(demo) as (client, address):
            headers = {"X-Xsrftoken": client.cookies[COOKIE]}
            for megabytes, status in ((hosted.SHARED.photo_mb - 1, 204), (hosted.SHARED.photo_mb + 1, 413)):
                answer = await client.put(address, files=file_of(megabytes * MB), headers=headers)
                assert answer.status_code == status
            form = httpx.Request("PUT", demo.url, files=file_of((hosted.SHARED.photo_mb + 3) * MB))
            content = form.read()

            async def without_length() -> AsyncIterator[bytes]:
                for start in range(0, len(content), MB):
                    yield content[start : start + MB]

            kind = {"Content-Type": form.headers["Content-Type"]}
            answer = await client.put(address, content=without_length(), headers=headers | kind)
            assert answer.status_code == 413

    run(visit())


def test_an_upload_goes_into_an_open_session_only_and_has_one_file(demo: Demo):
    async def visit() -> None:
        async with upload_address(demo) as (client, address):
            headers = {"X-Xsrftoken": client.cookies[COOKIE]}
            gone = address.replace(address.split("/")[-2], "0" * 32)
            assert (await client.put(gone, files=file_of(9), headers=headers)).status_code == 400
            two = [("file", ("a.jpg", b"a", "image/jpeg")), ("file2", ("b.jpg", b"b", "image/jpeg"))]
            assert (await client.put(address, files=two, headers=headers)).status_code == 400
            kind = {"Content-Type": "multipart/form-data; boundary=x"}
            answer = await client.put(address, content=b"--x\r\nno form at all", headers=headers | kind)
            assert answer.status_code == 400

    run(visit())


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (OTHER_SITE, None),
        ("null", None),
        ("http://127.0.0.1.evil.example", None),
        (OTHER_SITE, "evil.example"),
        ("http://evil.example", "evil.example"),  # a name that was made to lead here
    ],
)
def test_no_web_socket_for_another_site_or_name(origin: str, host: str | None, demo: Demo):
    assert handshake(demo, demo.url, None) == 101
    assert handshake(demo, origin, host) == 403
    assert demo.asked == [], "nobody on the internet is asked whether it might be this machine's name"


def handshake(demo: Demo, origin: str, host: str | None) -> int:
    """The status with which a web socket is answered."""
    asked = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    asked |= {"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Origin": origin, "Host": host or demo.host}
    connection = HTTPConnection(demo.host, timeout=30)
    try:
        connection.request("GET", "/_stcore/stream", headers=asked)
        return connection.getresponse().status
    finally:
        connection.close()


def test_messages_over_the_bound_end_their_session_alone(demo: Demo):
    async def visit() -> None:
        async with Visitor(demo.url, "traffic_signs") as bystander:
            for megabytes in (5, 40):
                socket = await connect(f"ws://{demo.host}/_stcore/stream", origin=demo.url)  # type: ignore[arg-type]
                with pytest.raises(ConnectionClosed) as end:
                    await socket.send(bytes(megabytes * MB))
                    async for _ in socket:
                        pass
                assert end.value.rcvd is not None and end.value.rcvd.code == 1009
            seen = await bystander.show(SIGN.name, SIGN.read_bytes())
            assert seen.names == (TRAFFIC_SIGN_LABELS[CLASS_ID],)

    run(visit())


def test_other_sites_read_nothing(demo: Demo):
    for path in ("/", "/_stcore/health", "/_stcore/host-config", "/_stcore/metrics", "/media/none.jpg"):
        answer = httpx.get(demo.url + path, headers={"Origin": OTHER_SITE})
        assert answer.headers.get("access-control-allow-origin") is None, path
    answer = httpx.options(f"{demo.url}/_stcore/upload_file/a/b", headers={"Origin": OTHER_SITE})
    assert answer.headers.get("access-control-allow-origin") != OTHER_SITE


@pytest.mark.parametrize(
    "path",
    [
        "/..%2f..%2f..%2fetc/passwd",
        "/static/..%2f..%2f..%2f..%2fetc/passwd",
        "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/app/static/..%2fapp.py",
        "/media/..%2f..%2fetc/passwd",
        "/component/..%2f..%2fetc/passwd",
        "/_stcore/bidi-components/..%2f..%2fetc/passwd",
        "/_stcore/bidi-components/second_look/..%2f..%2fapp.py",
        "//evil.example/%2e%2e",
        "/.streamlit/config.toml",
        "/.streamlit/secrets.toml",
        "/app.py",
    ],
)
def test_no_path_leads_to_a_file_of_the_machine(path: str, demo: Demo):
    answer = httpx.get(f"{demo.url}{path}")
    assert answer.status_code in (400, 404) or answer.headers["content-type"].startswith("text/html"), path
    assert "location" not in answer.headers
    for content in ("root:", "streamlit as st", "maxUploadSize"):
        assert content not in answer.text, path


def test_no_program_drives_the_app_but_through_its_pages(demo: Demo):
    for path in ("interact", "mcp"):
        answer = httpx.post(f"{demo.url}/_stcore/agent/{path}", json={})
        assert answer.status_code in (400, 403, 404), "another answer would be that of a page"
    assert "does not serve the agent API" in httpx.post(f"{demo.url}/_stcore/agent/interact", json={}).text
