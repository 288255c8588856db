"""CIFAR-10: 60,000 colour images of 32x32 pixels in 10 classes."""

import numpy as np

from pykeras.datasets import cifar

_SHA256 = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"


def load_data():
    """The images as Keras gives them: 50,000 to train on, 10,000 held out.

    They are looked for in ``~/.keras/datasets`` (``$KERAS_HOME/datasets``), as Keras unpacks them; otherwise the
    archive is downloaded, checked and unpacked. Batches are read by an unpickler that makes only arrays and lists.

    Returns:
        ``((x_train, y_train), (x_test, y_test))``: ``x`` uint8 of shape ``(n, 32, 32, 3)``, or ``(n, 3, 32, 32)`` when
        ``config.image_data_format()`` is "channels_first"; ``y`` uint8 of shape ``(n, 1)``: 0 airplane, 1 automobile,
        2 bird, 3 cat, 4 deer, 5 dog, 6 frog, 7 horse, 8 ship, 9 truck.

    Raises:
        OSError: no files and no network; says which file goes where.
        ValueError: a damaged file.

    Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
    """
    archive = "cifar-10-python.tar.gz"
    folder = cifar.folder("cifar-10-batches-py", archive, _SHA256)
    names = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
    parts = [cifar.batch(folder / name, "labels", cifar.FOLDER + archive) for name in names]
    x = [cifar.in_layout(np.concatenate([p[0] for p in group])) for group in (parts[:5], parts[5:])]
    y = [np.concatenate([p[1] for p in group]).astype("uint8") for group in (parts[:5], parts[5:])]
    return (x[0], y[0]), (x[1], y[1])
