"""A visitor without a browser: a session of the running app over its web socket, as the page in a browser holds it."""

import asyncio
import base64
import json
import re
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from types import TracebackType
from typing import Any

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

MOST_MESSAGE_BYTES = 64 * 2**20
RUN_S = 300.0
IDLE_S = 2.0  # the server closes a connection that was idle for 5 seconds; a browser then sends anew, httpx does not
IN_LINE = "in line"
NAME = re.compile(r'class="sl-name">([^<]*)<')
BADGE = re.compile(r'class="sl-badge">([^<]*)<')
PICTURE = re.compile(r'<img src="data:image/jpeg;base64,([^"]+)" alt="(?:What the model|[^"]*as the model saw)')


@dataclass(frozen=True)
class Seen:
    """What a page shows after a photo was put in.

    Attributes:
        names, badges: of the answers, in their order.
        looked_at: JPEG files of what the model looked at.
        photo_jpeg: the photo as the page shows it; b"" where it shows none.
        alerts: the sentences in coloured boxes.
        places: what was said of the place in line meanwhile.
        seconds: from the file's first byte on its way to the last of the page's messages.
    """

    names: tuple[str, ...]
    badges: tuple[str, ...]
    looked_at: tuple[bytes, ...]
    photo_jpeg: bytes
    alerts: tuple[str, ...]
    places: tuple[str, ...]
    seconds: float


@dataclass
class _Run:
    """What the server sent since a run of the page began."""

    elements: dict[tuple[int, ...], Element] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)


class Visitor:
    """One open page: `async with Visitor(url, "traffic_signs") as visitor: await visitor.show("a.jpg", jpeg)`.

    Attributes:
        http: what sends its requests, with its cookies.
    """

    def __init__(self, url: str, page: str, query: str = "") -> None:
        self._url = url
        self._page = page
        self._query = query
        self.http = httpx.AsyncClient(base_url=url, timeout=RUN_S, limits=httpx.Limits(keepalive_expiry=IDLE_S))
        self._socket: ClientConnection | None = None
        self._run = _Run()
        self._page_hash = ""

    async def __aenter__(self) -> "Visitor":
        await self.http.get("/_stcore/health")  # brings the cookie against forged requests
        host = self._url.removeprefix("http://")
        self._socket = await connect(
            f"ws://{host}/_stcore/stream",
            origin=f"http://{host}",  # type: ignore[arg-type]
            subprotocols=["streamlit"],  # type: ignore[list-item]
            additional_headers={"Cookie": f"_streamlit_xsrf={self._token}"},
            max_size=MOST_MESSAGE_BYTES,
        )
        await self._rerun()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            await self._socket.close()
        await self.http.aclose()

    async def show(self, name: str, data: bytes) -> Seen:
        """Puts a photo in and waits until the page stands still."""
        return await self.show_all([(name, data)])

    async def show_all(self, photos: Sequence[tuple[str, bytes]]) -> Seen:
        """Puts several photos in together, names and files, and waits until the page stands still."""
        began = time.perf_counter()
        await self._rerun(await self.send(*photos))
        return self._seen(time.perf_counter() - began)

    async def send(self, *photos: tuple[str, bytes]) -> WidgetState:
        """Sends the files of photos alone; gives what tells the page of them."""
        uploaders = [element.file_uploader.id for element in self._of("file_uploader")]
        state = WidgetState(id=uploaders[-1])
        for name, data in photos:
            urls = await self.ask_for_urls(name)
            sent = await self.http.put(
                urls.upload_url, files={"file": (name, data, "image/jpeg")}, headers={"X-Xsrftoken": self._token}
            )
            sent.raise_for_status()
            files = state.file_uploader_state_value.uploaded_file_info
            files.add(name=name, size=len(data), file_id=urls.file_id).file_urls.CopyFrom(urls)
        return state

    async def look_again(self) -> Seen:
        """Has the page drawn anew, as after any click."""
        began = time.perf_counter()
        await self._rerun()
        return self._seen(time.perf_counter() - began)

    async def press(self, label: str) -> Seen:
        """Presses the button with that label."""
        began = time.perf_counter()
        (button,) = (element.button for element in self._of("button") if element.button.label == label)
        await self._rerun(WidgetState(id=button.id, trigger_value=True))
        return self._seen(time.perf_counter() - began)

    @property
    def buttons(self) -> tuple[str, ...]:
        """Labels of the buttons on the page."""
        return tuple(element.button.label for element in self._of("button"))

    @property
    def places(self) -> tuple[str, ...]:
        """What was said of the place in line since the page's last run began."""
        return tuple(self._run.places)

    async def ask_for_urls(self, name: str) -> FileURLs:
        """Where a file of that name may be sent."""
        request = BackMsg()
        request.file_urls_request.request_id = uuid.uuid4().hex
        request.file_urls_request.file_names.append(name)
        await self._send(request)
        async for message in self._messages():
            if message.WhichOneof("type") == "file_urls_response":
                return message.file_urls_response.file_urls[0]
        raise ConnectionError("the server ended the session")

    @property
    def _token(self) -> str:
        return self.http.cookies.get("_streamlit_xsrf") or ""

    async def _rerun(self, *states: WidgetState) -> None:
        request = BackMsg()
        request.rerun_script.query_string = self._query
        if self._page_hash:
            request.rerun_script.page_script_hash = self._page_hash
        else:
            request.rerun_script.page_name = self._page
        request.rerun_script.widget_states.widgets.extend(states)
        await self._send(request)
        async with asyncio.timeout(RUN_S):
            async for message in self._messages():
                if self._take(message):
                    return
        raise ConnectionError("the server ended the session")

    def _take(self, message: ForwardMsg) -> bool:
        """Notes what a message says; whether the page stands still now."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._run = _Run()
        elif kind == "navigation":
            self._page_hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            self._run.elements[tuple(message.metadata.delta_path)] = element
            if element.WhichOneof("type") == "alert" and IN_LINE in element.alert.body:
                self._run.places.append(element.alert.body)
        elif kind == "ref_hash":
            raise ConnectionError("the server sent a message by its hash, which was not asked for")
        return kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY

    def _of(self, kind: str) -> Iterator[Element]:
        return (element for element in self._run.elements.values() if element.WhichOneof("type") == kind)

    def _seen(self, seconds: float) -> Seen:
        html = "".join(element.html.body for element in self._of("html"))
        exceptions = [element.exception.message for element in self._of("exception")]
        return Seen(
            tuple(unescape(name) for name in NAME.findall(html)),
            tuple(unescape(badge) for badge in BADGE.findall(html)),
            tuple(base64.b64decode(picture) for picture in PICTURE.findall(html)),
            self._photo(),
            (*(element.alert.body for element in self._of("alert")), *exceptions),
            self.places,
            seconds,
        )

    def _photo(self) -> bytes:
        for element in self._of("bidi_component"):
            if "framing" in element.bidi_component.component_name:
                data: dict[str, Any] = json.loads(element.bidi_component.json)
                return base64.b64decode(data["jpeg"])
        return b""

    async def _send(self, message: BackMsg) -> None:
        if self._socket is None:
            raise ConnectionError("the session is not open")
        await self._socket.send(message.SerializeToString())

    async def _messages(self) -> AsyncIterator[ForwardMsg]:
        if self._socket is None:
            raise ConnectionError("the session is not open")
        async for content in self._socket:
            yield ForwardMsg.FromString(content if isinstance(content, bytes) else content.encode())
