"""A lesson inside somebody's page: its keys, its address and its anchors stay the host's; links lead to the lesson."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import stepwise as sw
from stepwise.render import write_assets
from tests.browser.test_slides import REVEAL

SAME = sw.trace("MaxPool2D(2, strides=1, padding='same')", [[4, 3], [2, 1]])
CONV = sw.trace("Conv2D(1, 2)", [[4, 3, 1], [2, 1, 0], [1, 5, 2]], kernel=[[1, 0], [0, -1]])


@pytest.fixture(name="deck")
def a_deck(tmp_path: Path, visit: Any) -> Page:
    """A teacher's slides, with a live lesson on the second."""
    file = tmp_path / "deck.html"
    ours = SAME.lesson().html(fragment=True)
    file.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Mine</title>'
        f'<link rel="stylesheet" href="{REVEAL.as_uri()}/reveal.css"><div class="reveal"><div class="slides">'
        f"<section><h2>One</h2></section><section><h2>Two</h2>{ours}</section><section>End</section></div></div>"
        f'<script src="{REVEAL.as_uri()}/reveal.js"></script><script>Reveal.initialize({{hash: true}})</script>',
        encoding="utf-8",
    )
    page: Page = visit(f"{file.as_uri()}#/1").page
    page.locator(".stage.live").first.wait_for(state="attached")
    page.wait_for_function("Reveal.isReady() && Reveal.getIndices().h === 1")
    return page


def test_the_page_around_a_frame_is_told_of_a_finished_practice_and_nothing_private(visit: Any, tmp_path: Path) -> None:
    lesson = sw.trace("MaxPool2D(2)", [[4, 3], [2, 1]]).lesson(practice=True).save(tmp_path / "lesson.html")
    (tmp_path / "host.html").write_text(
        "<!doctype html><title>Mine</title><script>told = []; addEventListener('message', event => {"
        "if (event.data.type === 'stepwise-practised') told.push(event.data); })</script>"
        f'<iframe src="{lesson.as_uri()}?token=secret#step=1" width="900" height="700"></iframe>',
        encoding="utf-8",
    )
    page = visit((tmp_path / "host.html").as_uri()).page
    frame = page.frame_locator("iframe")
    frame.locator(".in-cell").fill("3")
    frame.locator(".in-cell").press("Enter")
    assert page.evaluate("told") == [], "not before it is finished"
    frame.locator(".in-cell").fill("4")
    frame.locator(".in-cell").press("Enter")
    page.wait_for_function("told.length > 0")
    [message] = page.evaluate("told")
    detail = message["detail"]
    assert detail.pop("timestamp").startswith("20")
    activity = detail["object"]["definition"]
    assert activity.pop("name") == {"en": "Max pooling: 2×2 window, stride 2, VALID padding"}
    assert message == {
        "type": "stepwise-practised",
        "detail": {
            "verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en": "completed"}},
            "object": {
                "id": "file:///lesson.html",
                "definition": {"type": "http://adlnet.gov/expapi/activities/assessment"},
            },
            "result": {"completion": True, "success": False, "score": {"scaled": 0, "raw": 0, "min": 0, "max": 1}},
        },
    }


def slide(page: Page) -> int:
    found: int = page.evaluate("Reveal.getIndices().h")
    return found


def test_the_place_in_a_deck_is_left_alone(deck: Page) -> None:
    deck.locator("[data-act=next]").click()
    expect(deck.locator(".count")).to_have_text("2 of 4")
    assert deck.url.endswith("#/1")
    deck.locator(".stage td[data-in='0,1']").click()
    assert deck.url.endswith("#/1")
    deck.evaluate("Reveal.slide(2)")
    deck.wait_for_function("location.hash === '#/2'")
    expect(deck.locator(".count")).to_have_text("2 of 4")


def test_keys_are_the_decks_until_the_figure_has_the_focus(deck: Page) -> None:
    deck.keyboard.press("ArrowRight")
    assert slide(deck) == 2
    deck.keyboard.press("ArrowLeft")
    assert slide(deck) == 1
    expect(deck.locator(".count")).to_have_text("1 of 4")
    deck.locator("[data-act=next]").focus()
    for key in ("ArrowRight", "ArrowDown", "End", "ArrowLeft", "Home", "ArrowRight", "Space"):
        deck.keyboard.press(key)
    assert slide(deck) == 1, "every one was the figure's"
    expect(deck.locator(".count")).not_to_have_text("1 of 4")


def test_what_is_written_into_a_field_is_no_key_of_the_decks(deck: Page) -> None:
    deck.locator(".stage td[data-in='0,0']").click()
    field = deck.locator(".peek input")
    field.focus()
    for key in ("ArrowLeft", "Home", "o", "Space", "n", "b", "End"):
        deck.keyboard.press(key)
    assert slide(deck) == 1
    assert not deck.evaluate("Reveal.isOverview() || Reveal.isPaused()")


def host(tmp_path: Path, visit: Any, hash: str) -> Page:
    """A long page with headings of its own and two lessons."""
    file = tmp_path / "host.html"
    tall = '<p style="height: 1500px">Words.</p>'
    lessons = "".join(trace.lesson().html(fragment=True) for trace in (SAME, CONV))
    file.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Host</title><h1>Host</h1>{tall}{lessons}'
        f'{tall}<h2 id="after">After</h2>{tall}',
        encoding="utf-8",
    )
    page: Page = visit(file.as_uri() + hash).page
    page.wait_for_function(
        "[...document.querySelectorAll('.stepwise-lesson')].every(one => one.shadowRoot.querySelector('.stage.live'))"
    )
    return page


@pytest.mark.parametrize("hash", ["#after", "#/1", "#/2/3", "#!/route", "#q=a b&c", "#%ED%95%9C"])
def test_an_anchor_of_the_hosts_is_kept(hash: str, tmp_path: Path, visit: Any) -> None:
    page = host(tmp_path, visit, hash)
    before = page.evaluate("[location.hash, scrollY]")
    page.locator("[data-act=next]").first.evaluate("button => button.click()")
    page.locator(".stage td[data-in='0,1']").first.evaluate("cell => cell.click()")
    expect(page.locator(".count").first).to_have_text("2 of 4")
    assert page.evaluate("[location.hash, scrollY]") == before


def test_a_link_of_the_hosts_own_changes_nothing_of_a_lesson(tmp_path: Path, visit: Any) -> None:
    page = host(tmp_path, visit, "#step=3&x=input,0,0,9")
    expect(page.locator(".count").first).to_have_text("3 of 4")
    page.evaluate("location.hash = 'after'")
    expect(page.locator(".stage td[data-in='0,0']").first).to_have_text("9")
    expect(page.locator(".count").first).to_have_text("3 of 4")
    page.locator("[data-act=next]").first.evaluate("button => button.click()")
    assert page.evaluate("location.hash") == "#after"


@pytest.mark.parametrize("number", [0, 1])
def test_a_link_leads_to_its_lesson_and_keeps_what_was_changed(number: int, tmp_path: Path, visit: Any) -> None:
    page = host(tmp_path, visit, "")
    lesson = page.locator(".stepwise-lesson").nth(number)
    lesson.locator("[data-act=next]").click()
    lesson.locator(".stage td[data-in='0,0']").click()
    lesson.locator(".peek input").fill("-2.5")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lesson.locator("[data-copy=link]").click()
    expect(lesson.locator(".done")).to_have_text("Copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    output = lesson.locator(".stage td[data-out]").all_text_contents()
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_function("document.querySelectorAll('.stepwise-lesson')[1].shadowRoot.querySelector('.stage.live')")
    expect(lesson.locator(".count")).to_have_text("2 of 4")
    expect(lesson.locator(".stage td[data-in='0,0']").first).to_have_text("−2.5")
    assert lesson.locator(".stage td[data-out]").all_text_contents() == output
    assert lesson.locator(".changed-note").is_visible()
    expect(lesson.locator(".stage")).to_be_in_viewport()
    other = page.locator(".stepwise-lesson").nth(1 - number)
    expect(other.locator(".count")).to_have_text("1 of 4")
    expect(other.locator(".stage td[data-in='0,0']").first).to_have_text("4")


def test_a_changed_kernel_and_a_chain_come_back(tmp_path: Path, visit: Any) -> None:
    trace = sw.trace(["Conv2D(1, 2)", "ReLU()"], [[4, 3, 1], [2, 1, 0], [1, 5, 2]], kernel=[[1, 0], [0, -1]])
    file = trace.lesson().save(tmp_path / "page.html")
    page = visit(f"{file.as_uri()}#step=2&x=kernel,0,0,3_input,1,1,1/2,9_input,0,1,7&step.2=3").page
    page.locator(".stage.live").nth(1).wait_for(state="attached")
    first, second = page.locator(".stage").nth(0), page.locator(".stage").nth(1)
    numbers = {"input": [[4, 7, 1], [2, 1, 0], [1, 5, 2]], "kernel": [[3, 0], [0, -1]]}
    due = sw.trace(["Conv2D(1, 2)", "ReLU()"], numbers["input"], kernel=numbers["kernel"]).output.ravel().tolist()
    second.locator("[data-act=last]").click()
    found = [re.sub("−", "-", text) for text in second.locator("td[data-out]").all_text_contents()]
    assert [float(text) for text in found] == [float(value) for value in due]
    expect(first.locator("td[data-weight]").first).to_have_text("3")
    page.locator(".changed-note button").first.click()
    page.wait_for_function("!location.hash.includes('x=')")
    expect(first.locator("td[data-weight]").first).to_have_text("1")


def many(tmp_path: Path, visit: Any, hash: str = "") -> Any:
    """Five lessons far from each other, whose script is served apart."""
    write_assets(tmp_path / "assets")
    tall = '<p style="height: 3000px">Words.</p>'
    lessons = [sw.trace("MaxPool2D(2, strides=1)", [[n, 3, 1], [2, 1, 5]]).lesson() for n in range(5)]
    fragments = tall.join(lesson.html(fragment=True, assets="assets") for lesson in lessons)
    file = tmp_path / "many.html"
    file.write_text(f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Many</title><h1>Many</h1>{fragments}')
    return visit(file.as_uri() + hash)


ALIVE = "[...document.querySelectorAll('.stepwise-lesson')].map(one => one.dataset.live !== undefined)"


def test_a_lesson_comes_to_life_when_it_is_scrolled_to_and_the_script_is_loaded_once(
    tmp_path: Path, visit: Any
) -> None:
    visited = many(tmp_path, visit)
    page = visited.page
    page.wait_for_function(f"{ALIVE}[0]")
    page.locator(".stepwise-lesson").nth(3).scroll_into_view_if_needed()
    page.wait_for_function(f"{ALIVE}[3]")
    fourth = page.locator(".stepwise-lesson").nth(3)
    fourth.locator("[data-act=next]").click()
    expect(fourth.locator(".count")).to_have_text("2 of 2")
    assert "step.4=2" in page.url
    assert len([url for url in visited.requests if url.endswith("stepwise.js")]) <= 1 + 4, "a browser keeps it"
    assert page.evaluate("typeof stepwiseSearch") == "function"
    page.wait_for_function(f"{ALIVE}.every(Boolean)")  # when there is nothing else to do
    assert not visited.complaints


def test_a_busy_page_brings_to_life_what_is_in_sight_alone(tmp_path: Path, visit: Any) -> None:
    visited = many(tmp_path, visit)
    visited.page.add_init_script("window.requestIdleCallback = () => 0")
    page = visited.page
    page.reload()
    page.wait_for_function(f"{ALIVE}[0]")
    assert page.evaluate(ALIVE) == [True, False, False, False, False]
    page.locator(".stepwise-lesson").nth(3).scroll_into_view_if_needed()
    page.wait_for_function(f"{ALIVE}[3]")
    assert page.evaluate(ALIVE)[4] is False


def test_a_lesson_that_the_address_means_is_alive_at_once(tmp_path: Path, visit: Any) -> None:
    page = many(tmp_path, visit, "#step.4=2").page
    page.wait_for_function(f"{ALIVE}[3]")
    fourth = page.locator(".stepwise-lesson").nth(3)
    expect(fourth.locator(".count")).to_have_text("2 of 2")
    expect(fourth.locator(".stage")).to_be_in_viewport()
