"""What CIFAR-10 and CIFAR-100 share: pickled batches of images in an archive."""

from __future__ import annotations

import pathlib
import pickle

import numpy as np

from pykeras import config
from pykeras.datasets.cache import damaged
from pykeras.datasets.pickles import ArrayUnpickler
from pykeras.utils.downloads import cache_directory, get_file

FOLDER = "https://www.cs.toronto.edu/~kriz/"


def folder(name, archive, expected):
    """The directory with the batches, of Keras's cache (``<name>-target/<name>``, or Keras 2's ``<name>``).

    Raises:
        OSError: absent, and not to be had from the network; says which file goes where.
        ValueError: an archive of another hash.
    """
    cache = cache_directory()
    for found in (cache / f"{name}-target" / name, cache / name):
        if found.is_dir():
            return found
    try:
        return pathlib.Path(get_file(f"{name}-target", FOLDER + archive, file_hash=expected, extract=True)) / name
    except OSError as error:
        raise OSError(
            f"the batches of {name} are neither in the cache nor to be had from the network ({error}). Download "
            f"{FOLDER}{archive} on another machine and put it at {cache / f'{name}-target_archive'}"
        ) from error


def batch(path, labels, origin):
    """Images of shape (n, 3, 32, 32) and labels of shape (n, 1) of one pickled batch.

    Raises:
        ValueError: a damaged file, or one with anything but arrays and lists in it.
    """
    try:
        with open(path, "rb") as file:
            content = ArrayUnpickler(file, encoding="bytes").load()
        x = np.asarray(content[b"data"], "uint8")
        y = np.asarray(content[labels.encode()])
        return x.reshape(-1, 3, 32, 32), y.reshape(len(x), 1)
    except (
        OSError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        EOFError,
        AttributeError,
        pickle.UnpicklingError,
    ) as e:
        raise damaged(path, origin, e) from e


def in_layout(x):
    """Images in the data format of the configuration."""
    return x if config.image_data_format() == "channels_first" else np.ascontiguousarray(x.transpose(0, 2, 3, 1))
