"""Holds the arguments of steps, as JSON lines on stdin, against the shapes of the service's requests. Prints what does not fit."""

import json
import sys

import botocore.session
from botocore.validate import ParamValidator

OPERATIONS = {"Processing": "CreateProcessingJob", "Training": "CreateTrainingJob", "RegisterModel": "CreateModelPackage"}
# What the pipeline adds of its own when it makes the request.
NAMES = {"Processing": "ProcessingJobName", "Training": "TrainingJobName"}


def unknown(shape, value, path):
    """Members that the shape does not have: the validator passes them over, the service does not."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, inner in value.items():
            if name not in shape.members:
                yield f"{path}.{name} is unknown"
            else:
                yield from unknown(shape.members[name], inner, f"{path}.{name}")
    elif shape.type_name == "list" and isinstance(value, list):
        for index, inner in enumerate(value):
            yield from unknown(shape.member, inner, f"{path}[{index}]")


def main():
    service = botocore.session.get_session().get_service_model("sagemaker")
    checked = 0
    for line in sys.stdin:
        arguments = json.loads(line)
        kind = arguments.pop("Type")
        if kind in NAMES:
            arguments[NAMES[kind]] = "name"
        shape = service.operation_model(OPERATIONS[kind]).input_shape
        report = ParamValidator().validate(arguments, shape)
        for fault in [report.generate_report()] if report.has_errors() else []:
            print(f"{kind}: {fault}")
        for fault in unknown(shape, arguments, kind):
            print(fault)
        checked += 1
    print(f"checked {checked}")


if __name__ == "__main__":
    main()
