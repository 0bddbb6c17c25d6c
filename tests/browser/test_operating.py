"""What a reader can do with a page: step, point, pin, change, compare, practise, take along."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import stepwise as sw
from stepwise.formula import latex
from stepwise.lessons import tell
from tests.browser.announced import formula

SAME, VALID = "MaxPool2D(2, strides=1, padding='same')", "MaxPool2D(2, strides=1)"
FOUR = [[4, 3], [2, 1]]
THREE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
PLANES = [[[1, 2, 0], [3, 4, 1]], [[5, 6, 1], [7, 8, 0]], [[2, 0, 1], [1, 1, 1]]]
Stage = Callable[..., Page]


@pytest.fixture
def stage(visit: Any, tmp_path: Path) -> Stage:
    """Opens a lesson and waits until it is live: `stage(lesson, "#step=3", width=320)`."""

    def opened(lesson: sw.Lesson, address: str = "", **options: Any) -> Page:
        lesson.save(tmp_path / "lesson.html")
        page: Page = visit((tmp_path / "lesson.html").as_uri() + address, **options).page
        page.wait_for_selector(".stage.live")
        return page

    return opened


def same() -> sw.Lesson:
    return sw.trace(SAME, FOUR).lesson()


def act(page: Page, name: str) -> None:
    page.locator(f"[data-act={name}]").first.click()


def lit(page: Page, kind: str) -> list[str | None]:
    return [td.get_attribute(f"data-{kind}") for td in page.locator(f".stage td.used[data-{kind}]").all()]


def test_buttons_slider_and_count(stage: Stage) -> None:
    page = stage(same())
    count = page.locator(".count")
    expect(count).to_have_text("1 of 4")
    act(page, "next")
    assert formula(page) == "max(3, 1) = 3"
    act(page, "last")
    assert formula(page) == "max(1) = 1"
    act(page, "previous")
    expect(count).to_have_text("3 of 4")
    act(page, "first")
    assert formula(page) == "max(4, 3, 2, 1) = 4"
    slider = page.locator(".stage input[type=range]")
    slider.fill("3")
    expect(count).to_have_text("3 of 4")
    assert slider.get_attribute("aria-valuetext") == "3 of 4"
    expect(page.locator("[data-act=first]")).not_to_have_attribute("aria-disabled", "true")
    act(page, "last")
    expect(page.locator("[data-act=next]")).to_have_attribute("aria-disabled", "true")


def test_play_runs_to_the_end_and_pauses(stage: Stage) -> None:
    page = stage(same())
    page.locator(".speed select").select_option("4×")
    play = page.locator("[data-act=play]")
    act(page, "play")
    expect(play).to_have_attribute("aria-label", "Pause")
    expect(page.locator(".count")).to_have_text("4 of 4")
    expect(play).to_have_attribute("aria-label", "Play")
    play.evaluate("button => (button.click(), button.click())")  # from the beginning, and paused at once
    page.wait_for_timeout(600)
    expect(page.locator(".count")).to_have_text("1 of 4")


def test_keys_step_but_never_while_typing(stage: Stage) -> None:
    page = stage(same())
    page.locator("[data-act=next]").focus()
    count = page.locator(".count")
    for key, expected in (("ArrowRight", "2 of 4"), ("End", "4 of 4"), ("ArrowLeft", "3 of 4"), ("Home", "1 of 4")):
        page.keyboard.press(key)
        expect(count).to_have_text(expected)
    page.keyboard.press(" ")
    expect(count).to_have_text("2 of 4")  # the button that has the focus, pressed
    page.locator(".stage td[data-in='0,0']").click()
    page.locator(".edit input").focus()
    for key in ("ArrowLeft", "Home", "End", " "):
        page.keyboard.press(key)
    expect(count).to_have_text("2 of 4")


def test_keys_work_on_a_page_without_a_click_where_the_stage_is_in_view(stage: Stage) -> None:
    page = stage(same())
    page.locator(".controls").scroll_into_view_if_needed()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".count")).to_have_text("2 of 4")
    page.keyboard.press("End")
    expect(page.locator(".count")).to_have_text("4 of 4")


def test_arrows_walk_the_cells_of_a_matrix(stage: Stage) -> None:
    page = stage(same())
    page.locator(".stage td[data-in='0,0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.in") == "1,1"
    assert lit(page, "out") == ["0,0", "0,1", "1,0", "1,1"]
    expect(page.locator(".peek").first).to_contain_text("Input (1, 1) is 1. It is used in 4 windows.")
    page.keyboard.press("Enter")
    expect(page.locator(".stage td.pinned")).to_have_attribute("data-in", "1,1")
    page.keyboard.press("Escape")
    expect(page.locator(".stage td.pinned")).to_have_count(0)


def test_pointing_at_an_output_shows_its_window_and_leaving_returns(stage: Stage) -> None:
    page = stage(same())
    page.locator(".stage td[data-out='1,0']").hover()
    windowed = [td.get_attribute("data-in") for td in page.locator(".stage td.window[data-in]").all()]
    assert windowed == ["1,0", "1,1"]
    expect(page.locator(".stage td.result")).to_have_attribute("data-out", "1,0")
    page.locator("h1").hover()
    expect(page.locator(".stage td.result")).to_have_attribute("data-out", "0,0")
    page.locator(".stage td[data-out='1,0']").click()
    page.locator("h1").hover()
    expect(page.locator(".stage td.result")).to_have_attribute("data-out", "1,0")


def test_pointing_at_an_input_asks_the_reverse_question(stage: Stage) -> None:
    page = stage(sw.trace(VALID, THREE).lesson())
    page.locator(".stage td[data-in='1,1']").hover()
    assert lit(page, "out") == ["0,0", "0,1", "1,0", "1,1"]
    page.locator(".stage td[data-in='0,2']").hover()
    assert lit(page, "out") == ["0,1"]
    page.locator(".stage td[data-in='0,2']").click()
    page.locator("h1").hover()
    assert lit(page, "out") == ["0,1"]
    page.locator(".stage td[data-in='0,2']").click()
    page.locator("h1").hover()
    assert lit(page, "out") == []


def test_a_term_and_its_cell_light_each_other(stage: Stage) -> None:
    page = stage(sw.trace("Conv2D(1, 2)", THREE, kernel=[[1, 0], [0, -1]], bias=[1]).lesson())
    page.locator(".stage [data-term='3']").hover()
    expect(page.locator(".stage td.lit[data-in]")).to_have_attribute("data-in", "1,1")
    expect(page.locator(".stage td.lit[data-weight]")).to_have_attribute("data-weight", "1,1")
    page.locator(".stage td[data-in='0,1']").hover()
    expect(page.locator(".stage .lit[data-term]")).to_have_attribute("data-term", "1")
    page.locator(".stage td[data-weight='1,0']").hover()
    expect(page.locator(".stage .lit[data-term]")).to_have_attribute("data-term", "2")


def test_the_kernel_sits_on_the_window_with_its_weights(stage: Stage) -> None:
    page = stage(sw.trace("Conv2D(1, 2)", THREE, kernel=[[1, 0], [0, -1]], bias=[1]).lesson())
    act(page, "next")
    weights = {td.get_attribute("data-in"): td.get_attribute("data-w") for td in page.locator(".stage [data-w]").all()}
    assert weights == {"0,1": "×1", "0,2": "×0", "1,1": "×0", "1,2": "×−1"}


def test_channels_filters_and_what_each_contributes(stage: Stage) -> None:
    kernel = [
        [[[1, 0], [2, 1], [0, -1]], [[1, 1], [-2, 1], [0, 3]]],
        [[[0, 0], [2, 1], [1, -1]], [[1, 2], [0, 1], [0, 1]]],
    ]
    trace = sw.trace("Conv2D(2, 2)", PLANES, kernel=kernel, bias=[1, -2])
    page = stage(trace.lesson())
    for filter_ in (0, 1):
        page.get_by_role("button", name=f"filter {filter_}").click()
        shares = [int(text.replace("−", "-")) for text in page.locator(".share b").all_text_contents()]
        step = trace.step((0, 0, filter_))
        by_channel = [sum(tap.value * tap.weight for tap in step.taps if tap.source[-1] == c) for c in range(3)]  # type: ignore[index]
        assert shares == [*by_channel, [1, -2][filter_], step.result]
        assert sum(shares[:-1]) == shares[-1]
    page.get_by_role("button", name="channel 2").click()
    expect(page.locator(".stage td.window").first).to_have_attribute("data-in", "0,0,2")
    assert "plane=2" in page.url
    page.reload()
    expect(page.locator(".stage td.window").first).to_have_attribute("data-in", "0,0,2")


def test_the_address_carries_the_state(stage: Stage) -> None:
    page = stage(same(), "#step=3&in=0,1")
    expect(page.locator(".count")).to_have_text("3 of 4")
    expect(page.locator(".stage td.pinned")).to_have_attribute("data-in", "0,1")
    expect(page.locator(".stage")).to_be_in_viewport()
    act(page, "next")
    assert "step=4" in page.url
    page.evaluate("location.hash = 'step=2'")
    expect(page.locator(".count")).to_have_text("2 of 4")


@pytest.mark.parametrize(
    "address", ["#step=99", "#step=-1", "#step=x", "#step=2&in=9,9", "#in=0,0", "#step=1&plane=7&view=3"]
)
def test_an_address_that_means_nothing_does_no_harm(stage: Stage, address: str) -> None:
    page = stage(same(), address)
    assert formula(page).startswith("max(") if "step" in address else True
    expect(page.locator(".stage td.result")).to_have_count(1)


def test_two_layers_have_their_own_steps_in_the_address(stage: Stage) -> None:
    lesson = sw.trace([VALID, VALID], THREE).lesson()
    page = stage(lesson, "#step=2&step.2=1")
    first, second = page.locator(".count").all()
    expect(first).to_have_text("2 of 4")
    page.locator(".stage td[data-in='0,0']").nth(1).click()
    assert "step=2" in page.url
    assert "in.2=0,0" in page.url
    expect(second).to_be_attached()


def test_a_step_is_copied_in_three_ways(stage: Stage) -> None:
    page = stage(same())
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    act(page, "next")
    step = sw.trace(SAME, FOUR).step((0, 1))

    def copied(kind: str) -> str:
        page.locator(f"[data-copy={kind}]").click()
        expect(page.locator(".done")).to_have_text("Copied.")
        text: str = page.evaluate("navigator.clipboard.readText()")
        return text

    assert f"Window 2 of 4\n{step.formula}\nThe window covers 2 numbers and 2 padded cells." in copied("text")
    assert f"${latex(step.formula)}$" in copied("markdown")
    assert copied("markdown").startswith("**[Window 2 of 4](file:")
    assert copied("latex") == f"\\[ {latex(step.formula)} \\]"
    assert copied("link").endswith("lesson.html#step=2")


def test_a_step_is_saved_as_a_picture(stage: Stage) -> None:
    page = stage(same())
    act(page, "next")
    with page.expect_download() as got:
        page.locator("[data-save=svg]").click()
    svg = Path(got.value.path()).read_text(encoding="utf-8")
    assert got.value.suggested_filename == "step-2.svg"
    assert (
        page.evaluate(
            "text => new DOMParser().parseFromString(text, 'image/svg+xml').querySelectorAll('parsererror').length", svg
        )
        == 0
    )
    assert svg.count("<rect") >= 13
    assert "max(3, 1) = 3" in svg
    with page.expect_download() as got:
        page.locator("[data-save=png]").click()
    assert Path(got.value.path()).read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_a_changed_page_says_so_and_follows(stage: Stage) -> None:
    page = stage(same())
    note = page.locator(".changed-note")
    expect(note).to_be_hidden()
    page.locator(".stage td[data-in='1,1']").click()
    page.locator(".edit input").fill("9")
    expect(note).to_be_visible()
    expect(page.locator(".stage td.changed")).to_have_attribute("data-in", "1,1")
    assert page.locator(".stage td[data-out='0,0']").text_content() == "9"
    page.locator(".edit input").fill("nine")
    expect(page.locator(".edit input")).to_have_attribute("aria-invalid", "true")
    assert page.locator(".stage td[data-out='0,0']").text_content() == "9"
    note.get_by_role("button").click()
    expect(note).to_be_hidden()
    assert page.locator(".stage td[data-out='0,0']").text_content() == "4"


def test_typing_over_a_cell_changes_it(stage: Stage) -> None:
    page = stage(same())
    page.locator(".stage td[data-in='0,0']").focus()
    page.keyboard.type("-5")
    page.keyboard.press("Enter")
    assert page.locator(".stage td[data-in='0,0']").text_content() == "−5"
    assert formula(page) == "max(-5, 3, 2, 1) = 3"
    assert page.evaluate("document.activeElement.dataset.in") == "0,0"


def test_a_change_reaches_the_next_layer(stage: Stage) -> None:
    page = stage(sw.trace([VALID, "ReLU()"], [[-4, -3], [-2, -1]]).lesson())
    page.locator(".stage td[data-in='0,0']").first.click()
    page.locator(".edit input").first.fill("7")
    assert page.locator(".stage").nth(1).locator("td[data-out='0,0']").text_content() == "7"


def test_alternatives_that_the_author_allowed(stage: Stage) -> None:
    others = [sw.trace(call, THREE) for call in (VALID, "MaxPool2D(3, padding='same')")]
    page = stage(sw.trace("MaxPool2D(2)", THREE).lesson(alternatives=others))
    choice = page.locator(".alternatives select")
    assert choice.locator("option").all_text_contents() == ["MaxPool2D(2)", VALID, "MaxPool2D(3, padding='same')"]
    page.locator(".controls").wait_for(state="hidden")
    for value, other in zip("12", others):
        choice.select_option(value)
        for number, step in enumerate(other.steps, 1):
            if len(other.steps) > 1:
                page.locator(".stage input[type=range]").fill(str(number))
            assert formula(page) == str(step.formula)
    page.locator(".stage td[data-in='2,2']").click()
    page.locator(".edit input").fill("70")
    choice.select_option("0")
    assert page.locator(".stage td[data-out='0,0']").text_content() == "5"
    choice.select_option("1")
    act(page, "last")
    assert formula(page) == "max(5, 6, 8, 70) = 70"


def test_two_lessons_run_in_step(stage: Stage) -> None:
    page = stage(sw.compare(sw.trace(VALID, THREE), sw.trace("AveragePooling2D(2, strides=1)", THREE)))
    left, right = page.locator(".view").all()
    note = page.locator(".parts")
    for number in range(1, 5):
        page.locator(".stage input[type=range]").fill(str(number))
        cells = [view.locator("td.result").get_attribute("data-out") for view in (left, right)]
        assert cells[0] == cells[1]
        expect(note).to_have_text("Here the two differ.")
    assert page.locator(".ticks i").count() == 4
    left.locator("td[data-out='0,0']").hover()
    expect(right.locator("td.result")).to_have_attribute("data-out", "0,0")
    status = page.locator("[role=status]").text_content() or ""
    assert "max(5, 6, 8, 9) = 9" in status
    assert "(5 + 6 + 8 + 9) / 4 = 7" in status


def test_two_lessons_stand_in_line(stage: Stage) -> None:
    page = stage(sw.compare(sw.trace(VALID, FOUR), sw.trace(SAME, FOUR)), width=1280)
    for part in (".scene", ".working", ".peek"):
        left, right = (box.bounding_box() for box in page.locator(f".view {part}").all())
        assert left
        assert right
        assert left["x"] < right["x"]
        assert (left["y"], left["height"]) == (right["y"], right["height"]), part


def test_a_bracket_is_no_taller_than_it_must_be(stage: Stage) -> None:
    working = stage(same(), width=1280).locator(".working")
    bracket, number = (working.locator(part).first.bounding_box() for part in ("mo", "mn"))
    assert bracket
    assert number
    assert bracket["height"] < 2 * number["height"]


def test_where_one_has_no_such_window(stage: Stage) -> None:
    page = stage(sw.compare(sw.trace(VALID, FOUR), sw.trace(SAME, FOUR)))
    expect(page.locator(".parts")).to_have_text("Here the two agree.")
    act(page, "next")
    expect(page.locator(".view.absent")).to_contain_text("There is no such window here.")
    expect(page.locator(".parts")).to_have_text("Here the two differ.")
    assert page.locator("section.staged").first.is_hidden()


def test_the_same_cells_of_feature_maps_stand_beside_each_other(stage: Stage) -> None:
    """Keras counts rows, columns, channels; PyTorch channels, rows, columns."""
    typed = "4 3 1; 2 1 5;; 0 7 1; 3 9 8"
    page = stage(sw.compare(sw.trace("MaxPool2D(2, 1)", typed), sw.trace("nn.AvgPool2d(2, 1)", typed)))
    left, right = page.locator(".view").all()
    for number, (channel, column) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1)), 1):
        page.locator(".stage input[type=range]").fill(str(number))
        expect(left.locator("td.result")).to_have_attribute("data-out", f"0,{column},{channel}")
        expect(right.locator("td.result")).to_have_attribute("data-out", f"{channel},0,{column}")
    assert page.locator(".ticks i").count() == 4


def test_only_cells_that_differ_are_marked(stage: Stage) -> None:
    """Of outputs of unlike sizes, too, where a cell has another number in each."""
    x = [[9, 1, 2], [1, 1, 2], [9, 3, 4]]
    page = stage(sw.compare(sw.trace("MaxPool2D(2, 1)", x), sw.trace("MaxPool2D(2, 1, 'same')", x)))
    act(page, "last")
    assert page.locator(".view td.differing").count() == 0
    page = stage(sw.compare(sw.trace("MaxPool2D(2, 1)", x), sw.trace("nn.MaxPool2d(3, 1, 1)", x)))
    act(page, "last")
    marked = [(td.get_attribute("data-out"), td.text_content()) for td in page.locator(".view td.differing").all()]
    assert marked == [("0,1", "2"), ("1,1", "4"), ("0,1", "9"), ("1,1", "9")]


def test_practice(stage: Stage) -> None:
    page = stage(sw.trace(SAME, [[-4, -3], [-2, -1]]).lesson(practice=True))
    field, verdict, score = (page.locator(f".practice {what}") for what in ("input", ".verdict", ".score"))
    check = page.get_by_role("button", name="Check")
    assert page.locator("td[data-out] >> visible=true").all_text_contents() == ["?"] * 12
    assert "= -1" not in page.inner_text("body")
    field.fill("-1")
    check.click()
    expect(verdict).to_have_text("Right. max(-4, -3, -2, -1) = -1")
    act(page, "next")
    field.fill("0")
    check.click()
    expect(verdict).to_contain_text("Padding was taken as 0 in the maximum")
    assert verdict.get_attribute("data-code") == "max.padding_as_zero"
    field.fill("x")
    check.click()
    expect(verdict).to_contain_text("not a number")
    field.fill("-2/2")
    check.click()
    expect(verdict).to_contain_text("Right.")
    expect(score).to_have_text("1 right at the first try, 2 of 4 found")
    act(page, "next")
    page.get_by_role("button", name="Show me").click()
    expect(score).to_have_text("1 right at the first try, 3 of 4 found")
    assert page.locator("section:nth-of-type(5) td[data-out]").all_text_contents() == ["−1", "−1", "−1", "?"]
    told_last = page.locator("section:last-of-type")
    expect(told_last).to_be_hidden()  # what mistakes would give gives away what is right
    act(page, "next")
    page.get_by_role("button", name="Show me").click()
    expect(told_last).to_contain_text("Common mistakes")
    page.get_by_role("button", name="Start again").click()
    expect(score).to_have_text("0 right at the first try, 0 of 4 found")


@pytest.mark.parametrize(
    ("call", "data", "weights", "typed", "code"),
    [
        ("AveragePooling2D(2)", FOUR, {}, "10", "mean.not_divided"),
        ("AveragePooling2D(2)", FOUR, {}, "4", "rule.max_for_mean"),
        ("nn.AvgPool2d(3, stride=1, padding=1)", FOUR, {}, "2.5", "mean.padding_not_counted"),
        ("AveragePooling2D(2, strides=1, padding='same')", [[8, 4]], {}, "3", "mean.padding_counted"),
        (VALID, FOUR, {}, "2.5", "rule.mean_for_max"),
        (VALID, FOUR, {}, "1", "rule.min_for_max"),
        ("Conv2D(1, 2)", FOUR, {"kernel": [[1, 2], [0, 3]], "bias": [1]}, "13", "conv.bias_forgotten"),
        ("Conv2D(1, 2)", FOUR, {"kernel": [[1, 2], [0, 3]], "bias": [1]}, "18", "conv.kernel_flipped"),
        ("ReLU()", [[-3]], {}, "3", "relu.absolute_value"),
    ],
)  # fmt: skip
def test_known_slips_are_named(
    stage: Stage, call: str, data: Any, weights: dict[str, Any], typed: str, code: str
) -> None:
    page = stage(sw.trace(call, data, **weights).lesson(practice=True))
    page.locator(".practice input").fill(typed)
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".verdict")).to_have_attribute("data-code", code)


def test_a_mistake_is_named_in_the_words_of_the_marker(stage: Stage) -> None:
    trace = sw.trace(SAME, [[-4, -3], [-2, -1]])
    diagnosis = sw.check(trace, "-1 0; 0 0").diagnosis
    assert diagnosis is not None
    page = stage(trace.lesson(practice=True), "#step=2")
    page.locator(".practice input").fill("0")
    page.get_by_role("button", name="Check").click()
    verdict = page.locator(".practice .verdict")
    assert (verdict.get_attribute("data-code"),) == diagnosis.codes
    assert (verdict.text_content() or "").removeprefix("Not quite. ") in diagnosis.text


def test_what_one_number_does_not_tell_apart_is_told_so(stage: Stage) -> None:
    page = stage(sw.trace("Conv2D(1, 2)", FOUR, kernel=[[1, 2], [0, 1]], bias=[0]).lesson(practice=True))
    flipped_as_transposed = 4 * 1 + 3 * 0 + 2 * 2 + 1 * 1
    page.locator(".practice input").fill(str(flipped_as_transposed))
    page.get_by_role("button", name="Check").click()
    verdict = page.locator(".practice .verdict")
    expect(verdict).to_have_attribute("data-code", "conv.kernel_flipped|conv.kernel_transposed")
    expect(verdict).to_contain_text(" Or: ")


def test_a_digit_is_pixels_with_a_lens(stage: Stage) -> None:
    from stepwise.io.inputs import sample_digit

    trace = sw.trace("Conv2D(5, 3, strides=2, padding='same')", sample_digit(0) / 255)
    # The window moves over a whole plane before the filter changes: filter 4, row 7, column 13.
    page = stage(trace.lesson(), f"#step={1 + 4 * 14 * 14 + 7 * 14 + 13}")
    assert formula(page) == str(trace.step((7, 13, 4)).formula)
    assert page.locator(".map canvas").count() == 2
    shown = page.locator(".stage td[data-in]").count()
    assert shown <= 81
    canvas = page.locator(".map canvas").nth(1)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 3.5 / 14, box["y"] + box["height"] * 2.5 / 14)
    expect(page.locator(".stage td.result")).to_have_attribute("data-out", "2,3,4")  # the filter stays
    assert page.locator(".map .used").first.is_hidden()
    page.locator(".stage td.window[data-in]").first.hover()
    expect(page.locator(".map .used").nth(1)).to_be_visible()


TOUCHED = """act => {
    const stage = document.querySelector('.stage.live');
    let touched = 0;
    const watcher = new MutationObserver(changes => (touched += changes.length));
    watcher.observe(stage, {subtree: true, childList: true, attributes: true, characterData: true});
    stage.querySelector(`[data-act=${act}]`).click();
    touched += watcher.takeRecords().length;
    return [touched, stage.querySelectorAll('td').length];
}"""


def test_a_large_lesson_steps_without_touching_much(stage: Stage) -> None:
    """224×224×3: a step touches some hundred nodes, and not a hundred thousand."""
    import numpy as np

    array = np.random.default_rng(0).integers(0, 256, (224, 224, 3))
    page = stage(sw.trace("MaxPool2D(3, strides=2, padding='same')", array).lesson())
    for name in ("next", "next", "last", "previous", "first"):
        touched, cells = page.evaluate(TOUCHED, name)
        assert cells < 150
        assert touched < 600


def test_an_answer_is_typed_into_the_cell_and_enter_goes_on(stage: Stage) -> None:
    page = stage(sw.trace(SAME, [[-4, -3], [-2, -1]]).lesson(practice=True))
    cell, verdict, score = page.locator(".in-cell"), page.locator(".verdict"), page.locator(".score")
    place = cell.bounding_box()
    result = page.locator(".stage td[data-out='0,0']").bounding_box()
    assert place == pytest.approx(result, abs=1), "it lies on its cell"
    cell.focus()
    for answer in ("-1", "-1", "7", "-1", "-1"):
        page.keyboard.type(answer)
        page.keyboard.press("Enter")
    expect(score).to_have_text("3 right at the first try, 4 of 4 found")
    expect(verdict).to_have_text("Right. max(-1) = -1")
    expect(page.locator(".stage .working")).to_be_focused()
    assert page.locator(".stage td[data-out]").all_text_contents() == ["−1"] * 4


def test_a_cell_that_has_the_focus_is_typed_over(stage: Stage) -> None:
    page = stage(sw.trace(SAME, [[-4, -3], [-2, -1]]).lesson(practice=True))
    page.locator(".stage td[data-out='1,0']").focus()
    page.keyboard.type("-1")
    expect(page.locator(".count")).to_have_text("3 of 4")
    expect(page.locator(".in-cell")).to_have_value("-1")
    page.keyboard.press("Enter")
    expect(page.locator(".count")).to_have_text("4 of 4")
    expect(page.locator(".in-cell")).to_be_focused()
    expect(page.locator(".verdict")).to_contain_text("max(-2, -1) = -1")


def test_another_call_begins_afresh(stage: Stage) -> None:
    trace = sw.trace(SAME, FOUR)
    page = stage(
        trace.lesson(practice=True, alternatives=[sw.trace("AveragePooling2D(2, strides=1, padding='same')", FOUR)])
    )
    for answer in ("4", "3", "2", "1"):
        page.locator(".in-cell").fill(answer)
        page.keyboard.press("Enter")
    expect(page.locator("section:last-of-type")).to_be_visible()
    page.locator(".alternatives select").select_option(index=1)
    expect(page.locator(".score")).to_have_text("0 right at the first try, 0 of 4 found")
    shown = page.locator("td[data-out] >> visible=true").all_text_contents()
    assert set(shown) == {"?"}, "neither its answers nor those of the other"
    page.locator(".practice input").fill("1")
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".verdict")).to_contain_text("Right.")
    page.locator(".alternatives select").select_option(index=0)
    expect(page.locator(".score")).to_have_text("0 right at the first try, 0 of 4 found")


def test_show_me_takes_the_cross_away_and_a_comma_is_asked_about(stage: Stage) -> None:
    page = stage(sw.trace("AveragePooling2D(2)", FOUR).lesson(practice=True))
    field, verdict = page.locator(".practice input"), page.locator(".verdict")
    field.fill("2,5")
    page.get_by_role("button", name="Check").click()
    expect(verdict).to_contain_text("Write 2.5 or 25.")
    expect(page.locator(".score")).to_have_text("0 right at the first try, 0 of 1 found")
    field.fill("9")
    page.get_by_role("button", name="Check").click()
    expect(verdict).to_have_class("verdict wrong")
    page.get_by_role("button", name="Show me").click()
    expect(verdict).to_have_class("verdict")
    expect(verdict).to_be_empty()


def test_a_window_without_knobs_is_dragged_and_goes_by_keys_too(stage: Stage) -> None:
    page = stage(sw.trace("nn.Conv2d(1, 1, 2, padding=1)", FOUR, kernel=[[1, 0], [0, 1]]).lesson())
    result, cell = page.locator(".stage td.result"), page.locator(".stage td.window[data-in]").first
    expect(result).to_have_attribute("data-out", "0,0")
    cell.scroll_into_view_if_needed()
    box = cell.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 2 * box["width"], middle[1] + box["height"], steps=4)
    page.mouse.up()
    expect(result).to_have_attribute("data-out", "1,2")
    page.locator(".stage .frame.window").focus()
    page.keyboard.press("ArrowLeft")
    expect(result).to_have_attribute("data-out", "1,1")


def test_a_right_answer_is_seen_once(stage: Stage) -> None:
    page = stage(sw.trace(VALID, FOUR).lesson(practice=True))
    page.locator(".practice input").fill("4")
    page.get_by_role("button", name="Check").click()
    assert page.locator(".verdict").inner_text().splitlines()[0].strip() == "Right."
    expect(page.locator(".stage .working")).to_be_visible()


def test_who_counts_is_told_of_a_finished_practice_and_it_can_be_saved(stage: Stage) -> None:
    title = "</script><img src=x onerror=alert(1)> 'onclick=1' \\u003c"
    page = stage(tell(sw.trace(SAME, FOUR), title=title, practice=True))
    page.evaluate(
        "addEventListener('stepwise-practised', event => (window.told = [...(window.told ?? []), event.detail]))"
    )
    saving = page.get_by_role("button", name="Save the result")
    expect(saving).to_be_hidden()
    for answer in ("4", "8", "3", "2", "1"):
        page.locator(".in-cell").fill(answer)
        page.keyboard.press("Enter")
    [told] = page.evaluate("window.told")
    assert told["verb"]["id"] == "http://adlnet.gov/expapi/verbs/completed"
    assert told["object"]["id"] == "file:///" + page.url.partition("#")[0].rpartition("/")[2], "no folder of anybody's"
    assert told["object"]["definition"]["name"] == {"en": title}, "as words"
    assert told["result"] == {
        "completion": True,
        "success": False,
        "score": {"scaled": 0.75, "raw": 3, "min": 0, "max": 4},
    }
    with page.expect_download() as download:
        saving.click()
    saved = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert {name: saved[name] for name in ("verb", "object", "result")} == {
        name: told[name] for name in ("verb", "object", "result")
    }


def test_without_scripts_and_on_paper_the_answers_are_not_on_the_page(
    stage: Stage, browser: Any, tmp_path: Path
) -> None:
    file = sw.trace(SAME, FOUR).lesson(practice=True).save(tmp_path / "page.html")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    assert set(page.locator("td[data-out] >> visible=true").all_text_contents()) == {"?"}
    page.get_by_text("Show the answer").first.click()
    assert "4" in page.locator("td[data-out] >> visible=true").all_text_contents(), "they can be asked for"
    context.close()
    live = stage(sw.trace(SAME, FOUR).lesson(practice=True))
    live.emulate_media(media="print")
    assert set(live.locator("td[data-out] >> visible=true").all_text_contents()) == {"?"}
