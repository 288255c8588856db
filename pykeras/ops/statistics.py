"""Order statistics, running sums and products, NaN-skipping reductions, counting."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pykeras import _core
from pykeras.dtypes import standardize_dtype
from pykeras.keras_tensor import KerasTensor, operation
from pykeras.ops import reduction
from pykeras.ops.core import cast, convert_to_tensor
from pykeras.ops.host import host
from pykeras.ops.indexing import getitem, take_along_axis
from pykeras.ops.movement import concatenate, expand_dims, moveaxis
from pykeras.ops.numbers import (
    as_operand,
    axes_list,
    is_float,
    is_symbolic,
    normal_axis,
    resized,
    static_shape,
    unknown_like,
)
from pykeras.ops.sorting import argsort, sort

op = _core.op


def _real(x):
    x = as_operand(x)
    return x if is_float(x) else cast(x, "float32")


def _countable(x):
    x = as_operand(x)
    if x.dtype in ("float32", "float64", "int32", "int64"):
        return x
    return cast(x, "int64" if x.dtype in ("uint32", "uint64") else "int32")


def _running_dtype(x, dtype) -> str:
    """The dtype of running sums and products: bools are counted, others keep theirs."""
    dtype = standardize_dtype(as_operand(x).dtype if dtype is None else dtype)
    return "int32" if dtype == "bool" else dtype


@operation
def cumsum(x, axis=None, dtype=None):
    """Sums of all values up to each one along ``axis`` (of the flattened tensor by default).

    >>> cumsum([1, 2, 3]).tolist()
    [1, 3, 6]
    """
    dtype = _running_dtype(x, dtype)
    x = _countable(cast(x, dtype))
    if axis is None:
        x, axis = resized(x, [-1]), 0
    return cast(op.cumsum(x, int(axis)), dtype)


@operation
def cumprod(x, axis=None, dtype=None):
    """Products of all values up to each one along ``axis`` (of the flattened tensor by default)."""
    dtype = _running_dtype(x, dtype)
    x = _countable(cast(x, dtype))
    if axis is None:
        x, axis = resized(x, [-1]), 0
    axis = normal_axis(axis, len(x.shape), "cumprod")
    n = x.shape[axis]
    if n is None or is_symbolic(x):
        return unknown_like([x], x.shape, dtype)
    # Doubling steps: after the one of size s each value holds the product of 2s values. Zeros do no harm.
    step = 1
    while step < n:
        key = [slice(None)] * len(x.shape)
        key[axis] = slice(0, step)
        head = getitem(x, tuple(key))
        key[axis] = slice(step, None)
        tail = getitem(x, tuple(key))
        key[axis] = slice(0, n - step)
        x = concatenate([head, op.multiply(tail, getitem(x, tuple(key)))], axis)
        step *= 2
    return cast(x, dtype)


@operation
def diff(a, n: int = 1, axis=-1):
    """Differences of neighbours along ``axis``, ``n`` times."""
    x = as_operand(a)
    axis = normal_axis(axis, len(x.shape), "diff")
    for _ in range(n):
        if x.shape[axis] is None:
            return unknown_like([x], x.shape)
        key = [slice(None)] * len(x.shape)
        key[axis] = slice(1, None)
        later = getitem(x, tuple(key))
        key[axis] = slice(0, -1)
        x = (op.not_equal if x.dtype == "bool" else op.subtract)(later, getitem(x, tuple(key)))
    return x


@operation
def ptp(x, axis=None, keepdims: bool = False):
    """Largest less smallest value."""
    return op.subtract(reduction.max(x, axis, keepdims), reduction.min(x, axis, keepdims))


@operation
def average(x, axis=None, weights=None):
    """Mean over ``axis``, weighted by ``weights`` of the shape of ``x`` or of that axis."""
    x = _real(x)
    if weights is None:
        return reduction.mean(x, axis)
    weights = cast(weights, x.dtype)
    if len(weights.shape) != len(x.shape):
        if axis is None or len(weights.shape) != 1:
            raise ValueError(f"average: weights {weights.shape} fit neither shape {x.shape} nor an axis of it")
        place = normal_axis(axis, len(x.shape), "average")
        weights = op.reshape(weights, [-1 if a == place else 1 for a in range(len(x.shape))])
    total = reduction.sum(op.multiply(x, weights), axis)
    if None in x.shape:
        return total
    return op.divide(total, reduction.sum(op.broadcast_to(weights, list(x.shape)), axis))


# ---- quantiles -------------------------------------------------------------------------------------------------------

_METHODS = ("linear", "lower", "higher", "midpoint", "nearest")


def _quantile(name, x, q, axis, method, keepdims, skip_nan=False):
    if method not in _METHODS:
        raise ValueError(f"{name}: method: expected one of {_METHODS}, got {method!r}")
    x = _real(x)
    rank = len(x.shape)
    axes = axes_list(axis, rank, name)
    unknown_q = is_symbolic(q)
    q = np.zeros(q.shape) if unknown_q else np.asarray(q, dtype="float64")
    if q.ndim > 1 or ((q < 0) | (q > 1)).any():
        raise ValueError(f"{name}: expected numbers between 0 and 1, got {q}")
    kept = [a for a in range(rank) if a not in axes]
    shape = [1 if a in axes else x.shape[a] for a in range(rank)]
    result_shape = (*q.shape, *(shape if keepdims else [x.shape[a] for a in kept]))
    if unknown_q or is_symbolic(x):
        return KerasTensor(result_shape, x.dtype)
    n = math.prod(x.shape[a] for a in axes)
    rows = sort(op.reshape(op.transpose(x, kept + axes), [*[x.shape[a] for a in kept], n]), -1)
    gone = op.isnan(rows)
    counts = op.sum(cast(op.logical_not(gone), x.dtype), [-1], True)  # NaN stands at the end of a sorted row
    last = op.maximum(op.subtract(counts if skip_nan else float(n), 1.0), 0.0)
    spoilt = op.equal(counts, 0) if skip_nan else op.less(counts, n)
    results = []
    for fraction in q.reshape(-1):
        place = op.multiply(op.add(op.multiply(counts, 0.0), last), float(fraction))
        below, above = op.floor(place), op.ceil(place)
        if method == "nearest":
            below = above = op.round(place)
        low, high = (take_along_axis(rows, cast(i, "int64"), -1) for i in (below, above))
        share = {"linear": op.subtract(place, below), "lower": 0.0, "higher": 1.0, "midpoint": 0.5, "nearest": 0.0}
        weight: Any = share[method]
        if method == "midpoint":
            weight = op.multiply(cast(op.greater(above, below), x.dtype), 0.5)
        value = op.add(low, op.multiply(op.subtract(high, low), weight))
        results.append(op.select(spoilt, math.nan, value))
    joined = moveaxis(concatenate(results, -1), -1, 0)
    return op.reshape(joined, list(result_shape))


@operation
def quantile(x, q, axis=None, method: str = "linear", keepdims: bool = False):
    """The value below which a share ``q`` of the values over ``axis`` lies; several ``q`` give a leading axis.

    >>> quantile([1.0, 2.0, 3.0, 4.0], 0.5).item()
    2.5
    """
    return _quantile("quantile", x, q, axis, method, keepdims)


@operation
def percentile(x, q, axis=None, method: str = "linear", keepdims: bool = False):
    """``quantile`` of ``q / 100``."""
    return _quantile("percentile", x, q if is_symbolic(q) else np.asarray(q) / 100.0, axis, method, keepdims)


@operation
def median(x, axis=None, keepdims: bool = False):
    """The value in the middle, the mean of two for an even number of them."""
    return _quantile("median", x, 0.5, axis, "linear", keepdims)


# ---- reductions that skip NaN ----------------------------------------------------------------------------------------


# ---- counting and searching ------------------------------------------------------------------------------------------


@operation
def bincount(x, weights=None, minlength: int = 0, sparse: bool = False):
    """How often each whole number occurs along the last axis, or the sums of its ``weights``. Reads the numbers, which
    ends a recording."""
    if sparse:
        raise ValueError("bincount: sparse tensors are not supported")
    if is_symbolic(x, weights):
        dtype = "int32" if weights is None else as_operand(weights).dtype
        return KerasTensor((*static_shape(x)[:-1], None), dtype)
    x = cast(x, "int64")
    size = max(int(minlength), int(np.max(x.numpy(), initial=-1)) + 1)
    hot = op.one_hot(x, size, "float32" if weights is None else as_operand(weights).dtype)
    if weights is None:
        return cast(op.sum(hot, [len(x.shape) - 1], False), "int32")
    return op.sum(op.multiply(hot, expand_dims(weights, -1)), [len(x.shape) - 1], False)


@operation
def digitize(x, bins):
    """The number of the bin that each value falls into, int32; ``bins`` ascend."""
    x, edges = _real(x), _real(bins)
    if len(edges.shape) != 1:
        raise ValueError(f"digitize: bins: expected one axis, got shape {edges.shape}")
    return cast(op.sum(cast(op.greater_equal(expand_dims(x, -1), edges), "int32"), [len(x.shape)], False), "int32")


def histogram(x, bins: int = 10, range=None):
    """(how many values fall into each of ``bins`` parts of ``range``, the edges of the parts)."""
    x = _real(x)
    if not isinstance(bins, int) or bins < 1:
        raise ValueError(f"histogram: bins: expected a positive integer, got {bins!r}")
    if range is not None and len(range) != 2:
        raise ValueError(f"histogram: range: expected a pair, got {range!r}")

    def count(a):
        counts, edges = np.histogram(a, bins, range if range else None)
        return counts, edges

    return host("histogram", count, [x], [((bins,), x.dtype), ((bins + 1,), x.dtype)])


@operation
def isin(x1, x2, assume_unique: bool = False, invert: bool = False):
    """Whether each value of ``x1`` is among those of ``x2``."""
    x1 = as_operand(x1)
    found = op.equal(expand_dims(x1, -1), resized(x2, [-1]))
    found = reduction.any(found, -1)
    return op.logical_not(found) if invert else found


def nonzero(x):
    """The positions of the values that are not 0: one tensor for each axis, int32. Ends a recording."""
    x = as_operand(x)
    if is_symbolic(x):
        return tuple(unknown_like([x], (None,), "int32") for _ in x.shape)
    return tuple(convert_to_tensor(p.astype("int32")) for p in np.nonzero(x.numpy()))


@operation
def argpartition(x, kth: int, axis=-1):
    """Numbers that bring the value of rank ``kth`` into its place, smaller ones before it: ``argsort``."""
    return argsort(x, axis)


def unique(x, sorted: bool = True, return_index: bool = False, return_inverse: bool = False,
           return_counts: bool = False, axis=None, size=None, fill_value=None):  # fmt: skip
    """The different values in ascending order; also where each stands first, which one each value is, and how often
    each occurs. With ``size`` cut or filled to that length. Ends a recording."""
    values = as_operand(x).numpy()
    found = np.unique(values, True, True, True, axis=axis)
    along = 0 if axis is None else axis
    result, index, inverse, counts = found
    if size is not None:
        keep = np.arange(min(size, result.shape[along]))
        result, index, counts = np.take(result, keep, along), index[keep], counts[keep]
        lack = size - len(keep)
        if lack > 0:
            fill = result.min() if fill_value is None else fill_value
            shape = list(result.shape)
            shape[along] = lack
            result = np.concatenate([result, np.full(shape, fill, result.dtype)], along)
            index, counts = np.pad(index, (0, lack)), np.pad(counts, (0, lack))
    inverse = inverse.reshape(values.shape) if axis is None else inverse.reshape(-1)
    chosen = [result]
    for wanted, value in ((return_index, index), (return_inverse, inverse), (return_counts, counts)):
        if wanted:
            chosen.append(value.astype("int32"))
    tensors = [convert_to_tensor(np.ascontiguousarray(value)) for value in chosen]
    return tensors[0] if len(tensors) == 1 else tuple(tensors)


__all__ = [
    "argpartition", "average", "bincount", "cumprod", "cumsum", "diff", "digitize",
    "histogram", "isin", "median", "nonzero", "percentile", "ptp", "quantile", "unique",
]  # fmt: skip
