"""What the two data sets of house prices share: tables of numbers, shuffled and split."""

from __future__ import annotations

from pykeras import check
from pykeras.datasets.cache import cached_arrays
from pykeras.datasets.sequences import FOLDER, shuffled


def load(path, name, expected, test_split, seed, rows=None):
    """``((x_train, y_train), (x_test, y_test))`` of an ``.npz`` file with ``x`` and ``y``; its first ``rows`` alone."""
    check.fraction("test_split", test_split)
    with cached_arrays(path, FOLDER + name, expected) as arrays:
        x, y = arrays["x"][:rows], arrays["y"][:rows]
        if x.ndim != 2 or y.shape != x.shape[:1]:
            raise ValueError(f"a table of shape {x.shape} with prices of shape {y.shape}")
    x, y = shuffled((x, y), seed)
    split = int(len(x) * (1 - test_split))
    return (x[:split], y[:split]), (x[split:], y[split:])
