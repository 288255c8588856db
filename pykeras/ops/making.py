"""New tensors: constants, ranges, windows."""

from __future__ import annotations

import numpy as np

from pykeras import _core
from pykeras.dtypes import result_type, standardize_dtype
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
    value = convert_to_tensor(np.asarray(fill_value, standardize_dtype(dtype or x.dtype)))
    if isinstance(x, KerasTensor):
        return KerasTensor(x.shape, value.dtype)
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


def arange(start, stop=None, step=None, dtype=None):
    """Numbers from ``start`` up to, not including, ``stop``."""
    if dtype is None:
        dtype = _dtype_of(start, stop, step)
    start, stop, step = (np.asarray(v) if hasattr(v, "shape") else v for v in (start, stop, step))
    values = np.arange(start, stop, step) if stop is not None else np.arange(0, start, step)
    return convert_to_tensor(values.astype(standardize_dtype(dtype)))


def _dtype_of(*values) -> str:
    """The dtype in which tensors, arrays and numbers meet."""
    return result_type(*(getattr(v, "dtype", type(v)) for v in values if v is not None))


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    """``num`` evenly spaced numbers."""
    if dtype is None:
        dtype = result_type(_dtype_of(start, stop), float)
    start, stop = np.asarray(start), np.asarray(stop)
    values, step = np.linspace(start, stop, num, endpoint, retstep=True, axis=axis)
    values = convert_to_tensor(np.asarray(values, standardize_dtype(dtype)))
    return (values, step) if retstep else values


def logspace(start, stop, num=50, endpoint=True, base=10, dtype=None, axis=0):
    """``num`` numbers evenly spaced in their logarithm, from ``base ** start`` to ``base ** stop``."""
    values = np.logspace(np.asarray(start), np.asarray(stop), num, endpoint, base, axis=axis)
    return convert_to_tensor(np.asarray(values, standardize_dtype(dtype)))


def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    """``num`` numbers of constant ratio from ``start`` to ``stop``."""
    values = np.geomspace(np.asarray(start), np.asarray(stop), num, endpoint, axis=axis)
    return convert_to_tensor(np.asarray(values, standardize_dtype(dtype)))


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
    "arange", "array", "bartlett", "blackman", "copy", "empty", "empty_like", "eye", "full", "full_like", "geomspace",
    "hamming", "hanning", "identity", "kaiser", "linspace", "logspace", "ones", "ones_like", "zeros", "zeros_like",
]  # fmt: skip
