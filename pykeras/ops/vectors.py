"""Distances, integrals, correlations, sums over segments, scattering."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast
from pykeras.ops.host import host
from pykeras.ops.indexing import getitem, take
from pykeras.ops.movement import expand_dims, moveaxis, pad
from pykeras.ops.numbers import as_operand, is_float, is_symbolic, resized, unknown_like

op = _core.op


def _real(x):
    x = as_operand(x)
    return x if is_float(x) else cast(x, "float32")


@operation
def cross(x1, x2, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """The cross product of vectors of two or three components."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = moveaxis(x1, axisa, -1), moveaxis(x2, axisb, -1)
    if a.shape[-1] not in (2, 3) or b.shape[-1] not in (2, 3):
        raise ValueError(f"cross: expected vectors of 2 or 3 components, got shapes {a.shape} and {b.shape}")

    def part(x, i):
        if i < x.shape[-1]:
            return getitem(x, (..., i))
        return op.multiply(getitem(x, (..., 0)), 0)

    def minor(i, j):
        return op.subtract(op.multiply(part(a, i), part(b, j)), op.multiply(part(a, j), part(b, i)))

    if a.shape[-1] == b.shape[-1] == 2:
        return minor(0, 1)
    whole = [expand_dims(minor(i, j), -1) for i, j in ((1, 2), (2, 0), (0, 1))]
    return moveaxis(op.concatenate(whole, len(whole[0].shape) - 1), -1, axisc)


@operation
def cdist(x, y):
    """Euclidean distances between the rows of ``x`` (..., m, d) and ``y`` (..., n, d): (..., m, n)."""
    x, y = _real(x), _real(y)
    gaps = op.subtract(expand_dims(x, -2), expand_dims(y, -3))
    squares = op.sum(op.square(gaps), [len(gaps.shape) - 1], False)
    # The slope of the root at 0 is infinite; distances of 0 take 0.
    zero = op.equal(squares, 0)
    return op.select(zero, 0.0, op.sqrt(op.select(zero, 1.0, squares)))


@operation
def trapezoid(y, x=None, dx=1.0, axis=-1):
    """The integral of samples ``y`` at points ``x``, or ``dx`` apart, by trapezoids."""
    from pykeras.ops.statistics import diff

    y = moveaxis(_real(y), axis, -1)
    if x is not None:
        x = as_operand(x)
        dx = diff(x if len(x.shape) == 1 else moveaxis(x, axis, -1))
    middle = op.multiply(op.add(getitem(y, (..., slice(1, None))), getitem(y, (..., slice(0, -1)))), 0.5)
    return op.sum(op.multiply(middle, dx), [len(middle.shape) - 1], False)


@operation
def corrcoef(x):
    """Correlations of the rows."""
    x = _real(x)
    if len(x.shape) == 1:
        x = expand_dims(x, 0)
    centred = op.subtract(x, op.mean(x, [1], True))
    products = op.matmul(centred, centred, False, True)
    lengths = op.sqrt(op.sum(op.square(centred), [1], True))
    return op.clip(op.divide(products, op.matmul(lengths, lengths, False, True)), -1.0, 1.0)


@operation
def correlate(x1, x2, mode: str = "valid"):
    """Sums of products of two vectors at each offset: ``"valid"``, ``"same"`` or ``"full"``."""
    x1, x2 = _real(x1), _real(x2)
    m, n = x1.shape[0], x2.shape[0]
    if len(x1.shape) != 1 or len(x2.shape) != 1 or m is None or n is None:
        raise ValueError(f"correlate: expected two vectors of known size, got shapes {x1.shape} and {x2.shape}")
    if mode not in ("valid", "same", "full"):
        raise ValueError(f"correlate: mode: expected 'valid', 'same' or 'full', got {mode!r}")
    swapped = n > m
    if swapped:
        x1, x2, m, n = x2, x1, n, m
    total = {"valid": 0, "same": n - 1, "full": 2 * (n - 1)}[mode]
    before = n - 1 if mode == "full" else (total + 1) // 2
    if total:
        x1 = pad(x1, [(before, total - before)])
    count = x1.shape[0] - n + 1
    windows = op.take(x1, np.add.outer(np.arange(count), np.arange(n)).astype("int64"), 0)
    result = op.reshape(op.matmul(windows, op.reshape(x2, [-1, 1])), [-1])
    return getitem(result, slice(None, None, -1)) if swapped else result


# ---- segments --------------------------------------------------------------------------------------------------------


def _segments(data, segment_ids, num_segments, name):
    data, ids = as_operand(data), cast(segment_ids, "int64")
    if len(ids.shape) != 1:
        raise ValueError(f"{name}: segment_ids: expected one axis, got shape {ids.shape}")
    if num_segments is None:
        if is_symbolic(data, ids):
            raise ValueError(f"{name}: num_segments must be given for symbolic tensors")
        num_segments = int(np.max(ids.numpy(), initial=-1)) + 1
    return data, ids, int(num_segments)


@operation
def segment_sum(data, segment_ids, num_segments=None, sorted: bool = False):
    """Sums of the slices along axis 0 of equal ``segment_ids``; without ``num_segments`` the ids are read, which ends a
    recording. An id outside raises ``IndexError``.

    >>> segment_sum([1.0, 2.0, 3.0], [0, 1, 0], 2).tolist()
    [4.0, 2.0]
    """
    data, ids, n = _segments(data, segment_ids, num_segments, "segment_sum")
    if is_float(data):
        return op.take_grad(data, ids, 0, n)
    return cast(op.take_grad(cast(data, "float64"), ids, 0, n), data.dtype)


def _segment_host(name, ufunc, first, data, segment_ids, num_segments):
    data, ids, n = _segments(data, segment_ids, num_segments, name)
    shape = (n, *data.shape[1:])

    def compute(values, places):
        if places.size and (places.min() < 0 or places.max() >= n):
            bad = places[(places < 0) | (places >= n)][0]
            raise IndexError(f"{name}: segment id {bad} is out of range for {n} segments")
        result = np.full(shape, first(values.dtype), values.dtype)
        ufunc.at(result, places, values)
        return result

    def gradient(inputs, outputs, dy):
        values, places = inputs
        if name == "segment_prod":
            # Without zeros, each factor's slope is the product of the others.
            return [op.multiply(op.take(op.multiply(dy[0], outputs[0]), places, 0), op.reciprocal(values)), None]
        best = cast(op.equal(values, op.take(outputs[0], places, 0)), values.dtype)
        share = op.divide(best, op.take(op.take_grad(best, places, 0, n), places, 0))
        return [op.multiply(share, op.take(dy[0], places, 0)), None]

    return host(name, compute, [data, ids], [(shape, data.dtype)], gradient)


def _lowest(dtype):
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min


def _highest(dtype):
    return np.inf if dtype.kind == "f" else np.iinfo(dtype).max


@operation
def segment_max(data, segment_ids, num_segments=None, sorted: bool = False):
    """Largest values of the slices of equal ``segment_ids``, the lowest number for a segment without any."""
    return _segment_host("segment_max", np.maximum, _lowest, data, segment_ids, num_segments)


@operation
def segment_min(data, segment_ids, num_segments=None, sorted: bool = False):
    """Smallest values of the slices of equal ``segment_ids``, the highest number for a segment without any."""
    return _segment_host("segment_min", np.minimum, _highest, data, segment_ids, num_segments)


@operation
def segment_prod(data, segment_ids, num_segments=None, sorted: bool = False):
    """Products of the slices of equal ``segment_ids``."""
    return _segment_host("segment_prod", np.multiply, lambda dtype: 1, data, segment_ids, num_segments)


# ---- scattering ------------------------------------------------------------------------------------------------------


def _flat_places(indices, shape):
    """Positions of ``indices`` (..., k) in a tensor of ``shape`` whose first k axes are one."""
    indices = cast(indices, "int64")
    depth = indices.shape[-1]
    sizes = [int(s) for s in shape[:depth]]
    wrapped = op.select(op.less(indices, 0), op.add(indices, np.asarray(sizes, "int64")), indices)
    strides = np.asarray([math.prod(sizes[i + 1 :]) for i in range(depth)], "int64")
    return resized(op.sum(op.multiply(wrapped, strides), [len(indices.shape) - 1], False), [-1]), depth, sizes


@operation
def scatter(indices, values, shape):
    """Zeros of ``shape`` to which ``values`` are added at ``indices``, whose last axis names places along the first axes."""
    values = as_operand(values)
    shape = tuple(int(s) for s in shape)
    if is_symbolic(values, as_operand(indices)):
        return unknown_like([values, as_operand(indices)], shape, values.dtype)
    places, depth, sizes = _flat_places(indices, shape)
    rows = op.reshape(values, [places.shape[0], *shape[depth:]])
    wide = rows if is_float(rows) else cast(rows, "float64")
    result = op.reshape(op.take_grad(wide, places, 0, math.prod(sizes)), list(shape))
    return result if is_float(rows) else cast(result, rows.dtype)


@operation
def scatter_update(inputs, indices, updates, reduction=None):
    """``inputs`` with ``updates`` put in at ``indices``; ``reduction`` ``"add"``, ``"max"``, ``"min"`` or ``"mul"``
    joins them with what is there. Of several updates to one place the last stays."""
    inputs, updates = as_operand(inputs), as_operand(updates)
    shape = inputs.shape
    if is_symbolic(inputs, updates, as_operand(indices)):
        return unknown_like([inputs, updates, as_operand(indices)], shape, inputs.dtype)
    if reduction not in (None, "add", "max", "min", "mul"):
        raise ValueError(f"scatter_update: reduction: expected None, 'add', 'max', 'min' or 'mul', got {reduction!r}")
    updates = cast(updates, inputs.dtype)
    if reduction == "add":
        return op.add(inputs, scatter(indices, updates, shape))
    places, depth, sizes = _flat_places(indices, shape)
    flat_shape = [math.prod(sizes), *shape[depth:]]
    rows = op.reshape(updates, [places.shape[0], *shape[depth:]])
    flat = op.reshape(inputs, flat_shape)
    if reduction is not None:
        first: Any = {"max": _lowest, "min": _highest, "mul": lambda dtype: 1}[reduction]
        ufunc = {"max": np.maximum, "min": np.minimum, "mul": np.multiply}[reduction]
        joined = _segment_host(f"segment_{reduction.replace('mul', 'prod')}", ufunc, first, rows, places, flat_shape[0])
        combine = {"max": op.maximum, "min": op.minimum, "mul": op.multiply}[reduction]
        return op.reshape(combine(flat, joined), list(shape))

    def last_writer(index):
        writer = np.full(flat_shape[0], len(index), "int64")
        writer[index] = np.arange(len(index))
        return writer + flat_shape[0] * (writer < len(index)), writer < len(index)

    # Each place reads its own row, or the row of its last update, which stand behind all places.
    source, written = host("scatter_update", last_writer, [places], [((flat_shape[0],), "int64"),
                                                                     ((flat_shape[0],), "bool")])  # fmt: skip
    own = np.arange(flat_shape[0], dtype="int64")
    picked = take(op.concatenate([flat, rows], 0), op.select(written, source, own), 0)
    return op.reshape(picked, list(shape))


__all__ = ["cdist", "corrcoef", "correlate", "cross", "scatter", "scatter_update", "segment_max",
           "segment_min", "segment_prod", "segment_sum", "trapezoid"]  # fmt: skip
