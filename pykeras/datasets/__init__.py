"""Data sets: ``datasets.<name>.load_data()`` gives ``((x_train, y_train), (x_test, y_test))``.

``digits`` is part of the package. The others are read from Keras's cache (``~/.keras/datasets``, or below
``$KERAS_HOME``) and downloaded into it, checked, when they are absent.
"""

from pykeras import lazy

_NAMES = (
    "boston_housing", "california_housing", "cifar10", "cifar100", "digits", "fashion_mnist", "imdb", "mnist", "reuters",
)  # fmt: skip

__all__ = list(_NAMES)

__getattr__, __dir__ = lazy.namespace(__name__, {}, _NAMES)
