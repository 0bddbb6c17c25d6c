"""Who is answered by a server on one's own machine, and how much may be asked of it.

Any page in the browser can send requests to this machine. So the address is the loopback's; a request that names
another host is refused (a stranger's name may have been made to mean this machine: DNS rebinding), and so is one that
another page has sent, which a browser says in `Origin` and `Sec-Fetch-Site`. No answer may be read or framed by another
page. A request has a head of bounded size, which comes in bounded time, and no body; only so many are held at once.
"""

from __future__ import annotations

import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

LOOPBACK = "127.0.0.1"
_OWN_HOST = re.compile(r"(?:127\.0\.0\.1|localhost)(?::\d{1,5})?", re.IGNORECASE)
"""With any port: it may have been forwarded from another one."""

LONGEST_HEAD = 16_384
"""Bytes of a request."""
PATIENCE = 10.0
"""Seconds in which a request must have come, and an answer must have been taken."""
MOST = 32
"""Requests that are held at once; each page that is open holds one."""

_SEALED = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class Server(ThreadingHTTPServer):
    """Answers so many requests at once, and turns further ones away."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = MOST

    def __init__(self, *arguments: Any) -> None:
        self._places = threading.BoundedSemaphore(MOST)
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
            return
        try:
            request.settimeout(0)  # it is not waited for
            request.sendall(b"HTTP/1.0 503 Too many requests at once\r\nConnection: close\r\n\r\n")
        except OSError:
            pass
        self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who has gone is no error; anything else is a bug, whose traceback is wanted."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One request, answered where it comes from its own page; what it asks for is for `do_GET` to say."""

    server_version, sys_version = "stepwise", ""

    def handle(self) -> None:
        """The head is read first, whole, or the caller is hung up on."""
        head = self._head()
        self.connection.settimeout(PATIENCE)
        if head is None:
            self.requestline, self.request_version, self.command = "", "HTTP/1.0", "GET"
            self.send_error(431, "the request is too long, or took too long to come")
            return
        self.rfile = BytesIO(head)
        self.handle_one_request()

    def _head(self) -> bytes | None:
        end, head = time.monotonic() + PATIENCE, b""
        while b"\r\n\r\n" not in head and b"\n\n" not in head:
            left = end - time.monotonic()
            if left <= 0 or len(head) > LONGEST_HEAD:
                return None
            self.connection.settimeout(left)
            try:
                part = self.connection.recv(4096)
            except TimeoutError:
                return None
            if not part:
                break
            head += part
        return head if len(head) <= LONGEST_HEAD else None

    def parse_request(self) -> bool:
        """False, once the caller has been told why nothing is answered."""
        if not super().parse_request():
            return False
        refused = self._refused()
        if refused:
            self.send_error(*refused)
        return not refused

    def _refused(self) -> tuple[int, str] | None:
        if self.headers.defects or self.headers.get_payload():  # what comes after such a line would not be seen
            return 400, "the head of the request is damaged"
        hosts, origins = self._said("Host"), self._said("Origin")
        if len(hosts) != 1 or not _OWN_HOST.fullmatch(hosts[0]):
            return 403, "only this machine is answered, under its own name"
        if any(origin.lower() != f"http://{hosts[0].lower()}" for origin in origins):
            return 403, "only its own page is answered"
        if not {"none", "same-origin"}.issuperset(self._said("Sec-Fetch-Site")):
            return 403, "only its own page is answered"
        if self.command != "GET":
            return 405, "there is nothing to do but to GET"
        if self._said("Transfer-Encoding") or not {"0"}.issuperset(self._said("Content-Length")):
            return 413, "a request has no body"
        return None

    def _said(self, name: str) -> list[str]:
        """What a header says, each time that it is there."""
        return [value.strip() for value in self.headers.get_all(name, [])]

    def answer(self, text: str, kind: str, policy: str = "") -> None:
        """Send a text of a kind; `policy` is added to what the page is allowed."""
        data = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Security-Policy", "; ".join(filter(None, (_POLICY, policy))))
        self.end_headers()
        self.wfile.write(data)

    def end_headers(self) -> None:
        """Every answer is sealed, those that refuse too."""
        for name, value in _SEALED.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing: the terminal is its author's."""
