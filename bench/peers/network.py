"""A model package's network as a PyTorch module, generically from its layers and with the same weights.

TensorFlow's space-to-depth orders channels as (block row, block column, channel), PyTorch's pixel_unshuffle as (channel,
block row, block column). So that the peer pays for no reordering, the filters of the convolutions next to them are
reordered once instead.
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F


def load(folder):
    """Layers and parameters that `bench/harness/export-network.ts` wrote."""
    network = json.loads((Path(folder) / "network.json").read_text())
    values = np.fromfile(Path(folder) / "weights.bin", dtype="<f4")
    parameters = {}
    for entry in network["parameters"]:
        size = int(np.prod(entry["shape"]))
        parameters[entry["name"]] = values[entry["offset"] : entry["offset"] + size].reshape(entry["shape"])
    return network, parameters


def torch_order(channels, block):
    """For each of PyTorch's packed channels the index of the same one in TensorFlow's order."""
    depth = channels // (block * block)
    return [(y * block + x) * depth + c for c in range(depth) for y in range(block) for x in range(block)]


class Network(torch.nn.Module):
    """Inputs and output are NCHW; use `.to(memory_format=torch.channels_last)`."""

    def __init__(self, folder):
        super().__init__()
        self.network, parameters = load(folder)
        self.layers = self.network["layers"]
        packed = {layer["name"]: layer["block"] for layer in self.layers if layer["type"] == "spaceToDepth"}
        unpacked = {layer["input"]: layer["block"] for layer in self.layers if layer["type"] == "depthToSpace"}
        self.parameter = torch.nn.ParameterDict()
        for layer in self.layers:
            if layer["type"] not in ("conv2d", "conv2dTranspose"):
                continue
            name = layer["name"]
            filters, bias = parameters[f"{name}/filter"], parameters[f"{name}/bias"]
            if layer["input"] in packed:
                filters = filters[:, :, torch_order(filters.shape[2], packed[layer["input"]]), :]
            if name in unpacked:
                order = torch_order(len(bias), unpacked[name])
                filters, bias = filters[..., order], bias[order]
            assert layer["stride"] == 1 or layer["stride"] == layer["kernel"], "only padding that both place alike"
            # Both kinds keep [height, width, a, b] here and want [b, a, height, width].
            value = torch.tensor(np.ascontiguousarray(filters.transpose(3, 2, 0, 1)))
            self.parameter[self.key(name, "filter")] = torch.nn.Parameter(value)
            self.parameter[self.key(name, "bias")] = torch.nn.Parameter(torch.tensor(np.ascontiguousarray(bias)))

    @staticmethod
    def key(layer, parameter):
        return f"{layer}/{parameter}".replace(".", "_")

    def forward(self, *inputs):
        values = {spec["name"]: value for spec, value in zip(self.network["inputs"], inputs)}
        for layer in self.layers:
            names = layer["inputs"] if "inputs" in layer else [layer["input"]]
            values[layer["name"]] = self.apply_layer(layer, [values[name] for name in names])
        return values[self.network["output"]]

    def apply_layer(self, layer, inputs):
        kind, name = layer["type"], layer["name"]
        if kind in ("conv2d", "conv2dTranspose"):
            filters, bias = self.parameter[self.key(name, "filter")], self.parameter[self.key(name, "bias")]
            if kind == "conv2dTranspose":
                return F.conv_transpose2d(inputs[0], filters, bias, stride=layer["stride"])
            padding = layer["kernel"] // 2 if layer["stride"] == 1 else 0
            return F.conv2d(inputs[0], filters, bias, stride=layer["stride"], padding=padding)
        if kind == "relu":
            return F.relu(inputs[0])
        if kind == "sigmoid":
            return torch.sigmoid(inputs[0])
        if kind == "add":
            return inputs[0] + inputs[1]
        if kind == "subtract":
            return inputs[0] - inputs[1]
        if kind == "concat":
            return torch.cat(inputs, 1)
        if kind == "spaceToDepth":
            return F.pixel_unshuffle(inputs[0], layer["block"])
        if kind == "depthToSpace":
            return F.pixel_shuffle(inputs[0], layer["block"])
        raise ValueError(f"unknown layer {kind}")


class Denoise(torch.nn.Module):
    """Photo less its noise: what the product's denoiser graph computes, on a photo and a noise level for all of it."""

    def __init__(self, folder):
        super().__init__()
        self.noise = Network(folder)

    def forward(self, photo, level):
        sigma = level.reshape(1, 1, 1, 1).expand(photo.shape[0], 1, photo.shape[2], photo.shape[3])
        return photo - self.noise(photo, sigma)


class Analyse(torch.nn.Module):
    """Photo and noise level to latent."""

    def __init__(self, folder):
        super().__init__()
        self.analysis = Network(folder)

    def forward(self, photo, level):
        sigma = level.reshape(1, 1, 1, 1).expand(photo.shape[0], 1, photo.shape[2], photo.shape[3])
        return self.analysis(photo, sigma)


class Synthesise(torch.nn.Module):
    """Scaled latent to photo."""

    def __init__(self, folder):
        super().__init__()
        self.synthesis = Network(folder)

    def forward(self, latent, gains):
        return self.synthesis(latent * gains)


kinds = {"denoise": Denoise, "analyse": Analyse, "synthesise": Synthesise}
