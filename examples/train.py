"""Makes the two example models, what their transforms read, and a request for each.

    python3 -m venv .venv && .venv/bin/pip install --require-hashes -r training/requirements.txt
    .venv/bin/python examples/train.py [--output examples/models]

The same packages on the same kind of machine give the same bytes; the same predictions everywhere.
"""

import argparse
import csv
import json
import pathlib
import re
import struct
import zlib

HERE = pathlib.Path(__file__).resolve().parent

SEED = 20260101

# As in the transform of `text`: the first five letters of each word, so that "invoice" and "invoices" are one, in lower case.
WORD = re.compile(r"[a-z]{2,}")
LETTERS = 5


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--output", type=pathlib.Path, default=HERE / "models")
    folder = arguments.parse_args().output
    for name, make in (("text", make_text), ("image", make_image)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        accuracy = make(folder / name)
        print(f"{name}: accuracy {accuracy:.3f} on what was held out, {(folder / name / 'model.onnx').stat().st_size} bytes")


def make_text(folder: pathlib.Path) -> float:
    """Counts of the vocabulary's words → topic of a message to a help desk."""
    import numpy
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline

    with open(HERE / "data" / "messages.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    tokens = [[word[:LETTERS] for word in WORD.findall(row["message"].lower())] for row in rows]
    vocabulary = sorted({token for message in tokens for token in message})
    place = {token: index for index, token in enumerate(vocabulary)}
    counts = numpy.zeros((len(rows), len(vocabulary)), dtype=numpy.float32)
    for index, message in enumerate(tokens):
        for token in message:
            counts[index, place[token]] += 1
    topics = sorted({row["topic"] for row in rows})
    labels = numpy.array([topics.index(row["topic"]) for row in rows], dtype=numpy.int64)
    model = make_pipeline(TfidfTransformer(), LogisticRegression(C=10, max_iter=1000, random_state=SEED))
    folds = StratifiedKFold(8, shuffle=True, random_state=SEED)
    accuracy = float(cross_val_score(model, counts, labels, cv=folds).mean())
    save(folder, model.fit(counts, labels), "counts", len(vocabulary))
    (folder / "vocabulary.txt").write_text("".join(f"{token}\n" for token in vocabulary), encoding="utf-8")
    write_json(folder / "labels.json", topics)
    write_json(folder / "example.json", {"text": "My parcel never arrived, where is it?"})
    return accuracy


def make_image(folder: pathlib.Path) -> float:
    """8 × 8 grey pixels, 0 (paper) to 16 (ink) → digit."""
    import numpy
    from sklearn.datasets import load_digits
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pixels, labels = load_digits(return_X_y=True)
    pixels, labels = pixels.astype(numpy.float32), labels.astype(numpy.int64)
    train, test = train_test_split(range(len(labels)), test_size=0.2, random_state=SEED, stratify=labels)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000, random_state=SEED)).fit(pixels[train], labels[train])
    save(folder, model, "pixels", 64)
    seven = next(index for index in test if labels[index] == 7 and model.predict(pixels[index : index + 1])[0] == 7)
    (folder / "example.png").write_bytes(png(pixels[seven].reshape(8, 8), 16))
    return float(model.score(pixels[test], labels[test]))


def save(folder: pathlib.Path, model, name: str, width: int) -> None:
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    made = to_onnx(
        model,
        initial_types=[(name, FloatTensorType([None, width]))],
        options={id(model): {"zipmap": False}},
        target_opset={"": 17, "ai.onnx.ml": 3},
        name=folder.name,
    )
    (folder / "model.onnx").write_bytes(made.SerializeToString(deterministic=True))


def png(ink, scale: int) -> bytes:
    """A greyscale PNG of dark ink on white paper, each pixel enlarged."""
    side = 8 * scale
    rows = (bytes(255 - round(float(ink[y // scale][x // scale]) * 255 / 16) for x in range(side)) for y in range(side))
    data = b"".join(b"\0" + row for row in rows)

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")


def write_json(path: pathlib.Path, value) -> None:
    path.write_text(json.dumps(value) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
