"""Ends with 0 where everything that the peers need is installed (without loading it)."""

import importlib.util
import sys

needed = ["torch", "onnx", "onnxruntime", "keras", "tensorflow", "cv2", "numpy"]
missing = [name for name in needed if importlib.util.find_spec(name) is None]
if missing:
    print("missing:", ", ".join(missing))
sys.exit(1 if missing else 0)
