"""Whose a name is: what `import` lines call it, and what of a script has nothing to do with its layers.

To add what is left out: a word in `LEFT_OUT`, or a method in `METHODS_LEFT_OUT`.
"""

from __future__ import annotations

import ast
import re

Path = tuple[str, ...]

SHORT = {
    "torch.nn.functional": "F",
    "nn.functional": "F",
    "torch.nn": "nn",
    "tf.keras.layers": "layers",
    "keras.layers": "layers",
}
"""How a lesson writes what stands before a layer's name, where the paste has a name of its own for it."""

LEFT_OUT = re.compile(
    r"print|display|summary|torchsummary|torchinfo|len|type|super|exit|plt\..*|.*pyplot\..*|"
    r"(torch\.)?optim\..*|.*optimizers\..*|.*losses\..*|.*metrics\..*|.*callbacks\..*|.*datasets?\..*|.*transforms\..*|"
    r".*DataLoader|(.*\.)?\w*Loss|criterion|loss(_\w+)?|accuracy|(.*\.)?(cross_entropy|mse_loss|nll_loss|l1_loss|binary_cross_entropy\w*)|"
    r".*\.(argmax|max|manual_seed|set_seed|seed|plot_model|clear_session|no_grad|device|is_available|save|load|to|"
    r"set_image_data_format|set_default_dtype|set_printoptions)"
)
"""Functions that make no layer and give none anything: whole dotted names."""
METHODS_LEFT_OUT = (
    "compile", "fit", "evaluate", "predict", "summary", "build", "eval", "train", "to", "cuda", "cpu", "parameters",
    "named_parameters", "state_dict", "load_state_dict", "zero_grad", "step", "backward", "half", "float", "double",
    "apply", "save", "save_weights", "load_weights", "get_weights", "set_weights", "modules", "children",
    "requires_grad_", "item", "numpy", "detach", "clone", "contiguous", "argmax", "max", "size", "dim",
)  # fmt: skip
"""Methods of a network, of what flows, and of what is not read."""
SAME_FLOW = (
    "expand_as",
    "to",
    "cuda",
    "cpu",
    "float",
    "double",
    "half",
    "detach",
    "clone",
    "contiguous",
    "numpy",
    "eval",
    "train",
)
"""Those that give back the very thing they belong to."""


class Imports:
    """What a paste's `import` lines say, and what is usual where it has none."""

    def __init__(self) -> None:
        self.known: dict[str, Path] = {}

    def read(self, node: ast.Import | ast.ImportFrom) -> None:
        """Take the names of an `import` line."""
        for one in node.names:
            if isinstance(node, ast.ImportFrom):
                self.known[one.asname or one.name] = (*(node.module or "").split("."), one.name)
            elif one.asname:
                self.known[one.asname] = tuple(one.name.split("."))

    def whole(self, path: Path) -> Path:
        """A dotted name with what it was imported from, and TensorFlow's and Keras's inner modules left out.

        >>> Imports().whole(("tensorflow", "python", "keras", "layers"))
        ('tf', 'keras', 'layers')
        """
        first, *rest = (*self.known.get(path[0], path[:1]), *path[1:])
        if first in ("tensorflow", "tf", "keras"):
            first = "tf" if first == "tensorflow" else first
            rest = [word for word in rest if word not in ("python", "api", "_api", "compat", "v1", "v2", "src")]
        return (first, *rest)


def shortened(path: Path) -> str:
    """A whole dotted name as a lesson writes it.

    >>> shortened(("torch", "nn", "functional", "relu")), shortened(("tf", "keras", "layers", "Dense"))
    ('F.relu', 'layers.Dense')
    """
    prefix = ".".join(path[:-1])
    return ".".join(word for word in (SHORT.get(prefix, prefix), path[-1]) if word)


def is_left_out(path: Path) -> bool:
    """Whether a function does nothing that concerns the layers.

    >>> is_left_out(("torch", "optim", "SGD")), is_left_out(("nn", "Conv2d"))
    (True, False)
    """
    return LEFT_OUT.fullmatch(".".join(path)) is not None
