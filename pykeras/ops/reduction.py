"""Sums, means, extremes and what is made of them."""

from __future__ import annotations

from typing import Any

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast
from pykeras.ops.numbers import as_operand, axes_list

op = _core.op


def _over(core, x, axis: Any, keepdims: bool, name: str):
    axes = axes_list(axis, len(x.shape), name)
    if not axes:
        return x  # axis=() reduces nothing
    return core(x, axes, bool(keepdims))


def _real(x):
    x = as_operand(x)
    return x if x.dtype in ("float32", "float64") else cast(x, "float32")


def _number(x):
    x = as_operand(x)
    return (
        cast(x, "int32")
        if x.dtype in ("bool", "int8", "int16")
        else cast(x, "uint32")
        if x.dtype in ("uint8", "uint16")
        else x
    )


@operation
def sum(x, axis=None, keepdims: bool = False):  # noqa: A001 - Keras's name
    """Sum over ``axis`` (all axes by default).

    >>> sum([[1.0, 2.0], [3.0, 4.0]], axis=0).tolist()
    [4.0, 6.0]
    """
    return _over(op.sum, _number(x), axis, keepdims, "sum")


@operation
def mean(x, axis=None, keepdims: bool = False):
    """Mean over ``axis`` (all axes by default); integers give floats."""
    return _over(op.mean, _real(x), axis, keepdims, "mean")


@operation
def prod(x, axis=None, keepdims: bool = False, dtype=None):
    """Product over ``axis``."""
    result = _over(op.prod, _number(x), axis, keepdims, "prod")
    return result if dtype is None else cast(result, dtype)


@operation
def max(x, axis=None, keepdims: bool = False, initial=None):  # noqa: A001 - Keras's name
    """Largest value over ``axis``; NaN wins. ``initial`` takes part."""
    result = _over(op.max, as_operand(x), axis, keepdims, "max")
    return result if initial is None else op.maximum(result, cast(initial, result.dtype))


@operation
def min(x, axis=None, keepdims: bool = False, initial=None):  # noqa: A001 - Keras's name
    """Smallest value over ``axis``; NaN wins. ``initial`` takes part."""
    result = _over(op.min, as_operand(x), axis, keepdims, "min")
    return result if initial is None else op.minimum(result, cast(initial, result.dtype))


amax, amin = max, min


@operation
def any(x, axis=None, keepdims: bool = False):  # noqa: A001 - Keras's name
    """Whether any value over ``axis`` is true."""
    return _over(op.max, cast(x, "bool"), axis, keepdims, "any")


@operation
def all(x, axis=None, keepdims: bool = False):  # noqa: A001 - Keras's name
    """Whether all values over ``axis`` are true."""
    return _over(op.min, cast(x, "bool"), axis, keepdims, "all")


@operation
def var(x, axis=None, keepdims: bool = False):
    """Mean squared distance from the mean over ``axis``."""
    x = _real(x)
    centred = op.subtract(x, _over(op.mean, x, axis, True, "var"))
    return _over(op.mean, op.square(centred), axis, keepdims, "var")


@operation
def std(x, axis=None, keepdims: bool = False):
    """Square root of ``var``."""
    return op.sqrt(var(x, axis, keepdims))


@operation
def moments(x, axes, keepdims: bool = False, synchronized: bool = False):
    """(mean, variance) over ``axes``. ``synchronized`` is for several devices; here there is one."""
    return mean(x, axes, keepdims), var(x, axes, keepdims)


@operation
def logsumexp(x, axis=None, keepdims: bool = False):
    """``log(sum(exp(x)))`` over ``axis`` without overflow."""
    x = _real(x)
    largest = op.stop_gradient(_over(op.max, x, axis, True, "logsumexp"))
    largest = op.select(op.isfinite(largest), largest, 0.0)
    total = op.add(op.log(_over(op.sum, op.exp(op.subtract(x, largest)), axis, True, "logsumexp")), largest)
    return total if keepdims else _over(op.sum, total, axis, False, "logsumexp")


@operation
def count_nonzero(x, axis=None):
    """How many values over ``axis`` are not 0, int32."""
    return _over(op.sum, cast(op.not_equal(x, 0), "int32"), axis, False, "count_nonzero")


@operation
def argmax(x, axis=None, keepdims: bool = False):
    """Position of the first largest value along ``axis`` (in the flattened tensor by default), int32."""
    return _position(op.argmax, x, axis, keepdims)


@operation
def argmin(x, axis=None, keepdims: bool = False):
    """Position of the first smallest value along ``axis`` (in the flattened tensor by default), int32."""
    return _position(op.argmin, x, axis, keepdims)


def _position(core, x, axis, keepdims):
    x = as_operand(x)
    rank = len(x.shape)
    flat = axis is None
    if flat:
        x, axis = op.reshape(x, [-1]), 0
    result = cast(core(x, int(axis)), "int32")
    if not keepdims:
        return result
    from pykeras.ops.movement import expand_dims, reshape

    return reshape(result, (1,) * rank) if flat else expand_dims(result, axis)


__all__ = ["sum", "mean", "prod", "max", "min", "amax", "amin", "any", "all", "var", "std", "moments", "logsumexp",
           "count_nonzero", "argmax", "argmin"]  # fmt: skip
