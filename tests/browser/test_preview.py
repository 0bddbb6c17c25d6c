"""`stepwise preview`: what a browser sees while its author writes, and what nobody else does."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from stepwise.sites.preview import server
from tests.command import HANGS

LESSON = "stepwise: 1\ntitle: First\ninput: {file: grid.csv}\nlayers:\n  - MaxPool2D(2)\n"


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """A lesson file, and the numbers that it reads."""
    (tmp_path / "grid.csv").write_text("4,3\n2,1\n", encoding="utf-8")
    place = tmp_path / "lesson.yaml"
    place.write_text(LESSON, encoding="utf-8")
    return place


@pytest.fixture
def serving(lesson: Path) -> Iterator[ThreadingHTTPServer]:
    """The preview of it."""
    serving = server(lesson)
    thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield serving
    serving.shutdown()
    thread.join()
    serving.server_close()


def test_the_page_follows_what_is_saved(serving: ThreadingHTTPServer, lesson: Path, visit: Callable[..., Any]) -> None:
    page: Page = visit(f"http://127.0.0.1:{serving.server_address[1]}/").page
    expect(page.locator("h1")).to_have_text("First")
    expect(page.locator(".stage.live")).to_be_visible()
    lesson.write_text(LESSON.replace("First", "Second"), encoding="utf-8")
    expect(page.locator("h1")).to_have_text("Second")
    (lesson.parent / "grid.csv").write_text("9,3\n2,1\n", encoding="utf-8")
    expect(page.locator("td[data-in='0,0']").first).to_have_text("9")
    lesson.write_text(LESSON.replace("MaxPool2D", "MaxPol2D"), encoding="utf-8")
    expect(page.get_by_role("alert")).to_have_text(
        "lesson.yaml, line 5: there is no layer MaxPol2D here. Did you mean MaxPool2D?"
    )
    expect(page.locator("mark")).to_contain_text("MaxPol2D(2)")
    lesson.write_text(LESSON, encoding="utf-8")
    expect(page.locator("h1")).to_have_text("First")


def test_only_this_machine_is_answered(serving: ThreadingHTTPServer) -> None:
    assert serving.server_address[0] == "127.0.0.1"
    status = []
    for host in ("127.0.0.1:80", "localhost:80", "evil.example:80", "evil.example", ""):
        connection = http.client.HTTPConnection("127.0.0.1", serving.server_address[1])
        connection.request("GET", "/", headers={"Host": host})
        status.append(connection.getresponse().status)
        connection.close()
    assert status == [200, 200, 403, 403, 403]


def test_words_of_the_file_are_shown_as_words(serving: ThreadingHTTPServer, lesson: Path) -> None:
    lesson.write_text("<script>alert(1)</script>: 1\n", encoding="utf-8")
    connection = http.client.HTTPConnection("127.0.0.1", serving.server_address[1])
    connection.request("GET", "/")
    html = connection.getresponse().read().decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_ctrl_c_stops_it_quietly(lesson: Path) -> None:
    command = [sys.executable, "-m", "stepwise", "preview", str(lesson), "--no-browser"]
    # A suite that runs in the background has inherited that the signal is ignored.
    started = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert started.stdout is not None
    assert re.search(r"lesson\.yaml is at http://127\.0\.0\.1:\d+/ \(Ctrl-C stops\)", started.stdout.readline())
    started.send_signal(signal.SIGINT)
    _out, err = started.communicate(timeout=HANGS)
    assert (started.returncode, err) == (0, "")
