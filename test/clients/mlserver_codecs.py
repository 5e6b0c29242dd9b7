"""MLServer's codecs, which make requests from numpy arrays and arrays from answers."""

import numpy
import requests
from mlserver.codecs import NumpyCodec, NumpyRequestCodec
from mlserver.types import InferenceRequest, InferenceResponse, MetadataModelResponse, MetadataServerResponse
from target import LABELS, ROWS, run


def call(target, request):
    url = f"{target.url}/v2/models/{target.model}/infer"
    body = request.model_dump(exclude_none=True, exclude_unset=True)
    answer = requests.post(url, json=body, headers=target.headers, verify=target.ca, timeout=30)
    assert answer.status_code == 200, answer.text
    return InferenceResponse.model_validate(answer.json())


def codecs(target):
    """MLServer's numpy codec makes the request and reads the answer"""
    features = NumpyCodec.encode_input(name="features", payload=numpy.array(ROWS, dtype=numpy.float32))
    answer = call(target, InferenceRequest(id="r1", inputs=[features]))
    outputs = {output.name: NumpyCodec.decode_output(output) for output in answer.outputs}
    assert outputs["label"].reshape(-1).tolist() == LABELS, outputs
    assert outputs["probabilities"].shape == (2, 3)
    assert answer.id == "r1"


def request_codec(target):
    """MLServer's request codec makes the request, with its parameters"""

    class Named(NumpyRequestCodec):
        InputCodec = NumpyCodec

    request = Named.encode_request(numpy.array(ROWS, dtype=numpy.float32))
    request.inputs[0].name = "features"
    answer = call(target, request)
    assert answer.parameters.content_type == request.parameters.content_type


def metadata(target):
    """MLServer's types hold the metadata of the server and of the model"""
    get = lambda path: requests.get(target.url + path, headers=target.headers, verify=target.ca, timeout=30).json()  # noqa: E731
    MetadataServerResponse.model_validate(get("/v2"))
    assert MetadataModelResponse.model_validate(get(f"/v2/models/{target.model}")).name == target.model


if __name__ == "__main__":
    run([codecs, request_codec, metadata])
