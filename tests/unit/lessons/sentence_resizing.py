"""Requests that together say every sentence of resizing, shuffling, unfolding, minima and medians."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import stepwise as sw
from stepwise.dialects import keras, onnx, torch
from tests.unit.lessons.sentence_marks import said

Told = Callable[[], str]
NAN = math.nan
DEEP = np.arange(16).reshape(4, 2, 2)


def _told(call: str, x: Any) -> Told:
    return lambda: said(sw.trace(call, x).lesson())


def _back(call: str, x: Any) -> Told:
    def told() -> str:
        trace = sw.trace(call, x)
        return said(trace.backward(np.ones(trace.shape))["input"].lesson())

    return told


def _node(op: str, *arrays: Any, **given: Any) -> Told:
    return lambda: said(onnx.node(op, [np.array(x) for x in arrays], **given)[0].lesson())


def _resize(**given: Any) -> Told:
    return _node("Resize", [[[[1.0, 2.0, 3.0]]]], [], [1.0, 1.0, 1.0, 1.5], opset=given.pop("opset", 19), **given)


RESIZING: dict[str, Told] = {
    "minimum": _told("nn.MinPool2d(2, 1, 1)", [[3, 1], [2, 4]]),
    "minimum, tie": _told("nn.MinPool2d(2)", [[1, 1], [2, 4]]),
    "minimum, nan": _told("nn.MinPool2d(2)", [[NAN, 1], [2, 4]]),
    "minimum, nans": _told("nn.MinPool2d(2)", [[NAN, 1], [NAN, 4]]),
    "minimum, past the edge": _told("nn.MinPool2d(2, ceil_mode=True)", [[1, 2, 3]] * 3),
    "median, odd": _told("nn.MedianPool2d(3)", [[3, 1, 2], [4, 5, 6], [7, 8, 9]]),
    "median, even": _told("nn.MedianPool2d(2)", [[3, 1], [2, 10]]),
    "median, padded": _told("nn.MedianPool2d(2, 1, 1)", [[3, 1], [2, 4]]),
    "median, nan": _told("nn.MedianPool2d(2)", [[NAN, 1], [2, 4]]),
    "median, nans": _told("nn.MedianPool2d(2)", [[NAN, 1], [NAN, 4]]),
    "back minimum": _back("nn.MinPool2d(2)", [[3.0, 1.0], [2.0, 4.0]]),
    "back minima": _back("nn.MinPool1d(2, 1)", [[3.0, 5.0, 2.0]]),
    "back median": _back("nn.MedianPool1d(3)", [[3.0, 1.0, 2.0]]),
    "back median, inside": _back("nn.MedianPool1d(3, 1)", [[5.0, 2.0, 1.0, 3.0]]),
    "back medians": _back("nn.MedianPool1d(3, 1)", [[1.0, 3.0, 2.0, 5.0, 2.5]]),
    "back median, tie": _back("nn.MedianPool1d(3)", [[2.0, 2.0, 5.0]]),
    "back median, ties": _back("nn.MedianPool1d(3, 1)", [[2.0, 2.0, 2.0, 2.0]]),
    "back median of two": _back("nn.MedianPool1d(2)", [[2.0, 5.0]]),
    "back medians of two": _back("nn.MedianPool1d(2, 1)", [[2.0, 5.0, 3.0]]),
    "back median, half and whole": _back("nn.MedianPool1d(2, 1, 1)", [[2.0, 5.0]]),
    "back median, nan": _back("nn.MedianPool1d(2)", [[NAN, 5.0]]),
    "back medians, nan": _back("nn.MedianPool1d(2, 1)", [[2.0, NAN, 5.0]]),
    "crop": _told("Cropping2D(((1, 0), (0, 1)))", [[1, 2], [3, 4]]),
    "crop nothing": _told("Cropping2D(0)", [[1, 2], [3, 4]]),
    "nearest": _told("UpSampling2D(2)", [[1, 2], [3, 4]]),
    "nearest, sizes": _told("nn.Upsample(size=(3, 2))", [[1, 2], [3, 4]]),
    "nearest, exact": _told("nn.Upsample(size=(3, 2), mode='nearest-exact')", [[1, 2], [3, 4]]),
    "nearest, long": _told("UpSampling1D(7)", [[1], [2]]),
    "nearest, ceil": _resize(nearest_mode="ceil"),
    "nearest, half": _resize(),
    "nearest, of PyTorch": _resize(coordinate_transformation_mode="pytorch_half_pixel"),
    "nearest, symmetric": _resize(coordinate_transformation_mode="half_pixel_symmetric"),
    "nearest, of TensorFlow": _resize(coordinate_transformation_mode="tf_half_pixel_for_nn", opset=11),
    "bilinear": _told("UpSampling2D(2, interpolation='bilinear')", [[4, 8], [12, 0]]),
    "bilinear, corners": _told("nn.Upsample(size=(3, 5), mode='bilinear', align_corners=True)", [[4, 8], [12, 0]]),
    "bilinear, the same": _told("nn.Upsample(size=(2, 2), mode='bilinear')", [[4, 8], [12, 0]]),
    "bilinear, nan": _told("UpSampling2D(2, interpolation='bilinear')", [[4, NAN], [12, 0]]),
    "pixel shuffle": _told("nn.PixelShuffle(2)", np.arange(8).reshape(8, 1, 1)),
    "depth first": _node("DepthToSpace", np.arange(8).reshape(1, 8, 1, 1), blocksize=2),
    "pixel unshuffle": _told("nn.PixelUnshuffle(2)", [[1, 2], [3, 4]]),
    "channel shuffle": _told("nn.ChannelShuffle(2)", DEEP[np.newaxis]),
    "unfold": _told("nn.Unfold(2)", [[1, 2, 3], [4, 5, 6]]),
    "unfold, padded": _told("nn.Unfold(2, padding=1)", [[1, 2], [3, 4]]),
    "fold": _told("nn.Fold((3, 3), 2)", DEEP.reshape(4, 4)),
    "fold, uncovered": _told("nn.Fold((3, 3), 2, stride=2)", np.ones((4, 1))),
    "columns": lambda: said(
        sw.trace("Conv2D(1, 2)", [[1, 2, 3], [4, 5, 6]], kernel=[[1, 2], [3, 4]]).lesson(matrix=True)
    ),
    "columns of channels": lambda: said(
        sw.trace("nn.Conv1d(2, 1, 2)", [[1, 2, 3], [4, 5, 6]], kernel=[[[1, 2], [3, 4]]], bias=[1]).lesson(matrix=True)
    ),
    "columns, large": lambda: said(sw.trace("nn.Conv2d(1, 1, 2)", np.ones((7, 7))).lesson(matrix=True)),
    "resized lines": lambda: said(keras.layers.UpSampling1D(2)(np.ones((1, 2, 1))).lesson()),
    "unfolded and folded": lambda: said(torch.nn.Fold((2, 2), 1)(np.ones((1, 2, 4))).lesson()),
}
