"""A lesson file served to its author's own browser, and shown again whenever it, or what it reads, has changed.

The browser asks for the state of the files in a request that is answered when they have changed (or after a while). Who
is answered at all, `callers` says.
"""

from __future__ import annotations

import os
import threading
import time
from functools import partial
from html import escape
from pathlib import Path

from ..advice import way
from ..errors import FileError, StepwiseError
from ..io.files import read_text
from ..lesson_files.reading import read_lesson
from ..render.page.policy import policy
from .callers import LOOPBACK, Handler, Server

WAIT = 20.0  # seconds that a browser's question is held, at most
LOOK = 0.15  # seconds between two looks at the files
RELOAD = """<script>
(async () => {
  for (;;) {
    try {
      const now = await (await fetch('/state?seen=SEEN')).text();
      if (now !== 'SEEN') { location.reload(); return; }
    } catch { await new Promise(done => setTimeout(done, 1000)); }  // stopped; perhaps it is started again
  }
})();
</script>"""
PROBLEM = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{name}: a mistake</title><style>
body {{ max-width: 44em; margin: 4em auto; padding: 0 1.5em; font: 1.0625rem/1.6 system-ui, sans-serif;
  background: light-dark(#fff, #12161d); color: light-dark(#1b2130, #e9ecf2); }}
p {{ padding: 1em 1.25em; border-left: 3px solid light-dark(#c0271b, #ff9187);
  background: light-dark(#fbf1f0, #2a1c1f); overflow-wrap: anywhere; }}
pre {{ overflow-x: auto; font: .9em/1.6 ui-monospace, monospace; }}
.here {{ color: inherit; background: light-dark(#fbdedb, #4a2327); }}
</style></head><body><main><h1>Not yet</h1><p role="alert">{message}</p><pre>{source}</pre></main>"""


class Preview:
    """What is served: the page of a lesson file as it is now."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._files: tuple[Path, ...] = ()
        self._lock = threading.Lock()

    def state(self) -> str:
        """What tells one state of the files from another."""
        return "-".join(map(_stamp, (self.path, *self._files)))

    def page(self) -> str:
        """The lesson's page, or one that says what is wrong; it loads itself again when the files change."""
        with self._lock:
            before = _stamp(self.path)  # what is saved meanwhile is another state, and so is asked for again
            html = self._made()
            state = "-".join([before, *map(_stamp, self._files)])
            return html + RELOAD.replace("SEEN", state)  # a page ends in its body

    def _made(self) -> str:
        text = ""
        try:
            text = read_text(self.path)
            request = read_lesson(text, self.path.name, self.path.parent)
            self._files = request.files
            return request.lesson().html()
        except (StepwiseError, OSError, UnicodeDecodeError) as error:
            return PROBLEM.format(
                name=escape(self.path.name), message=escape(str(error)), source=self._source(text, str(error))
            )

    def _source(self, text: str, message: str) -> str:
        """The file as it is, with the line that is wrong marked."""
        lines = []
        for number, line in enumerate(text.splitlines(), 1):
            marked = f", line {number}:" in message
            row = f"{number:4}  {escape(line)}"
            lines.append(f'<mark class="here">{row}</mark>' if marked else row)
        return "\n".join(lines)


def _stamp(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return "0"
    return f"{found.st_mtime_ns:x}.{found.st_size:x}"


class _Handler(Handler):
    """Answers the page and the question for its state; there is nothing else to be had."""

    def __init__(self, preview: Preview, *arguments: object) -> None:
        self._preview = preview
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:  # noqa: N802 - the standard library finds it by its name
        if self.path == "/":
            html = self._preview.page()
            self.answer(html, "text/html", f"{policy(html)}; connect-src 'self'")
        elif self.path.startswith("/state?seen="):
            self.answer(self._changed(self.path.partition("=")[2]), "text/plain")
        else:
            self.send_error(404)

    def _changed(self, seen: str) -> str:
        end = time.monotonic() + WAIT
        while (now := self._preview.state()) == seen and time.monotonic() < end:
            time.sleep(LOOK)
        return now


def server(path: Path, port: int = 0) -> Server:
    """A server for a lesson file, on a port that is free where none is given. Raises `FileError`."""
    if not os.path.isfile(path):
        raise FileError(f"there is no file {str(path)!r}; write one to start from with: stepwise new {path}")
    try:
        return Server((LOOPBACK, port), partial(_Handler, Preview(path)))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FileError(f"port {port} cannot be used: {reason}; {way('free port')}, and a free one is taken") from None
