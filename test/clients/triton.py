"""tritonclient.http: binary by default, no Content-Type, compression, and a header that may be stale."""

import contextlib

import gevent.ssl
import numpy
import tritonclient.http as triton
from target import LABELS, ROWS, run
from tritonclient.utils import InferenceServerException


@contextlib.contextmanager
def connected(target):
    secure = {}
    if target.secure:
        secure = {"ssl": True, "ssl_context_factory": lambda: gevent.ssl.create_default_context(cafile=target.ca)}
    with triton.InferenceServerClient(target.without_scheme, **secure) as client:
        yield client


def features(binary):
    tensor = triton.InferInput("features", [2, 4], "FP32")
    tensor.set_data_from_numpy(numpy.array(ROWS, dtype=numpy.float32), binary_data=binary)
    return [tensor]


def health(target):
    """tritonclient finds the server live and ready, and the model too"""
    with connected(target) as client:
        assert client.is_server_live(headers=target.headers)
        assert client.is_server_ready(headers=target.headers)
        assert client.is_model_ready(target.model, headers=target.headers)
        assert not client.is_model_ready("other", headers=target.headers)


def metadata(target):
    """tritonclient reads the metadata of the server and of the model"""
    with connected(target) as client:
        assert "binary_tensor_data" in client.get_server_metadata(headers=target.headers)["extensions"]
        model = client.get_model_metadata(target.model, headers=target.headers)
        assert model["inputs"] == [{"name": "features", "datatype": "FP32", "shape": [-1, 4]}], model
        again = client.get_model_metadata(target.model, model["versions"][0], headers=target.headers)
        assert again == model


def binary(target):
    """tritonclient predicts with its defaults: binary in, binary out"""
    with connected(target) as client:
        result = client.infer(target.model, features(True), request_id="r1", headers=target.headers)
        assert result.as_numpy("label").tolist() == LABELS
        assert result.as_numpy("probabilities").dtype == numpy.float32
        assert result.get_response()["id"] == "r1"


def json(target):
    """tritonclient predicts in JSON, one output of two, with the headers of an earlier binary call"""
    with connected(target) as client:
        headers = target.headers
        client.infer(target.model, features(True), headers=headers)
        outputs = [triton.InferRequestedOutput("label", binary_data=False)]
        result = client.infer(target.model, features(False), outputs=outputs, headers=headers)
        assert result.as_numpy("label").tolist() == LABELS
        assert result.as_numpy("probabilities") is None


def compressed(target):
    """tritonclient predicts with compressed requests"""
    with connected(target) as client:
        for algorithm in ("gzip", "deflate"):
            result = client.infer(
                target.model, features(True), request_compression_algorithm=algorithm, headers=target.headers
            )
            assert result.as_numpy("label").tolist() == LABELS, algorithm


def mistakes(target):
    """tritonclient reads the errors"""
    with connected(target) as client:
        wrong = triton.InferInput("features", [1, 3], "FP32")
        wrong.set_data_from_numpy(numpy.zeros((1, 3), dtype=numpy.float32))
        for model, inputs, text in ((target.model, [wrong], "shape"), ("other", features(True), "no such model")):
            try:
                client.infer(model, inputs, headers=target.headers)
            except InferenceServerException as error:
                assert text in error.message(), error.message()
            else:
                raise AssertionError("the mistake went unnoticed")


def asynchronous(target):
    """tritonclient predicts asynchronously"""
    with connected(target) as client:
        pending = [client.async_infer(target.model, features(True), headers=target.headers) for _ in range(4)]
        for request in pending:
            assert request.get_result().as_numpy("label").tolist() == LABELS


if __name__ == "__main__":
    run([health, metadata, binary, json, compressed, mistakes, asynchronous])
