"""The operations, one a file, and the registry that saved traces find them in.

To add one: a frozen dataclass in a file of its own (of `WindowOperation`, if it slides a window), listed below; a line
in each dialect that has it; a phrase in `lessons/phrases.py`; rows in the test tables.
"""

from ..trace import Operation
from .conv import Conv
from .max_pool import MaxPool
from .mean_pool import MeanPool

OPERATIONS: dict[str, type[Operation]] = {operation.name: operation for operation in (MaxPool, MeanPool, Conv)}

__all__ = ["OPERATIONS", "Conv", "MaxPool", "MeanPool"]
