"""Channels into space and back: depth to space (pixel shuffle), space to depth, and the shuffling of channels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np

from ..arithmetic import Array
from ..dataclass import dataclass
from ..errors import CallError, ShapeError
from ..geometry import Reach
from ..traces.influence import Box
from ..traces.layout import Index
from .cells import Shape
from .images import Found, MovingImages, spatial_axes

Order = Literal["depth first", "column first"]
"""How the channels of a block are counted: ONNX's DCR (the place in the block varies slowest) and CRD (fastest)."""


@dataclass(frozen=True)
class _Blocks(MovingImages):
    """What both directions share: a block's side, and how its cells are counted among the channels."""

    block: int
    order: Order = "column first"

    def __post_init__(self) -> None:
        if type(self.block) is not int or self.block < 1:
            raise CallError(f"the side of a block must be a whole number above 0, not {self.block!r}")

    @property
    def spatial(self) -> int:
        return 2

    def channel(self, inside: tuple[int, int], channel: int, channels: int) -> int:
        """The deep channel that holds the cell `inside` a block of one of `channels` flat channels."""
        number = inside[0] * self.block + inside[1]
        return channel * self.block**2 + number if self.order == "column first" else number * channels + channel

    def parted(self, deep: int, channels: int) -> tuple[int, tuple[int, int]]:
        """The reverse: the flat channel that a deep channel belongs to, and its place in the block."""
        if self.order == "column first":
            channel, number = divmod(deep, self.block**2)
        else:
            number, channel = divmod(deep, channels)
        return channel, divmod(number, self.block)


@dataclass(frozen=True)
class DepthToSpace(_Blocks):
    """y[c, h·r + a, w·r + b] = x[c·r² + a·r + b, h, w]; depth first, x[(a·r + b)·C + c, h, w]

    Every r² channels become one channel of r×r blocks. Sources: PyTorch PixelShuffle (Shi et al., arXiv:1609.05158);
    ONNX DepthToSpace, modes CRD and DCR.
    """

    name: ClassVar[str] = "depth_to_space"
    rule: ClassVar[str] = "moved"

    def made(self, images: Shape) -> Shape:
        count, channels, *sizes = images
        if channels % self.block**2:
            raise ShapeError(
                f"the input has {channels} channels, which is not divisible by {self.block}·{self.block}; every "
                f"{self.block**2} of them become one"
            )
        return (count, channels // self.block**2, *(n * self.block for n in sizes))

    def carry(self, images: Array) -> Array:
        shape, r = self.made(images.shape), self.block
        count, _deep, height, width = images.shape
        if self.order == "column first":
            parts = images.reshape(count, shape[1], r, r, height, width).transpose(0, 1, 4, 2, 5, 3)
        else:
            parts = images.reshape(count, r, r, shape[1], height, width).transpose(0, 3, 4, 1, 5, 2)
        return parts.reshape(shape)

    def drawn_from(self, images: Shape, place: Index) -> Iterable[Found]:
        image, channel, row, column = place
        (h, a), (w, b) = divmod(row, self.block), divmod(column, self.block)
        return [((image, self.channel((a, b), channel, images[1] // self.block**2), h, w), None)]

    def reaches(self, reach: Reach, axis: int, size: int) -> Reach | None:
        return reach.spaced(self.block, 1, 1, lambda i: (i // self.block,), size * self.block)

    def met(self, images: Shape, box: Box) -> Box:
        within = ((low // self.block, (high - 1) // self.block + 1) for low, high in box[2:])
        return (box[0], (0, images[1]), *within)


@dataclass(frozen=True)
class SpaceToDepth(_Blocks):
    """y[c·r² + a·r + b, h, w] = x[c, h·r + a, w·r + b]; depth first, y[(a·r + b)·C + c, h, w]

    Every r×r block becomes one cell of r² channels: the reverse of `DepthToSpace`. Sources: PyTorch PixelUnshuffle;
    ONNX SpaceToDepth, which counts depth first.
    """

    name: ClassVar[str] = "space_to_depth"
    rule: ClassVar[str] = "moved"

    def made(self, images: Shape) -> Shape:
        count, channels, *sizes = images
        for noun, n in zip(("height", "width"), sizes):
            if isinstance(n, int) and n % self.block:  # of a letter it cannot be told
                raise ShapeError(f"the {noun} of the input, {n}, is not divisible by the side of a block, {self.block}")
        return (count, channels * self.block**2, *(n // self.block for n in sizes))

    def carry(self, images: Array) -> Array:
        shape, r = self.made(images.shape), self.block
        count, channels = images.shape[:2]
        parts = images.reshape(count, channels, shape[2], r, shape[3], r)
        order = (0, 1, 3, 5, 2, 4) if self.order == "column first" else (0, 3, 5, 1, 2, 4)
        return parts.transpose(order).reshape(shape)

    def drawn_from(self, images: Shape, place: Index) -> Iterable[Found]:
        image, deep, row, column = place
        channel, (a, b) = self.parted(deep, images[1])
        return [((image, channel, row * self.block + a, column * self.block + b), None)]

    def reaches(self, reach: Reach, axis: int, size: int) -> Reach | None:
        r = self.block
        return reach.spaced(1, r, r, lambda i: range(i * r, i * r + r), size // r)

    def met(self, images: Shape, box: Box) -> Box:
        spread = ((low * self.block, high * self.block) for low, high in box[2:])
        return (box[0], (0, images[1]), *spread)


@dataclass(frozen=True)
class ChannelShuffle(MovingImages):
    """y[k·g + j] = x[j·(C / g) + k]: the channels of g groups, dealt out in turn, one of each group

    Sources: PyTorch ChannelShuffle; Zhang et al., arXiv:1707.01083.
    """

    groups: int
    axes: int = 0  # 0: as many as the input has beside channels and images

    name: ClassVar[str] = "channel_shuffle"
    rule: ClassVar[str] = "moved"

    def __post_init__(self) -> None:
        if type(self.groups) is not int or self.groups < 1:
            raise CallError(f"groups must be a whole number above 0, not {self.groups!r}")

    @property
    def spatial(self) -> int:
        return self.axes

    def fitted(self, shape: tuple[int, ...], form: str) -> ChannelShuffle:
        """With the number of axes that this input has."""
        return replace(self, axes=self.axes or spatial_axes(shape, form))

    def made(self, images: Shape) -> Shape:
        if images[1] % self.groups:
            raise ShapeError(f"groups={self.groups} does not divide the input's {images[1]} channels")
        return images

    def carry(self, images: Array) -> Array:
        self.made(images.shape)
        count, channels, *sizes = images.shape
        parts = images.reshape(count, self.groups, channels // self.groups, *sizes)
        return np.swapaxes(parts, 1, 2).reshape(images.shape)

    def drawn_from(self, images: Shape, place: Index) -> Iterable[Found]:
        member, group = divmod(place[1], self.groups)
        return [((place[0], group * (images[1] // self.groups) + member, *place[2:]), None)]

    def reaches(self, reach: Reach, axis: int, size: int) -> Reach | None:
        return reach

    def met(self, images: Shape, box: Box) -> Box:
        return (box[0], (0, images[1]), *box[2:])
