"""Prints the machines that the service has, as JSON: a list for training, and one for processing."""

import json
import sys

import botocore.session

service = botocore.session.get_session().get_service_model("sagemaker")
json.dump([list(service.shape_for(f"{kind}InstanceType").enum) for kind in ("Training", "Processing")], sys.stdout)
