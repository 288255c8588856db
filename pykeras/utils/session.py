"""State that one process keeps between models."""

import gc

from pykeras.keras_tensor import reset_names
from pykeras.random import set_global_seed


def clear_session(free_memory=True):
    """Forget the names given so far (the next ``Dense`` is called "dense" again) and the global seed.

    Arguments:
        free_memory: also collect what is no longer referred to.

    Example:
        >>> from pykeras import utils
        >>> utils.clear_session()
    """
    reset_names()
    set_global_seed(None)
    if free_memory:
        gc.collect()
