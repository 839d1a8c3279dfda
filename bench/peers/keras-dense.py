"""The classic dense autoencoder of digits in Keras 3, for comparison with `pellucid train --preset dense`.

usage: python keras-dense.py MNIST_FOLDER [--optimiser adadelta|adam] [--rate R] [--epochs N] [--seed S]

Needs keras and a backend (tensorflow-cpu). Reads the IDX files of MNIST, plain or .gz. Prints one line of JSON: the
validation loss and the seconds of every epoch, loading of the data left out.
"""

import argparse
import gzip
import json
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import numpy as np  # noqa: E402


def pictures(folder, name):
    path = os.path.join(folder, name)
    opened = gzip.open(path + ".gz") if os.path.exists(path + ".gz") else open(path, "rb")
    with opened as file:
        return np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784).astype("float32") / 255


class Clock(keras.callbacks.Callback):
    """Seconds of each epoch, validation included."""

    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.started)


def autoencoder():
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(128, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(128, activation="relu"),
            layers.Dense(784, activation="sigmoid"),
        ]
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--optimiser", choices=["adadelta", "adam"], default="adadelta")
    parser.add_argument("--rate", type=float)
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rate = options.rate or {"adadelta": 1.0, "adam": 0.001}[options.optimiser]
    keras.utils.set_random_seed(options.seed)
    training = pictures(options.data, "train-images-idx3-ubyte")
    validation = pictures(options.data, "t10k-images-idx3-ubyte")
    model = autoencoder()
    optimiser = {"adadelta": keras.optimizers.Adadelta, "adam": keras.optimizers.Adam}[options.optimiser](rate)
    model.compile(optimizer=optimiser, loss="binary_crossentropy")
    clock = Clock()
    history = model.fit(
        training,
        training,
        epochs=options.epochs,
        batch_size=256,
        shuffle=True,
        validation_data=(validation, validation),
        verbose=0,
        callbacks=[clock],
    )
    result = {
        "peer": f"Keras {keras.__version__}, {keras.backend.backend()}",
        "optimiser": options.optimiser,
        "rate": rate,
        "validationLosses": [round(value, 5) for value in history.history["val_loss"]],
        "epochSeconds": [round(value, 3) for value in clock.seconds],
    }
    print(json.dumps(result))


main()
