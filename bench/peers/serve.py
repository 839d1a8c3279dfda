"""Holds peers ready and runs them on request, one JSON line for each: see `bench/harness/peers.ts`."""

import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import numpy as np
import torch

import inference
import loaded
import training

torch.set_num_threads(os.cpu_count() or 1)
torch.manual_seed(0)
cases = {}


def inputs_of(request):
    """Arrays that `inputs` describes: file of little-endian float32 values, and shape."""
    return [np.fromfile(entry["file"], dtype="<f4").reshape(entry["shape"]) for entry in request["inputs"]]


def opencv_case(request):
    """OpenCV's non-local means for colour photos, with its own default windows, on an 8-bit picture."""
    import cv2

    cv2.setNumThreads(torch.get_num_threads())
    pixels = np.fromfile(request["file"], dtype=np.uint8).reshape(request["shape"])
    sigma = request["sigma255"]
    return (lambda: cv2.fastNlMeansDenoisingColored(pixels, None, sigma, sigma, 7, 21)), lambda output: output


def prepare(request):
    kind = request["kind"]
    if kind == "torch":
        dtype = getattr(torch, request["dtype"])
        return inference.torch_case(request["network"], request["folder"], inputs_of(request), dtype)
    if kind == "onnx":
        return inference.onnx_case(request["network"], request["folder"], inputs_of(request))
    if kind == "training":
        return training.case(request), lambda output: output
    if kind in ("kerasEpoch", "loadedDenoiser"):
        return loaded.case(request), lambda output: output
    if kind == "opencv":
        return opencv_case(request)
    raise ValueError(f"unknown kind {kind}")


def versions():
    import cv2
    import onnxruntime

    return {"PyTorch": torch.__version__, "ONNX Runtime": onnxruntime.__version__, "OpenCV": cv2.__version__}


def answer(request):
    call = request["call"]
    if call == "versions":
        return {"versions": versions()}
    if call == "prepare":
        cases[request["id"]] = prepare(request)
        return {}
    run, to_array = cases[request["id"]]
    if call == "output":
        to_array(run()).astype("<f4").tofile(request["file"])
        return {}
    started = time.perf_counter()
    run()
    return {"ms": 1000 * (time.perf_counter() - started)}


def main():
    # What libraries print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        try:
            result = answer(json.loads(line))
        except Exception as error:  # the reason goes to whoever asked
            result = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(result) + "\n")


main()
