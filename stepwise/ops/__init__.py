"""The operations, a family a file, and the registry that saved traces find them in.

To add one: a frozen dataclass (of `WindowOperation` if it looks through a window, else of `CellOperation`) that says
its rule as data, listed below; its record in `lessons/phrases.py`; a line in each dialect that has it; rows in the test
tables.
"""

from ..traces.operation import Operation
from .absolute import Absolute
from .batch_statistics import BatchStatistics
from .blocks import ChannelShuffle, DepthToSpace, SpaceToDepth
from .broadcast import Add, Divide, Multiply, Subtract
from .conv import Conv, DepthwiseConv
from .conv_transpose import ConvTranspose
from .crop import Crop
from .cross_entropy import CrossEntropy
from .dense import Dense, MatMul
from .direction import Direction
from .elementwise import Clip, Identity, ReLU
from .flatten import Flatten
from .gradient import Gradient
from .hard import HardSigmoid, HardSwish, HardTanh, Softsign
from .joins import Concat
from .log_softmax import LogSoftmax
from .loss import Loss
from .losses import BatchMean, BinaryCrossEntropy, MeanSquaredError
from .lp_pool import LpPool
from .magnitude import Magnitude
from .max_pool import MaxPool, winners
from .mean_pool import MeanPool
from .norm import BatchNorm
from .normalize import GroupNorm, InstanceNorm, LayerNorm
from .pad import Pad
from .prelu import PReLU
from .ranked_pool import MedianPool, MinPool
from .rearrange import Reshape, Transpose
from .resize import Linear, Nearest
from .response import LocalResponseNorm
from .smooth import ELU, GELU, SELU, LogSigmoid, Mish, Sigmoid, SiLU, Softplus, Tanh
from .softmax import Softmax
from .unfold import Fold, Unfold
from .unpool import MaxUnpool

OPERATIONS: dict[str, type[Operation]] = {
    operation.name: operation
    for operation in (
        MaxPool,
        MinPool,
        MedianPool,
        MeanPool,
        LpPool,
        Conv,
        DepthwiseConv,
        ConvTranspose,
        MaxUnpool,
        Pad,
        Crop,
        Nearest,
        Linear,
        DepthToSpace,
        SpaceToDepth,
        ChannelShuffle,
        Unfold,
        Fold,
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
        LogSoftmax,
        PReLU,
        Flatten,
        Dense,
        MatMul,
        BatchNorm,
        LayerNorm,
        GroupNorm,
        InstanceNorm,
        LocalResponseNorm,
        BatchStatistics,
        Add,
        Multiply,
        Subtract,
        Divide,
        Magnitude,
        Direction,
        Concat,
        Reshape,
        Transpose,
        Clip,
        MeanSquaredError,
        BinaryCrossEntropy,
        CrossEntropy,
        BatchMean,
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
    "BatchMean",
    "BatchNorm",
    "BatchStatistics",
    "BinaryCrossEntropy",
    "ChannelShuffle",
    "Clip",
    "Concat",
    "Conv",
    "ConvTranspose",
    "Crop",
    "CrossEntropy",
    "Dense",
    "DepthToSpace",
    "DepthwiseConv",
    "Direction",
    "Divide",
    "Flatten",
    "Fold",
    "Gradient",
    "GroupNorm",
    "HardSigmoid",
    "HardSwish",
    "HardTanh",
    "Identity",
    "InstanceNorm",
    "LayerNorm",
    "Linear",
    "LocalResponseNorm",
    "LogSigmoid",
    "LogSoftmax",
    "Loss",
    "LpPool",
    "Magnitude",
    "MatMul",
    "MaxPool",
    "MaxUnpool",
    "MeanPool",
    "MeanSquaredError",
    "MedianPool",
    "MinPool",
    "Mish",
    "Multiply",
    "Nearest",
    "PReLU",
    "Pad",
    "ReLU",
    "Reshape",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Softsign",
    "SpaceToDepth",
    "Subtract",
    "Tanh",
    "Transpose",
    "Unfold",
    "winners",
]
