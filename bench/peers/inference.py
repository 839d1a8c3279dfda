"""The product's inference graphs in PyTorch (traced, frozen, channels-last) and ONNX Runtime, with the same weights."""

import io

import numpy as np
import torch

from network import kinds


def example_inputs(kind, inputs, dtype=torch.float32):
    """NHWC arrays as the tensors that a module takes."""
    tensors = []
    for array in inputs:
        tensor = torch.from_numpy(array)
        if tensor.ndim == 4:
            tensor = tensor.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
        elif kind != "denoise" and tensor.ndim == 1 and tensor.shape[0] > 1:
            tensor = tensor.reshape(1, -1, 1, 1)
        tensors.append(tensor.to(dtype))
    return tensors


def torch_case(kind, folder, inputs, dtype):
    """A traced and frozen module on fixed inputs. Gives a function that runs it once and returns NHWC float32."""
    module = kinds[kind](folder).eval().to(memory_format=torch.channels_last).to(dtype)
    tensors = example_inputs(kind, inputs, dtype)
    with torch.no_grad():
        traced = torch.jit.freeze(torch.jit.trace(module, tensors, check_trace=False))
        for _ in range(3):
            traced(*tensors)

    def run():
        with torch.no_grad():
            return traced(*tensors)

    return run, lambda output: output.float().permute(0, 2, 3, 1).contiguous().numpy()


def onnx_case(kind, folder, inputs):
    """The module's ONNX export in ONNX Runtime, with all of its graph optimisations, on as many threads as cores."""
    import onnxruntime

    module = kinds[kind](folder).eval()
    tensors = [tensor.contiguous() for tensor in example_inputs(kind, inputs)]
    buffer = io.BytesIO()
    names = [f"input{index}" for index in range(len(tensors))]
    torch.onnx.export(module, tuple(tensors), buffer, input_names=names, dynamo=False, opset_version=17)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(buffer.getvalue(), options, providers=["CPUExecutionProvider"])
    feed = {name: np.ascontiguousarray(tensor.numpy()) for name, tensor in zip(names, tensors)}

    def run():
        return session.run(None, feed)[0]

    return run, lambda output: np.ascontiguousarray(output.transpose(0, 2, 3, 1))
