"""What the two data sets of house prices share: tables of numbers, shuffled and split."""

from __future__ import annotations

import zipfile
import zlib

import numpy as np

from pykeras import check
from pykeras.datasets.cache import cached_file, damaged
from pykeras.datasets.sequences import FOLDER, shuffled
from pykeras.utils.downloads import hash_file


def load(path, name, expected, test_split, seed, rows=None):
    """``((x_train, y_train), (x_test, y_test))`` of an ``.npz`` file with ``x`` and ``y``; its first ``rows`` alone."""
    check.fraction("test_split", test_split)
    origin = FOLDER + name

    def verify(candidate):
        found = hash_file(candidate)
        if found != expected:
            raise ValueError(f"{origin}: sha256 hash {found}, expected {expected}; the file was not kept")

    file = cached_file(path, origin, verify=verify)
    try:
        with open(file, "rb") as opened, np.load(opened, allow_pickle=False) as data:
            x, y = data["x"][:rows], data["y"][:rows]
        if x.ndim != 2 or y.shape != x.shape[:1]:
            raise ValueError(f"a table of shape {x.shape} with prices of shape {y.shape}")
    except (
        OSError,
        ValueError,
        KeyError,
        EOFError,
        AttributeError,
        TypeError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise damaged(file, origin, error) from error
    x, y = shuffled((x, y), seed)
    split = int(len(x) * (1 - test_split))
    return (x[:split], y[:split]), (x[split:], y[split:])
