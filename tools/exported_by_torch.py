"""Well-known networks as torchvision has them, at toy sizes, exported by both of PyTorch's exporters."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import onnx
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # as everybody calls it

from tools.exported_networks import OPSETS, plain


class LeNet(nn.Module):
    """The network of PyTorch's tutorial, as LeNet-5 is written in it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 3, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(3, 4, 3)
        self.fc1 = nn.Linear(4 * 2 * 2, 8)
        self.fc2 = nn.Linear(8, 6)
        self.fc3 = nn.Linear(6, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return F.log_softmax(self.fc3(x), dim=1)


class LeNetOfSigmoids(nn.Module):
    """LeNet-5 as it was, with sigmoids and means, and `view` with the number of images that came in."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 2, 3, padding=1), nn.Sigmoid(), nn.AvgPool2d(2, stride=2), nn.Conv2d(2, 3, 3), nn.Tanh()
        )
        self.head = nn.Sequential(nn.AvgPool2d(2, stride=2), nn.Flatten(), nn.Linear(3 * 2 * 2, 5), nn.Sigmoid())

    def forward(self, x: Tensor) -> Tensor:
        x = self.head(self.features(x))
        return x.view(x.size(0), -1)


class AlexNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 4, 5, stride=2, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, 2),
            nn.Conv2d(4, 6, 5, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, 2),
            nn.Conv2d(6, 6, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(6, 4, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2, 2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((2, 2))
        self.classifier = nn.Sequential(
            nn.Dropout(p=0.5),
            nn.Linear(4 * 2 * 2, 8),
            nn.ReLU(inplace=True),
            nn.Dropout(p=0.5),
            nn.Linear(8, 6),
            nn.ReLU(inplace=True),
            nn.Linear(6, 4),
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.avgpool(self.features(x))
        x = torch.flatten(x, 1)
        return self.classifier(x)


class VGG(nn.Module):
    def __init__(self, norm: bool = True) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        seen = 3
        for step in (3, "M", 4, "M", 4, 4, "M"):
            if isinstance(step, str):
                layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
            else:
                layers += [nn.Conv2d(seen, step, kernel_size=3, padding=1)]
                layers += [nn.BatchNorm2d(step)] if norm else []
                layers += [nn.ReLU(inplace=True)]
                seen = step
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d((2, 2))
        self.classifier = nn.Sequential(nn.Linear(seen * 4, 8), nn.ReLU(True), nn.Dropout(), nn.Linear(8, 4))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


class BasicBlock(nn.Module):
    def __init__(self, seen: int, planes: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(seen, planes, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(planes, planes, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = None
        if stride != 1 or seen != planes:
            self.downsample = nn.Sequential(
                nn.Conv2d(seen, planes, 1, stride=stride, bias=False), nn.BatchNorm2d(planes)
            )

    def forward(self, x: Tensor) -> Tensor:
        identity = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += identity
        return self.relu(out)


class ResNet18(nn.Module):
    """Two blocks at each of four widths."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 2, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(2)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        widths = ((2, 2, 1), (2, 3, 2), (3, 3, 2), (3, 4, 2))
        blocks = [nn.Sequential(BasicBlock(seen, n, s), BasicBlock(n, n)) for seen, n, s in widths]
        self.layer1, self.layer2, self.layer3, self.layer4 = blocks
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


class InvertedResidual(nn.Module):
    def __init__(self, seen: int, out: int, stride: int, expand: int) -> None:
        super().__init__()
        hidden = seen * expand
        self.use_res_connect = stride == 1 and seen == out
        layers: list[nn.Module] = []
        if expand != 1:
            layers += [nn.Conv2d(seen, hidden, 1, bias=False), nn.BatchNorm2d(hidden), nn.ReLU6(inplace=True)]
        layers += [
            nn.Conv2d(hidden, hidden, 3, stride=stride, padding=1, groups=hidden, bias=False),
            nn.BatchNorm2d(hidden),
            nn.ReLU6(inplace=True),
            nn.Conv2d(hidden, out, 1, bias=False),
            nn.BatchNorm2d(out),
        ]
        self.conv = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.use_res_connect else self.conv(x)


class MobileNetV2(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Sequential(
                nn.Conv2d(3, 4, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU6(inplace=True)
            ),
            InvertedResidual(4, 3, 1, 1),
            InvertedResidual(3, 3, 1, 2),
            InvertedResidual(3, 4, 2, 2),
            InvertedResidual(4, 4, 1, 2),
            nn.Sequential(nn.Conv2d(4, 8, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU6(inplace=True)),
        )
        self.classifier = nn.Sequential(nn.Dropout(p=0.2), nn.Linear(8, 4))

    def forward(self, x: Tensor) -> Tensor:
        x = nn.functional.adaptive_avg_pool2d(self.features(x), (1, 1))
        return self.classifier(torch.flatten(x, 1))


class Fire(nn.Module):
    def __init__(self, seen: int, squeeze: int, one: int, three: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(seen, squeeze, kernel_size=1)
        self.squeeze_activation = nn.ReLU(inplace=True)
        self.expand1x1 = nn.Conv2d(squeeze, one, kernel_size=1)
        self.expand1x1_activation = nn.ReLU(inplace=True)
        self.expand3x3 = nn.Conv2d(squeeze, three, kernel_size=3, padding=1)
        self.expand3x3_activation = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.squeeze_activation(self.squeeze(x))
        return torch.cat(
            [self.expand1x1_activation(self.expand1x1(x)), self.expand3x3_activation(self.expand3x3(x))], 1
        )


class SqueezeNet(nn.Module):
    """Its maxima are taken in ceil mode."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 4, kernel_size=3, stride=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True),
            Fire(4, 2, 3, 3),
            Fire(6, 2, 3, 3),
            nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True),
            Fire(6, 2, 4, 4),
        )
        final = nn.Conv2d(8, 4, kernel_size=1)
        self.classifier = nn.Sequential(nn.Dropout(p=0.5), final, nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d((1, 1)))

    def forward(self, x: Tensor) -> Tensor:
        return torch.flatten(self.classifier(self.features(x)), 1)


class DoubleConv(nn.Sequential):
    def __init__(self, seen: int, out: int) -> None:
        super().__init__(
            nn.Conv2d(seen, out, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(inplace=True),
            nn.Conv2d(out, out, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(inplace=True),
        )


class Up(nn.Module):
    """Enlarged in one of two ways, padded to the size of what it is joined with, and joined."""

    def __init__(self, seen: int, out: int, bilinear: bool) -> None:
        super().__init__()
        self.up: nn.Module
        if bilinear:
            self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
            self.conv = DoubleConv(seen + seen // 2, out)
        else:
            self.up = nn.ConvTranspose2d(seen, seen // 2, kernel_size=2, stride=2)
            self.conv = DoubleConv(seen, out)

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        x1 = self.up(x1)
        diff_y, diff_x = x2.size()[2] - x1.size()[2], x2.size()[3] - x1.size()[3]
        x1 = F.pad(x1, [diff_x // 2, diff_x - diff_x // 2, diff_y // 2, diff_y - diff_y // 2])
        return self.conv(torch.cat([x2, x1], dim=1))


class UNet(nn.Module):
    """Two levels down and up; the answer has a share for each pixel."""

    def __init__(self, bilinear: bool = False) -> None:
        super().__init__()
        self.inc = DoubleConv(1, 2)
        self.down1 = nn.Sequential(nn.MaxPool2d(2), DoubleConv(2, 4))
        self.down2 = nn.Sequential(nn.MaxPool2d(2), DoubleConv(4, 8))
        self.up1 = Up(8, 4, bilinear)
        self.up2 = Up(4, 2, bilinear)
        self.outc = nn.Conv2d(2, 1, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        x1 = self.inc(x)
        x2 = self.down1(x1)
        x3 = self.down2(x2)
        x = self.up1(x3, x2)
        x = self.up2(x, x1)
        return torch.sigmoid(self.outc(x))


class Generator(nn.Module):
    """DCGAN's, from a row of numbers to a picture; nearest neighbours where it is enlarged without a kernel."""

    def __init__(self) -> None:
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(4, 4, 4, 1, 0, bias=False),
            nn.BatchNorm2d(4),
            nn.ReLU(True),
            nn.ConvTranspose2d(4, 3, 4, 2, 1, bias=False),
            nn.BatchNorm2d(3),
            nn.LeakyReLU(0.2, inplace=True),
            nn.ConvTranspose2d(3, 2, 3, 2, 1, output_padding=1),
            nn.Tanh(),
            nn.Upsample(scale_factor=2, mode="nearest"),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.main(x[:, :, None, None] if x.dim() == 2 else x)


NETWORKS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "lenet": (LeNet, (2, 1, 18, 18)),
    "lenet-of-sigmoids": (LeNetOfSigmoids, (2, 1, 12, 12)),
    "alexnet": (AlexNet, (2, 3, 43, 43)),
    "vgg": (partial(VGG, norm=False), (2, 3, 16, 16)),
    "vgg-with-norm": (VGG, (2, 3, 16, 16)),
    "resnet18": (ResNet18, (2, 3, 32, 32)),
    "mobilenet-v2": (MobileNetV2, (2, 3, 16, 16)),
    "squeezenet": (SqueezeNet, (2, 3, 20, 20)),
    "unet": (UNet, (2, 1, 11, 13)),
    "unet-bilinear": (partial(UNet, bilinear=True), (2, 1, 11, 13)),
    "generator": (Generator, (2, 4)),
}


def rounded(net: nn.Module) -> nn.Module:
    """Statistics of a few batches, and weights that are whole sixty-fourths."""
    with torch.no_grad():
        for array in (*net.parameters(), *net.buffers()):
            if array.dtype.is_floating_point:
                array.copy_((array * 64).round().clamp(-127, 127) / 64)
        for name, array in net.named_buffers():
            if name.endswith("running_var"):
                array.clamp_(min=1 / 64)
    return net.eval()


def older(net: nn.Module, example: Tensor, opset: int, sizes: Any = None, **how: Any) -> bytes:
    """By the exporter that works from TorchScript."""
    kept = io.BytesIO()
    axes = {"image": sizes or {0: "images"}}
    torch.onnx.export(
        net, (example,), kept, dynamo=False, opset_version=opset, input_names=["image"], dynamic_axes=axes, **how
    )
    return plain(onnx.load_from_string(kept.getvalue()))


def newer(net: nn.Module, example: Tensor, opset: int) -> bytes:
    """By the exporter that works from torch.export, for any number of images."""
    dynamic = ({0: torch.export.Dim("images")},)
    program = torch.onnx.export(
        net, (example,), dynamo=True, dynamic_shapes=dynamic, opset_version=opset, input_names=["image"]
    )
    return plain(program.model_proto)


def exported() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Every network, with the files of its exports by how they were made."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    for name, (kind, shape) in NETWORKS.items():
        torch.manual_seed(0)
        net = kind()
        for _batch in range(3):
            net(torch.rand(8, *shape[1:]))
        net, example = rounded(net), torch.rand(shape)
        files: dict[str, bytes] = {}
        for opset in OPSETS:
            files[f"torchscript-{opset}"] = older(net, example, opset)
            if opset >= 18:
                files[f"dynamo-{opset}"] = newer(net, example, opset)
        files["torchscript-17-unfolded"] = older(
            net, example, 17, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False
        )
        if name.startswith("unet"):  # what is padded then hangs on the picture's size
            files["torchscript-13-any-size"] = older(net, example, 13, {0: "images", 2: "height", 3: "width"})
        yield name, files
