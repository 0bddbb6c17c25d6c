"""Files of other programs that are not opened here, and which export of theirs is.

Models are taken as ONNX, weights as `.npz` or `.safetensors`, numbers as `.npy`: none of these can run anything. To add
a kind of file: a line in `EXPORTS`.
"""

from __future__ import annotations

import os
from pathlib import Path

TF2ONNX = "python -m tf2onnx.convert"
KERAS = ("a Keras model", "keras.saving.load_model('{name}').export('{onnx}', format='onnx')")
PYTORCH = ("a file of PyTorch", "torch.onnx.export(model, an_example_input, '{onnx}')")
LITE = ("a TensorFlow Lite model", f"{TF2ONNX} --tflite {{name}} --output {{onnx}}")
GRAPH = ("a TensorFlow graph", f"{TF2ONNX} --graphdef {{name}} --output {{onnx}} --inputs … --outputs …")
SAVED = ("a TensorFlow SavedModel", f"{TF2ONNX} --saved-model {{name}} --output {{onnx}}")
EXPORTS: dict[str, tuple[str, str]] = {
    **dict.fromkeys((".h5", ".hdf5", ".keras"), KERAS),
    **dict.fromkeys((".pt", ".pth", ".ckpt", ".bin"), PYTORCH),
    ".tflite": LITE,
    ".pb": GRAPH,
}
"""By the end of its name: what a file is, and what exports it."""
WEIGHTS = (".safetensors", ".npz")


def export_for(name: object, instead: str = "give {onnx}") -> str:
    """What a file of another program is and what exports it; nothing where it is no such file.

    >>> export_for("net.tflite")
    'net.tflite is a TensorFlow Lite model, which is not opened here; export it with \
python -m tf2onnx.convert --tflite net.tflite --output net.onnx and give net.onnx'
    >>> export_for("lesson.yaml"), export_for("MaxPool2D(2)")
    ('', '')
    """
    text = str(name).strip().rstrip("/\\")
    if not text or "\n" in text or "(" in text or len(text) > 1000:
        return ""
    suffix = Path(text).suffix.lower()
    if suffix in WEIGHTS:
        return (
            f"{text} has weights and no layers; name it in a lesson file, as weights: {{file: {text}}} beside layers:"
        )
    found = EXPORTS.get(suffix)
    if found is None and os.path.exists(os.path.join(text, "saved_model.pb")):
        found = SAVED
    if found is None:
        return ""
    what, how = found
    onnx = f"{Path(text).stem}.onnx"
    advice = f"{text} is {what}, which is not opened here; export it with {how.format(name=text, onnx=onnx)}"
    return f"{advice} and {instead.format(onnx=onnx)}"
