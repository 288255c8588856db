"""The states of all random generators of a process as plain data, so that a run can be taken up again."""

import random as python_random

import numpy as np

from pykeras.random.seed import global_seed_generator


def numpy_state(state=None):
    """State of NumPy's global generator (now, or as ``get_state`` gave it): lists, numbers and texts."""
    name, keys, place, has_gauss, gauss = np.random.get_state() if state is None else state
    return [name, np.asarray(keys).tolist(), int(place), int(has_gauss), float(gauss)]


def set_numpy_state(state):
    """Set NumPy's global generator to what :func:`numpy_state` gave."""
    name, keys, place, has_gauss, gauss = state
    np.random.set_state((name, np.array(keys, "uint32"), place, has_gauss, gauss))


def generator_states():
    """States of NumPy's global generator, Python's ``random`` and the stream that pykeras's draws share.

    Example:
        >>> import numpy as np
        >>> states = generator_states()
        >>> first = np.random.random()
        >>> set_generator_states(states)
        >>> np.random.random() == first
        True
    """
    version, keys, gauss = python_random.getstate()
    shared = global_seed_generator().state.numpy().tolist()
    return {"numpy": numpy_state(), "python": [version, list(keys), gauss], "shared": shared}


def set_generator_states(states):
    """Set the generators to what :func:`generator_states` gave."""
    set_numpy_state(states["numpy"])
    version, keys, gauss = states["python"]
    python_random.setstate((version, tuple(keys), gauss))
    global_seed_generator().state.assign(np.array(states["shared"], "uint32"))
