"""The nearest layer to a name that is none: in meaning before spelling, since UpSampling2D is no slip of MaxPooling2D.

To add a family: a line in `FAMILIES`, before those whose words it contains; what no course works by hand: one in
`BEYOND`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..errors import did_you_mean

FAMILIES = {
    "unpooling": "unpool",
    "transposed convolution": "transpose|deconv|upconv",
    "enlarging": "up_?sampl|interpolat|resiz|zoom|upscal",
    "shuffling": "shuffle|depth_?to_?space|space_?to_?depth",
    "global pooling": "global",
    "adaptive pooling": "adaptive",
    "median": "median",
    "minimum": r"min(imum)?_?(pool|filter)",
    "norm pooling": "lp_?pool|power_?pool|l2_?pool",
    "average pooling": "(avg|average|mean)_?pool",
    "maximum pooling": "max(imum)?_?pool",
    "local response": "local_?response|lrn",
    "normalisation": "norm",
    "dropout": "drop",
    "cropping": "crop",
    "padding": "pad(ding)?[1-3]?d?$",
    "unfolding": "unfold|im2col|fold|col2im",
    "depthwise convolution": "depthwise",
    "separable convolution": "separable",
    "convolution": "conv",
    "joining": "concat|^cat$|^(add|multiply|subtract|sum)$",
    "dense": "dense|linear|fully|gemm|^fc",
    "log-softmax": "log_?soft_?max",
    "softmax": "soft_?max",
    "softplus": "soft_?plus",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "relu": "re?lu|swish|mish",
    "flattening": "flatten",
    "moving": "reshape|permute|transposition|view",
}
"""A family of layers, and how a name that is of it looks, in small letters."""
BEYOND = {
    "recurrent layers": "lstm|gru|rnn|recurrent|bidirectional|time_?distributed",
    "attention and transformers": "attention|transformer",
    "embeddings": "embed",
    "layers that make noise or change pictures at random": "noise|random",
    "spectral and hashing layers": "fft|spectr|hash|lookup|vectoriz",
}
"""What no course works by hand, and how its names look."""


def nearest(name: str, known: Iterable[str], such_as: str = "") -> str:
    """A hint after “there is no layer …”: the nearest in meaning; or, where there is none, what layers there are.

    >>> nearest("UpSampling2D", ["MaxPooling2D", "Conv2DTranspose"], "Conv2D or MaxPool2D")
    ', nor another of its kind. It takes layers such as Conv2D or MaxPool2D.'
    >>> nearest("Deconvolution2D", ["Conv2D", "Conv2DTranspose"], "Conv2D")
    '. Did you mean Conv2DTranspose?'
    >>> nearest("MaxPol2D", ["MaxPool2D"], "Conv2D"), nearest("LSTM", ["ELU"], "Conv2D")
    ('. Did you mean MaxPool2D?', ': recurrent layers are not worked by hand. It takes layers such as Conv2D.')
    """
    others = f" It takes layers such as {such_as}." if such_as else ""
    if kind := family(name, BEYOND):
        return f": {kind} are not worked by hand.{others}"
    own, names = family(name), [one for one in known if not one.startswith("Lazy")]
    if not own:
        return f".{did_you_mean(name, names) or others}"
    alike = [one for one in names if family(one) == own]
    if not alike:
        return f", nor another of its kind.{others}"
    return f".{did_you_mean(name, alike) or f' Did you mean {_closest(name, alike)}?'}"


def family(name: str, families: dict[str, str] = FAMILIES) -> str:
    """The first family that a name is of; empty where it is of none.

    >>> family("MaxUnpool2d"), family("MedianPool2D"), family("Zyxw")
    ('unpooling', 'median', '')
    """
    words = name.lower()
    return next((one for one, pattern in families.items() if re.search(pattern, words)), "")


def _closest(name: str, names: list[str]) -> str:
    """The one that is spelled most alike; of as many dimensions where there is one."""
    import difflib  # only mistakes need it

    dimensions = re.findall(r"[1-3](?=d)", name.lower())
    fitting = [one for one in names if re.findall(r"[1-3](?=d)", one.lower()) == dimensions]
    return max(fitting or names, key=lambda one: difflib.SequenceMatcher(None, name.lower(), one.lower()).ratio())
