"""The product's training steps in PyTorch: the same network, batch, loss, clipping, Adam and moving average."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from network import Network


class Trainer:
    """Everything about a step but the loss."""

    def __init__(self, parameters, learning_rate, bfloat16):
        self.parameters = parameters
        self.averages = [parameter.detach().clone() for parameter in parameters]
        self.optimiser = torch.optim.Adam(parameters, lr=learning_rate, foreach=True)
        self.bfloat16 = bfloat16

    def step(self, loss_of):
        self.optimiser.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bfloat16):
            loss = loss_of()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0, foreach=True)
        self.optimiser.step()
        with torch.no_grad():
            torch._foreach_lerp_(self.averages, list(self.parameters), 0.002)
        return loss.item()


def photos_of(request):
    values = np.fromfile(request["photos"], dtype=np.uint8).reshape(request["shape"])
    return torch.from_numpy(values)


def to_input(photos):
    return (photos.permute(0, 3, 1, 2).to(torch.float32) / 255).contiguous(memory_format=torch.channels_last)


def denoiser_case(request, next_photos=None):
    """Noise of a random level for each patch, mean absolute error of the noise's prediction.

    `next_photos` gives the batch of each step; the same one always when it is absent.
    """
    network = Network(request["folder"]).to(memory_format=torch.channels_last)
    trainer = Trainer(list(network.parameters()), request["learningRate"], request["dtype"] == "bfloat16")
    photos = photos_of(request) if next_photos is None else None

    def loss_of():
        clean = to_input(photos if next_photos is None else next_photos())
        levels = torch.rand(clean.shape[0], 1, 1, 1) * (55 / 255)
        noisy = clean + torch.randn_like(clean) * levels
        noise = network(noisy, levels.expand(-1, 1, clean.shape[2], clean.shape[3]))
        return (noisy - noise.float() - clean).abs().mean()

    return lambda: trainer.step(loss_of)


causal = [(0, -1), (-1, 0), (-1, -1), (-1, 1)]
around = [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)]


def shifted(x, dy, dx):
    framed = F.pad(x, (1, 1, 1, 1))
    return framed[:, :, 1 + dy : 1 + dy + x.shape[2], 1 + dx : 1 + dx + x.shape[3]]


class RateModel(torch.nn.Module):
    """Bits of each integer from a logistic density that neighbours and lower channels predict."""

    def __init__(self, channels, anchors):
        super().__init__()
        self.bias = torch.nn.Parameter(torch.zeros(anchors, channels))
        self.near = torch.nn.Parameter(torch.full((4, channels), 0.1))
        self.mean = torch.nn.Parameter(torch.zeros(4, channels))
        self.here = torch.nn.Parameter(torch.zeros(channels, channels, 1, 1))
        self.around = torch.nn.Parameter(torch.zeros(channels, channels, 1, 1))
        self.register_buffer("mask", torch.tril(torch.ones(channels, channels), -1)[:, :, None, None])

    def forward(self, noisy, anchors):
        row = lambda table, index: table[index].reshape(1, -1, 1, 1)
        magnitude = torch.log1p(noisy.abs())
        ring = sum(shifted(magnitude, dy, dx) for dy, dx in around) / 8
        scale = F.conv2d(magnitude, self.here * self.mask) + F.conv2d(ring, self.around * self.mask)
        scale = scale + sum(shifted(magnitude, *place) * row(self.near, index) for index, place in enumerate(causal))
        scale = (scale + (anchors @ self.bias)[:, :, None, None]).clamp(-3, 9).float()
        mean = sum(shifted(noisy, *place) * row(self.mean, index) for index, place in enumerate(causal))
        inverse = torch.exp(-scale)
        distance = -(noisy - mean).abs()
        probability = torch.sigmoid((distance + 0.5) * inverse) - torch.sigmoid((distance - 0.5) * inverse) + 1e-9
        return -torch.log2(probability)


def codec_case(request):
    """Bits + lambda x squared error through analysis, rounding and synthesis; the denoising layers stay as they are."""
    analysis = Network(request["analysis"]).to(memory_format=torch.channels_last)
    synthesis = Network(request["synthesis"]).to(memory_format=torch.channels_last)
    channels, anchors = request["latentChannels"], request["qualityAnchors"]
    rate = RateModel(channels, anchors)
    gains = torch.nn.ParameterList([torch.zeros(anchors, channels), torch.zeros(anchors, channels)])
    fixed = not request["trainsDenoiser"]
    for name, parameter in analysis.parameter.items():
        layer = name.split("/")[0]
        parameter.requires_grad_(not fixed or layer == "linear" or layer.startswith("correct-"))
    modules = [analysis, synthesis, rate, gains]
    trained = [p for module in modules for p in module.parameters() if p.requires_grad]
    trainer = Trainer(trained, request["learningRate"], request["dtype"] == "bfloat16")
    photos = photos_of(request)

    def loss_of():
        clean = to_input(photos)
        batch, _, height, width = clean.shape
        levels = torch.rand(batch, 1, 1, 1) * (55 / 255)
        lambdas = torch.exp(torch.rand(batch) * math.log(150)) * 0.0008
        weights = F.one_hot(torch.randint(anchors, (batch,)), anchors).float()
        noisy = clean + torch.randn_like(clean) * levels
        latent = analysis(noisy, levels.expand(-1, 1, height, width)).float()
        scaled = latent * torch.exp(weights @ gains[0])[:, :, None, None]
        bits = rate(scaled + torch.rand_like(scaled) - 0.5, weights)
        rounded = scaled + (torch.round(scaled) - scaled).detach()
        restored = synthesis(rounded * torch.exp(weights @ gains[1])[:, :, None, None]).float()
        bpp = bits.sum((1, 2, 3)) / (height * width)
        mse = ((restored - clean) * 255).square().mean((1, 2, 3))
        return (bpp + lambdas * mse).mean()

    return lambda: trainer.step(loss_of)


def case(request):
    return {"denoiser": denoiser_case, "codec": codec_case}[request["preset"]](request)
