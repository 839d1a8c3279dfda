"""Trainings of the peers with all that feeds them: see `bench/harness/training-cases.ts`."""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import numpy as np
import torch

import training


def keras_epoch(request):
    """One epoch of the classic dense autoencoder by `fit`, pictures in memory."""
    import keras

    pixels = np.fromfile(request["pictures"], np.uint8).reshape(-1, 784).astype("float32") / 255
    dense = keras.layers.Dense
    layers = [dense(128, "relu"), dense(32, "relu"), dense(128, "relu"), dense(784, "sigmoid")]
    model = keras.Sequential([keras.Input((784,)), *layers])
    model.compile(optimizer=keras.optimizers.Adadelta(1.0), loss="binary_crossentropy")
    return lambda: model.fit(pixels, pixels, epochs=1, batch_size=request["batch"], shuffle=True, verbose=0)


class Crops(torch.utils.data.Dataset):
    """Random crops, flipped at random, of photos in memory."""

    def __init__(self, photos, patch):
        self.photos, self.patch = photos, patch

    def __len__(self):
        return 1 << 30

    def __getitem__(self, _):
        count, height, width, _ = self.photos.shape
        index, top, left = (np.random.randint(limit) for limit in (count, height - self.patch + 1, width - self.patch + 1))
        crop = self.photos[index, top : top + self.patch, left : left + self.patch]
        return np.ascontiguousarray(crop[:, ::-1] if np.random.randint(2) else crop)


def endless(size):
    while True:
        yield [0] * size


def denoiser_step(request):
    """A step of the denoiser on the next batch of a `DataLoader`, which is made ready beside it."""
    photos = np.fromfile(request["photos"], np.uint8).reshape(request["shape"])
    loader = torch.utils.data.DataLoader(
        Crops(photos, request["patch"]), batch_sampler=endless(request["batch"]), num_workers=1
    )
    batches = iter(loader)
    return training.denoiser_case(request, lambda: next(batches))


def case(request):
    return {"kerasEpoch": keras_epoch, "loadedDenoiser": denoiser_step}[request["kind"]](request)
