"""What a class of fresh answers, marked by another program, was marked otherwise for: read, or for a person to look at.

Whatever a person would read earns what its numbers earn; nothing earns 0 for its form.
"""

from __future__ import annotations

import pytest

import stepwise as sw
from stepwise.exercises.exercise import read_exercise
from stepwise.marking.marker import Marker

POOL = sw.trace("MaxPool2D(1)", [[2.5, 5.25], [-1, 0]])
SINGLES = sw.trace("MaxPool2D(1)", [[4, 3], [2, 1]])
TURNED = sw.trace("MaxPool2D(1)", [[-1, 0], [2.5, 5.25]])
LARGE = sw.trace("MaxPool2D(1)", [[1200, 3400], [5600, 1250]])
LINE = sw.trace("Conv1D(1, 1)", [7.5, 11.5, -0.5], weights=[{"kernel": [1], "bias": [0]}])
THIRDS = sw.trace("AveragePooling2D((1, 3))", [[1, 2, 4, 5, 3, 2], [2, 2, 4, 3, 3, 3]])  # 7/3, 10/3, 8/3, 3
LAST = sw.trace("Conv2D(2, 1)", [[5, 7], [9, 6]], kernel=[[[[1, 10]]]], bias=[0, 0])
HALVES = sw.trace("Conv2D(2, 1)", [[5.1, 7.2], [9.2, 6.2]], kernel=[[[[1, 10]]]], bias=[0.2, 0.3])
WIDE = sw.trace("Conv2D(2, 1)", [[5, 7, 9]], kernel=[[[[1, 10]]]], bias=[0, 0])
CHANNELS = sw.trace("nn.MaxPool2d(1)", [[[5, 8], [7, 9]], [[6, 5], [4, 8]]])

READ = [
    # headings, remarks, quotes and numbers of rows
    (POOL, "Output (2x2): 2.5 5.25; -1 0"),
    (POOL, "2x2 matrix:\n2.5 5.25\n-1 0"),
    (POOL, "Shape: (2, 2)\n[[2.5, 5.25],\n [-1, 0]]"),
    (POOL, "Exercise 3\n\n2.5 5.25\n-1 0"),
    (POOL, "Answer to question 1:\n2.5 5.25\n-1 0"),
    (POOL, "Q1) 2.5 5.25; -1 0"),
    (POOL, "1. 2.5 5.25\n2. -1 0"),
    (POOL, "1) 2.5 5.25\n2) -1 0"),
    (POOL, "First row: 2.5 5.25\nSecond row: -1 0"),
    (POOL, "=> 2.5 5.25; -1 0"),
    (POOL, "> 2.5 5.25\n> -1 0"),
    (POOL, "2.5 5.25; -1 0 (window 2, stride 1)"),
    (POOL, "So I got 2.5 5.25; -1 0"),
    (POOL, "print(np.array([[2.5, 5.25], [-1, 0]]))"),
    (POOL, "2.5 5.25\n-1 0\n\nI used a window of size 2."),
    (TURNED, "-1, 0; 2.5, 5.25."),
    (POOL, "input: 9 9; 9 9\noutput: 2.5 5.25; -1 0"),
    (POOL, '"2.5"\t"5.25"\n"-1"\t"0"'),
    (POOL, "\u200b2.5 \u200b5.25\n\u200b-1 0"),
    # other people's formats
    (POOL, "<p>2.5 5.25</p><p>-1 0</p>"),
    (POOL, "2.5&nbsp;5.25<br>-1&nbsp;0"),
    (POOL, "<div>2.5 5.25</div><div>-1 0</div>"),
    (POOL, "==== ====\n2.5  5.25\n-1   0\n==== ===="),
    (POOL, "⎡ 2.5 5.25 ⎤\n⎣ -1 0 ⎦"),
    (POOL, "2.5 5.25 | -1 0"),
    (POOL, "[2.5 5.25][-1 0]"),
    (POOL, "answer:\n  - [2.5, 5.25]\n  - [-1, 0]"),
    (POOL, '{"output": [[2.5, 5.25], [-1, 0]], "explanation": "I slid it"}'),
    (POOL, '{"row1": [2.5, 5.25], "row2": [-1, 0]}'),
    (POOL, "np.matrix('2.5 5.25; -1 0')"),
    (POOL, "double[][] y = {{2.5, 5.25}, {-1, 0}};"),
    (POOL, "float y[2][2] = {{2.5, 5.25}, {-1, 0}};"),
    (POOL, "tensor([[[[2.5, 5.25],\n [-1., 0.]]]], device='cuda:0')"),
    (POOL, '{"answer": [[5/2, 21/4], [-1, 0]]}'),
    (POOL, "MatrixForm[{{2.5, 5.25}, {-1, 0}}]"),
    (POOL, "rbind(c(2.5, 5.25), c(-1, 0))"),
    (POOL, "[[[2.5, 5.25], [-1, 0]]]"),
    (POOL, "2.5, 5.25; -1, 0 (computed by hand)"),
    (POOL, "2.5 5.25,\n-1 0,"),
    (POOL, "2.5, 5.25,\n-1, 0,"),
    (POOL, "2,5;5,25;\n-1;0;"),
    # cell by cell
    (POOL, "y[0][0] = 2.5\ny[0][1] = 5.25\ny[1][0] = -1\ny[1][1] = 0"),
    (POOL, "Y(1, 1) = 2.5\nY(2, 1) = -1\nY(1, 2) = 5.25\nY(2, 2) = 0"),
    (POOL, "$y_{1,1} = 2.5$\n$y_{1,2} = 5.25$\n$y_{2,1} = -1$\n$y_{2,2} = 0$"),
    (POOL, "y11 = 2.5\ny12 = 5.25\ny21 = -1\ny22 = 0"),
    # numbers
    (POOL, "2,5 | 5,25\n-1 | 0"),
    (POOL, "2,5 & 5,25 \\\\ -1 & 0"),
    (POOL, "2.5×10^0 5.25·10⁰\n-1 0"),
    (POOL, "1.5+1=2.5 4.25+1=5.25\n-2+1=-1 -1+1=0"),
    (POOL, "≈2.5 ~5.25\n-1 0"),
    (THIRDS, "2.333... 3.333...\n2.666... 3"),
    (THIRDS, "2.33… 3.33…\n2.66… 3"),
    (THIRDS, "2.(3) 3.(3)\n2.(6) 3"),
    (THIRDS, r"2.\overline{3} & 3.\overline{3} \\ 2.\overline{6} & 3"),
    (THIRDS, "7÷3 10÷3\n8÷3 3"),
    (THIRDS, "(1+2+4)/3=7/3  (5+3+2)/3=10/3\n(2+2+4)/3=8/3  9/3=3"),
    (LINE, "7,5, 11,5, -0,5"),
    (LINE, "7.5, 11.5 and -0.5"),
    (LINE, "1. 7.5\n2. 11.5\n3. -0.5"),
    (LARGE, "1\u202f200 3\u202f400; 5\u202f600 1\u202f250"),
    (LARGE, "1'200 3'400; 5'600 1'250"),
    (LARGE, "1 200 | 3 400\n5 600 | 1 250"),
    # channels
    (CHANNELS, "Channel 0:\n5 8\n7 9\nChannel 1:\n6 5\n4 8"),
    (CHANNELS, "red: 5 8; 7 9\ngreen: 6 5; 4 8"),
    (CHANNELS, "C1 = 5 8; 7 9\nC2 = 6 5; 4 8"),
    (CHANNELS, "[[[[5, 8], [7, 9]], [[6, 5], [4, 8]]]]"),
    (CHANNELS, "Filter 1 =\n[[5, 8], [7, 9]]\n\nFilter 2 =\n[[6, 5], [4, 8]]"),
    (LAST, "Filter 1 =\n[[5, 7], [9, 6]]\n\nFilter 2 =\n[[50, 70], [90, 60]]"),
    (WIDE, "Channel 0:\n5 7 9\nChannel 1:\n50 70 90"),
    (WIDE, "[[[5, 7, 9]], [[50, 70, 90]]]"),
    (WIDE, "[[[5, 50], [7, 70], [9, 90]]]"),
]


@pytest.mark.parametrize(("trace", "text"), READ, ids=[text[:40] for _trace, text in READ])
def test_what_a_person_reads_is_read(trace: sw.Trace, text: str) -> None:
    verdict = Marker(trace).check(text)
    assert not verdict.problem
    assert verdict.correct, verdict.text


UNREADABLE = [
    (LARGE, "1,200 3,400; 5,600 1,250", "it can be read as 1.2 3.4 5.6 1.25 or 1200 3400 5600 1250"),
    (LARGE, "1.200;3.400\n5.600;1.250", "it can be read as"),
    (LARGE, r"\begin{bmatrix}1{,}200 & 3{,}400 \\ 5{,}600 & 1{,}250\end{bmatrix}", "it can be read as"),
    (LINE, "7,5,11,5,0,5", "it can be read as"),
    (POOL, "1 2.5 5.25\n2 -1 0", "it can be read as"),
    (POOL, "2.5 5.2.5\n-1 0", "cell (0, 1) has '5.2.5', which cannot be read as a number"),
    (POOL, "2.5 5,25.1\n-1 0", ""),
    (POOL, "=> 2.5; -1 0", "cell (0, 0) has '=>', which cannot be read as a number"),
    (POOL, "1. 2.5 5.25\n2 -1 0", "it can be read as"),
    (POOL, "Row0= 2.5, 5.25Row1 = -1, 0", ""),
    (POOL, "a11 = 2.5, a12 = 5.25 a21 = -1, a22 = 0", ""),
    (POOL, "2.5 | 5.25\n-1 || 0", "cells left open"),
    (POOL, "<table><tr>td>2.5</td><td>5.25</td></tr><tr><td>-1</td><td>0</td></tr></table>", "in none of its cells"),
    (POOL, "y[0][0] = 2.5\ny[0][1] = 5.25\ny[1][0] = -1", ""),
    (POOL, "y[0][0] = 2.5\ny[0][1] = 5.25\ny[1][0] = -1\ny[1][0] = 0", ""),
    (POOL, "x[0][0] = 2.5\nx[0][1] = 5.25\nx[1][0] = -1\nx[1][1] = 0", ""),
    (POOL, "kernel[0,0] = 2.5\nkernel[0,1] = 5.25\nkernel[1,0] = -1\nkernel[1,1] = 0", ""),
    (POOL, "y[0][0] = 2.5\nx[0][1] = 5.25\ny[1][0] = -1\ny[1][1] = 0", ""),
    (SINGLES, "43\n21", "arranged as 2×1, not as 2×2"),
    (SINGLES, "17\n132", "132 may be several numbers that run together"),
    (SINGLES, "4321", "arranged as 1×1"),
    (SINGLES, "43; 20", "arranged as 2×1"),
    (SINGLES, "4 3; 2 one", "cell (1, 1) has 'one', which cannot be read as a number"),
    (SINGLES, "4 3; 2 l", "cell (1, 1) has 'l', which cannot be read as a number"),
    (LAST, "[[[5, 7], [9, 6]], [[50, 70], [90, 60]]]", "one array or a grid for each channel"),
    (LAST, "[[[5, 7], [9, 6]], [[50, 70], [90, 61]]]", "one array or a grid for each channel"),
    (HALVES, "[[[5, 7], [9, 6]], [[51, 72], [92, 62]]]", "one array or a grid for each channel"),
    (CHANNELS, "5 8    6 7\n7 9    4 8", "arranged as"),
]


@pytest.mark.parametrize(("trace", "text", "why"), UNREADABLE, ids=[text[:40] for _trace, text, _why in UNREADABLE])
def test_what_is_not_surely_read_is_not_marked(trace: sw.Trace, text: str, why: str) -> None:
    verdict = Marker(trace).check(text)
    assert verdict.problem
    assert why in verdict.problem


def test_numbers_of_three_decimals_are_decimals_where_nothing_large_is_due() -> None:
    assert Marker(THIRDS).check("2,333 3,333\n2,667 3,000").correct


CHAIN = """stepwise: 1
input: "1 -2; -3 4"
layers: [ReLU(), MaxPool2D(2)]
parts: [{layer: 0, points: 3, title: After ReLU}, {layer: 1, points: 1, title: The largest}]
"""


@pytest.mark.parametrize(
    "text",
    [
        "After ReLU\n1 0\n0 4\n\nThe largest\n4",
        "1. After ReLU: 1 0; 0 4\n2. The largest: 4",
        "## After ReLU\n\n1 0\n0 4\n\n## The largest\n\n4",
        "**After ReLU:**\n```\n1 0\n0 4\n```\n**The largest:** 4",
        '{"After ReLU": [[1, 0], [0, 4]], "The largest": 4}',
    ],
)
def test_parts_are_found_by_their_names(text: str) -> None:
    exercise = read_exercise(CHAIN)
    for handed_in in (text, [text]):
        assert exercise.check(handed_in).correct
