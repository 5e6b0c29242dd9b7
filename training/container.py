"""SageMaker's container contract: where a step finds its inputs, its settings and its outputs, and how it says why it failed.

Training jobs: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
Processing jobs: https://docs.aws.amazon.com/sagemaker/latest/dg/build-your-own-processing-container.html
"""

import json
import os
import pathlib

# The service mounts everything here; a run elsewhere (on a laptop, in a test) names its own folder.
ROOT = pathlib.Path(os.environ.get("ML_FOLDER", "/opt/ml"))

PROCESSING = ROOT / "processing"
MODEL = ROOT / "model"

# DescribeProcessingJob shows the first 1 KB of the message, DescribeTrainingJob the first 1,024 characters of the failure.
MOST_BYTES_OF_A_REASON = 1024


class StepFailed(Exception):
    """A reason that the operator can act on: it names the column, file or setting and the limit, never a value of the data."""


def hyperparameters() -> dict:
    """Hyperparameters of a training job, all text."""
    path = ROOT / "input" / "config" / "hyperparameters.json"
    return json.loads(path.read_text()) if path.exists() else {}


def whole_number(settings: dict, name: str, least: int, most: int) -> int:
    """A whole number among settings that are text. Raises StepFailed where it is missing, no number, or out of its range."""
    text = str(settings.get(name, ""))
    if not text.lstrip("-").isascii() or not text.lstrip("-").isdigit() or not least <= int(text) <= most:
        raise StepFailed(f"{name} is not a whole number from {least} to {most}")
    return int(text)


def channel(name: str) -> pathlib.Path:
    """Folder of a training job's input channel."""
    return ROOT / "input" / "data" / name


def write_failure(reason: str) -> None:
    """Leaves the reason where the service looks for it: `failure` of a training job, `message` of a processing job."""
    training = (ROOT / "input" / "config").exists()
    folder = ROOT / "output"
    folder.mkdir(parents=True, exist_ok=True)
    text = reason.encode("utf-8")[:MOST_BYTES_OF_A_REASON].decode("utf-8", "ignore")
    (folder / ("failure" if training else "message")).write_text(text, encoding="utf-8")
