"""Evenly spaced numbers: in steps, in parts, in powers."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras import _core
from pykeras.dtypes import is_float, result_type, standardize_dtype
from pykeras.keras_tensor import operation
from pykeras.ops.arithmetic import power
from pykeras.ops.core import cast, convert_to_tensor
from pykeras.ops.numbers import as_operand, normal_axis, resized

op = _core.op


def arange(start, stop=None, step=None, dtype=None):
    """Numbers from ``start`` up to, not including, ``stop``."""
    if dtype is None:
        dtype = _dtype_of(start, stop, step)
    start, stop, step = (np.asarray(v) if hasattr(v, "shape") else v for v in (start, stop, step))
    values = np.arange(start, stop, step) if stop is not None else np.arange(0, start, step)
    return convert_to_tensor(values.astype(standardize_dtype(dtype)))


def _dtype_of(*values) -> str:
    """The dtype in which tensors, arrays and numbers meet."""
    numbers = (v if isinstance(v, (bool, int, float)) else as_operand(v) for v in values if v is not None)
    return result_type(*(getattr(v, "dtype", type(v)) for v in numbers))


def _are_tensors(*values) -> bool:
    return any(isinstance(v, (_core.Tensor, _core.Variable, _core.SymbolicTensor)) for v in values)


@operation
def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    """``num`` evenly spaced numbers; between tensors, along a new axis.

    >>> linspace(0, 1, 5).tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    dtype = result_type(_dtype_of(start, stop), float) if dtype is None else standardize_dtype(dtype)
    if _are_tensors(start, stop):
        values, step = _between(start, stop, num, endpoint, dtype, axis)
    else:
        values, step = np.linspace(np.asarray(start), np.asarray(stop), num, endpoint, retstep=True, axis=axis)
        values, step = (convert_to_tensor(np.asarray(v, dtype)) for v in (values, step))
    return (values, step) if retstep else values


def _between(start, stop, num, endpoint, dtype, axis) -> tuple[Any, Any]:
    """The numbers and the step between them."""
    wide = dtype if is_float(dtype) else "float64"
    start, stop = cast(as_operand(start), wide), cast(as_operand(stop), wide)
    gap = op.subtract(stop, start)
    parts = num - 1 if endpoint else num
    place = normal_axis(axis, len(gap.shape) + 1, "linspace")
    column = [-1 if a == place else 1 for a in range(len(gap.shape) + 1)]
    share = np.reshape(np.arange(num) / max(parts, 1), column).astype(wide)
    # Each end is met exactly: share of the one and the rest of the other, not steps added up.
    whole = op.multiply(gap, 0)  # gives both ends their common shape
    low, high = (resized(v, [*v.shape[:place], 1, *v.shape[place:]]) for v in (op.add(start, whole),
                                                                              op.add(stop, whole)))  # fmt: skip
    values = op.add(op.multiply(low, 1 - share), op.multiply(high, share))
    if wide != dtype:
        values = cast(op.floor(values), dtype)
    return values, op.divide(gap, float(parts) if parts > 0 else float("nan"))


@operation
def logspace(start, stop, num=50, endpoint=True, base=10, dtype=None, axis=0):
    """``num`` numbers evenly spaced in their logarithm, from ``base ** start`` to ``base ** stop``.

    >>> logspace(0, 2, 3).tolist()
    [1.0, 10.0, 100.0]
    """
    dtype = result_type(_dtype_of(start, stop), float) if dtype is None else standardize_dtype(dtype)
    if _are_tensors(start, stop, base):
        wide = dtype if is_float(dtype) else "float64"
        return cast(power(cast(as_operand(base), wide), _between(start, stop, num, endpoint, wide, axis)[0]), dtype)
    values = np.logspace(np.asarray(start), np.asarray(stop), num, endpoint, base, axis=axis)
    return convert_to_tensor(np.asarray(values, dtype))


@operation
def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    """``num`` numbers of constant ratio from ``start`` to ``stop``, which are of one sign.

    >>> geomspace(1, 8, 4).tolist()
    [1.0, 2.0, 4.0, 8.0]
    """
    dtype = result_type(_dtype_of(start, stop), float) if dtype is None else standardize_dtype(dtype)
    if _are_tensors(start, stop):
        wide = dtype if is_float(dtype) else "float64"
        start, stop = cast(as_operand(start), wide), cast(as_operand(stop), wide)
        ends = [op.log(op.absolute(v)) for v in (start, stop)]
        place = normal_axis(axis, len(op.add(*ends).shape) + 1, "geomspace")
        sign = op.sign(op.add(start, op.multiply(stop, 0)))
        sign = resized(sign, [*sign.shape[:place], 1, *sign.shape[place:]])
        return cast(op.multiply(sign, op.exp(_between(*ends, num, endpoint, wide, axis)[0])), dtype)
    values = np.geomspace(np.asarray(start), np.asarray(stop), num, endpoint, axis=axis)
    return convert_to_tensor(np.asarray(values, dtype))


__all__ = ["arange", "geomspace", "linspace", "logspace"]
