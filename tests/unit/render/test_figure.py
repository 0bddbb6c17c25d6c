"""A step as a figure of its own: what is drawn is true, nothing lies on another thing, nothing jumps."""

from __future__ import annotations

import itertools
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pypdf
import pytest
from PIL import Image

import stepwise as sw
from stepwise.document.blocks import StepBlock
from stepwise.errors import StepwiseError
from stepwise.lessons.figures import Telling, step_block
from stepwise.render.figure.across import Across, Room, largest
from stepwise.render.figure.layout import Frames
from stepwise.render.figure.lines import width
from stepwise.render.figure.picture import Box, Hatch, Picture, Words
from tests.command import run

RNG = np.random.default_rng(13)
M = "MaxPool2D(2, strides=1, padding='same')"


def numbers(*shape: int) -> np.ndarray:
    return RNG.integers(-3, 4, shape)


TRACES = {
    "max": sw.trace(M, [[4, 3], [2, 1]]),
    "mean, negative": sw.trace("nn.AvgPool2d(2, stride=1, padding=1)", numbers(3, 4)),
    "ceil": sw.trace("nn.MaxPool2d(2, stride=2, ceil_mode=True)", numbers(5, 5)),
    "adaptive": sw.trace("nn.AdaptiveAvgPool2d(3)", numbers(7, 5)),
    "bias": sw.trace("Conv2D(1, 2)", numbers(3, 3), kernel=[[1, 0], [0, 1]], bias=[7]),
    "channels": sw.trace("Conv2D(2, 2)", numbers(3, 4, 3)),
    "decimals": sw.trace("Conv2D(2, 3)", numbers(5, 5, 3) / 7),
    "many channels": sw.trace("Conv2D(1, 2)", numbers(3, 3, 12)),
    "groups": sw.trace("nn.Conv2d(4, 2, 2, groups=2)", numbers(4, 3, 3)),
    "dilation": sw.trace("nn.Conv2d(1, 1, 3, dilation=2)", numbers(7, 7)),
    "turned": sw.trace("scipy.signal.convolve2d(x, k, mode='same')", numbers(4, 4), kernel=numbers(3, 3)),
    "row": sw.trace("nn.Conv1d(1, 1, 3, padding=1)", numbers(6)),
    "depth": sw.trace("nn.MaxPool3d(2)", numbers(1, 4, 4, 4)),
    "large": sw.trace("MaxPool2D(3, strides=9)", numbers(40, 40)),
    "spread": sw.trace("nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1)", numbers(3, 3), kernel=numbers(3, 3)),
    "spread row": sw.trace("nn.ConvTranspose1d(2, 1, 3, stride=2, dilation=2)", numbers(2, 3)),
    "relu": sw.trace("ReLU()", numbers(3, 3)),
    "dense": sw.trace("Dense(3)", numbers(4)),
    "letters": sw.trace("MaxPool2D(2)", "a b; c d"),
    "long letters": sw.trace(["Conv2D(1, 2)", "Conv2D(1, 2)"], sw.symbols("x", (3, 3))),
    "fractions": sw.trace("AveragePooling2D(2)", "1/3 2/7; 3/4 1000/7", arithmetic="exact"),
    "not finite": sw.trace("MaxPool2D(2)", [[float("nan"), 1], [float("-inf"), 1e300]]),
}


def drawn(trace: sw.Trace, numbers: bool = True, way: str = "", made: type[Frames] = Frames) -> list[Picture]:
    telling = Telling(trace, way)
    blocks = [telling.block(n) for n in range(1, telling.total + 1)]
    frames = made(numbers, "en")
    frames.learn(blocks)
    return [frames.draw(block) for block in blocks]


Area = tuple[float, float, float, float]


def areas(picture: Picture) -> list[tuple[str, Area]]:
    """The words of a picture and the room each takes."""
    found = []
    for mark in picture.marks:
        if isinstance(mark, Words):
            wide = width(mark.text, mark.size)
            left = mark.x - wide / 2 if mark.anchor == "middle" else mark.x
            found.append((mark.text, (left, mark.y - 0.75 * mark.size, left + wide, mark.y + 0.2 * mark.size)))
    return found


def apart(a: Area, b: Area) -> bool:
    return a[2] <= b[0] + 0.5 or b[2] <= a[0] + 0.5 or a[3] <= b[1] + 0.5 or b[3] <= a[1] + 0.5


ACROSS = ("bias", "channels", "decimals", "many channels", "groups", "row", "depth", "large", "spread row", "dense")


@pytest.mark.parametrize(
    ("name", "made"),
    [*((name, Frames) for name in (*TRACES, "spread, gather", "spread row, gather")), *((n, Across) for n in ACROSS)],
)
def test_nothing_lies_on_another_thing_or_outside(name: str, made: type[Frames]) -> None:
    way = name.partition(", ")[2] if name.startswith("spread") else ""
    pictures = drawn(TRACES[name.partition(", ")[0] if way else name], way=way, made=made)
    assert len({(one.width, one.height) for one in pictures}) == 1, "nothing jumps"
    for picture in pictures[:: max(1, len(pictures) // 6)]:
        words = areas(picture)
        for (text, a), (other, b) in itertools.combinations(words, 2):
            assert apart(a, b), (text, other)
        for text, (left, top, right, bottom) in words:
            assert left >= 0, text
            assert top >= 0, text
            assert right <= picture.width, text
            assert bottom <= picture.height, text
        boxes = [mark for mark in picture.marks if isinstance(mark, Box)]
        cells = [(b.x, b.y, b.x + b.width, b.y + b.height) for b in boxes if not b.look.startswith("frame")]
        assert all(apart(a, b) for a, b in itertools.combinations(cells, 2))
        assert len({(b.width, b.height) for b in boxes if not b.look.startswith("frame")}) == 1, "all cells alike"
        assert all(b.width == b.height for b in boxes if not b.look.startswith("frame")), "and square"
        assert min(mark.size for mark in picture.marks if isinstance(mark, Words)) >= 11, "0.75 pt to a pixel: 8 pt"


def test_side_by_side_each_kernel_stands_below_its_channel_with_its_sign_close_before_it() -> None:
    picture = drawn(TRACES["channels"], made=Across)[0]
    cells = [mark for mark in picture.marks if isinstance(mark, Box) and not mark.look.startswith("frame")]
    signs = [mark for mark in picture.marks if isinstance(mark, Words) and mark.text in ("*", "+", "→")]
    assert [sign.text for sign in signs] == ["*", "+", "*", "+", "*", "→"], "three channels"
    assert len({sign.y for sign in signs if sign.text != "*"}) == 1, "on one line"
    for sign in signs:
        after = min((box for box in cells if box.x > sign.x), key=lambda box: box.x - sign.x + abs(box.y - sign.y))
        assert sign.text != "*" or (after.look == "kernel" and after.x - sign.x < 30)


def test_a_slide_takes_the_arrangement_in_which_cells_are_largest() -> None:
    for name, side_by_side in (("channels", True), ("decimals", True), ("bias", False), ("max", False)):
        telling = Telling(TRACES[name])
        blocks = [telling.block(n) for n in range(1, telling.total + 1)]
        chosen = largest(blocks, True, "en", Room(1200, 640, 2.4))
        assert isinstance(chosen, Across) == side_by_side, name
        picture, upright = chosen.draw(blocks[0]), drawn(TRACES[name])[0]
        scales = [min(1200 / one.width, 640 / one.height) for one in (picture, upright)]
        assert scales[0] >= (1.5 if side_by_side else 0.9) * scales[1], name


@pytest.mark.parametrize("name", TRACES)
def test_without_numbers_no_word_is_left_and_the_window_is(name: str) -> None:
    for picture in drawn(TRACES[name], numbers=False)[:3]:
        assert {mark.text for mark in picture.marks if isinstance(mark, Words)} <= {"→", "+ … →"}
        assert {"result-alone", "landed-alone"} & {mark.look for mark in picture.marks if isinstance(mark, Box)}


def worked_out(block: StepBlock) -> tuple[float, float]:
    """What the numbers in the picture come to, each under a kernel's cell; and the result that it shows."""
    total, under, shown = 0.0, np.zeros(0), 0.0
    for matrix in block.scene.matrices:
        cells = [cell for row in matrix.rows for cell in row]
        if matrix.kind == "input":
            under = np.array([float(c.value or 0) for c in cells if "tapped" in c.marks])  # type: ignore[arg-type]
        elif matrix.kind == "output":
            shown = next(float(c.value) for c in cells if "result" in c.marks)  # type: ignore[arg-type]
        elif len(cells) == 1:
            total += float(cells[0].value)  # type: ignore[arg-type]  # the bias
        else:
            total += float(under @ np.array([float(c.value) for c in cells]))  # type: ignore[arg-type]
    return total, shown


SPREAD: dict[str, tuple[str, tuple[int, ...], tuple[int, ...], list[int] | None]] = {
    "cut": ("nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1)", (3, 2), (3, 3), None),
    "bias, dilated": (
        "nn.ConvTranspose2d(2, 3, 2, dilation=2, padding=1)",
        (2, 2, 3),
        (2, 3, 2, 2),
        [1, 0, -2],
    ),
    "groups, a batch": ("nn.ConvTranspose2d(2, 4, 2, groups=2)", (2, 2, 2, 2), (2, 2, 2, 2), None),
    "channels last": ("Conv2DTranspose(2, 2, strides=2)", (2, 2, 3), (2, 2, 2, 3), None),
    "row": ("nn.ConvTranspose1d(2, 1, 3, stride=2)", (2, 3), (2, 1, 3), [4]),
    "all cut": ("nn.ConvTranspose2d(1, 1, 1, padding=1)", (3, 3), (1, 1), None),
}


@pytest.mark.parametrize("name", SPREAD)
def test_products_land_and_add_up_to_the_output(name: str) -> None:
    """Each step adds the products that it shows, every one lands once, and the last step of a filter has its output."""
    call, size, kernel_size, bias = SPREAD[name]
    trace = sw.trace(call, numbers(*size), kernel=numbers(*kernel_size), bias=bias)
    telling = Telling(trace)
    filters = trace.channels[1]
    start = bias or [0] * filters
    before: dict[tuple[int, ...], float] = {}
    for number in range(1, telling.total + 1):
        block = telling.block(number)
        given, _kernel, added, output = block.scene.matrices
        [cell] = [cell for row in given.rows for cell in row if "window" in cell.marks]
        assert cell.index == block.index
        landed = [(c.value, o) for a, b in zip(added.rows, output.rows) for c, o in zip(a, b)]
        for product, shown in landed:
            assert shown.index is not None
            filter_ = trace.place(shown.index)[1]
            had = before.get(shown.index, start[filter_])
            assert shown.value == had + product, "what was there, and what is added"  # type: ignore[operator]
            assert ("idle" in shown.marks) == (shown.index not in before and "result" not in shown.marks)
            if "result" in shown.marks:
                before[shown.index] = shown.value  # type: ignore[assignment]
    for at, value in before.items():
        assert value == trace.output[at]
    assert len(before) == len(
        {at for n in np.ndindex(trace.inputs["input"].shape) for at, _w in trace.layer.operation.spreads(trace, n)}
    )
    assert telling.block(telling.total) == Telling(trace).block(telling.total), "whether told in order or alone"


def test_a_transposed_convolution_is_told_in_either_way() -> None:
    lesson = TRACES["spread"].lesson(detail="none")
    assert "Input cell 1 of 9" in str(lesson.figure())
    assert "Output cell 1 of 25" in str(lesson.figure(way="gather"))
    for asked in ("--way spread -o y.svg", "--way up -o y.svg"):
        done = run("figure", M, "--input", "4 3; 2 1", *asked.split())
        assert (done.status, len(done.err.strip().splitlines())) == (2, 1)


CONVOLUTIONS = [
    *(f"nn.Conv2d(2, 2, 2, stride={s}, padding={p}, dilation={d})" for s in (1, 2) for p in (0, 1) for d in (1, 2)),
    *(
        f"nn.ConvTranspose2d(2, 2, {k}, stride={s}, padding={p}, output_padding={s - 1}, dilation={d})"
        for k in (2, 3)
        for s in (1, 2, 3)
        for p in (0, 1, 3)
        for d in (1, 2)
        if (3 - 1) * s - 2 * p + d * (k - 1) + s > 0 and (s - 1 < s or s - 1 < d)
    ),
]


@pytest.mark.parametrize("call", CONVOLUTIONS)
def test_the_numbers_in_the_picture_come_to_the_result(call: str) -> None:
    """Also where a transposed convolution is drawn as a window over its stretched input."""
    x, bias = numbers(2, 3, 3), np.array([2, -1])
    kernel = numbers(2, 2, *(2 * [int(call.split(", ")[2])]))
    trace = sw.trace(call, x, kernel=kernel, bias=bias)
    for number in range(1, len(trace.steps) + 1):
        total, shown = worked_out(step_block(trace, number))
        assert total == shown == trace.steps[number - 1].result


CONV_ARITHMETIC = {
    "no_padding_no_strides": (2, 3, 1, 0, 0, 6),
    "arbitrary_padding_no_strides": (6, 4, 1, 2, 0, 8),
    "same_padding_no_strides": (5, 3, 1, 1, 0, 7),
    "full_padding_no_strides": (7, 3, 1, 2, 0, 7),
    "no_padding_strides": (2, 3, 2, 0, 0, 7),
    "padding_strides": (3, 3, 2, 1, 0, 7),
    "padding_strides_odd": (3, 3, 2, 1, 1, 8),
}
"""Dumoulin & Visin's transposed ones: input, kernel, stride, padding, more output; and how wide their lower map is."""


@pytest.mark.parametrize("name", CONV_ARITHMETIC)
def test_a_stretched_input_is_as_wide_as_in_the_paper(name: str) -> None:
    size, k, s, p, more, wide = CONV_ARITHMETIC[name]
    call = f"nn.ConvTranspose2d(1, 1, {k}, stride={s}, padding={p}, output_padding={more})"
    block = step_block(sw.trace(call, numbers(size, size)), 1)
    given, kernel, _output = block.scene.matrices
    assert len(given.rows) == wide
    assert given.caption == f"input {size}×{size}, stretched and padded to {wide}×{wide}"
    assert kernel.caption == f"kernel {k}×{k}, turned by half a turn"


@pytest.mark.parametrize("name", TRACES)
@pytest.mark.parametrize("step", [1, "all", "animated"])
def test_every_format_of_every_kind(name: str, step: int | str) -> None:
    lesson = TRACES[name].lesson(detail="none")
    if name == "large" and step == "all":
        step = 3
    ElementTree.fromstring(lesson.figure(step))
    assert isinstance(lesson.figure(step, "tex"), str)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("format", ["gif", "apng"])
def test_what_moves_shows_every_step_and_holds_the_last(format: str, theme: str) -> None:
    lesson = TRACES["bias"].lesson()
    moving = lesson.figure(format=format, fps=2, hold=3, size=300, theme=theme)
    assert isinstance(moving, bytes)
    frames = Image.open(BytesIO(moving))
    assert (frames.n_frames, frames.width, frames.info["loop"]) == (4, 300, 0)  # type: ignore[attr-defined]
    shown = []
    for number in range(4):
        frames.seek(number)
        assert frames.info["duration"] == (500 if number < 3 else 3500)
        shown.append(np.asarray(frames.convert("RGB"), dtype=int))
        still = lesson.figure(number + 1, "png", size=300, theme=theme)
        assert isinstance(still, bytes)
        true = np.asarray(Image.open(BytesIO(still)).convert("RGB"), dtype=int)
        assert np.abs(shown[-1] - true).mean() < (1 if format == "apng" else 2), (
            "with 16 colours, letters have fewer shades"
        )
        assert (shown[-1] == true).all(axis=2).mean() > 0.9, "flat colours are exact"
    assert all((a != b).any() for a, b in itertools.pairwise(shown))


def test_sizes_scales_and_paper() -> None:
    lesson = TRACES["max"].lesson()
    plain = lesson.figure()
    assert isinstance(plain, str)
    assert "prefers-color-scheme:dark" in plain
    assert "prefers-color-scheme" not in str(lesson.figure(theme="dark"))
    wide = float(ElementTree.fromstring(plain).attrib["width"])
    for scale in (0.5, 3):
        picture = Image.open(BytesIO(bytes(lesson.figure(2, "png", scale=scale))))  # type: ignore[arg-type]
        assert abs(picture.width - scale * wide) <= 1
    clear = Image.open(BytesIO(bytes(lesson.figure(2, "png", transparent=True)))).convert("RGBA")  # type: ignore[arg-type]
    assert clear.getpixel((2, 2)) == (255, 255, 255, 0) or clear.getpixel((2, 2))[3] == 0  # type: ignore[index]
    outlined = lesson.figure(2, outlines=True)
    assert "<text" not in str(outlined)
    pages = pypdf.PdfReader(BytesIO(bytes(lesson.figure("animated", "pdf")))).pages  # type: ignore[arg-type]
    assert [page.extract_text().split("\n")[0] for page in pages] == [f"Window {n} of 4" for n in range(1, 5)]


def test_a_moving_svg_has_every_step_and_stands_for_who_wants_no_motion() -> None:
    moving = TRACES["max"].lesson().figure("animated")
    assert isinstance(moving, str)
    assert "<script" not in moving
    assert "prefers-reduced-motion" in moving
    assert "@media print" in moving
    for number in range(1, 5):
        assert f"Window {number} of 4" in moving
    svg = "{http://www.w3.org/2000/svg}"
    groups = [g for g in ElementTree.fromstring(moving).iter(svg + "g") if "class" in g.attrib]
    last = [g for g in groups if g.attrib["class"] == "m l"]
    assert last
    assert all("visibility" not in g.attrib for g in last), "without CSS, the last is seen"
    assert all(g.attrib["visibility"] == "hidden" for g in groups if g not in last)


def test_a_long_number_is_rounded_and_said_whole() -> None:
    trace = sw.trace("MaxPool2D(2)", [[0.123456789, -12345678.5], [1e-20, 3]])
    shown = {mark.text: mark.whole for mark in drawn(trace)[0].marks if isinstance(mark, Words) and mark.whole}
    assert shown["0.123"] == "0.123456789"
    assert float(shown["−1.2e7"].replace("−", "-").replace(",", "")) == -12345678.5
    assert all(len(text) <= 6 for text in shown)


def test_padding_is_hatched_and_never_a_number() -> None:
    picture = drawn(TRACES["max"])[3]
    hatched = {(mark.x, mark.y) for mark in picture.marks if isinstance(mark, Hatch)}
    assert len(hatched) == 5
    centres = {
        (mark.x - 20, round(mark.y - 20 - 0.36 * 16, 6)): mark.text for mark in picture.marks if isinstance(mark, Words)
    }
    assert {centres[x, round(y, 6)] for x, y in hatched} == {"·"}


WRONG = (
    "--step 9 -o y.svg", "--step 0 -o y.svg", "--step -1", "-o y.jpg", "-o y", "--fps 0 -o y.gif", "--fps nan -o y.gif",
    "--size 5 -o y.png", "--size 99999999 -o y.png", "--size -3 -o y.svg", "--scale inf -o y.png", "--layer 3 -o y.svg",
    "--animate -o y.png", "--step 1 --all -o y.svg", "--numbers no -o y.svg", "--theme blue -o y.svg", "--hold -1",
    "--transparent -o y.gif", "--outlines -o y.png", "--fragment -o y.svg", "--to svg -o y.png", "--language xx",
    "--size 9000 -o y.gif", "-o .", "-o taken.svg", "-o nowhere/y.svg", "--kernel 1 -o y.svg",
)  # fmt: skip


@pytest.mark.parametrize("asked", WRONG)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(
    asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("taken.svg").write_text("mine")
    done = run("figure", M, "--input", "4 3; 2 1", *asked.split())
    assert (done.status, done.out) == (2, "")
    assert len(done.err.strip().splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["taken.svg"]
    assert Path("taken.svg").read_text() == "mine"


def test_huge_requests_are_refused_before_they_are_begun() -> None:
    huge = sw.trace("MaxPool2D(1)", np.zeros((300, 300))).lesson(detail="none")
    for step in ("all", "animated"):
        with pytest.raises(StepwiseError):
            huge.figure(step)
    assert "of 90,000" in str(huge.figure(90_000))


@pytest.mark.parametrize("step", [True, 1.5, "first", "ALL", [1], b"1"])
def test_a_step_is_a_number_or_a_known_word(step: object) -> None:
    with pytest.raises(StepwiseError):
        TRACES["max"].lesson().figure(step)  # type: ignore[arg-type]


def test_a_layer_can_be_chosen_and_a_lesson_without_any_has_no_figure() -> None:
    lesson = sw.trace(["Conv2D(1, 2)", "ReLU()", "MaxPool2D(2)", "Flatten()"], numbers(5, 5)).lesson(detail="none")
    assert "of 16" in str(lesson.figure(layer=1))
    assert "of 4" in str(lesson.figure()), "the last that has a window"
    assert "Cell 1 of 4" in str(lesson.figure(layer=4))
    proof = sw.equivalent("ReLU()", "ReLU()", input_shape=(2, 2)).lesson()
    with pytest.raises(StepwiseError, match="no layer"):
        proof.figure()


def test_a_letter_that_lands_times_0_adds_a_number() -> None:
    spread = sw.trace("Conv2DTranspose(1, 2)", "a b", kernel=[[1, 0], [0, 2]])
    assert "2·a" in str(spread.lesson(detail="none").figure(1))


def test_a_figure_on_paper_holds_no_time() -> None:
    """The same bytes come of the same figure, whenever it is drawn."""
    drawn = sw.trace("MaxPool2D(2)", "4 3; 2 1").lesson(detail="none").figure(1, "pdf")
    paper = pypdf.PdfReader(BytesIO(bytes(drawn)))  # type: ignore[arg-type]
    assert paper.metadata is not None
    assert "/CreationDate" not in paper.metadata
