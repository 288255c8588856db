"""One seed for everything that draws random numbers."""

import random as python_random

import numpy as np

from pykeras import check
from pykeras.random import set_global_seed


def set_random_seed(seed):
    """Seed Python's ``random``, NumPy's global generator and pykeras's; the same seed gives the same bits.

    Arguments:
        seed: an integer from 0 to 2**32 - 1.

    Raises:
        ValueError: anything else.

    Example:
        >>> from pykeras import random, utils
        >>> utils.set_random_seed(1)
        >>> first = random.uniform((2,)).numpy().tolist()
        >>> utils.set_random_seed(1)
        >>> random.uniform((2,)).numpy().tolist() == first
        True
    """
    seed = check.integer("seed", int(seed) if isinstance(seed, bool) else seed)
    if not 0 <= seed < 2**32:
        raise ValueError(f"seed: expected an integer from 0 to 2**32 - 1, got {seed}")
    python_random.seed(seed)
    np.random.seed(seed)
    set_global_seed(seed)
