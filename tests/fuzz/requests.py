"""Words for the command line: good requests, and what becomes of them under blows."""

from __future__ import annotations

import json
from random import Random

from tests.fuzz import blows

CALLS = [
    "MaxPool2D(2, strides=1, padding='same')",
    "keras.layers.AveragePooling2D((2, 2))",
    "Conv2D(2, 3, strides=(2, 2), padding='SAME')",
    "nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True)",
    "F.avg_pool2d(x, 2)",
    "nn.Conv2d(1, 2, 3, padding=1, dilation=2)",
    'MaxPool(kernel_shape=[3,3], strides=[2,2], auto_pad="SAME_LOWER")',
    "Conv2DTranspose(1, 3, strides=2)",
    "Dense(3)",
    "nn.AdaptiveAvgPool2d((2, 2))",
    "ZeroPadding2D(((1, 2), (0, 1)))",
    "keras.layers.ReLU()",
    "Flatten()",
    "Softmax()",
    "nn.LPPool2d(2, 2)",
    "GlobalMaxPooling2D()",
    "Conv2D(1, 2, activation='relu', kernel_initializer=RandomNormal(stddev=0.1))",
    "LayerNormalization()",
    "UpSampling2D(2)",
    "Reshape((2, 8))",
    "Permute((2, 1))",
    "Cropping2D(1)",
    "BatchNormalization()",
    "nn.MaxPool1d(2)",
    "DepthwiseConv2D(2)",
    "nn.Upsample(scale_factor=2)",
    "nn.Unfold(2)",
    "Concat(axis=1)",
    "LeakyReLU(0.1)",
    "x = nn.MaxPool2d(2)(x)",
    "k = 2\nx = F.relu(nn.Conv2d(1, 1, k)(x))",
    "F.conv2d(x, w, padding=1)",
    "tf.nn.max_pool2d(x, ksize=2, strides=2, padding='SAME')",
    ">>> pool = nn.AvgPool2d(2)\n>>> pool(x)\ntensor([1.])",
    "x = x.view(-1, 4)",
]
INPUTS = [
    "4 3; 2 1",
    "1 2 3 4; 5 6 7 8; 9 8 7 6; 5 4 3 2",
    "a b; c d",
    "1/2 0.25; -1 3",
    "[[1, 2], [3, 4]]",
    "[[[1], [2]], [[3], [4]]]",
    "1,2;3,4",
    "1 2 3 4",
    "nan 1; inf -inf",
    "5",
    "4 4 4; 4 4 4; 4 4 4",
]
SHAPES = ["28,28,1", "n,n,1", "4,4,1", "1x4x4", "28×28×1", "h,w,3", "4", "2,3,4,5"]
OPTIONS: dict[str, list[str]] = {
    "--kernel": ["1 0; 0 1", "[[1, -1], [2, 0]]", "a b; c d", "1"],
    "--bias": ["1", "0.5 1", "b"],
    "--divide": ["255", "0.1", "-3"],
    "--arithmetic": ["float", "exact", "symbolic"],
    "--assume": ["positive", "a=positive, b=0..9", "0..255", "n even", "n >= 3"],
    "--steps": ["all", "none", "auto", "1"],
    "--language": ["en", "ko", "xx"],
    "--to": ["html", "md", "tex", "typ", "txt", "json", "xlsx", "pdf"],
    "--paper": ["a4", "letter"],
    "--figures": ["text", "svg"],
    "--cell": ["0,0", "1", "-1,-1", "9,9"],
    "--touched": ["0,0", "3", "(0, 1)"],
    "--from": ["28"],
    "--window": ["3"],
    "--stride": ["2"],
    "--padding": ["1"],
    "--dialect": ["keras", "torch", "onnx"],
    "--layer": ["conv", "pool"],
    "--reveal": ["all", "cells"],
    "--knobs": ["all", "window,padding"],
    "--only": ["figure", "steps,answer"],
    "--sections": ["answer,question"],
    "--step": ["1", "3"],
    "--size": ["300"],
    "--theme": ["dark"],
    "--grad": ["1 0; 0 2", "1"],
    "--loss": ["mse", "cross_entropy"],
    "--target": ["0", "1 0; 0 1"],
    "--for": ["input", "kernel"],
    "--update": ["0.1"],
    "--momentum": ["0.9"],
}
_PAGE = (
    "--to",
    "--arithmetic",
    "--assume",
    "--kernel",
    "--bias",
    "--steps",
    "--divide",
    "--language",
    "--paper",
    "--figures",
)


def request(chance: Random) -> list[str]:
    """A request, good but for a blow or two."""
    call = chance.choice(CALLS)
    match chance.randrange(9):
        case 0 | 1:
            made = [
                "explain",
                *chance.choices(CALLS, k=chance.choice((0, 0, 1, 2))),
                call,
                "--input",
                chance.choice(INPUTS),
            ]
            made += _options(chance, (*_PAGE, "--knobs", "--only", "--sections"))
        case 2:
            made = ["compare", call, chance.choice(CALLS), "--input", chance.choice(INPUTS)]
            made += _options(chance, _PAGE)
        case 3:
            made = [
                "shape",
                *chance.choices(CALLS, k=chance.choice((1, 1, 2, 4))),
                "--input-shape",
                chance.choice(SHAPES),
            ]
            made += _options(chance, ("--assume", "--to"))
            if chance.randrange(5) == 0:
                made = [
                    "shape",
                    "--from",
                    "28",
                    "--to",
                    "14",
                    *_options(chance, ("--window", "--stride", "--padding", "--dialect", "--layer")),
                ]
        case 4:
            made = [
                "why",
                call,
                "--input",
                chance.choice(INPUTS),
                *chance.choice((("--cell", "0,0"), ("--touched", "0,0"), ("--cell", "0"))),
            ]
            made += _options(chance, ("--kernel", "--arithmetic", "--to"))
        case 5:
            made = ["figure", *chance.choices(CALLS, k=chance.choice((0, 0, 1))), call]
            made += ["--input", chance.choice(INPUTS), *chance.choice(([], ["--animate"], ["--all"]))]
            made += _options(chance, ("--kernel", "--bias", "--arithmetic", "--step", "--size", "--theme"))
        case 6:
            given = chance.choice((("--grad",), ("--loss", "--target")))
            made = ["backward", *chance.choices(CALLS, k=chance.choice((0, 0, 1))), call]
            made += ["--input", chance.choice(INPUTS)]
            made += [word for option in given for word in (option, chance.choice(OPTIONS[option]))]
            made += _options(chance, ("--kernel", "--bias", "--for", "--update", "--momentum", "--to", "--assume"))
        case 7:
            made = ["prove", call, chance.choice(CALLS), "--input-shape", chance.choice(("4,4,1", "3,3,1", "2,2"))]
        case _:
            made = [
                "check",
                "pool.yaml",
                chance.choice(["4 3 7; 5 7 7; 5 6 6", "4 _; x 1/2", "[[4,3],[1,2]]", "4 3 --- 1"]),
            ]
            made += _options(chance, ("--reveal", "--to"))
    for _ in range(chance.choice((0, 1, 1, 1, 2))):
        place = chance.randrange(1, len(made))
        made[place] = struck(chance, made[place])
    return made


def _options(chance: Random, among: tuple[str, ...]) -> list[str]:
    chosen = chance.sample(among, k=min(len(among), chance.choice((0, 0, 1, 1, 2, 3))))
    return [word for option in chosen for word in (option, chance.choice(OPTIONS[option]))]


def struck(chance: Random, word: str) -> str:
    """A word after a blow, as a terminal could give it: no null characters."""
    data = blows.words(chance, word.encode("utf-8", "surrogateescape"), [chance.choice(CALLS + INPUTS).encode()])
    if chance.randrange(5) == 0:
        data = blows.raw(chance, data, [])
    return data[:200_000].replace(b"\x00", b"").decode("utf-8", "surrogateescape")


def packed(words: list[str]) -> bytes:
    """A request as a file, for `cases`."""
    return json.dumps(words).encode()


def unpacked(data: bytes) -> list[str]:
    """What `packed` packed."""
    words: list[str] = json.loads(data)
    return words
