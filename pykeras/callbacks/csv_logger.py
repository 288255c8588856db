"""CSVLogger: one line an epoch in a file."""

import csv
import os

import numpy as np

from pykeras.callbacks.callback import Callback


class CSVLogger(Callback):
    """Writes epoch number and logs to a CSV file.

    Args:
        filename: the file.
        separator: between the values.
        append: go on with a file that is there (its header is kept) instead of writing anew.

    Columns are settled by the first epoch: its logs in alphabetical order, and, when that epoch had no validation,
    ``val_`` and each of them. Cells without a value hold ``NA``.
    """

    def __init__(self, filename, separator=",", append=False):
        super().__init__()
        self.filename, self.sep, self.append = os.fspath(filename), separator, append
        self.keys = None
        self._file = self._writer = None

    def on_train_begin(self, logs=None):
        there = self.append and os.path.exists(self.filename) and os.path.getsize(self.filename) > 0
        self._header = not there
        self._file = open(self.filename, "a" if self.append else "w", newline="")
        self._writer = self.keys = None

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        if self._writer is None:
            self.keys = sorted(logs)
            if not any(key.startswith("val_") for key in self.keys):
                self.keys += [f"val_{key}" for key in self.keys]
            self._writer = csv.writer(self._file, delimiter=self.sep, lineterminator="\n")
            if self._header:
                self._writer.writerow(["epoch", *self.keys])
        self._writer.writerow([epoch, *(_cell(logs.get(key, "NA")) for key in self.keys)])
        self._file.flush()

    def on_train_end(self, logs=None):
        if self._file is not None:
            self._file.close()
            self._file = self._writer = None


def _cell(value):
    """A list of values as one cell."""
    return f"[{', '.join(map(str, value))}]" if np.ndim(value) else value
