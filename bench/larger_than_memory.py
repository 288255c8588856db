"""Trains on an HDF5 file that is larger than the memory allowed to it, and prints the largest resident memory.

usage: larger_than_memory.py [--gigabytes 4] [--shuffle batch|yes|no] [--folder FOLDER]

The data are made on the fly: images of noise whose mean tells the class. The file is removed at the end.
"""

import argparse
import os
import tempfile
import time

import h5py
import numpy as np

import pykeras
from pykeras import layers

SIDE, CHANNELS, BATCH = 64, 4, 128


def resident():
    """Resident memory of this process in MB: now, and the largest so far."""
    with open("/proc/self/status") as status:
        lines = dict(line.split(":", 1) for line in status)
    return tuple(int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))


def write(path, gigabytes):
    count = int(gigabytes * 2**30 / (SIDE * SIDE * CHANNELS * 4)) // BATCH * BATCH
    draw = np.random.default_rng(0)
    with h5py.File(path, "w") as file:
        x = file.create_dataset("x", (count, SIDE, SIDE, CHANNELS), "float32", chunks=(BATCH, SIDE, SIDE, CHANNELS))
        y = file.create_dataset("y", (count, 1), "float32")
        for first in range(0, count, BATCH):
            labels = draw.integers(0, 2, (BATCH, 1)).astype("float32")
            noise = draw.standard_normal((BATCH, SIDE, SIDE, CHANNELS), "float32")
            x[first : first + BATCH] = noise + 0.05 * (2 * labels[:, :, None, None] - 1)
            y[first : first + BATCH] = labels
    return count


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--gigabytes", type=float, default=4)
    options.add_argument("--shuffle", choices=["batch", "yes", "no"], default="batch")
    options.add_argument("--folder")
    options = options.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path = os.path.join(folder, "data.h5")
        count = write(path, options.gigabytes)
        print(f"{count} samples, {os.path.getsize(path) / 2**30:.2f} GB; {resident()[0]:.0f} MB resident", flush=True)
        model = pykeras.Sequential(
            [
                layers.Input((SIDE, SIDE, CHANNELS)),
                layers.AveragePooling2D(8),
                layers.Flatten(),
                layers.Dense(16, activation="relu"),
                layers.Dense(1, activation="sigmoid"),
            ]
        )
        model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        with h5py.File(path) as file:
            shuffle = {"batch": "batch", "yes": True, "no": False}[options.shuffle]
            start = time.perf_counter()
            history = model.fit(
                file["x"], file["y"], batch_size=BATCH, shuffle=shuffle, validation_split=0.125, verbose=2
            ).history
            seconds = time.perf_counter() - start
    now, largest = resident()
    print(f"{options.gigabytes / seconds:.2f} GB/s, validation accuracy {history['val_accuracy'][-1]:.3f}")
    print(f"resident memory: {now:.0f} MB now, {largest:.0f} MB at most")


if __name__ == "__main__":
    main()
