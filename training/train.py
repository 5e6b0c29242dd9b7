"""Step: learns from the rows and leaves the model as ONNX. Hyperparameters: seed, max_iter."""

import os

from container import MODEL, StepFailed, channel, hyperparameters, whole_number
from schema import FEATURES
from table import read_table

# The name by which the packages' tools know the model's graph.
GRAPH = "iris"


def fit(rows: list, seed: int, max_iter: int):
    """A fitted scikit-learn pipeline. The same rows and seed give the same predictions."""
    import numpy
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    features = numpy.array([numbers for numbers, _ in rows], dtype=numpy.float32)
    if not numpy.isfinite(features).all():
        raise StepFailed("a number is too large for FP32, in which the model computes")
    labels = numpy.array([label for _, label in rows], dtype=numpy.int64)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=max_iter, random_state=seed))
    return model.fit(features, labels)


def export(model, provenance: dict) -> bytes:
    """ONNX that takes any number of rows and gives labels and probabilities as tensors (zipmap would make the latter maps).

    The provenance stands in the file's metadata: two runs give files of different digests, and each tells whence it is.
    """
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    made = to_onnx(
        model,
        initial_types=[("features", FloatTensorType([None, len(FEATURES)]))],
        options={id(model): {"zipmap": False}},
        target_opset={"": 17, "ai.onnx.ml": 3},
        name=GRAPH,
    )
    for key in sorted(provenance):
        made.metadata_props.add(key=key, value=provenance[key])
    return made.SerializeToString(deterministic=True)


def main(arguments: dict) -> None:
    settings = hyperparameters()
    rows = read_table(channel("train"))
    model = fit(rows, whole_number(settings, "seed", 0, 2**31 - 1), whole_number(settings, "max_iter", 1, 100_000))
    # The service sets it in every training container.
    job = os.environ.get("TRAINING_JOB_NAME", "")
    MODEL.mkdir(parents=True, exist_ok=True)
    (MODEL / "model.onnx").write_bytes(export(model, {"training_job": job} if job else {}))
    print(f"learnt from {len(rows)} rows")
