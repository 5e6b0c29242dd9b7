"""A runtime of MLServer that computes an ONNX model: the server has none of its own."""

import onnxruntime
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.codecs.numpy import to_datatype
from mlserver.types import InferenceRequest, InferenceResponse, ResponseOutput


def encoded(name, value) -> ResponseOutput:
    """With its own shape: NumpyCodec would give a list a second dimension."""
    data = value.flatten().tolist()
    return ResponseOutput(name=name, datatype=to_datatype(value.dtype), shape=list(value.shape), data=data)


class OnnxModel(MLModel):
    async def load(self) -> bool:
        self.session = onnxruntime.InferenceSession(self.settings.parameters.uri)
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        inputs = {each.name: self.decode(each, default_codec=NumpyCodec) for each in payload.inputs}
        names = [each.name for each in payload.outputs or self.session.get_outputs()]
        values = self.session.run(names, inputs)
        outputs = [encoded(name, value) for name, value in zip(names, values)]
        return InferenceResponse(model_name=self.name, outputs=outputs)
