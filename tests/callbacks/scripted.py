"""A small model, its data, and a callback that decides what the others see."""

import numpy as np

import pykeras
from pykeras import callbacks, layers

X = np.random.default_rng(0).uniform(-1, 1, (20, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def linear(optimizer=None, loss="mse"):
    model = pykeras.Sequential([layers.Input((3,)), layers.Dense(1)])
    model.compile(optimizer or pykeras.optimizers.SGD(0.1), loss)
    return model


class Script(callbacks.Callback):
    """Puts given values into the logs."""

    def __init__(self, values, name="val_loss"):
        super().__init__()
        self.values, self.name = values, name

    def on_epoch_end(self, epoch, logs=None):
        logs[self.name] = self.values[epoch]
