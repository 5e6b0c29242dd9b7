"""A model of Triton's Python backend that runs the ONNX file beside it: the wheel that brings Triton has no ONNX backend."""

import os

import numpy
import onnxruntime
import triton_python_backend_utils as triton

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "model.onnx")

TYPES = {
    "bool": "BOOL",
    "uint8": "UINT8",
    "uint16": "UINT16",
    "uint32": "UINT32",
    "uint64": "UINT64",
    "int8": "INT8",
    "int16": "INT16",
    "int32": "INT32",
    "int64": "INT64",
    "float16": "FP16",
    "float": "FP32",
    "double": "FP64",
    "string": "STRING",
}


def session():
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(FILE, options, providers=["CPUExecutionProvider"])


def described(value):
    dims = [size if isinstance(size, int) else -1 for size in value.shape]
    name = value.type.removeprefix("tensor(").removesuffix(")")
    return {"name": value.name, "data_type": f"TYPE_{TYPES[name]}", "dims": dims or [-1]}


class TritonPythonModel:
    @staticmethod
    def auto_complete_config(config):
        loaded = session()
        for value in loaded.get_inputs():
            config.add_input(described(value))
        for value in loaded.get_outputs():
            config.add_output(described(value))
        config.set_max_batch_size(0)
        return config

    def initialize(self, args):
        self.session = session()

    def execute(self, requests):
        return [self.answer(request) for request in requests]

    def answer(self, request):
        names = list(request.requested_output_names())
        given = {tensor.name(): decoded(tensor.as_numpy()) for tensor in request.inputs()}
        try:
            values = self.session.run(names, given)
        except Exception as error:
            return triton.InferenceResponse([], triton.TritonError(f"onnx runtime error: {error}"))
        return triton.InferenceResponse([triton.Tensor(name, encoded(value)) for name, value in zip(names, values)])


def decoded(value):
    if value.dtype != object:
        return value
    return numpy.array([text.decode() for text in value.flat], dtype=object).reshape(value.shape)


def encoded(value):
    if value.dtype != object:
        return value
    return numpy.array([text.encode() for text in value.flat], dtype=object).reshape(value.shape)
