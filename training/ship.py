"""Makes the model that the code ships with, by the pipeline's own steps, and its card.

    python3 -m venv .venv && .venv/bin/pip install --require-hashes -r training/requirements.txt
    .venv/bin/python training/ship.py [--output models/mymodel]

The same packages on the same kind of machine give the same bytes; the same predictions everywhere.
"""

import argparse
import hashlib
import pathlib
import sys

sys.dont_write_bytecode = True

from evaluate import judge  # noqa: E402
from schema import CLASSES, FEATURES  # noqa: E402
from split import split  # noqa: E402
from table import read_table  # noqa: E402
from train import export, fit  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent

# The pipeline's defaults.
SEED = 20260101
TEST_PERCENT = 30
MAX_ITER = 1000

CARD = """# mymodel

Tells three species of iris apart by four measurements of a flower. It is small on purpose: put your own `model.onnx` into a
folder beside this one (or in its place) and it is served without a change of code.

| | |
| --- | --- |
| Input | `features`, FP32 `[-1, 4]`: {features}, in centimetres |
| Outputs | `label`, INT64 `[-1]`: {classes}; `probabilities`, FP32 `[-1, 3]`, in that order |
| Kind | standard scaler and multinomial logistic regression (scikit-learn {sklearn}), ONNX opset 17 |
| Data | Fisher's iris data (1936), {rows} rows (`training/data/iris.csv`, SHA-256 `{data}`); {train} rows to train, {test} held out, stratified |
| Metrics | accuracy {accuracy:.3f} and log loss {log_loss:.3f} on the rows held out, by the exported file in onnxruntime |
| Size | {size} bytes |
| SHA-256 | `{digest}` |

Made by `python training/ship.py`, which runs the steps of the training pipeline (docs/training.md) with the packages of
`training/requirements.txt`; every seed is fixed, and the same data and seed give the same predictions.

Limits: it has seen {train} flowers of three species from one study. It answers for any four numbers, also for those of no iris.
"""


def main() -> None:
    import sklearn

    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--output", type=pathlib.Path, default=HERE.parent / "models" / "mymodel")
    folder = arguments.parse_args().output
    rows = read_table(HERE / "data")
    train, test = split(rows, TEST_PERCENT, SEED)
    content = export(fit(train, SEED, MAX_ITER), {})
    report = judge(content, test)
    metrics = report["multiclass_classification_metrics"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(content)
    card = CARD.format(
        features=", ".join(name.replace("_", " ") for name in FEATURES),
        classes=", ".join(f"{index} {name}" for index, name in enumerate(CLASSES)),
        sklearn=sklearn.__version__,
        rows=len(rows),
        train=len(train),
        test=len(test),
        data=hashlib.sha256((HERE / "data" / "iris.csv").read_bytes()).hexdigest()[:16] + "…",
        accuracy=metrics["accuracy"]["value"],
        log_loss=metrics["log_loss"]["value"],
        size=len(content),
        digest=report["model"]["digest"],
    )
    (folder / "README.md").write_text(card, encoding="utf-8")
    print(f"accuracy {metrics['accuracy']['value']:.4f}, {len(content)} bytes, digest {report['model']['digest']}")


if __name__ == "__main__":
    main()
