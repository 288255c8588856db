"""New tensors: constants and windows."""

from __future__ import annotations

import numpy as np

from pykeras import _core
from pykeras.dtypes import standardize_dtype
from pykeras.keras_tensor import KerasTensor, operation
from pykeras.ops.core import cast, convert_to_tensor
from pykeras.ops.numbers import as_operand, sizes_list

op = _core.op


def array(x, dtype=None):
    """A tensor with the values of ``x``."""
    return convert_to_tensor(x, dtype)


@operation
def copy(x):
    """A tensor of the same values."""
    return op.copy(as_operand(x))


def zeros(shape, dtype=None):
    """A tensor of zeros."""
    return convert_to_tensor(np.zeros(sizes_list(shape), standardize_dtype(dtype)))


def ones(shape, dtype=None):
    """A tensor of ones."""
    return convert_to_tensor(np.ones(sizes_list(shape), standardize_dtype(dtype)))


def empty(shape, dtype=None):
    """``zeros``."""
    return zeros(shape, dtype)


def full(shape, fill_value, dtype=None):
    """A tensor of one value."""
    value = as_operand(fill_value)
    return op.broadcast_to(cast(value, standardize_dtype(dtype)), sizes_list(shape))


@operation
def zeros_like(x, dtype=None):
    return full_like(x, 0, dtype)


@operation
def ones_like(x, dtype=None):
    return full_like(x, 1, dtype)


@operation
def full_like(x, fill_value, dtype=None):
    """``fill_value`` in the shape of ``x``."""
    x = as_operand(x)
    dtype = standardize_dtype(dtype or x.dtype)
    if isinstance(x, KerasTensor) or isinstance(fill_value, KerasTensor):
        return KerasTensor(x.shape, dtype)
    value = cast(fill_value, dtype)
    return op.broadcast_to(value, list(x.shape))


@operation
def empty_like(x, dtype=None):
    """``zeros_like``."""
    return zeros_like(x, dtype)


def eye(N, M=None, k=0, dtype=None):
    """Ones on a diagonal."""
    return convert_to_tensor(np.eye(N, M, k, dtype=standardize_dtype(dtype)))


def identity(n, dtype=None):
    """The identity matrix of ``n`` rows.

    >>> identity(2).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    return eye(n, dtype=dtype)


def _window(name: str, text: str):
    function = getattr(np, name)

    def window(x):
        return convert_to_tensor(np.asarray(function(int(x)), standardize_dtype(None)))

    window.__name__ = window.__qualname__ = name
    window.__doc__ = f"The {text} window of ``x`` points."
    return window


bartlett = _window("bartlett", "triangular")

blackman = _window("blackman", "Blackman")

hamming = _window("hamming", "Hamming")

hanning = _window("hanning", "Hann")


def kaiser(x, beta):
    """The Kaiser window of ``x`` points."""
    return convert_to_tensor(np.asarray(np.kaiser(int(x), float(beta)), standardize_dtype(None)))


__all__ = [
    "array", "bartlett", "blackman", "copy", "empty", "empty_like", "eye", "full", "full_like",
    "hamming", "hanning", "identity", "kaiser", "ones", "ones_like", "zeros", "zeros_like",
]  # fmt: skip
