"""kserve's InferenceRESTClient: JSON and binary, health by the fields of the answers."""

import asyncio
import ssl

import httpx
import numpy
from kserve import InferInput, InferRequest, InferenceRESTClient, RESTConfig
from kserve.protocol.infer_type import RequestedOutput
from target import LABELS, ROWS, run


def with_client(target, work):
    async def connected():
        verify = ssl.create_default_context(cafile=target.ca) if target.ca else True
        client = InferenceRESTClient(RESTConfig(protocol="v2", verify=verify, retries=0))
        try:
            return await work(client)
        finally:
            await client.close()

    return asyncio.run(connected())


def request(target, binary):
    features = InferInput(name="features", shape=[2, 4], datatype="FP32")
    features.set_data_from_numpy(numpy.array(ROWS, dtype=numpy.float32), binary_data=binary)
    outputs = [RequestedOutput("label", parameters={"binary_data": binary})]
    return InferRequest(model_name=target.model, infer_inputs=[features], request_outputs=outputs, request_id="r1")


def health(target):
    """kserve's client finds the server live and ready, and the model too"""

    async def work(client):
        assert await client.is_server_live(target.url, headers=target.headers) is True
        assert await client.is_server_ready(target.url, headers=target.headers) is True
        assert await client.is_model_ready(target.url, target.model, headers=target.headers) is True
        assert await client.is_model_ready(target.url, "other", headers=target.headers) is False

    with_client(target, work)


def predict(target):
    """kserve's client predicts, in JSON and in binary"""

    async def work(client):
        for binary in (False, True):
            answer = await client.infer(target.url, request(target, binary), target.model, headers=target.headers)
            assert [output.name for output in answer.outputs] == ["label"]
            assert answer.outputs[0].as_numpy().tolist() == LABELS, binary
            assert answer.id == "r1"

    with_client(target, work)


def mistakes(target):
    """kserve's client reads the errors"""

    async def work(client):
        try:
            await client.infer(target.url, {"inputs": []}, target.model, headers=target.headers)
        except httpx.HTTPStatusError as error:
            assert "missing features" in str(error), error
        else:
            raise AssertionError("the mistake went unnoticed")

    with_client(target, work)


if __name__ == "__main__":
    run([health, predict, mistakes])
