"""MNIST: 70,000 grey images of handwritten digits, 28x28 pixels."""

from pykeras.datasets.cache import cached_arrays

_ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"


def load_data(path="mnist.npz"):
    """MNIST as Keras gives it: 60,000 images to train on, 10,000 held out.

    Arguments:
        path: name of the file below ``~/.keras/datasets`` (``$KERAS_HOME/datasets``), or an absolute path. When it is
            absent, the file is downloaded and its hash checked.

    Returns:
        ``((x_train, y_train), (x_test, y_test))``: ``x`` uint8 of shape ``(n, 28, 28)`` with values 0 to 255, ``y``
        uint8 of shape ``(n,)`` with values 0 to 9.

    Raises:
        OSError: no file and no network; says which file goes where.
        ValueError: a damaged file.

    Source: LeCun, Cortes and Burges, "The MNIST Database of Handwritten Digits".
    """
    with cached_arrays(path, _ORIGIN, _SHA256) as arrays:
        x_train, y_train, x_test, y_test = (arrays[key] for key in ("x_train", "y_train", "x_test", "y_test"))
        for x, y in ((x_train, y_train), (x_test, y_test)):
            if x.ndim != 3 or y.shape != x.shape[:1]:
                raise ValueError(f"images of shape {x.shape} with labels of shape {y.shape}")
    return (x_train, y_train), (x_test, y_test)
