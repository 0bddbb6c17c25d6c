"""The lesson file: every key, and every mistake with its line, what was found and what was expected."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stepwise.document.blocks import Steps
from stepwise.errors import FileError, StepwiseError
from stepwise.io.inputs import sample_digit
from stepwise.lesson_files.lesson_file import LessonFileError
from stepwise.lesson_files.reading import load_lesson_file, read_lesson

SMALLEST = "stepwise: 1\ninput: 4 3; 2 1\nlayers:\n  - MaxPool2D(2)\n"


def told(text: str) -> str:
    return read_lesson(text).lesson().text()


def test_the_smallest_one() -> None:
    lesson = read_lesson(SMALLEST).lesson()
    assert lesson.title == "Max pooling: 2×2 window, stride 2, VALID padding"
    assert "max(4, 3, 2, 1) = 4" in lesson.text()


def test_title_and_language() -> None:
    lesson = read_lesson(SMALLEST + "title: By hand\nlanguage: en\n").lesson()
    assert (lesson.title, lesson.language) == ("By hand", "en")


@pytest.mark.parametrize("asked", ["layers: [MaxPool2D(2)]", "compare: [MaxPool2D(2), AveragePooling2D(2)]"])
def test_the_authors_own_words_stand_under_the_title(asked: str) -> None:
    words = "lead: >\n  Where a book <b>went wrong</b>:\n  see for yourself.\n"
    lesson = read_lesson(f"stepwise: 1\ninput: 4 3; 2 1\n{asked}\n{words}").lesson()
    assert lesson.lead == ("Where a book <b>went wrong</b>: see for yourself.",)
    assert "Where a book &lt;b&gt;went wrong&lt;/b&gt;: see for yourself." in lesson.html()


@pytest.mark.parametrize(
    "written",
    [
        "[[4, 3], [2, 1]]",
        '"4 3; 2 1"',
        "4 3; 2 1",
        "|\n  4 3\n  2 1",
        "\n  - [4, 3]\n  - [2, 1]",
        '[[4, "6/2"], [2, 1]]',
    ],
)
def test_input_is_written_in_many_ways(written: str) -> None:
    array = read_lesson(f"stepwise: 1\ninput: {written}\nlayers: MaxPool2D(2)").input
    assert array.tolist() == [[4, 3], [2, 1]]


def test_numbers_that_yaml_reads_in_its_own_way() -> None:
    array = read_lesson("stepwise: 1\ninput: [[1e3, 0x10, 1_000, .inf, -.5]]\nlayers: MaxPool2D(1)").input
    assert array.tolist() == [[1000.0, 16, 1000, float("inf"), -0.5]]


@pytest.mark.parametrize("suffix", ["csv", "json", "npy"])
def test_input_from_a_file_beside_it(suffix: str, tmp_path: Path) -> None:
    if suffix == "npy":
        np.save(tmp_path / "x.npy", np.array([[4, 3], [2, 1]]))
    else:
        (tmp_path / f"x.{suffix}").write_text({"csv": "4,3\n2,1\n", "json": "[[4, 3], [2, 1]]"}[suffix])
    lesson = tmp_path / "lesson.yaml"
    lesson.write_text(f"stepwise: 1\ninput: {{file: x.{suffix}}}\nlayers: [MaxPool2D(2)]")
    assert load_lesson_file(lesson).input.tolist() == [[4, 3], [2, 1]]


def test_a_digit_divided() -> None:
    array = read_lesson("stepwise: 1\ninput: {mnist: 3, divide: 255}\nlayers: [MaxPool2D(2)]").input
    assert np.array_equal(array, sample_digit(3) / 255)


def test_random_numbers_are_the_same_every_time() -> None:
    text = "stepwise: 1\ninput: {random: {shape: [4, 5], low: -2, high: 3, seed: 9}}\nlayers: [MaxPool2D(2)]"
    first, again = read_lesson(text).input, read_lesson(text).input
    assert first.shape == (4, 5)
    assert np.array_equal(first, again)
    assert {*first.ravel().tolist()} <= {-2, -1, 0, 1, 2, 3}
    other = read_lesson(text.replace("9", "10")).input
    assert not np.array_equal(first, other)


def test_a_chain_with_weights_by_layer() -> None:
    text = """
stepwise: 1
input: [[1, 0], [0, 1]]
layers: ["Conv2D(1, 2)", "ReLU()"]
weights:
  - kernel: [[1, 0], [0, 1]]
    bias: [-5]
"""
    assert "1·1 + 0·0 + 0·0 + 1·1 + (-5) = -3" in told(text)
    assert "max(0, -3) = 0" in told(text)
    numbered = text.replace("  - kernel", "  0:\n    kernel")
    assert "= -3" in told(numbered)


@pytest.mark.parametrize("asked", ["layers: [ReLU(), 'Conv2D(1, 2)']", "compare: ['Conv2D(1, 2)', 'Conv2D(1, 2, 2)']"])
def test_weights_by_name_are_those_of_the_layer_that_has_weights(asked: str) -> None:
    text = f"stepwise: 1\ninput: 1 2 3; 4 5 6; 7 8 9\n{asked}\nweights:\n  kernel: 1 0; 0 1\n  bias: 1"
    told = read_lesson(text).lesson().text()
    assert "1·1 + 2·0 + 4·0 + 5·1 + 1 = 7" in told
    with pytest.raises(LessonFileError, match="line 4: found weights: by name, where 2 layers have weights"):
        read_lesson(text.replace(asked, "layers: ['Conv2D(1, 1)', 'Conv2D(1, 2)']"))


def test_a_mistake_in_a_weight_names_the_line_of_that_weight() -> None:
    text = "stepwise: 1\ninput: 1 2; 3 4\nlayers:\n  - Conv2D(1, 2)\nweights:\n  - kernel: 1 0; 0 1\n    bias: [0, 0]"
    with pytest.raises(LessonFileError, match=r"line 7: the bias has shape \(2,\).*axis 0 \(filters\)"):
        read_lesson(text).lesson()
    with pytest.raises(LessonFileError, match="line 6: the kernel is ragged"):
        read_lesson(text.replace("0 1\n", "0 1 1\n")).lesson()
    with pytest.raises(LessonFileError, match=r"line 7: .*has no bais"):
        read_lesson(text.replace("bias", "bais")).lesson()


def test_two_calls_side_by_side_each_with_weights() -> None:
    text = """
stepwise: 1
input: [[1, 2], [3, 4]]
compare: ["Conv2D(1, 2)", "Conv2D(1, 2, padding='same')"]
weights: [{kernel: [[1, 0], [0, 1]]}, {kernel: [[0, 1], [1, 0]]}]
"""
    told_ = told(text)
    assert "1·1 + 2·0 + 3·0 + 4·1 + 0 = 5" in told_
    assert "1·0 + 2·1 + 3·1 + 4·0 + 0 = 5" in told_


def steps(text: str, detail: str | None = None) -> int:
    lesson = read_lesson(text).lesson(detail)
    return sum(len(b.steps) for s in lesson.sections for b in s.blocks if isinstance(b, Steps))


def test_which_steps_are_told() -> None:
    digit = "stepwise: 1\ninput: {mnist: 0}\nlayers: [MaxPool2D(4)]\n"
    assert 0 < steps(digit) < 49
    assert steps(digit + "show: {steps: all, practice: true}") == 49
    assert steps(digit + "show: {steps: none}") == 0
    assert steps(digit + "show: {steps: none}", "all") == 49, "what is asked on the command line comes first"
    both = digit.replace("layers: [MaxPool2D(4)]", "compare: [MaxPool2D(4), AveragePooling2D(4)]")
    assert steps(both + "show: {steps: all}") == 98


# Mistakes: (the file, the line that is named, words that must be there).
MISTAKES = [
    ("stepwise: 2\ninput: 1\nlayers: [MaxPool2D(1)]", 1, ["stepwise: 2", "expected stepwise: 1"]),
    ("stepwise: true\ninput: 1\nlayers: [MaxPool2D(1)]", 1, ["stepwise: true", "expected stepwise: 1"]),
    ("input: 1\nlayers: [MaxPool2D(1)]", 1, ["no stepwise:", "expected stepwise: 1"]),
    (SMALLEST + "tile: x", 5, ["no key 'tile'", "Did you mean title?"]),
    (SMALLEST + "zzz: x", 5, ["no key 'zzz'", "stepwise, title, language"]),
    (SMALLEST + "{{7*7}}: x", 5, ["a key is a list or has keys itself"]),
    ("stepwise: 1\nlayers: [MaxPool2D(1)]", 1, ["no input:", "input: 4 3; 2 1"]),
    ("stepwise: 1\ninput: 4 3; 2 1", 1, ["neither layers: nor compare:"]),
    (SMALLEST + "compare: [MaxPool2D(2), MaxPool2D(1)]", 3, ["both layers: and compare:"]),
    ("stepwise: 1\ninput: 1\ncompare: [MaxPool2D(1)]", 3, ["1 call in compare:", "expected two"]),
    ("stepwise: 1\ninput: 1\nlayers: []", 3, ["no call in layers:", "MaxPool2D(2)"]),
    ("stepwise: 1\ninput: 1\nlayers:", 3, ["nothing in layers:", "expected a call"]),
    ("stepwise: 1\ninput: 1\nlayers:\n  - MaxPool2D(1)\n  - 7", 3, ["7 in layers", "expected a call"]),
    ("stepwise: 1\ninput: 1\nlayers:\n  - MaxPool2D(1)\n\n  - MaxPol2D(1)", 6, ["MaxPol2D", "Did you mean MaxPool2D?"]),
    ("stepwise: 1\ninput: 1\nlayers:\n  - MaxPool2D(__import__('os'))", 4, ["pool_size", "__import__('os')"]),
    ("stepwise: 1\ninput: [[1, 2], [3]]\nlayers: [MaxPool2D(1)]", 2, ["ragged", "a list of 1", "others have 2"]),
    ("stepwise: 1\n\ninput: one b\nlayers: [MaxPool2D(1)]", 3, ["'one'", "row 1, column 1", "number belongs"]),
    ("stepwise: 1\ninput:\nlayers: [MaxPool2D(1)]", 2, ["holds nothing", "numbers belong"]),
    ("stepwise: 1\ninput: []\nlayers: [MaxPool2D(1)]", 2, ["empty", "at least one number"]),
    ("stepwise: 1\ninput: 2020-01-01\nlayers: [MaxPool2D(1)]", 2, ["where numbers belong"]),
    ("stepwise: 1\ninput: {fil: x.csv}\nlayers: [MaxPool2D(1)]", 2, ["no input 'fil'", "Did you mean file?"]),
    ("stepwise: 1\ninput: {divide: 2}\nlayers: [MaxPool2D(1)]", 2, ["expected one of file:, mnist: and random:"]),
    ("stepwise: 1\ninput: {mnist: 0, random: {}}\nlayers: [MaxPool2D(1)]", 2, ["expected one of file:"]),
    ("stepwise: 1\ninput: {mnist: 20}\nlayers: [MaxPool2D(1)]", 2, ["no digit 20", "0 to 19"]),
    ("stepwise: 1\ninput: {mnist: -1}\nlayers: [MaxPool2D(1)]", 2, ["no digit -1"]),
    ("stepwise: 1\ninput: {mnist: x}\nlayers: [MaxPool2D(1)]", 2, ["no digit 'x'"]),
    ("stepwise: 1\ninput: {mnist: 0, divide: 0}\nlayers: [MaxPool2D(1)]", 2, ["divide: 0", "other than 0"]),
    ("stepwise: 1\ninput: {mnist: 0, divide: .nan}\nlayers: [MaxPool2D(1)]", 2, ["divide: nan"]),
    ("stepwise: 1\ninput: {mnist: 0, divide: yes it is}\nlayers: [MaxPool2D(1)]", 2, ["divide: 'yes it is'"]),
    ("stepwise: 1\ninput: {mnist: 0, divide: " + "9" * 400 + "}\nlayers: [MaxPool2D(1)]", 2, ["divide:"]),
    ("stepwise: 1\ninput: {random: 4}\nlayers: [MaxPool2D(1)]", 2, ["random: takes shape, low, high and seed"]),
    ("stepwise: 1\ninput: {random: {size: 4}}\nlayers: [MaxPool2D(1)]", 2, ["random: takes shape"]),
    ("stepwise: 1\ninput: {random: {shape: 4}}\nlayers: [MaxPool2D(1)]", 2, ["shape 4 must be a list"]),
    ("stepwise: 1\ninput: {random: {shape: [0]}}\nlayers: [MaxPool2D(1)]", 2, ["shape [0] must be a list"]),
    ("stepwise: 1\ninput: {random: {shape: [2], low: 3, high: 1}}\nlayers: [MaxPool2D(1)]", 2, ["low 3, high 1"]),
    ("stepwise: 1\ninput: {random: {shape: [2], seed: -3}}\nlayers: [MaxPool2D(1)]", 2, ["seed -3"]),
    ("stepwise: 1\ninput: {random: {shape: [100000, 10000]}}\nlayers: [MaxPool2D(1)]", 2, ["at most 268,435,456"]),
    ("stepwise: 1\ninput: {file: /etc/passwd}\nlayers: [MaxPool2D(1)]", 2, ["'/etc/passwd'", "lesson's own folder"]),
    ("stepwise: 1\ninput: {file: ../x.csv}\nlayers: [MaxPool2D(1)]", 2, ["'../x.csv'", "lesson's own folder"]),
    ("stepwise: 1\ninput: {file: 7}\nlayers: [MaxPool2D(1)]", 2, ["file: 7", "lesson's own folder"]),
    ('stepwise: 1\ninput: {file: "a\\0.csv"}\nlayers: [MaxPool2D(1)]', 2, ["lesson's own folder"]),
    ("stepwise: 1\ninput: {file: x.gif}\nlayers: [MaxPool2D(1)]", 2, [".csv, .txt, .json, .npy and .png"]),
    ("stepwise: 1\ninput: {file: none.csv}\nlayers: [MaxPool2D(1)]", 2, ["cannot read", "none.csv"]),
    (SMALLEST + "title: 7", 5, ["title: 7", "expected words"]),
    (SMALLEST + "lead: [7]", 5, ["lead: [7]", "expected words"]),
    (SMALLEST + "title: [a]", 5, ["title: ['a']", "expected words"]),
    (SMALLEST + "language: xx", 5, ["language: 'xx'", "expected en"]),
    (SMALLEST + "show: all", 5, ["show: 'all'", "steps: auto"]),
    (SMALLEST + "show: {step: all}", 5, ["show: 'step'", "practice:, alternatives:, matrix:, only:, knobs: or embed:"]),
    (SMALLEST + "show: {steps: 3}", 5, ["steps: 3", "auto, all or none"]),
    (SMALLEST + "weights: 4", 5, ["weights: 4", "a list"]),
    ("stepwise: 1\ninput: 1\ncompare: [MaxPool2D(1), MaxPool2D(1)]\nweights: [1, 2, 3]", 4, ["3 calls", "two"]),
    ("stepwise: 1\ninput: 4 3\nlayers:\n  - MaxPool2D(2)", 3, ["along the height", "does not fit into 1"]),
    (SMALLEST + "weights: {{a: 1}: 2, [1]: 3}", 5, ["found weights: for layer", "0 to 0"]),
    (SMALLEST + "weights: [{kernel: [1]}]", 5, ["no kernel", "no weights"]),
    ("stepwise: 1\ninput: 4 3; 2 1\nlayers: [Flatten()]\nweights: {5: 1}", 4, ["layer 5", "0 to 0"]),
    ("stepwise: 1\ninput: 1\ncompare: [Flatten(), Flatten()]", 3, ["Flatten() has no window"]),
    ("stepwise: 1\nstepwise: 1", 2, ["not YAML", "duplicate key"]),
    ("stepwise: [1", 1, ["not YAML"]),
    ("stepwise: 1\n\ttitle: x", 2, ["not YAML"]),
    ("a: &x [1]\nb: *x", 2, ["the alias *x", "written out"]),
    ("stepwise: 1\ninput: !!python/object/apply:os.system [id]", 2, ["the tag", "os.system", "plain value"]),
    ("stepwise: 1\ntitle: !foo bar", 2, ["the tag", "plain value"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "expected"), MISTAKES, ids=[f"{n}" for n in range(len(MISTAKES))])
def test_a_mistake_names_its_line_what_was_found_and_what_was_expected(
    text: str, line: int, expected: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "lesson.yaml"
    file.write_text(text)
    with pytest.raises(LessonFileError) as caught:
        load_lesson_file(file).lesson()
    sentence = str(caught.value)
    assert sentence.startswith(f"{file}, line {line}: ")
    assert "\n" not in sentence
    for words in expected:
        assert words in sentence


@pytest.mark.parametrize("text", ["", "\n\n# only a comment\n", "~"])
def test_an_empty_file(text: str) -> None:
    with pytest.raises(LessonFileError, match=r"^the lesson is empty; a lesson file begins with stepwise: 1$"):
        read_lesson(text)


@pytest.mark.parametrize("text", ["- 1\n- 2", "just words", "42"])
def test_a_file_that_is_something_else(text: str) -> None:
    with pytest.raises(LessonFileError, match="expected keys such as stepwise: 1"):
        read_lesson(text)


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    file = tmp_path / "lesson.yaml"
    file.write_bytes(b"stepwise: 1\n\xff\xfe")
    with pytest.raises(FileError, match=r"not a text file in UTF-8 \(byte 12\)"):
        load_lesson_file(file)
    with pytest.raises(FileError, match=r"cannot read .*none\.yaml"):
        load_lesson_file(tmp_path / "none.yaml")
    with pytest.raises(FileError, match="cannot read"):
        load_lesson_file(tmp_path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "lesson.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + SMALLEST.encode())
    assert load_lesson_file(file).input.tolist() == [[4, 3], [2, 1]]


def test_a_few_aliases_must_not_become_a_billion_values() -> None:
    rows = ["a0: &a0 [1,1,1,1,1,1,1,1,1]"] + [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    with pytest.raises(LessonFileError, match=r"line 2: found the alias \*a0"):
        read_lesson("\n".join(rows))
    merged = "a: &a {x: 1}\nb:\n  <<: *a\n"
    with pytest.raises(LessonFileError, match=r"line 3: found the merge key <<, expected its keys written out"):
        read_lesson(merged)


@pytest.mark.parametrize(
    "where", ["a: [{x: 1, <<: 3}]", "a: {b: [1, {c: <<}], <<: 1}", "? <<\n: 1", "a: {[1]: {<<: {b: 1}}}"]
)
def test_a_merge_key_is_one_as_a_key_alone(where: str) -> None:
    with pytest.raises(LessonFileError, match="found the merge key <<"):
        read_lesson(SMALLEST + where)
    assert read_lesson(SMALLEST + "title: <<").lesson().title == "<<"
    assert read_lesson(SMALLEST + "title: a\nworksheet: {instructions: <<}").worksheet == {"instructions": "<<"}


def test_stars_and_exclamation_marks_in_words_are_only_words() -> None:
    assert read_lesson(SMALLEST + "title: Stop! 2*3 * *is six*").lesson().title == "Stop! 2*3 * *is six*"
    assert read_lesson(SMALLEST + 'title: "*a & !b"').lesson().title == "*a & !b"


def test_a_huge_file_is_not_even_parsed() -> None:
    with pytest.raises(LessonFileError, match="longer than the 2,000,000 characters"):
        read_lesson(SMALLEST + "#" * 2_000_000)


def test_a_deeply_nested_file_is_one_sentence() -> None:
    with pytest.raises(StepwiseError) as caught:
        read_lesson("stepwise: 1\ninput: " + "[" * 1500 + "]" * 1500)
    assert "\n" not in str(caught.value)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("1 2")
    folder = tmp_path / "lessons"
    folder.mkdir()
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(LessonFileError, match="does not lie in the lesson's own folder"):
        read_lesson("stepwise: 1\ninput: {file: link.csv}\nlayers: [MaxPool2D(1)]", folder=folder)
    (folder / "circle.csv").symlink_to(folder / "circle.csv")
    with pytest.raises(LessonFileError):
        read_lesson("stepwise: 1\ninput: {file: circle.csv}\nlayers: [MaxPool2D(1)]", folder=folder)
    (folder / "sub").mkdir()
    (folder / "sub" / "x.csv").write_text("1 2")
    found = read_lesson("stepwise: 1\ninput: {file: sub/x.csv}\nlayers: [MaxPool2D(1)]", folder=folder)
    assert found.input.tolist() == [[1, 2]]
