"""`stepwise backward`: what it prints, in every format, and what it says of a mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import run

CONV = ("backward", "Conv2D(1, 2)", "--input", "1 2 0; 3 1 2; 0 4 1", "--kernel", "1 0; 2 -1")
DENSE = ("backward", "Dense(2)", "--input", "1 2", "--kernel", "1 0; 0 1")


def test_a_kernels_gradient_alone() -> None:
    said = run(*CONV, "--grad", "1 2; 0 -1", "--for", "kernel")
    assert (said.status, said.err) == (0, "")
    # 1·1 + 2·2 + 0·3 - 1·1 = 4 and so on, worked out by hand
    assert "1·1 + 2·2 + 0·3 + (-1)·1 = 4" in said.out
    assert "1·2 + 2·0 + 0·1 + (-1)·2 = 0" in said.out
    assert "1·3 + 2·1 + 0·0 + (-1)·4 = 1" in said.out
    assert "1·1 + 2·2 + 0·4 + (-1)·1 = 4" in said.out
    assert "for its kernel" in said.out
    assert "for its input" not in said.out


def test_all_gradients_and_an_update() -> None:
    said = run(*DENSE, "--loss", "mse", "--target", "0 0", "--update", "0.1")
    assert (said.status, said.err) == (0, "")
    for due in ("((1 - 0)^2 + (2 - 0)^2) / 2 = 2.5", "1 - 0.1·1 = 0.9", "1 - 0.1·4 = 0.6", "for its bias"):
        assert due in said.out, due
    # y = (1, 2) - 0.1·((1, 2)·x·x + (1, 2)) with x·x = 5 is (0.4, 0.8): the loss is 0.4
    assert "With the new weights, the forward pass gives the loss 0.4; before it was 2.5." in " ".join(said.out.split())


@pytest.mark.parametrize("suffix", ["html", "md", "tex", "typ", "pdf", "xlsx", "txt", "json"])
def test_every_format(suffix: str, tmp_path: Path) -> None:
    for number, request in enumerate(
        ((*CONV, "--grad", "1 2; 0 -1"), (*DENSE, "--loss", "mse", "--target", "1 0", "--update", "1"))
    ):
        file = tmp_path / f"{number}.{suffix}"
        said = run(*request, "-o", str(file))
        assert said.status == 0, said.err
        assert file.stat().st_size > 400


def test_a_lesson_file_has_its_own_request_and_options_come_before_it(tmp_path: Path) -> None:
    file = tmp_path / "lesson.yaml"
    file.write_text(
        "stepwise: 1\ninput: 1 2\nlayers: [Dense(2)]\nweights: {kernel: [[1, 0], [0, 1]]}\n"
        "backward: {loss: cross_entropy, target: 1}\nupdate: {lr: 0.5}\n"
    )
    told = json.loads(run("explain", str(file), "--to", "json").out)
    assert told["title"] == "One training step"
    assert "0.5" in run("backward", str(file)).out
    other = run("backward", str(file), "--loss", "mse", "--target", "1 2")
    assert "((1 - 1)^2 + (2 - 2)^2) / 2 = 0" in other.out


@pytest.mark.parametrize(
    ("words", "due"),
    [
        (("--grad", "1 2 3"), "the gradient has shape (1, 3), but the output (1, 2): axis 1 is 3 and should be 2"),
        (("--loss", "mse", "--target", "1 0 2"), "the target has shape (1, 3), but the output (1, 2)"),
        (("--loss", "cross_entropy", "--target", "2"), "no class: the output has 2 classes, numbered from 0 to 1"),
        (("--loss", "cross_entropy", "--target", "-1"), "the target -1 is no class"),
        (("--loss", "cross_entropy", "--target", "0.5"), "the target 0.5 is no class"),
        (("--loss", "cross_entropy", "--target", "1 1"), "the target's probabilities add up to 2; those of one sample"),
        (("--loss", "cross_entropy", "--target", "1 2 3"), "a class number from 0 to 1, or probabilities of shape"),
        (("--loss", "binary_cross_entropy", "--target", "1 3"), "the target 3 is no probability"),
        (("--loss", "mse", "--target", "nan 0"), "the target holds nan; give finite numbers"),
        (("--loss", "mes", "--target", "1 0"), "it is mse, cross_entropy or binary_cross_entropy. Did you mean mse?"),
        (("--loss", "mse"), "the loss mse needs a target, what should have come out; add --target"),
        (("--target", "1 0"), "a target was given, but no loss; add --loss"),
        ((), "give the upstream gradient with --grad, or a loss with --loss"),
        (("--grad", "1 2", "--loss", "mse", "--target", "1 0"), "give either an upstream gradient or a loss, not both"),
        (("--grad", "1 2", "--for", "weigths"), "there is no gradient for 'weigths' here; it is input, kernel or bias"),
        (("--grad", "1 2", "--update", "0"), "the learning rate is 0.0; it must be a number above 0, such as 0.1"),
        (("--grad", "1 2", "--update", "-1"), "the learning rate is -1.0; it must be a number above 0"),
        (("--grad", "1 2", "--update", "nan"), "the learning rate is nan; it must be a number above 0"),
        (("--grad", "1 2", "--update", "fast"), "fast"),
        (("--grad", "1 2", "--update", "1", "--momentum", "1"), "the momentum is 1.0; it must be a number from 0 to"),
        (("--grad", "1 2", "--update", "1", "--weight-decay", "-1"), "the weight decay is -1.0"),
        (("--grad", "1 2", "--momentum", "0.9"), "--momentum and --weight-decay belong to an update; add --update"),
        (("--grad", "one two"), "the gradient"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(words: tuple[str, ...], due: str) -> None:
    said = run(*DENSE, *words)
    assert said.status == 2
    assert due in said.err, said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_layers_without_weights_are_not_updated() -> None:
    said = run("backward", "MaxPool2D(2)", "--input", "1 2; 3 4", "--grad", "1", "--update", "0.1")
    assert (said.status, said.err.count("\n")) == (2, 1)
    assert "no layer has weights that are learned" in said.err


PAIR = (
    "compare",
    "Conv2D(1, 2)",
    "Conv2D(1, 2, padding='same')",
    "--input",
    "1 2 0; 3 1 2; 0 4 1",
    "--kernel",
    "1 0; 2 -1",
)


def test_two_calls_are_compared_there_and_back() -> None:
    said = run(*PAIR, "--grad", "1", "--for", "kernel")
    assert (said.status, said.err) == (0, "")
    text = " ".join(said.out.split())
    assert "VALID: 1·1 + 1·2 + 1·3 + 1·1 = 7" in text
    assert "SAME: 1·1 + 1·2 + 1·0 + 1·3 + 1·1 + 1·2 + 1·0 + 1·4 + 1·1 = 14" in text
    each = run(*PAIR, "--grad", "1 2; 3 4", "--grad", "1 0 0; 0 0 0; 0 0 0").out
    assert "VALID: 1·1 + 2·2 + 3·3 + 4·1 = 18" in " ".join(each.split())
    # of numbers all 0 but the targets: 2·(y - t) / n, with y the maximum and the mean of 4 3 2 1
    pools = run(
        "compare", "MaxPool2D(2)", "AveragePooling2D(2)", "--input", "4 3; 2 1", "--loss", "mse", "--target", "0"
    ).out
    assert "The losses are 16 and 6.25." in " ".join(pools.split())


@pytest.mark.parametrize(
    ("options", "due"),
    [
        (("--target", "1"), "--target belongs to a loss; add --loss"),
        (("--for", "kernel"), "--for chooses among gradients; add --grad"),
        (("--grad", "1", "--grad", "1", "--grad", "1"), "--grad was given 3 times; give it once for both calls"),
        (("--grad", "1 2 3"), "the gradient has shape (1, 3), but the output (2, 2)"),
        (("--grad", "1", "--for", "weights"), "there is no gradient for 'weights' here"),
        (("--grad", "1", "--loss", "mse", "--target", "0"), "give either an upstream gradient or a loss, not both"),
    ],
)
def test_what_does_not_fit_a_comparison_is_told(options: tuple[str, ...], due: str) -> None:
    said = run(*PAIR, *options)
    assert said.status == 2
    assert due in said.err
    assert len(said.err.strip().splitlines()) == 1
