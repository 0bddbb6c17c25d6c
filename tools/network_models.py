"""How tests/golden/models/*.onnx were made: small networks of the kinds that people have, exported by PyTorch.

    python tools/network_models.py

It needs torch 2.13, onnx and onnxscript. Each network has seen a few batches in training mode, so that its statistics
are not those it began with. `*-11.onnx` come from PyTorch's older exporter, at opset 11.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

TO = Path(__file__).parents[1] / "tests" / "golden" / "models"


def save(net: nn.Module, example: torch.Tensor, path: Path) -> None:
    """Write a network as one ONNX file, for any number of images at once."""
    names = {"input_names": ["image"], "output_names": ["shares"]}
    dynamic = ({0: torch.export.Dim("images")},)
    program = torch.onnx.export(net, (example,), dynamo=True, dynamic_shapes=dynamic, opset_version=20, **names)
    model = program.model_proto
    model.producer_version = torch.__version__.split("+")[0]
    for node in model.graph.node:
        del node.metadata_props[:]  # where in the author's files each came from
        node.doc_string = ""
    onnx.save(model, str(path))


class Residual(nn.Module):
    """Two residual blocks with batch normalisation, as in ResNet; pooled as a whole at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU())
        self.first = nn.Sequential(
            nn.Conv2d(6, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 6, 3, padding=1)
        )
        self.second = nn.Sequential(nn.Conv2d(6, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8))
        self.shortcut = nn.Conv2d(6, 8, 1, stride=2)
        self.head = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        x = torch.relu(x + self.first(x))
        x = torch.relu(self.second(x) + self.shortcut(x))
        return torch.softmax(self.head(x.mean((2, 3))), 1)


class Branches(nn.Module):
    """Four branches put side by side, as in Inception and SqueezeNet."""

    def __init__(self) -> None:
        super().__init__()
        self.one = nn.Conv2d(2, 3, 1)
        self.three = nn.Conv2d(2, 4, 3, padding=1)
        self.five = nn.Conv2d(2, 2, 3, padding=2, dilation=2)
        self.norm = nn.BatchNorm2d(11)
        self.head = nn.Linear(11 * 3 * 3, 3)

    def forward(self, x: Tensor) -> Tensor:
        pooled = nn.functional.max_pool2d(x, 3, 1, 1)
        x = torch.cat([torch.relu(self.one(x)), self.three(x), torch.sigmoid(self.five(x)), pooled], 1)
        x = nn.functional.avg_pool2d(torch.relu(self.norm(x)), 2)
        return self.head(x.reshape(x.shape[0], -1))


class Mobile(nn.Module):
    """Depthwise convolutions, ReLU6 and a global average, as in MobileNet."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *(nn.Conv2d(1, 4, 3, stride=2, padding=1), nn.BatchNorm2d(4), nn.ReLU6()),
            *(nn.Conv2d(4, 4, 3, padding=1, groups=4), nn.BatchNorm2d(4), nn.ReLU6(), nn.Conv2d(4, 6, 1)),
            *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(), nn.Linear(6, 5), nn.LeakyReLU(), nn.Linear(5, 3)),
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.body((x - 0.5) / 0.25) * 2)


class ChannelsLast(nn.Module):
    """Transposed to channels last and back, squeezed and unsqueezed, padded: what exported Keras networks look like."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 3, 3)
        self.weight = nn.Parameter(torch.randn(3 * 6 * 6, 4))

    def forward(self, x: Tensor) -> Tensor:
        x = nn.functional.pad(x.permute(0, 3, 1, 2), (1, 0, 1, 0))
        x = torch.relu(self.conv(x))
        x = nn.functional.max_pool2d(x.permute(0, 2, 3, 1).permute(0, 3, 1, 2), 2)
        return torch.matmul(torch.flatten(x, 1), self.weight) + 0.5


MODELS: dict[str, tuple[type[nn.Module], tuple[int, ...]]] = {
    "residual": (Residual, (2, 3, 10, 10)),
    "branches": (Branches, (2, 2, 7, 7)),
    "mobile": (Mobile, (2, 1, 12, 12)),
    "channels-last": (ChannelsLast, (2, 13, 13, 1)),
}


def older(net: nn.Module, example: Tensor, path: Path) -> None:
    """By the exporter that works from TorchScript, at an old opset."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            net,
            (example,),
            str(path),
            dynamo=False,
            opset_version=11,
            input_names=["image"],
            dynamic_axes={"image": {0: "images"}},
        )


def main() -> None:
    TO.mkdir(exist_ok=True)
    for name, (kind, shape) in MODELS.items():
        torch.manual_seed(0)
        net = kind()
        for _batch in range(3):
            net(torch.rand(8, *shape[1:]))
        save(net.eval(), torch.rand(shape), TO / f"{name}.onnx")
        older(net, torch.rand(shape), TO / f"{name}-11.onnx")


if __name__ == "__main__":
    main()
