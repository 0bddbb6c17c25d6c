"""What is said of functions of one cell: one record each, as in `phrases.py`."""

from __future__ import annotations

from ..arithmetic import shown
from ..language import _
from ..ops import ELU, GELU, SELU, HardSigmoid, Softplus
from ..rules.tree import Rule, X, above, at_most, equal, missing
from ..traces.trace import Trace
from .checks import clip_check, relu_check
from .lines import OTHERWISE, Lines, always, of_clip, of_identity, of_relu, undefined
from .records import Phrases, of_cells
from .sentences import clip_instruction, identity_instruction, relu_instruction


def _below(trace: Trace) -> str:
    """What ELU makes of an x below 0."""
    elu = trace.layer.operation
    assert isinstance(elu, ELU)
    return "exp(x) − 1" if elu.alpha == 1 else f"{shown(elu.alpha)}·(exp(x) − 1)"


def _selu_words(trace: Trace) -> dict[str, str]:
    """What SELU multiplies by above 0, and what it makes of an x below."""
    selu = trace.layer.operation
    assert isinstance(selu, SELU)
    return {"gamma": shown(selu.gamma), "below": f"{shown(selu.gamma * selu.alpha)}·(exp(x) − 1)"}


def of_selu(trace: Trace) -> Lines:
    words = _selu_words(trace)
    return (
        (missing(X), _("NaN stays NaN."), 1),
        (above(X, 0), _("A positive number is multiplied by {gamma}.").format(**words), 1),
        (equal(X, 0), _("0 stays 0."), 1),
        (OTHERWISE, _("A number x below 0 becomes {below}.").format(**words), 1),
    )


def _prelu_instruction(trace: Trace) -> str:
    if trace.inputs["slope"].size == 1:
        return _("keep positive numbers, and multiply those below 0 by the slope, which is learned")
    return _("keep positive numbers, and multiply those below 0 by their slope: each has its own, which is learned")


def _by_tanh(trace: Trace) -> bool:
    gelu = trace.layer.operation
    assert isinstance(gelu, GELU)
    return gelu.by_tanh


def _gelu_instruction(trace: Trace) -> str:
    if _by_tanh(trace):
        return _(
            "multiply every number x by nearly the share of a standard normal distribution that lies below x, worked "
            "out with a hyperbolic tangent"
        )
    return _("multiply every number x by the share of a standard normal distribution that lies below x")


def of_gelu(trace: Trace) -> Lines:
    said = _("(1 + erf(x / √2)) / 2 is the share of a standard normal distribution that lies below x.")
    if _by_tanh(trace):
        said = _(
            "0.798 is √(2 / π). Half of 1 + tanh(…) is nearly the share of a normal distribution that lies below x."
        )
    return ("", said), (missing(X), _("NaN stays NaN."), 1), *undefined()[1:]


def _softplus(trace: Trace) -> Softplus:
    softplus = trace.layer.operation
    assert isinstance(softplus, Softplus)
    return softplus


def _softplus_instruction(trace: Trace) -> str:
    """With PyTorch's beta and threshold, where they are not its own."""
    softplus = _softplus(trace)
    scaled = "x" if softplus.beta == 1 else f"{shown(softplus.beta)}·x"
    curve = f"ln(1 + exp({scaled}))" + ("" if softplus.beta == 1 else f" / {shown(softplus.beta)}")
    if softplus.threshold is None:
        return _("replace every x by {curve}").format(curve=curve)
    cut = _("keep every x for which {scaled} is above {threshold}, and replace every other x by {curve}")
    return cut.format(scaled=scaled, threshold=shown(softplus.threshold), curve=curve)


def _softplus_check(trace: Trace) -> str:
    if _softplus(trace).beta < 0:
        return _("No result is above 0, or above its own number.")
    return _("No result is below 0, or below its own number.")


def of_softplus(trace: Trace) -> Lines:
    softplus = _softplus(trace)
    near = _("Far above 0, the result is near the number itself; far below 0, it is near 0.")
    if softplus.beta < 0:
        near = _("Far below 0, the result is near the number itself; far above 0, it is near 0.")
    lines: Lines = ((missing(X), _("NaN stays NaN."), 1),)
    if softplus.threshold is not None:
        scaled: Rule = X if softplus.beta == 1 else softplus.beta * X
        kept = _("This number is so large that it is kept as it is.")
        if softplus.beta < 0:
            kept = _("This number is so far below 0 that it is kept as it is.")
        lines += ((above(scaled, softplus.threshold), kept, 1),)
    return *lines, (OTHERWISE, near, 1)


def _hard_sigmoid(trace: Trace) -> HardSigmoid:
    hard = trace.layer.operation
    assert isinstance(hard, HardSigmoid)
    return hard


def _line_of(hard: HardSigmoid) -> str:
    sign = "−" if hard.beta < 0 else "+"
    return f"{shown(hard.alpha or 0)}·x {sign} {shown(abs(hard.beta))}"


def _hard_sigmoid_instruction(trace: Trace) -> str:
    hard = _hard_sigmoid(trace)
    if hard.alpha is None:
        return _("add 3 to every number, replace what is below 0 by 0 and what is above 6 by 6, and divide by 6")
    line = _("work out {line} for every number x, and replace what is below 0 by 0 and what is above 1 by 1")
    return line.format(line=_line_of(hard))


def of_hard_sigmoid(trace: Trace) -> Lines:
    hard = _hard_sigmoid(trace)
    line: Rule = (X + 3) / 6 if hard.alpha is None else hard.alpha * X + hard.beta
    return (
        (missing(X), _("NaN stays NaN."), 1),
        (at_most(line, 0), _("Here the straight line is not above 0, so the result is 0."), 1),
        (above(1, line), _("Between 0 and 1, the straight line is the result."), 1),
        (OTHERWISE, _("Here the straight line is not below 1, so the result is 1."), 1),
    )


def of_hardswish(trace: Trace) -> Lines:
    return (
        (missing(X), _("NaN stays NaN."), 1),
        (above(X, 3), _("A number of 3 or more is unchanged."), 1),
        (equal(X, 3), _("A number of 3 or more is unchanged."), 1),
        (above(X, -3), _("Between −3 and 3, x is multiplied by (x + 3) / 6."), 1),
        (OTHERWISE, _("A number of −3 or less becomes 0."), 1),
        *undefined()[1:],
    )


def _curved(sentence: str) -> Lines:
    return ("", sentence), (missing(X), _("NaN stays NaN."), 1), *undefined()[1:]


ACTIVATIONS: dict[str, Phrases] = {
    "relu": Phrases(
        noun=lambda: _("ReLU"),
        instruction=relu_instruction,
        padding=lambda trace: (),
        check=relu_check,
        lines=of_relu,
    ),
    "clip": Phrases(
        noun=lambda: _("Clip"),
        instruction=clip_instruction,
        padding=lambda trace: (),
        check=clip_check,
        lines=of_clip,
    ),
    "sigmoid": of_cells(
        lambda: _("Sigmoid"),
        lambda: _("map every number to one between 0 and 1"),
        lambda: _("Every result is from 0 to 1, and a larger number never gives a smaller result."),
        always(
            lambda: _("A number far above 0 gives a result near 1; a number far below 0, a result near 0."),
            nan=True,
        ),
    ),
    "tanh": of_cells(
        lambda: _("Tanh"),
        lambda: _("map every number to one between −1 and 1"),
        lambda: _("Every result is from −1 to 1, and has the sign of its number."),
        always(lambda: _("The hyperbolic tangent has the sign of the number, and lies from −1 to 1."), nan=True),
    ),
    "elu": Phrases(
        noun=lambda: _("ELU"),
        instruction=lambda trace: _("keep positive numbers, and replace every x below 0 by {below}").format(
            below=_below(trace)
        ),
        padding=lambda trace: (),
        check=lambda trace: _("Where the input is above {n}, the output equals the input.").format(n=0),
        lines=lambda trace: (
            (missing(X), _("NaN stays NaN."), 1),
            (above(X, 0), _("A positive number is unchanged."), 1),
            (equal(X, 0), _("0 stays 0."), 1),
            (OTHERWISE, _("A number x below 0 becomes {below}.").format(below=_below(trace)), 1),
        ),
    ),
    "prelu": Phrases(
        noun=lambda: _("PReLU"),
        instruction=_prelu_instruction,
        padding=lambda trace: (),
        check=lambda trace: _("Where the input is above {n}, the output equals the input.").format(n=0),
        lines=lambda trace: (
            (missing(X), _("NaN stays NaN."), 1),
            (above(X, 0), _("A positive number is unchanged."), 1),
            (equal(X, 0), _("0 stays 0."), 1),
            (OTHERWISE, _("A number below 0 is multiplied by its slope, which is learned."), 1),
        ),
    ),
    "selu": Phrases(
        noun=lambda: _("SELU"),
        instruction=lambda trace: _(
            "multiply positive numbers by {gamma}, and replace every x below 0 by {below}"
        ).format(**_selu_words(trace)),
        padding=lambda trace: (),
        check=lambda trace: _("Where the input is above 0, the output is {gamma} times the input.").format(
            **_selu_words(trace)
        ),
        lines=of_selu,
    ),
    "silu": of_cells(
        lambda: _("SiLU"),
        lambda: _("multiply every number x by its sigmoid, 1 / (1 + exp(−x))"),
        lambda: _("A number far above 0 is nearly unchanged, and no result is below −0.279."),
        lambda trace: _curved(_("The number is multiplied by its sigmoid: it is divided by 1 + exp(−x).")),
    ),
    "gelu": Phrases(
        noun=lambda: _("GELU"),
        instruction=_gelu_instruction,
        padding=lambda trace: (),
        check=lambda trace: _("A number far above 0 is nearly unchanged, and no result is below −0.171."),
        lines=of_gelu,
    ),
    "softplus": Phrases(
        noun=lambda: _("Softplus"),
        instruction=_softplus_instruction,
        padding=lambda trace: (),
        check=_softplus_check,
        lines=of_softplus,
    ),
    "log_sigmoid": of_cells(
        lambda: _("LogSigmoid"),
        lambda: _("take the logarithm of every number's sigmoid: replace every x by −ln(1 + exp(−x))"),
        lambda: _("No result is above 0, or above its own number."),
        always(lambda: _("Far below 0, the result is near the number itself; far above 0, it is near 0."), nan=True),
    ),
    "mish": of_cells(
        lambda: _("Mish"),
        lambda: _("multiply every number x by tanh(ln(1 + exp(x)))"),
        lambda: _("A number far above 0 is nearly unchanged, and no result is below −0.309."),
        lambda trace: _curved(_("The factor of x is near 1 far above 0, and near 0 far below 0.")),
    ),
    "hardtanh": Phrases(
        noun=lambda: _("Hardtanh"),
        instruction=clip_instruction,
        padding=lambda trace: (),
        check=clip_check,
        lines=of_clip,
    ),
    "hard_sigmoid": Phrases(
        noun=lambda: _("Hard sigmoid"),
        instruction=_hard_sigmoid_instruction,
        padding=lambda trace: (),
        check=lambda trace: _("Every result is from 0 to 1."),
        lines=of_hard_sigmoid,
    ),
    "hardswish": of_cells(
        lambda: _("Hard swish"),
        lambda: _("add 3 to every x, replace what is below 0 by 0 and what is above 6 by 6, and multiply by x / 6"),
        lambda: _("From 3 on, a number is unchanged; up to −3, it becomes 0."),
        of_hardswish,
    ),
    "softsign": of_cells(
        lambda: _("Softsign"),
        lambda: _("divide every number by 1 plus its absolute value"),
        lambda: _("Every result is from −1 to 1, and has the sign of its number."),
        lambda trace: _curved(_("Far from 0, the result is near 1 or −1.")),
    ),
    "absolute": of_cells(
        lambda: _("Absolute value"),
        lambda: _("take every number's distance from 0"),
        lambda: _("No result is below 0."),
        always(lambda: _("The bars mean the distance from 0: the number without its sign."), nan=True),
    ),
    "identity": Phrases(
        noun=lambda: _("Nothing to do"),
        instruction=identity_instruction,
        padding=lambda trace: (),
        check=lambda trace: _("Output and input are the same."),
        lines=of_identity,
    ),
}
