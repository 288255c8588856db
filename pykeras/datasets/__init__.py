"""Data sets: ``datasets.<name>.load_data()`` gives ``((x_train, y_train), (x_test, y_test))``.

``digits`` is part of the package. The others are read from Keras's cache (``~/.keras/datasets``, or below
``$KERAS_HOME``) and downloaded into it, checked, when they are absent.
"""

import importlib

_NAMES = (
    "boston_housing", "california_housing", "cifar10", "cifar100", "digits", "fashion_mnist", "imdb", "mnist", "reuters",
)  # fmt: skip

__all__ = list(_NAMES)


def __getattr__(name):
    if name in _NAMES:
        return importlib.import_module(f"pykeras.datasets.{name}")
    raise AttributeError(f"module 'pykeras.datasets' has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_NAMES})
