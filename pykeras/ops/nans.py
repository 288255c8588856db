"""Statistics of the values that are not NaN."""

from __future__ import annotations

import math

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops import reduction
from pykeras.ops.core import cast
from pykeras.ops.numbers import as_operand, is_float, is_symbolic
from pykeras.ops.statistics import _quantile, _real, cumprod, cumsum

op = _core.op


@operation
def nanquantile(x, q, axis=None, method: str = "linear", keepdims: bool = False):
    """``quantile`` of the values that are not NaN."""
    return _quantile("nanquantile", x, q, axis, method, keepdims, skip_nan=True)


@operation
def nanpercentile(x, q, axis=None, method: str = "linear", keepdims: bool = False):
    """``percentile`` of the values that are not NaN."""
    return _quantile(
        "nanpercentile", x, q if is_symbolic(q) else np.asarray(q) / 100.0, axis, method, keepdims, skip_nan=True
    )


@operation
def nanmedian(x, axis=None, keepdims: bool = False):
    """``median`` of the values that are not NaN."""
    return _quantile("nanmedian", x, 0.5, axis, "linear", keepdims, skip_nan=True)


def _filled(x, value):
    x = as_operand(x)
    return op.select(op.isnan(x), value, x) if is_float(x) else x


@operation
def nansum(x, axis=None, keepdims: bool = False):
    """Sum of the values that are not NaN."""
    return reduction.sum(_filled(x, 0.0), axis, keepdims)


@operation
def nanprod(x, axis=None, keepdims: bool = False):
    """Product of the values that are not NaN."""
    return reduction.prod(_filled(x, 1.0), axis, keepdims)


@operation
def nancumsum(x, axis=None, dtype=None):
    """``cumsum`` with NaN as 0."""
    return cumsum(_filled(x, 0.0), axis, dtype)


@operation
def nancumprod(x, axis=None, dtype=None):
    """``cumprod`` with NaN as 1."""
    return cumprod(_filled(x, 1.0), axis, dtype)


@operation
def nanmean(x, axis=None, keepdims: bool = False):
    """Mean of the values that are not NaN."""
    x = _real(x)
    count = reduction.sum(cast(op.logical_not(op.isnan(x)), x.dtype), axis, keepdims)
    return op.divide(nansum(x, axis, keepdims), count)


@operation
def nanvar(x, axis=None, keepdims: bool = False):
    """Variance of the values that are not NaN."""
    x = _real(x)
    return nanmean(op.square(op.subtract(x, nanmean(x, axis, True))), axis, keepdims)


@operation
def nanstd(x, axis=None, keepdims: bool = False):
    """Square root of ``nanvar``."""
    return op.sqrt(nanvar(x, axis, keepdims))


def _nan_extreme(x, axis, keepdims, reduce, worst):
    x = as_operand(x)
    if not is_float(x):
        return reduce(x, axis, keepdims)
    empty = reduction.all(op.isnan(x), axis, keepdims)
    return op.select(empty, math.nan, reduce(_filled(x, worst), axis, keepdims))


@operation
def nanmax(x, axis=None, keepdims: bool = False):
    """Largest of the values that are not NaN."""
    return _nan_extreme(x, axis, keepdims, reduction.max, -math.inf)


@operation
def nanmin(x, axis=None, keepdims: bool = False):
    """Smallest of the values that are not NaN."""
    return _nan_extreme(x, axis, keepdims, reduction.min, math.inf)


def _nan_position(x, axis, keepdims, search, worst):
    place = search(_filled(x, worst), axis, keepdims)
    if not is_float(x):
        return place
    return op.select(reduction.all(op.isnan(as_operand(x)), axis, keepdims), -1, place)


@operation
def nanargmax(x, axis=None, keepdims: bool = False):
    """Position of the largest value that is not NaN, -1 where all are."""
    return _nan_position(x, axis, keepdims, reduction.argmax, -math.inf)


@operation
def nanargmin(x, axis=None, keepdims: bool = False):
    """Position of the smallest value that is not NaN, -1 where all are."""
    return _nan_position(x, axis, keepdims, reduction.argmin, math.inf)


__all__ = [
    "nanargmax", "nanargmin", "nancumprod", "nancumsum", "nanmax", "nanmean", "nanmedian",
    "nanmin", "nanpercentile", "nanprod", "nanquantile", "nanstd", "nansum", "nanvar"
]  # fmt: skip
