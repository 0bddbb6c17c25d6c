"""How examples/digit.onnx was made: a small network that reads handwritten digits, trained by PyTorch, saved as ONNX.

    python tools/train_digit.py FOLDER      a folder with MNIST's training images and labels (IDX, gzipped)

It needs torch 2.13, onnx and onnxscript, which stepwise itself does not. With the first 5,000 digits of MNIST's
training set and one thread it takes about two minutes. The digits are by Yann LeCun and Corinna Cortes, CC BY-SA 3.0.
"""

from __future__ import annotations

import sys
from pathlib import Path

import onnx
import torch
from torch import nn

from stepwise.io.arrays import read_idx

TO = Path(__file__).parents[1] / "examples" / "digit.onnx"
EPOCHS = 30
BATCH = 64


def network() -> nn.Sequential:
    """Two convolutions, each with ReLU and pooling, then one number for each digit: 9,098 weights."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * 7 * 7, 10),
    )


def shifted(images: torch.Tensor) -> torch.Tensor:
    """Each batch moved by up to two pixels, so that the network does not learn places by heart."""
    across, down = torch.randint(-2, 3, (2,)).tolist()
    return torch.roll(images, (down, across), (2, 3))


def trained(images: torch.Tensor, labels: torch.Tensor) -> nn.Sequential:
    """The network after `EPOCHS` rounds over the digits."""
    net = network()
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    for _epoch in range(EPOCHS):
        for batch in torch.randperm(len(images)).split(BATCH):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(shifted(images[batch])), labels[batch]).backward()
            optimizer.step()
        schedule.step()
    return net.eval()


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


def main() -> None:
    folder = Path(sys.argv[1])
    torch.manual_seed(0)
    torch.set_num_threads(1)
    images, labels = (read_idx(folder / f"train-{name}-ubyte.gz") for name in ("images-idx3", "labels-idx1"))
    x = torch.from_numpy(images).float()[:, None] / 255
    net = trained(x, torch.from_numpy(labels).long())
    save(nn.Sequential(*net, nn.Softmax(dim=1)).eval(), x[:2], TO)
    print(f"wrote {TO}: {TO.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
