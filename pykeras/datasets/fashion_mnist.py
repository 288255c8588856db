"""Fashion-MNIST: 70,000 grey images of clothes, 28x28 pixels, in ten classes."""

import gzip
import hashlib
import math
import pathlib
import struct
import zlib

import numpy as np

from pykeras import config
from pykeras.datasets.cache import cached_file, damaged

_ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_SUBDIR = "datasets/fashion-mnist"

# Where Debian's package dataset-fashion-mnist puts the same files.
_SYSTEM = pathlib.Path("/usr/share/datasets/fashion-mnist")

# Hashes (sha256) of what the files hold once unpacked: the packing differs between distributors.
_FILES = {
    "train-labels-idx1-ubyte.gz": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "train-images-idx3-ubyte.gz": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "t10k-labels-idx1-ubyte.gz": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    "t10k-images-idx3-ubyte.gz": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
}


def load_data():
    """Fashion-MNIST as Keras gives it: 60,000 images to train on, 10,000 held out.

    The four files are looked for in ``~/.keras/datasets/fashion-mnist`` (below ``$KERAS_HOME`` when set), then where
    Debian's ``dataset-fashion-mnist`` puts them, then downloaded and their content's hash checked.

    Returns:
        ``((x_train, y_train), (x_test, y_test))``: ``x`` uint8 of shape ``(n, 28, 28)`` with values 0 to 255, ``y``
        uint8 of shape ``(n,)``: 0 T-shirt/top, 1 trouser, 2 pullover, 3 dress, 4 coat, 5 sandal, 6 shirt, 7 sneaker,
        8 bag, 9 ankle boot.

    Raises:
        OSError: no files and no network; says which file goes where.
        ValueError: a damaged file.

    Source: Xiao, Rasul and Vollgraf, "Fashion-MNIST", 2017.
    """
    y_train, x_train, y_test, x_test = (_read(name) for name in _FILES)
    for x, y in ((x_train, y_train), (x_test, y_test)):
        if len(x) != len(y):
            raise ValueError(f"fashion_mnist: {len(x)} images with {len(y)} labels; the files do not belong together")
    return (x_train, y_train), (x_test, y_test)


def _read(name):
    path = _find(name)
    try:
        return _parse_idx(gzip.decompress(path.read_bytes()), axes=3 if "idx3" in name else 1)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise damaged(path, _ORIGIN + name, error) from error


def _find(name):
    cached = pathlib.Path(config.keras_home()) / _SUBDIR / name
    system = _SYSTEM / name
    if not cached.exists() and system.exists():
        return system

    def verify(path):
        found = hashlib.sha256(gzip.decompress(pathlib.Path(path).read_bytes())).hexdigest()
        if found != _FILES[name]:
            raise ValueError(f"{_ORIGIN}{name}: content hash {found}, expected {_FILES[name]}; the file was not kept")

    return cached_file(name, _ORIGIN + name, _SUBDIR, verify)


def _parse_idx(data, axes):
    """An array of bytes in the IDX format: magic number 0x0800 + axes, the sizes (big-endian), the values."""
    header = 4 + 4 * axes
    if len(data) < header:
        raise ValueError(f"{len(data)} bytes, too few for a header")
    magic, *shape = struct.unpack(f">{1 + axes}I", data[:header])
    if magic != 0x0800 + axes:
        raise ValueError(f"magic number {magic:#x}, expected {0x0800 + axes:#x}")
    if len(data) - header != math.prod(shape):
        raise ValueError(f"{len(data) - header} values, expected {'x'.join(map(str, shape))}")
    return np.frombuffer(data, np.uint8, offset=header).reshape(shape).copy()
