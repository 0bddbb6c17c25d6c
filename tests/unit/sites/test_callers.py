"""Who `stepwise preview` answers, asked over bare sockets: nobody but its own page, and not for long."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepwise.sites import callers, preview
from stepwise.sites.callers import Server

LESSON = "stepwise: 1\ntitle: Mine\ninput: {file: grid.csv}\nlayers:\n  - MaxPool2D(2)\n"


@pytest.fixture
def serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A preview among files that are not the lesson's; it has a second's patience, and room for four."""
    monkeypatch.setattr(callers, "PATIENCE", 1.0)
    monkeypatch.setattr(callers, "MOST", 4)
    monkeypatch.setattr(preview, "WAIT", 2.0)
    folder = tmp_path / "lesson"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("SECRET")
    (folder / ".hidden").write_text("SECRET")
    (folder / "link.yaml").symlink_to(tmp_path / "secret.txt")
    (folder / "grid.csv").write_text("4,3\n2,1\n")
    (folder / "lesson.yaml").write_text(LESSON)
    server = preview.server(folder / "lesson.yaml")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def send(serving: Server, request: bytes) -> socket.socket:
    caller = socket.create_connection(("127.0.0.1", serving.server_address[1]), timeout=10)
    caller.sendall(request)
    return caller


def answered(caller: socket.socket) -> bytes:
    told = b""
    try:
        while part := caller.recv(65536):
            told += part
    except ConnectionResetError:
        pass  # it was hung up on with something unread
    caller.close()
    return told


def ask(
    serving: Server, *lines: str, path: str = "/", method: str = "GET", host: str | None = None
) -> tuple[int, bytes]:
    port = serving.server_address[1]
    head = [f"{method} {path} HTTP/1.1", f"Host: {host or f'127.0.0.1:{port}'}", *lines]
    told = answered(send(serving, "\r\n".join([*head, "", ""]).encode("latin-1").replace(b"PORT", b"%d" % port)))
    return int(told.split()[1]), told


@pytest.mark.parametrize("host", ["127.0.0.1:PORT", "localhost:PORT", "LocalHost:PORT", "127.0.0.1", "localhost"])
def test_its_own_names_are_answered(serving: Server, host: str) -> None:
    status, told = ask(serving, host=host)
    assert status == 200
    assert b"<h1>Mine</h1>" in told


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:PORT", "127.0.0.1.evil.example:PORT", "localhost.evil.example",
        "evil-localhost:PORT",
        "127.0.0.1@evil.example", "evil.example#127.0.0.1:PORT", "0.0.0.0:PORT", "127.0.0.2:PORT", "2130706433:PORT",
        "[::1]:PORT", "[::ffff:127.0.0.1]:PORT", "localhost.:PORT", "127.0.0.1:PORT, evil.example", "127.0.0.1:x",
        ":", " ",
        "127.0.0.1:", "127.0.0.1:999999", "xn--localhost", "127.1:PORT", "localhost%00:PORT",
    ],
)  # fmt: skip
def test_any_other_name_is_refused(serving: Server, host: str) -> None:
    """As it is after a stranger's name has been made to mean this machine."""
    status, told = ask(serving, host=host)
    assert status == 403
    assert b"Mine" not in told


def test_a_request_without_a_name_or_with_two_is_refused(serving: Server) -> None:
    assert b" 403 " in answered(send(serving, b"GET / HTTP/1.0\r\n\r\n"))
    assert ask(serving, "Host: evil.example")[0] == 403
    assert ask(serving, "Host: 127.0.0.1", host="evil.example")[0] == 403
    assert b"Mine" not in answered(send(serving, b"GET /\r\n\r\n")), "HTTP/0.9 has no names"
    assert ask(serving, path="http://evil.example/")[0] == 404


@pytest.mark.parametrize(
    "lines",
    [
        ("Origin : http://evil.example",),
        ("no header", "Origin: http://evil.example"),
        (": nothing", "Sec-Fetch-Site: cross-site"),
        ("X\x00: y", "Origin: http://evil.example"),
        ("=?x?=", "Content-Length: 5"),
    ],
)
def test_nothing_hides_behind_a_damaged_line(serving: Server, lines: tuple[str, ...]) -> None:
    """A reader of headers stops there, and would not see what comes after."""
    status, told = ask(serving, *lines)
    assert status in (400, 403)
    assert b"Mine" not in told


@pytest.mark.parametrize(
    ("header", "status"),
    [("Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site", 403), ("Content-Length: 0\r\nContent-Length: 5", 413)],
)
def test_what_is_said_twice_is_heard_twice(serving: Server, header: str, status: int) -> None:
    assert ask(serving, header)[0] == status


@pytest.mark.parametrize("path", ["/", "/state?seen=x"])
@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Origin: http://127.0.0.1:PORT", 200),
        ("Origin: http://localhost:PORT", 403),  # its other name is another origin
        ("Origin: http://127.0.0.1", 403),
        ("Origin: http://127.0.0.1:1", 403),
        ("Origin: https://127.0.0.1:PORT", 403),
        ("Origin: http://evil.example", 403),
        ("Origin: null", 403),
        ("Origin:", 403),
        ("Sec-Fetch-Site: none", 200),
        ("Sec-Fetch-Site: same-origin", 200),
        ("Sec-Fetch-Site: same-site", 403),
        ("Sec-Fetch-Site: cross-site", 403),
        ("Sec-Fetch-Site: anything", 403),
    ],
)
def test_another_page_is_refused(serving: Server, path: str, header: str, status: int) -> None:
    found, told = ask(serving, header, path=path)
    assert found == status
    assert b"access-control" not in told.lower(), "no page from elsewhere may read anything"


def test_every_answer_is_sealed(serving: Server) -> None:
    for told in (ask(serving)[1], ask(serving, path="/state?seen=")[1], ask(serving, path="/x")[1],
                 ask(serving, host="evil.example")[1], ask(serving, method="POST")[1]):  # fmt: skip
        head = told.partition(b"\r\n\r\n")[0].lower()
        for line in (b"cache-control: no-store", b"x-content-type-options: nosniff", b"x-frame-options: deny",
                     b"cross-origin-resource-policy: same-origin", b"referrer-policy: no-referrer"):  # fmt: skip
            assert line in head
        assert b"python" not in head, "what it runs on is nobody's business"
    assert b"default-src 'none'" in ask(serving)[1]
    assert b"frame-ancestors 'none'" in ask(serving)[1]
    assert b"unsafe-inline" not in ask(serving)[1]


@pytest.mark.parametrize(
    "path",
    [
        "/lesson.yaml", "/grid.csv", "/.hidden", "/link.yaml", "/../secret.txt", "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "//secret.txt", "/./lesson.yaml", "/state", "/state?seen", "/statex?seen=", "/?x", "/#", "*", "lesson.yaml",
        "/..\\secret.txt", "/etc/passwd", "file:///etc/passwd", "/index.html", "/favicon.ico", "/\x00", "/%00",
    ],
)  # fmt: skip
def test_there_is_nothing_else_to_be_had(serving: Server, path: str) -> None:
    status, told = ask(serving, path=path)
    assert status == 404
    assert b"SECRET" not in told
    assert b"layers" not in told


@pytest.mark.parametrize(
    "method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "get", "PRI"]
)
def test_there_is_nothing_to_do_but_get(serving: Server, method: str) -> None:
    status, told = ask(serving, method=method)
    assert status == 405
    assert b"Mine" not in told


@pytest.mark.parametrize(
    "header", ["Content-Length: 5", "Content-Length: x", "Content-Length: -1", "Transfer-Encoding: chunked"]
)
def test_a_body_is_refused(serving: Server, header: str) -> None:
    assert ask(serving, header)[0] == 413


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: y\r\n" * 10_000 + b"\r\n",
        b"x" * 100_000,
        b"\0" * 30,
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost 127.0.0.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n evil.example\r\n\r\n",
    ],
    ids=lambda request: repr(request[:40]),
)
def test_what_is_no_request_is_hung_up_on(serving: Server, request_: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    try:
        told = answered(send(serving, request_))
    except (ConnectionResetError, BrokenPipeError):
        told = b""
    assert b"Mine" not in told
    assert ask(serving)[0] == 200, "others are still answered"
    assert capfd.readouterr() == ("", "")


def test_who_is_slow_is_hung_up_on(serving: Server) -> None:
    """A byte now and then does not keep a place for ever."""
    silent = send(serving, b"")
    dripping = send(serving, b"GET / HTTP/1.1\r\n")
    begun = time.monotonic()
    hung_up = False
    while not hung_up and time.monotonic() - begun < 8:
        try:
            dripping.sendall(b"X: y\r\n")
        except OSError:
            hung_up = True
        time.sleep(0.05)
    dripping.close()
    assert hung_up
    assert b"431" in answered(silent)
    assert ask(serving)[0] == 200


def test_so_many_are_held_at_once(serving: Server) -> None:
    """Those over it are turned away at once, and places come free again."""
    state = ask(serving)[1].partition(b"seen=")[2].partition(b"'")[0].decode()
    port = serving.server_address[1]
    request = f"GET /state?seen={state} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    held = [send(serving, request) for _ in range(12)]
    told = [answered(caller) for caller in held]
    turned_away = [one for one in told if b" 503 " in one or not one]
    served = [one for one in told if one.startswith(b"HTTP/1.0 200")]
    assert 3 <= len(served) <= 4, "the place of the first request may just be coming free"
    assert len(turned_away) == 12 - len(served)
    assert ask(serving)[0] == 200


def test_it_listens_to_this_machine_alone(serving: Server) -> None:
    assert serving.server_address[0] == "127.0.0.1"
    assert serving.socket.getsockname()[0] == "127.0.0.1"
