"""A training that BackupAndRestore watches; run again and again by test_backup.py, which kills it.

usage: backup_script.py FOLDER FREQ DATA OUTPUT KILL_AT
KILL_AT is the number of the event (a hook, a file flushed or renamed) at which the process kills itself, 0 for never.
"""

import itertools
import os
import signal
import sys

import numpy as np

import pykeras
from pykeras import callbacks, layers


def dies_at(number):
    """Kill this process at event ``number``; returns the callback whose hooks are events."""
    count = itertools.count(1)

    def event(*args):
        if next(count) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(function):
        def watched(*args):
            event()
            return function(*args)

        return watched

    # the process dies, not the machine: nothing need be flushed to the disk, which takes long on a busy one
    os.fsync, os.replace = before(lambda handle: None), before(os.replace)
    return callbacks.LambdaCallback(on_epoch_begin=event, on_train_batch_end=event, on_epoch_end=event)


def main(folder, freq, kind, output, kill_at, epochs=6):
    watch = dies_at(kill_at)
    pykeras.utils.set_random_seed(7)
    x = np.random.normal(size=(210, 6)).astype("float32")
    y = np.tanh(x @ np.random.normal(size=(6, 1))).astype("float32")
    stack = [layers.Dense(16, activation="relu"), layers.Dropout(0.3), layers.BatchNormalization(), layers.Dense(1)]
    model = pykeras.Sequential(stack)
    model.compile("adam", "mse", metrics=["mae"])

    def batches():
        own = np.random.default_rng(1)
        while True:
            rows = own.integers(0, len(x), 20)
            yield x[rows], y[rows]

    class Data(pykeras.utils.PyDataset):
        def __init__(self):
            super().__init__(workers=2)
            self.order = np.arange(len(x))

        def __len__(self):
            return 11

        def __getitem__(self, number):
            rows = self.order[number * 20 : number * 20 + 20]
            return x[rows], y[rows]

        def on_epoch_end(self):
            np.random.shuffle(self.order)

    data = {
        "arrays": {"x": x, "y": y, "batch_size": 20},
        "part": {"x": x, "y": y, "batch_size": 20, "steps_per_epoch": 4},
        "generator": {"x": batches(), "steps_per_epoch": 8},
        "dataset": {"x": Data()},
    }[kind]
    watched = [
        watch,
        callbacks.BackupAndRestore(folder, save_freq=freq, double_checkpoint=True),
        callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=0.05),
        callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.95),
        callbacks.EarlyStopping("loss", patience=3, restore_best_weights=True),
    ]
    history = model.fit(epochs=epochs, verbose=0, callbacks=watched, **data)
    optimizer = [variable.numpy() for variable in model.optimizer.variables]
    np.savez(output, *model.get_weights(), *optimizer, history.history["mae"][-1:])


if __name__ == "__main__":
    folder, freq, kind, output, kill_at = sys.argv[1:]
    main(folder, freq if freq == "epoch" else int(freq), kind, output, int(kill_at))
