"""The operations, a family a file, and the registry that saved traces find them in.

To add one: a frozen dataclass (of `WindowOperation` if it looks through a window, else of `CellOperation`) that says
its rule as data, listed below; its record in `lessons/phrases.py`; a line in each dialect that has it; rows in the test
tables.
"""

from ..traces.operation import Operation
from .absolute import Absolute
from .broadcast import Add, Divide, Multiply, Subtract
from .conv import Conv, DepthwiseConv
from .conv_transpose import ConvTranspose
from .dense import Dense, MatMul
from .elementwise import Clip, Identity, ReLU
from .gradient import Gradient
from .hard import HardSigmoid, HardSwish, HardTanh, Softsign
from .joins import Concat
from .lp_pool import LpPool
from .max_pool import MaxPool, winners
from .mean_pool import MeanPool
from .moves import Flatten, MaxUnpool, Pad
from .norm import BatchNorm
from .rearrange import Reshape, Transpose
from .smooth import ELU, GELU, SELU, LogSigmoid, Mish, Sigmoid, SiLU, Softplus, Tanh
from .softmax import Softmax

OPERATIONS: dict[str, type[Operation]] = {
    operation.name: operation
    for operation in (
        MaxPool,
        MeanPool,
        LpPool,
        Conv,
        DepthwiseConv,
        ConvTranspose,
        MaxUnpool,
        Pad,
        ReLU,
        Sigmoid,
        Tanh,
        ELU,
        SELU,
        SiLU,
        GELU,
        Softplus,
        LogSigmoid,
        Mish,
        HardTanh,
        HardSigmoid,
        HardSwish,
        Softsign,
        Absolute,
        Identity,
        Softmax,
        Flatten,
        Dense,
        MatMul,
        BatchNorm,
        Add,
        Multiply,
        Subtract,
        Divide,
        Concat,
        Reshape,
        Transpose,
        Clip,
        Gradient,
    )
}

__all__ = [
    "ELU",
    "GELU",
    "OPERATIONS",
    "SELU",
    "Absolute",
    "Add",
    "BatchNorm",
    "Clip",
    "Concat",
    "Conv",
    "ConvTranspose",
    "Dense",
    "DepthwiseConv",
    "Divide",
    "Flatten",
    "Gradient",
    "HardSigmoid",
    "HardSwish",
    "HardTanh",
    "Identity",
    "LogSigmoid",
    "LpPool",
    "MatMul",
    "MaxPool",
    "MaxUnpool",
    "MeanPool",
    "Mish",
    "Multiply",
    "Pad",
    "ReLU",
    "Reshape",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Softsign",
    "Subtract",
    "Tanh",
    "Transpose",
    "winners",
]
