"""Conversion, casting, shapes, control of differentiation."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras import _core, convert
from pykeras.dtypes import standardize_dtype
from pykeras.keras_tensor import KerasTensor, known_sizes, operation
from pykeras.ops.numbers import as_operand, static_shape


def convert_to_tensor(x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None):
    """A tensor with the values of ``x`` (array, number, list, variable), in ``dtype`` when given.

    >>> convert_to_tensor([1.0, 2.0]).shape
    (2,)
    """
    if sparse or ragged:
        raise ValueError("convert_to_tensor: sparse and ragged tensors are not supported")
    if isinstance(x, KerasTensor):
        return x if dtype is None else cast(x, dtype)
    if isinstance(x, _core.Variable):
        x = x.read()
    elif not isinstance(x, _core.Tensor):
        if isinstance(x, (bool, int, float)) and not hasattr(x, "dtype"):
            x = np.asarray(x, standardize_dtype(dtype or type(x)))
        x = convert.tensor_from(x)
    if dtype is not None and x.dtype != standardize_dtype(dtype):
        x = _core.op.cast(x, standardize_dtype(dtype))
    return x


def convert_to_numpy(x: Any) -> np.ndarray:
    """The values of ``x`` as a NumPy array (read-only where it shares a tensor's memory)."""
    if isinstance(x, _core.Variable):
        return x.read().numpy()
    return x.numpy() if isinstance(x, _core.Tensor) else np.asarray(x)


def is_tensor(x: Any) -> bool:
    """Whether ``x`` is a tensor with values."""
    return isinstance(x, _core.Tensor)


@operation
def cast(x, dtype):
    """``x`` in another dtype. Floats lose their fraction in integers; NaN becomes 0, what is out of range saturates.

    >>> cast([1.7, -1.7], "int32").tolist()
    [1, -1]
    """
    dtype = standardize_dtype(dtype)
    x = as_operand(x)
    return x if x.dtype == dtype else _core.op.cast(x, dtype)


def saturate_cast(x, dtype):
    """``cast``, which saturates anyway."""
    return cast(x, dtype)


def shape(x) -> tuple:
    """The shape as a tuple; ``None`` where a symbolic tensor's size is unknown.

    In the ``call`` of a layer all sizes are numbers: see ``layers/describing.py``.
    """
    return known_sizes(static_shape(x))


def ndim(x) -> int:
    return len(static_shape(x))


@operation
def size(x):
    """The number of values; a symbolic number where a size is unknown."""
    sizes = static_shape(x)
    return KerasTensor((), "int32") if None in sizes else int(np.prod(sizes, dtype=np.int64))


@operation
def stop_gradient(variable):
    """The same values, taken as constants by differentiation."""
    return _core.op.stop_gradient(variable)


def dtype(x) -> str:
    """The name of the dtype of ``x``."""
    return standardize_dtype(as_operand(x).dtype)


def unstack(x, num: int | None = None, axis: int = 0) -> list:
    """The slices of ``x`` along an axis, without it."""
    from pykeras.ops.movement import split, squeeze

    count = static_shape(x)[axis]
    if count is None and num is not None:
        from pykeras.ops.indexing import take

        return [take(x, i, axis) for i in range(num)]
    if count is None:
        raise ValueError(f"unstack: the size of axis {axis} of shape {static_shape(x)} is unknown")
    if num is not None and num != count:
        raise ValueError(f"unstack: expected {num} slices along axis {axis}, got shape {static_shape(x)}")
    return [squeeze(part, axis) for part in split(x, count, axis)]


__all__ = [
    "cast", "convert_to_numpy", "convert_to_tensor", "dtype", "is_tensor", "ndim", "saturate_cast", "shape", "size",
    "stop_gradient", "unstack",
]  # fmt: skip
