"""nginx, as hosted/nginx.conf has it, in front of two replicas: TLS, web sockets, uploads that get to their session."""

import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import APIRequestContext, Browser, BrowserContext, ConsoleMessage, sync_playwright

from tests.browser.steps import ANSWER_MS, expect_answer, open_demo, upload
from tests.conftest import CHROMIUM_ARGS, ROOT, VIEWPORTS, free_port, lack, start_app

pytestmark = pytest.mark.browser

CONF = ROOT / "hosted/nginx.conf"
NAME = "demo.example.org"
CERTIFICATES = f"/etc/letsencrypt/live/{NAME}/"
SIGN, CLASS_ID = ROOT / "examples/traffic_signs/drawing-stop.jpg", 14
COOKIE = "second_look_visitor"
AROUND = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    log_format replicas '$second_look_visitor $upstream_addr';
    access_log {folder}/access.log replicas;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    include {folder}/second-look.conf;
}}
"""


@dataclass(frozen=True)
class Balancer:
    """nginx at work: where it listens, its replicas' ports, and its folder."""

    port: int
    plain_port: int
    replica_ports: tuple[int, int]
    folder: Path

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}"

    @property
    def address(self) -> str:
        """For requests outside of a page, which know the name by no host resolver rule."""
        return f"https://127.0.0.1:{self.port}"

    def replicas_of_visitors(self) -> dict[str, set[str]]:
        """By visitor, the replicas that answered."""
        found = defaultdict(set)
        for line in (self.folder / "access.log").read_text().splitlines():
            visitor, replicas = line.split(" ", 1)  # several where a connection that was kept turned out to be closed
            if replicas != "-":
                found[visitor].update(replicas.split(", "))
        return found


def adapted(conf: str, changes: dict[str, str]) -> str:
    """The configuration with other ports and files, each of which has to be there."""
    for what, instead in changes.items():
        assert what in conf, f"{CONF} has no '{what}'"
        conf = conf.replace(what, instead)
    return conf


@pytest.fixture(scope="module")
def balancer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Balancer]:
    nginx, openssl = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/bin"), shutil.which("openssl")
    if not nginx or not openssl:
        lack("no nginx with openssl: install them, for instance with 'apt-get install nginx openssl'")
    folder = tmp_path_factory.mktemp("nginx")
    make_certificate = (
        f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME} -keyout privkey.pem -out fullchain.pem"
    )
    subprocess.run([openssl, *make_certificate.split()], cwd=folder, check=True, capture_output=True)
    shared = {
        "SECOND_LOOK_HOSTED": "on",
        "SECOND_LOOK_DATABASE": "off",
        "STREAMLIT_SERVER_COOKIE_SECRET": "the same for all replicas",
        "STREAMLIT_SERVER_ALLOWED_HOSTS": NAME,
    }
    with ExitStack() as stack:
        urls = [stack.enter_context(start_app(folder / f"replica-{number}.log", shared)) for number in (1, 2)]
        first, second = (int(url.rsplit(":", 1)[1]) for url in urls)
        port, plain_port = free_port(), free_port()
        changes = {
            "    listen [::]:80;\n": "",
            "    listen [::]:443 ssl http2;\n": "",
            "listen 80;": f"listen 127.0.0.1:{plain_port};",
            "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
            "127.0.0.1:8501": f"127.0.0.1:{first}",
            "127.0.0.1:8502": f"127.0.0.1:{second}",
            CERTIFICATES: f"{folder}/",
        }
        (folder / "second-look.conf").write_text(adapted(CONF.read_text(), changes))
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
        command = [nginx, "-c", folder / "nginx.conf", "-p", folder]
        tried = subprocess.run([*command, "-t"], capture_output=True, text=True)
        assert tried.returncode == 0, tried.stderr
        running = stack.enter_context(subprocess.Popen(command, stderr=subprocess.DEVNULL))
        stack.callback(running.send_signal, signal.SIGTERM)
        yield Balancer(port, plain_port, (first, second), folder)


@pytest.fixture
def browser(chromium: str) -> Iterator[Browser]:
    """A browser to which the demo's name is this machine."""
    with sync_playwright() as playwright:
        args = [*CHROMIUM_ARGS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=chromium, args=args)
        yield browser
        browser.close()


def new_visitor(browser: Browser, viewport: str = "desktop") -> BrowserContext:
    return browser.new_context(ignore_https_errors=True, **VIEWPORTS[viewport])


def test_photos_get_to_their_session_though_there_are_two_replicas(balancer: Balancer, browser: Browser):
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Permissions policy" in message.text:
            complaints.append(message.text)

    for viewport in ("desktop", "phone", "desktop", "phone"):
        page = new_visitor(browser, viewport).new_page()
        page.on("console", listen)
        open_demo(page, balancer.url)
        upload(page, SIGN)
        expect_answer(page, CLASS_ID)
        page.get_by_role("radio", name="Examples").click()
        page.get_by_role("button", name="yield", exact=True).click()
        expect_answer(page, 13)
        page.context.close()
    assert complaints == []
    visitors = balancer.replicas_of_visitors()
    assert visitors and all(len(replicas) == 1 for replicas in visitors.values())


def test_visitors_are_spread_and_stay_where_they_are(balancer: Balancer, browser: Browser):
    for _ in range(24):
        new_visitor(browser).request.get(f"{balancer.address}/_stcore/health")
    staying = new_visitor(browser)
    for _ in range(12):
        assert staying.request.get(f"{balancer.address}/_stcore/health").text() == "ok"
    cookies = [cookie for cookie in staying.cookies() if cookie["name"] == COOKIE]
    assert len(cookies) == 1
    assert cookies[0]["secure"] and cookies[0]["httpOnly"] and cookies[0]["sameSite"] == "Lax"
    visitors = balancer.replicas_of_visitors()
    assert len(visitors[cookies[0]["value"]]) == 1
    assert set.union(*visitors.values()) == {f"127.0.0.1:{port}" for port in balancer.replica_ports}


def test_an_upload_to_the_other_replica_would_be_lost(balancer: Balancer, browser: Browser):
    page = open_demo(new_visitor(browser).new_page(), balancer.url)
    with page.expect_request(lambda request: request.method == "PUT") as sent:
        upload(page, SIGN)
    expect_answer(page, CLASS_ID)
    path = sent.value.url.removeprefix(balancer.url)
    file = {"name": "sign.jpg", "mimeType": "image/jpeg", "buffer": SIGN.read_bytes()}
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in page.context.cookies())
    headers = {"X-Xsrftoken": sent.value.headers["x-xsrftoken"], "Cookie": cookies}
    answers = {
        new_visitor(browser)
        .request.put(f"http://127.0.0.1:{port}{path}", multipart={"file": file}, headers=headers)
        .status
        for port in balancer.replica_ports
    }
    assert answers == {204, 400}, "one replica has the session; the other takes the token, for they share the secret"


def test_each_answer_has_the_headers_that_streamlit_leaves_out(balancer: Balancer, browser: Browser):
    request: APIRequestContext = new_visitor(browser).request
    for path in ("/", "/_stcore/health", "/static/no-such-file.js"):
        headers = request.get(balancer.address + path).headers
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert "object-src 'none'" in headers["content-security-policy"]
        assert headers["strict-transport-security"] == "max-age=31536000"
        assert headers["referrer-policy"] == "same-origin"
        assert "camera=(self)" in headers["permissions-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "nginx/" not in headers["server"]


def test_plain_http_leads_to_https(balancer: Balancer):
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_args, **_kwargs):
            return None

    asked = urllib.request.Request(f"http://127.0.0.1:{balancer.plain_port}/dog_breeds?a=b", headers={"Host": NAME})
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.build_opener(Stay).open(asked)
    assert (answer.value.code, answer.value.headers["Location"]) == (301, f"https://{NAME}/dog_breeds?a=b")


def test_too_much_is_refused_before_it_gets_to_a_replica(balancer: Balancer, browser: Browser):
    file = {"name": "large.jpg", "mimeType": "image/jpeg", "buffer": bytes(12 * 2**20)}
    answer = new_visitor(browser).request.put(f"{balancer.address}/_stcore/upload_file/a/b", multipart={"file": file})
    assert answer.status == 413
    assert new_visitor(browser).request.get(f"{balancer.address}/_stcore/metrics").status == 404


def test_the_web_socket_takes_no_other_site(balancer: Balancer, browser: Browser):
    page = new_visitor(browser).new_page()
    page.set_default_timeout(ANSWER_MS)
    opened = """url => new Promise(resolve => {
        const socket = new WebSocket(url);
        socket.onopen = () => resolve("open");
        socket.onerror = () => resolve("refused");
    })"""
    stream = f"wss://{NAME}:{balancer.port}/_stcore/stream"
    page.goto(balancer.url)
    assert page.evaluate(opened, stream) == "open"
    page.goto("data:text/html,another site")
    assert page.evaluate(opened, stream) == "refused"
    page.goto(f"http://127.0.0.1:{balancer.replica_ports[0]}/_stcore/health")
    directly = f"ws://127.0.0.1:{balancer.replica_ports[0]}/_stcore/stream"
    assert page.evaluate(opened, directly) == "refused", "the replica takes the demo's name alone"


def test_no_photo_was_written_to_the_disk_of_the_balancer(balancer: Balancer, browser: Browser):
    page = open_demo(new_visitor(browser).new_page(), balancer.url)
    upload(page, SIGN)
    expect_answer(page, CLASS_ID)
    assert not [
        path for name in ("bodies", "answers") for path in (balancer.folder / name).rglob("*") if path.is_file()
    ]
    assert "buffered to a temporary file" not in (balancer.folder / "error.log").read_text()
