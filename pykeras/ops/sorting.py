"""Ordering: positions come from NumPy on the host, values are picked by ops, so that gradients flow."""

from __future__ import annotations

from typing import Literal

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast
from pykeras.ops.host import host
from pykeras.ops.indexing import take_along_axis
from pykeras.ops.numbers import as_operand

op = _core.op


def _order(x, axis: int):
    if any(s is None for s in x.shape):
        return type(x)(x.shape, "int64")
    return op.argsort(x, int(axis))


@operation
def argsort(x, axis=-1):
    """The numbers that bring ``x`` into ascending order along ``axis``, int32; equal values keep their order."""
    x = as_operand(x)
    if axis is None:
        x, axis = op.reshape(x, [-1]), 0
    return cast(_order(x, axis), "int32")


@operation
def sort(x, axis=-1):
    """The values of ``x`` in ascending order along ``axis``."""
    x = as_operand(x)
    if axis is None:
        x, axis = op.reshape(x, [-1]), 0
    return take_along_axis(x, _order(x, axis), axis)


@operation
def top_k(x, k: int, sorted: bool = True):
    """(values, numbers) of the ``k`` largest values along the last axis, the largest first."""
    x = as_operand(x)
    n = x.shape[-1]
    if n is not None and k > n:
        raise ValueError(f"top_k: expected k <= {n}, got {k}")
    if any(s is None for s in x.shape):
        shape = (*x.shape[:-1], k)
        return type(x)(shape, x.dtype), type(x)(shape, "int32")
    order = op.argsort(op.negative(x if x.dtype.startswith("float") else cast(x, "int64")), -1)
    rank = len(x.shape)
    order = op.slice(order, [0] * rank, [*[-1] * (rank - 1), k], [1] * rank)
    return take_along_axis(x, order, -1), cast(order, "int32")


@operation
def in_top_k(targets, predictions, k: int):
    """Whether each target class is among the ``k`` most probable ones; ties with the last one count."""
    predictions = as_operand(predictions)
    targets = cast(targets, "int64")
    at_target = take_along_axis(predictions, op.reshape(targets, [-1, 1]), 1)
    above = op.sum(cast(op.greater(predictions, at_target), "int32"), [1], False)
    return op.logical_and(op.less(above, k), op.isfinite(op.reshape(at_target, [-1])))


@operation
def searchsorted(sorted_sequence, values, side: Literal["left", "right"] = "left"):
    """Where ``values`` go into an ascending sequence of one axis: int32, int64 where its length is not known to fit."""
    edges, values = as_operand(sorted_sequence), as_operand(values)
    if len(edges.shape) != 1:
        raise ValueError(f"searchsorted: expected a sequence of one axis, got shape {edges.shape}")
    if side not in ("left", "right"):
        raise ValueError(f"searchsorted: side: expected 'left' or 'right', got {side!r}")
    dtype = "int32" if edges.shape[0] is not None and edges.shape[0] < 2**31 else "int64"

    def places(a, v):
        return np.searchsorted(a, v, side).astype(dtype)

    return host("searchsorted", places, [edges, values], [(values.shape, dtype)])


__all__ = ["argsort", "in_top_k", "searchsorted", "sort", "top_k"]
