"""Trains the model that is served by default and exports it to ONNX.

    python3 -m venv .venv && .venv/bin/pip install -r training/requirements.txt
    .venv/bin/python training/train.py [--output models/mymodel]

Writes `model.onnx` and prints its metrics and SHA-256 as one line of JSON. The data are scikit-learn's own and every seed
is fixed: the same packages give the same bytes.
"""

import argparse
import hashlib
import json
import pathlib

import numpy
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SEED = 20260101
ROOT = pathlib.Path(__file__).resolve().parent.parent


def train():
    """Returns the fitted pipeline and its metrics on rows that it has not seen."""
    data = load_iris()
    features = data.data.astype(numpy.float32)
    seen, unseen, labels, expected = train_test_split(
        features, data.target, test_size=0.3, random_state=SEED, stratify=data.target
    )
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, random_state=SEED))
    model.fit(seen, labels)
    metrics = {
        "rows_trained": len(seen),
        "rows_tested": len(unseen),
        "accuracy": round(float(accuracy_score(expected, model.predict(unseen))), 4),
        "log_loss": round(float(log_loss(expected, model.predict_proba(unseen))), 4),
    }
    return model, metrics


def export(model) -> bytes:
    """ONNX with any number of rows, labels and probabilities as tensors (zipmap would make the latter maps)."""
    made = to_onnx(
        model,
        initial_types=[("features", FloatTensorType([None, 4]))],
        options={id(model): {"zipmap": False}},
        target_opset={"": 17, "ai.onnx.ml": 3},
        name="iris",
    )
    return made.SerializeToString(deterministic=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--output", type=pathlib.Path, default=ROOT / "models" / "mymodel")
    folder = arguments.parse_args().output
    model, metrics = train()
    exported = export(model)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(exported)
    print(json.dumps({**metrics, "bytes": len(exported), "sha256": hashlib.sha256(exported).hexdigest()}))


if __name__ == "__main__":
    main()
