"""Many calls of predict and fit in one process: resident memory and tensors alive before, on the way, after.

usage: soak.py [--predicts 100000] [--fits 1000]
"""

import argparse
import gc

import numpy as np

import pykeras
from pykeras import _core, layers


def resident():
    """Resident memory of this process in MB."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


def report(what, done):
    gc.collect()
    print(f"{what} {done}: {resident():.1f} MB resident, {_core.memory_use()['live']} bytes in tensors", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--predicts", type=int, default=100_000)
    options.add_argument("--fits", type=int, default=1000)
    options = options.parse_args()
    x = np.random.default_rng(0).normal(size=(64, 16)).astype("float32")
    y = x.sum(axis=1, keepdims=True)
    model = pykeras.Sequential([layers.Input((16,)), layers.Dense(32, activation="relu"), layers.Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    for what, count, call in (
        ("predict", options.predicts, lambda i: model.predict(x[: 1 + i % 32], verbose=0)),
        ("fit", options.fits, lambda i: model.fit(x, y, batch_size=24, verbose=0, validation_split=0.25)),
        ("new model and fit", options.fits, lambda i: new_model().fit(x, y, verbose=0)),
    ):
        for number in range(count + 1):
            if number % max(count // 5, 1) == 0:
                report(what, number)
            call(number)


def new_model():
    model = pykeras.Sequential([layers.Input((16,)), layers.Dense(32, activation="relu"), layers.Dense(1)])
    model.compile("adam", "mse")
    return model


if __name__ == "__main__":
    main()
