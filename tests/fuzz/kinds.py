"""Every kind of file that is read: good ones to begin with, which blows fit it, and the commands that read it.

Sheets of ours that are filled in stand in `sheet_kinds`, networks in `network_kind`, what Hypothesis draws in `drawn`.

To add one: a `Kind` in `kinds`, and a folder in `cases` when something is found.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import openpyxl
from PIL import Image
from safetensors.numpy import save

import stepwise as sw
from stepwise.arithmetic import Array
from stepwise.dialects import keras
from stepwise.exercises.assignment import files_of, load_assignment
from stepwise.graders.gradescope import total_points
from stepwise.grading.grading import journal_of
from stepwise.grading.journal import Journal
from stepwise.grading.marker import ClassMarker
from stepwise.grading.submissions import find_submissions
from stepwise.lesson_files.reading import load_lesson_file
from stepwise.sites.preview import Preview
from stepwise.worksheets.handout import make
from stepwise.worksheets.workshop import Order
from tests.fuzz import blows
from tests.fuzz.blows import View
from tests.fuzz.drawn import drawn_kinds
from tests.fuzz.kind import ANSWER, EXAMPLES, LETTERS, OUT, PARTS, POOL, READING, SHEET, TABLE, WEIGHTED, Command, Kind
from tests.fuzz.network_kind import network_kind
from tests.fuzz.paste_kind import paste_kind
from tests.fuzz.sheet_kinds import sheet_kinds
from tests.fuzz.site_kinds import site_kind


def kinds() -> dict[str, Kind]:
    """All of them by name. Takes about a second: the good files are made."""
    struck = (*_records(), *_lessons(), *_arrays(), *_weights(), *_answers(), *_classes(), *_unfinished())
    every = (*struck, *sheet_kinds(), network_kind(), site_kind(), paste_kind(), *drawn_kinds())
    return {kind.name: kind for kind in every}


def _records() -> list[Kind]:
    image = np.arange(25).reshape(5, 5) - 7
    net = sw.trace(
        ["Conv2D(2, 3, padding='same')", "keras.layers.ReLU()", "MaxPool2D(2)", "Flatten()", "Dense(2)"], image / 4
    )
    gap = keras.layers.Add()([keras.layers.MaxPool2D(1)(image), keras.layers.ReLU()(image)])
    traces = [
        sw.trace("MaxPool2D(2, strides=1, padding='SAME')", [[4, 3], [2, 1]]),
        net,
        gap,
        sw.trace("nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True)", image.astype(np.float32)[None]),
        sw.trace("nn.ConvTranspose2d(1, 2, 2, stride=2)", image[None] / 3),
        sw.trace("Conv2D(1, 2)", "a b 1/2; c d 3; 1 2 a"),
        sw.trace("nn.AdaptiveMaxPool2d(2)", image[None]),
        sw.trace("keras.layers.Softmax()", [[1.0, 2.0, 3.0]]),
        sw.trace("BatchNormalization()", image / 2),
        sw.trace("keras.layers.Permute((2, 1))", image[None]),
        sw.trace("MaxPool2D(2)", image).backward([[1, 0], [0, 2]])["input"],
    ]
    seeds = [json.dumps(trace.to_data()).encode() for trace in traces]
    pages = [trace.lesson().html().encode() for trace in (traces[0], net, traces[5])]
    pages.append(sw.compare(traces[0], sw.trace("MaxPool2D(2)", [[4, 3], [2, 1]])).html().encode())
    pages.append(load_lesson_file(EXAMPLES / "practice.yaml").lesson().html().encode())
    page_views = (blows.of_page, blows.of_page, blows.of_page, blows.words, blows.raw)
    return [
        Kind(
            "trace",
            "t.json",
            seeds,
            (blows.of_json, blows.of_json, blows.of_json, blows.words, blows.raw),
            [("verify", "t.json"), ("why", "t.json", "--cell", "0,0"), ("why", "t.json", "--touched", "0,0"), _told],
        ),
        Kind("page", "p.html", pages, page_views, [("verify", "p.html")]),
    ]


def _told(folder: Path) -> object:
    trace = sw.load(folder / "t.json")
    trace.verify()
    return trace.lesson().html()


def _lessons() -> list[Kind]:
    texts = [POOL, PARTS, SHEET, LETTERS]
    texts += [
        (EXAMPLES / name).read_text() for name in ("convolution.yaml", "letters.yaml", "causal.yaml", "assumed.yaml")
    ]
    ways_back = [
        (EXAMPLES / name).read_bytes()
        for name in ("training-step.yaml", "worksheet-gradient.yaml", "worksheet-training-step.yaml")
    ]
    texts += [
        "stepwise: 1\ninput: {random: {shape: [4, 4], low: 0, high: 9, seed: 1}}\nlayers: nn.AvgPool2d(3, 2, 1)\n"
    ]
    texts += [
        'stepwise: 1\ninput: {mnist: 3, divide: 255}\nlayers: ["Conv2D(1, 5, strides=4)"]\n',
        READING.format("a.csv"),
    ]
    return [
        Kind(
            "lesson",
            "l.yaml",
            [text.encode() for text in texts],
            (blows.of_yaml, blows.of_yaml, blows.words, blows.words, blows.raw),
            [
                ("explain", "l.yaml", "--to", "html"),
                ("check", "l.yaml", ANSWER),
                ("why", "l.yaml", "--cell", "0,0"),
                _worksheet,
                _previewed,
                ("grade", "l.yaml", "class.csv", "-o", "out/r.csv", "--force"),
                _packed,
            ],
            {"class.csv": TABLE, "a.csv": b"1,2\n3,4\n"},
        ),
        Kind(
            "way-back",
            "l.yaml",
            ways_back,
            (blows.of_yaml, blows.of_yaml, blows.words, blows.raw),
            [
                ("backward", "l.yaml", "--to", "html"),
                ("explain", "l.yaml", "--to", "txt"),
                ("check", "l.yaml", ANSWER),
                _worksheet,
            ],
        ),
    ]


def _worksheet(folder: Path) -> object:
    return make([folder / "l.yaml"], folder / OUT / "sheet", Order(2, 1, ("md",)))


def _previewed(folder: Path) -> object:
    return Preview(folder / "l.yaml").page()


def _packed(folder: Path) -> object:
    """What goes into a zip for Gradescope, without stepwise itself."""
    load_assignment(folder / "l.yaml")
    return files_of(folder / "l.yaml")


def _arrays() -> list[Kind]:
    def read(file: str) -> list[Command]:
        window = 8 if file == "p.png" else 2
        return [
            ("explain", "MaxPool2D(1)", "--input", file, "--to", "md"),
            ("explain", f"{file[:1]}.yaml", "--to", "txt"),
            ("explain", f"Conv2D(1, {window}, padding='same')", "--input", "1 2; 3 4", "--kernel", file),
        ]

    def kind(file: str, seeds: list[bytes], *views: View) -> Kind:
        name = file.split(".")[1]
        return Kind(name, file, seeds, views, read(file), {f"{file[:1]}.yaml": READING.format(file).encode()})

    arrays = [
        np.arange(6).reshape(2, 3),
        np.eye(2, dtype=np.float32) / 3,
        np.asfortranarray(np.ones((2, 2, 3), "u1")),
        np.array([[np.nan, np.inf]]),
        np.array([[True, False]]),
    ]
    digit = np.arange(64, dtype=np.uint8).reshape(8, 8)
    pictures = [
        _picture(Image.fromarray(picture))
        for picture in (digit, np.stack([digit] * 3, -1), np.stack([digit] * 4, -1) | 255)
    ]
    pictures += [_picture(Image.fromarray(digit).convert(mode)) for mode in ("1", "P", "LA")]
    pictures.append(_picture(Image.fromarray(digit.astype(np.uint16) * 900)))
    nested = [[[1, 2.5], [3, -4]], [[[1], [2]], [[3], [4]]], [["1/2", 1e3]]]
    idx = b"\x00\x00\x08\x03\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\x03" + bytes(range(18))
    return [
        kind("n.npy", [_npy(array) for array in arrays], blows.npy, blows.npy, blows.raw),
        kind("p.png", pictures, blows.png, blows.png, blows.raw),
        kind(
            "c.csv",
            [b"1,2\n3,4\n", b"1;2\n3;4\n", b"\xef\xbb\xbf0.5 1/2\r\n-1 a\r\n"],
            blows.words,
            blows.words,
            blows.raw,
        ),
        kind("t.txt", [b"4 3; 2 1", b"1 2\n3 4\n"], blows.words, blows.raw),
        kind(
            "j.json", [json.dumps(one).encode() for one in nested], blows.of_json, blows.of_json, blows.words, blows.raw
        ),
        Kind("idx", "mnist/train-images-idx3-ubyte", [idx], (blows.raw,), [_mnist], _mnist_beside(idx)),
        Kind(
            "idx.gz",
            "mnist/train-images-idx3-ubyte.gz",
            [_gzipped(idx)],
            (blows.gzipped, blows.raw),
            [_mnist],
            _mnist_beside(idx),
        ),
    ]


def _mnist(folder: Path) -> object:
    return keras.datasets.mnist.load_data(folder / "mnist")


def _mnist_beside(idx: bytes) -> dict[str, bytes]:
    labels = b"\x00\x00\x08\x01\x00\x00\x00\x02\x01\x02"
    return {"mnist/train-labels-ubyte": labels, "mnist/t10k-images-ubyte": idx, "mnist/t10k-labels-ubyte": labels}


def _gzipped(data: bytes) -> bytes:
    import gzip

    return gzip.compress(data, 1, mtime=0)


def _npy(array: Array) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def _picture(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def _weights() -> list[Kind]:
    weights = {
        "arr_0": np.ones((3, 3, 1, 2), "f4"),
        "arr_1": np.zeros(2),
        "arr_2": np.ones((98, 2)) / 8,
        "arr_3": np.ones(2),
    }
    stream = io.BytesIO()
    np.savez_compressed(stream, **weights)  # type: ignore[arg-type]  # its own stub takes them for options
    tensors = save({name: np.ascontiguousarray(array) for name, array in weights.items()}, {"format": "np"})

    def kind(name: str, seed: bytes, *views: View) -> Kind:
        lesson = WEIGHTED.format(f"w.{name}").encode()
        return Kind(name, f"w.{name}", [seed], views, [("explain", "w.yaml", "--to", "txt")], {"w.yaml": lesson})

    return [
        kind("npz", stream.getvalue(), blows.of_zip, blows.of_zip, blows.raw),
        kind("safetensors", tensors, blows.safetensors, blows.safetensors, blows.raw),
    ]


def _answers() -> list[Kind]:
    grid = [[4, 3, 7], [5, 7, 7], [5, 6, 6]]
    book = openpyxl.Workbook()
    for row in grid:
        book.active.append([*row, None, "=1+1", "x", True, 1e300])
    xlsx, clean = io.BytesIO(), io.BytesIO()
    book.save(xlsx)
    book.active.delete_cols(4, 5)
    book.save(clean)
    beside = {"pool.yaml": POOL.encode(), "parts.yaml": PARTS.encode()}

    def kind(suffix: str, seeds: list[bytes], *views: View) -> Kind:
        file = f"answer.{suffix}"
        commands = [("check", "pool.yaml", file, "--to", "html"), ("check", "parts.yaml", file)]
        return Kind(f"answer-{suffix}", file, seeds, views, commands, beside)

    texts = [
        ANSWER.encode(),
        b"4 _; x 1/2\n---\n3.5\n",
        "４ ３；\n5,0".encode(),
        b"[[4, 3, 7], [5, 7, 7], [5, null, 6]]",
    ]
    said = [grid, {"answer": grid}, {"parts": [grid, "4 3; 1 2"]}, {"answer": [["1/2", None, "x"]]}]
    return [
        kind("txt", texts, blows.words, blows.words, blows.raw),
        kind("csv", [b"4,3,7\n5,7,7\n5,6,6\n", b"4;3\n5;7\n\n1;2\n3;\n", b'"4","3"\n"5",7\n'], blows.words, blows.raw),
        kind("json", [json.dumps(one).encode() for one in said], blows.of_json, blows.of_json, blows.words, blows.raw),
        kind(
            "yaml",
            [json.dumps(one).encode() for one in said] + [b"answer:\n- [4, 3, 7]\n- [5, ~, 7]\n"],
            blows.of_json_or_words,
            blows.words,
            blows.raw,
        ),
        kind("npy", [_npy(np.array(grid)), _npy(np.array(grid, "f4"))], blows.npy, blows.npy, blows.raw),
        kind("xlsx", [xlsx.getvalue(), clean.getvalue()], blows.of_zip, blows.of_zip, blows.of_zip, blows.raw),
    ]


def _classes() -> list[Kind]:
    lines = b"".join(
        json.dumps(row).encode() + b"\n"
        for row in (
            {"student": "ana", "answer": ANSWER, "variant": "v01"},
            {"student": 7, "answer": [[4, 3], [1, None]]},
            {"student": "ana", "answer": None, "x": 1},
        )
    )
    manifest = {
        "stepwise": 1,
        "lesson": "pool.yaml",
        "seed": 7,
        "files": {},
        "variants": [
            {"id": "v01", "seed": 7, "input": [[4, 3], [2, 1]], "weights": None, "files": {"pool.yaml": "0"}},
            {
                "id": "v02",
                "lesson": "parts.yaml",
                "input": "1 2 3; 4 5 6; 7 8 9",
                "weights": {"0": {"kernel": [[1, 0], [0, 1]], "bias": [0]}},
            },
        ],
    }
    manifest["variants"][0].pop("files")  # type: ignore[index]  # the first has no hash that must fit
    lessons = {"pool.yaml": POOL.encode(), "parts.yaml": PARTS.encode()}
    in_folder = {f"set/{name}": data for name, data in lessons.items()}
    graded = ("-o", "out/r.csv", "-o", "out/r.html", "--force")
    table = b"student,answer,variant\nana,4,v01\nben,1 2,v02\ncyd,,v02\n"
    return [
        Kind(
            "class-csv",
            "class.csv",
            [TABLE, TABLE.replace(b",", b";"), table],
            (blows.words, blows.words, blows.raw),
            [
                ("grade", "pool.yaml", "class.csv", *graded),
                ("grade", "parts.yaml", "class.csv", "-o", "out/r.jsonl", "--force"),
            ],
            lessons,
        ),
        Kind(
            "class-tsv",
            "class.tsv",
            [TABLE.replace(b",", b"\t")],
            (blows.words, blows.raw),
            [("grade", "pool.yaml", "class.tsv", *graded)],
            lessons,
        ),
        Kind(
            "class-jsonl",
            "class.jsonl",
            [lines],
            (blows.of_lines, blows.of_lines, blows.words, blows.raw),
            [("grade", "pool.yaml", "class.jsonl", *graded)],
            lessons,
        ),
        Kind(
            "class-folder",
            "class/ana.xlsx",
            _answers()[5].seeds,
            (blows.of_zip, blows.raw),
            [("grade", "pool.yaml", "class", *graded)],
            {**lessons, "class/ben.txt": ANSWER.encode()},
        ),
        Kind(
            "class-zip",
            "class.zip",
            _answers()[5].seeds,
            (blows.raw,),
            [("grade", "pool.yaml", "class.zip", *graded)],
            lessons,
        ),
        Kind(
            "manifest",
            "set/manifest.json",
            [json.dumps(manifest).encode()],
            (blows.of_json, blows.of_json, blows.of_json, blows.words, blows.raw),
            [("grade", "set", "class.csv", *graded), _packed_folder],
            {**in_folder, "class.csv": table},
        ),
        Kind(
            "metadata",
            "m.json",
            [b'{"assignment": {"total_points": "4.0", "id": 1}, "users": []}'],
            (blows.of_json, blows.words, blows.raw),
            [_metadata],
        ),
    ]


def _packed_folder(folder: Path) -> object:
    load_assignment(folder / "set")
    return files_of(folder / "set")


def _metadata(folder: Path) -> object:
    return total_points(folder / "m.json")


def _unfinished() -> list[Kind]:
    """What a stopped run leaves, to go on from."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pool.yaml").write_text(POOL)
        (folder / "class.csv").write_bytes(TABLE)
        assignment = load_assignment(folder / "pool.yaml")
        marker, place = ClassMarker(assignment), journal_of(folder / "r.csv")
        with Journal(place, assignment.fingerprint) as journal:
            for one in find_submissions(folder / "class.csv"):
                journal.write(one.key, marker.mark(one))
        kept = place.read_bytes()
    found = json.dumps(
        [
            [
                {
                    "numbers": {"input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]]},
                    "attempt": 0,
                    "told": ["stride"],
                    "difficulty": {"carries": 2},
                    "same": [["a", "b"]],
                }
            ]
        ]
        * 2
    ).encode()
    return [
        Kind(
            "journal",
            "out/r.csv.unfinished",
            [kept],
            (blows.of_lines, blows.of_lines, blows.words, blows.raw),
            [("grade", "pool.yaml", "class.csv", "-o", "out/r.csv", "-o", "out/r.html", "-o", "out/r.jsonl")],
            {"pool.yaml": POOL.encode(), "class.csv": TABLE},
        ),
        Kind(
            "found",
            "found.json",
            [found],
            (blows.of_json, blows.of_json, blows.words, blows.raw),
            [_went_on],
            {"l.yaml": SHEET.encode()},
        ),
    ]


def _went_on(folder: Path) -> object:
    """A sheet that was stopped after its numbers were found, and goes on."""
    from stepwise.worksheets.handout import fingerprint
    from stepwise.worksheets.sheet import load_sheet

    order, lessons = Order(2, 1, ("md",)), [folder / "l.yaml"]
    unfinished = folder / OUT / ".sheet.unfinished"
    unfinished.mkdir()
    (unfinished / ".of").write_text(fingerprint(load_sheet(lessons), order))
    (unfinished / ".found").write_bytes((folder / "found.json").read_bytes())
    return make(lessons, folder / OUT / "sheet", order)
