"""What is said of each operation, in one record: its name, its instruction, what padding means to it, a check, steps.

To add an operation: a record in `PHRASES`, keyed by the operation's name.
"""

from __future__ import annotations

from ..document.blocks import Prose
from ..document.inline import Strong
from ..formula import cause
from ..language import _, listed
from ..ops import Gradient
from ..rules.tree import Y, equal
from ..traces.step import Step
from ..traces.trace import Trace
from .activations import ACTIVATIONS
from .checks import (
    conv_check,
    dense_check,
    divide_check,
    gradient_check,
    lp_check,
    mean_check,
    norm_check,
    pad_check,
    softmax_check,
    unpool_check,
)
from .direction import DIRECTIONS
from .gradient_names import gradient_instruction
from .inline import inline, paragraph
from .lines import (
    Lines,
    in_order,
    mean_numbers,
    of_concat,
    of_conv,
    of_crop,
    of_dense,
    of_fold,
    of_inputs,
    of_linear,
    of_max,
    of_mean,
    of_median,
    of_min,
    of_norm,
    of_pad,
    of_scaled,
    of_softmax,
    of_transpose,
    of_transposed,
    of_unfold,
    of_unpool,
    undefined,
)
from .losses import LOSSES
from .nan import of_frameworks
from .norms import NORMS
from .records import Phrases, Said, of_cells
from .response import RESPONSE
from .sentences import (
    conv_instruction,
    crop_instruction,
    dense_instruction,
    depthwise_instruction,
    flatten_instruction,
    lp_instruction,
    mean_instruction,
    mean_padding,
    norm_instruction,
    pad_instruction,
    transposed_instruction,
    unpool_instruction,
    zero_padding,
)


def phrases(trace: Trace) -> Phrases:
    """The phrases of a trace's operation."""
    return PHRASES[trace.layer.operation.name]


def _lines_back(trace: Trace) -> Lines:
    from .gradients import gradient_lines  # the way back costs the way there nothing

    return gradient_lines()


PHRASES: dict[str, Phrases] = {
    "max_pool": Phrases(
        noun=lambda: _("Max pooling"),
        instruction=lambda trace: _("keep the largest number it covers"),
        padding=lambda trace: inline(
            _(
                "Padding is not data. In a maximum it counts as −∞, never as 0, so it **can never win**, not even "
                "where every number is negative."
            )
        ),
        check=lambda trace: _("Every number of the output is one of the numbers in its own window."),
        lines=of_max,
    ),
    "min_pool": Phrases(
        noun=lambda: _("Min pooling"),
        instruction=lambda trace: _("keep the smallest number it covers"),
        padding=lambda trace: inline(
            _("Padding is not data. In a minimum it counts as ∞, never as 0, so it **can never win**.")
        ),
        check=lambda trace: _("Every number of the output is one of the numbers in its own window."),
        lines=of_min,
    ),
    "median_pool": Phrases(
        noun=lambda: _("Median pooling"),
        instruction=lambda trace: _("put the numbers it covers in order, and keep the one in the middle"),
        padding=lambda trace: (_("Padding is not data, so it is left out when the numbers are put in order."),),
        check=lambda trace: _(
            "In each window, at most half of the numbers are smaller than the median, and at most half are larger."
        ),
        lines=of_median,
    ),
    "mean_pool": Phrases(
        noun=lambda: _("Average pooling"),
        instruction=mean_instruction,
        padding=mean_padding,
        check=mean_check,
        lines=of_mean,
        numbers=mean_numbers,
    ),
    "lp_pool": Phrases(
        noun=lambda: _("Lp pooling"),
        instruction=lp_instruction,
        padding=zero_padding,
        check=lp_check,
        lines=of_norm,
    ),
    "conv": Phrases(
        noun=lambda: _("Convolution"),
        instruction=conv_instruction,
        padding=zero_padding,
        check=conv_check,
        lines=of_conv,
    ),
    "depthwise_conv": Phrases(
        noun=lambda: _("Depthwise convolution"),
        instruction=depthwise_instruction,
        padding=zero_padding,
        check=conv_check,
        lines=of_conv,
    ),
    "conv_transpose": Phrases(
        noun=lambda: _("Transposed convolution"),
        instruction=transposed_instruction,
        padding=zero_padding,
        check=lambda trace: _("Both ways, spreading and gathering, give the same sums."),
        lines=of_transposed,
    ),
    "max_unpool": Phrases(
        noun=lambda: _("Max-unpooling"),
        instruction=unpool_instruction,
        padding=lambda trace: (),
        check=unpool_check,
        lines=of_unpool,
    ),
    "pad": Phrases(
        noun=lambda: _("Padding"),
        instruction=pad_instruction,
        padding=lambda trace: (),
        check=pad_check,
        lines=of_pad,
    ),
    "crop": Phrases(
        noun=lambda: _("Cropping"),
        instruction=crop_instruction,
        padding=lambda trace: (),
        check=lambda trace: _("Every number that is left is unchanged."),
        lines=of_crop,
    ),
    "nearest": of_cells(
        lambda: _("Nearest-neighbour resizing"),
        lambda: _("copy the number of the nearest input cell"),
        lambda: _("The output holds only numbers of the input."),
        of_crop,
    ),
    "linear": of_cells(
        lambda: _("Linear resizing"),
        lambda: _("take a mean of the input cells around the place of each output cell, weighted by how near they are"),
        lambda: _("The weights of a cell add up to 1, so no result lies outside the numbers around its place."),
        of_linear,
    ),
    "depth_to_space": of_cells(
        lambda: _("Depth to space"),
        lambda: _("lay the channels of every cell out as a block of cells"),
        lambda: _("Count the numbers: none is lost, and none is changed."),
        of_crop,
    ),
    "space_to_depth": of_cells(
        lambda: _("Space to depth"),
        lambda: _("put the cells of every block into channels, one behind the other"),
        lambda: _("Count the numbers: none is lost, and none is changed."),
        of_crop,
    ),
    "channel_shuffle": of_cells(
        lambda: _("Channel shuffle"),
        lambda: _("put the channels in another order: one of each group in turn"),
        lambda: _("Count the numbers: none is lost, and none is changed."),
        of_crop,
    ),
    "unfold": of_cells(
        lambda: _("Unfolding (im2col)"),
        lambda: _("write what lies under each place of the window as a column"),
        lambda: _("A number of the input occurs as often as there are windows that cover it."),
        of_unfold,
    ),
    "fold": of_cells(
        lambda: _("Folding (col2im)"),
        lambda: _("put every column back under its window, and add the numbers that fall on one cell"),
        lambda: _("Where windows do not overlap, every number of the output occurs once in the columns."),
        of_fold,
    ),
    "softmax": Phrases(
        noun=lambda: _("Softmax"),
        instruction=lambda trace: _("raise e to the power of each number, and divide by the sum of these powers"),
        padding=lambda trace: (),
        check=softmax_check,
        lines=of_softmax,
    ),
    "log_softmax": of_cells(
        lambda: _("LogSoftmax"),
        lambda: _(
            "take the natural logarithm of each number's softmax: subtract the largest number, and the logarithm of "
            "the sum of all exponentials"
        ),
        lambda: _("No result is above 0; e to the power of the results with the same sum adds up to 1."),
        lambda trace: (
            (
                equal(Y, Y),
                _("The logarithm is the natural one, with base e; the largest number is taken away first."),
                1,
            ),
            *undefined(),
        ),
    ),
    "flatten": Phrases(
        noun=lambda: _("Flatten"),
        instruction=flatten_instruction,
        padding=lambda trace: (),
        check=lambda trace: _("Count the numbers: none is lost, and none is changed."),
        lines=in_order,
    ),
    "dense": Phrases(
        noun=lambda: _("Dense layer"),
        instruction=dense_instruction,
        padding=lambda trace: (),
        check=dense_check,
        lines=of_dense,
    ),
    "matmul": of_cells(
        lambda: _("Matrix product"),
        lambda: _("multiply rows by columns, and add the products"),
        lambda: _("Every output cell is the dot product of a row and a column."),
        lambda trace: (
            ("", _("This is the dot product of a row of the first matrix and a column of the second.")),
            *undefined(),
        ),
    ),
    "batch_norm": Phrases(
        noun=lambda: _("Batch normalisation"),
        instruction=norm_instruction,
        padding=lambda trace: (),
        check=norm_check,
        lines=of_scaled,
    ),
    "add": of_cells(
        lambda: _("Addition"),
        lambda: _("add the inputs cell by cell"),
        lambda: _("Adding in the other order gives the same result."),
        of_inputs(lambda: _("The cells at the same place are added.")),
    ),
    "multiply": of_cells(
        lambda: _("Multiplication"),
        lambda: _("multiply the inputs cell by cell"),
        lambda: _("Multiplying in the other order gives the same result."),
        of_inputs(lambda: _("The cells at the same place are multiplied.")),
    ),
    "subtract": of_cells(
        lambda: _("Subtraction"),
        lambda: _("subtract the second input from the first, cell by cell"),
        lambda: _("Adding the second input again gives the first, where both are finite."),
        of_inputs(lambda: _("The cell of the second input is subtracted from that of the first.")),
    ),
    "magnitude": of_cells(
        lambda: _("Magnitude"),
        lambda: _("square the two inputs cell by cell, add the squares, and take the square root"),
        lambda: _("No result is below 0, and none is smaller than one of its two numbers without its sign."),
        of_inputs(lambda: _("The two squares are added, and the root of their sum is taken, as in a right triangle.")),
    ),
    "divide": Phrases(
        noun=lambda: _("Division"),
        instruction=lambda trace: _("divide the first input by the second, cell by cell"),
        padding=lambda trace: (),
        check=divide_check,
        lines=of_inputs(lambda: _("The cell of the first input is divided by that of the second.")),
    ),
    "concat": of_cells(
        lambda: _("Concatenation"),
        lambda: _("put the inputs side by side"),
        lambda: _("Count the numbers: none is lost, and none is changed."),
        of_concat,
    ),
    "reshape": of_cells(
        lambda: _("Reshape"),
        lambda: _("keep the numbers in reading order, and arrange them in another shape"),
        lambda: _("Count the numbers: none is lost, and none is changed."),
        in_order,
    ),
    "transpose": of_cells(
        lambda: _("Transpose"),
        lambda: _("put the axes in another order"),
        lambda: _("Count the numbers: none is lost, and none is changed."),
        of_transpose,
    ),
    "gradient": Phrases(
        noun=lambda: _("Gradient"),
        instruction=gradient_instruction,
        padding=lambda trace: (),
        check=gradient_check,
        lines=_lines_back,
    ),
}
PHRASES |= ACTIVATIONS | NORMS | RESPONSE | DIRECTIONS | LOSSES


def check_it(trace: Trace) -> Prose:
    """What the answer can be checked by."""
    return Prose(paragraph((Strong(_("Check it.")),), _rule_of(trace), of_frameworks(trace)))


def _rule_of(trace: Trace) -> str:
    """The operation's own; where there is NaN, it does not hold, and it is told what made NaN."""
    missing = trace.missing
    if not missing:
        return phrases(trace).check(trace)
    causes = list(dict.fromkeys(cause for at in missing for cause in _causes(trace.step(at))))
    if not causes:
        return _("A result that is NaN (not a number) cannot be checked.")
    return _("NaN (not a number) comes from {causes} here.").format(causes=listed(CAUSES[one]() for one in causes))


def _causes(step: Step) -> list[str]:
    """What made a result NaN; of NaN that was there before, where it was."""
    found = cause(step.formula)
    if found != "NaN":
        return [found] if found else []
    if isinstance(step.trace.layer.operation, Gradient):
        from .gradients import has_no_slope

        if has_no_slope(step):
            return ["slope"]
    given = any(tap.value != tap.value for tap in step.taps)
    came = "NaN back" if isinstance(step.trace.layer.operation, Gradient) else "NaN in"
    weighed = any(tap.weight is not None and tap.weight != tap.weight for tap in step.taps)
    if not WEIGHTS & step.trace.inputs.keys():  # two inputs, multiplied with each other
        return [came]
    return [*([came] if given else []), *(["NaN weight"] if weighed or not given else [])]


WEIGHTS = {"kernel", "bias", "gamma", "beta", "mean", "variance"}
"""What inputs are called that a layer keeps."""


CAUSES: dict[str, Said] = {
    "NaN in": lambda: _("NaN in the input"),
    "NaN back": lambda: _("NaN in the upstream gradient"),
    "NaN weight": lambda: _("NaN in the weights"),
    "∞ - ∞": lambda: _("∞ − ∞"),
    "0·∞": lambda: _("0·∞"),
    "0/0": lambda: _("0 / 0"),
    "∞/∞": lambda: _("∞ / ∞"),
    "slope": lambda: _("an output cell that has no derivative there"),
    "root": lambda: _("the root of a negative number"),
}
