"""Step: judges the exported model, in the runtime's own terms, on rows that it has not seen, and says which file it judged."""

import hashlib
import json
import pathlib
import tarfile

from container import PROCESSING, StepFailed
from table import read_table

# Largest archive and largest model, in bytes: what a Lambda function can hold beside its libraries.
MOST_BYTES = 200 * 1024 * 1024


def read_model(folder: pathlib.Path) -> bytes:
    """`model.onnx` out of the training job's archive, without writing anything: an archive may name any path."""
    archive = folder / "model.tar.gz"
    if not archive.is_file():
        raise StepFailed("the training job left no model.tar.gz")
    try:
        with tarfile.open(archive, "r:gz") as opened:
            for entry in opened:
                if entry.name in ("model.onnx", "./model.onnx") and entry.isfile():
                    if entry.size > MOST_BYTES:
                        raise StepFailed(f"model.onnx is larger than {MOST_BYTES // 1024 // 1024} MB")
                    return opened.extractfile(entry).read()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise StepFailed("model.tar.gz is not a readable archive") from error
    raise StepFailed("model.tar.gz holds no model.onnx")


def judge(content: bytes, rows: list) -> dict:
    """The evaluation report: metrics in the form that SageMaker's model registry shows, and the model by digest and signature."""
    import numpy
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # The runtime's own classes derive from nothing narrower.
        raise StepFailed("model.onnx cannot be loaded by onnxruntime") from error
    features = numpy.array([numbers for numbers, _ in rows], dtype=numpy.float32)
    expected = numpy.array([label for _, label in rows])
    label, probabilities = session.run(["label", "probabilities"], {session.get_inputs()[0].name: features})
    accuracy = float((label == expected).mean())
    chosen = probabilities[numpy.arange(len(rows)), expected].clip(1e-15, 1)
    log_loss = float(-numpy.log(chosen).mean())
    for name, value in (("accuracy", accuracy), ("log loss", log_loss)):
        if not numpy.isfinite(value):
            raise StepFailed(f"the {name} is not a finite number")
    return {
        "multiclass_classification_metrics": {
            "accuracy": {"value": round(accuracy, 6), "standard_deviation": "NaN"},
            "log_loss": {"value": round(log_loss, 6), "standard_deviation": "NaN"},
        },
        "rows": len(rows),
        "model": {
            "digest": hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
            "inputs": [_signature(one) for one in session.get_inputs()],
            "outputs": [_signature(one) for one in session.get_outputs()],
        },
    }


def _signature(value) -> dict:
    """Name, ONNX type and shape; a dimension that any size fits is -1."""
    return {
        "name": value.name,
        "type": value.type,
        "shape": [size if isinstance(size, int) else -1 for size in value.shape],
    }


def main(arguments: dict) -> None:
    report = judge(read_model(PROCESSING / "input" / "model"), read_table(PROCESSING / "input" / "test"))
    folder = PROCESSING / "output" / "evaluation"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "evaluation.json").write_text(json.dumps(report, indent=2) + "\n")
    metrics = report["multiclass_classification_metrics"]
    print(f"accuracy {metrics['accuracy']['value']:.4f} on {report['rows']} rows; digest {report['model']['digest']}")
