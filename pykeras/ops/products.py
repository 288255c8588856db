"""Products of matrices and tensors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pykeras import _core
from pykeras.dtypes import FLOATS, result_type
from pykeras.keras_tensor import operation
from pykeras.ops.arithmetic import multiply
from pykeras.ops.core import cast
from pykeras.ops.movement import expand_dims, squeeze
from pykeras.ops.numbers import as_operand

op = _core.op


@operation
def dense(x, kernel, bias=None):
    """``x @ kernel + bias`` over the last axis: (..., n) times (n, m) is (..., m)."""
    return op.dense(x, kernel, bias)


@operation
def matmul(x1, x2):
    """Matrix product under NumPy's rules: last two axes multiply, leading axes broadcast, vectors are promoted.

    >>> matmul([[1.0, 2.0]], [[3.0], [4.0]]).tolist()
    [[11.0]]
    """
    x1, x2 = as_operand(x1), as_operand(x2)
    dtype1, dtype2 = x1.dtype, x2.dtype
    if dtype1 in FLOATS:
        return _product(x1, x2, dtype1)
    return _product(x1, x2, "int32" if dtype1 == dtype2 == "int8" else result_type(dtype1, dtype2))


def _product(x1, x2, dtype: str):
    """The product in ``dtype``, which for floats stands for any that the op makes of them."""
    rank1, rank2 = x1.ndim, x2.ndim
    if rank1 == 0 or rank2 == 0:
        raise ValueError("matmul: expected tensors of at least one axis; to scale, use multiply")
    whole = dtype not in FLOATS
    if whole:
        # Exact up to 2**53; what does not fit into the result's dtype wraps, as sums of integers do.
        x1, x2 = cast(x1, "float64"), cast(x2, "float64")
    if rank1 == 1:
        x1 = expand_dims(x1, 0)
    if rank2 == 1:
        x2 = expand_dims(x2, -1)
    result = op.matmul(x1, x2)
    if rank1 == 1:
        result = squeeze(result, -2)
    if rank2 == 1:
        result = squeeze(result, -1)
    return cast(cast(result, "int64"), dtype) if whole else result


@operation
def dot(x1, x2):
    """NumPy's dot: sum over the last axis of ``x1`` and the last but one of ``x2``."""
    x1, x2 = as_operand(x1), as_operand(x2)
    if not x1.shape or not x2.shape:
        return multiply(x1, x2)
    if len(x2.shape) <= 2:
        return _product(x1, x2, result_type(x1.dtype, x2.dtype))
    return tensordot(x1, x2, ([len(x1.shape) - 1], [len(x2.shape) - 2]))


@operation
def tensordot(x1, x2, axes: Any = 2):
    """Sum over the products of the paired ``axes``."""
    x1, x2 = as_operand(x1), as_operand(x2)
    rank1, rank2 = len(x1.shape), len(x2.shape)
    if isinstance(axes, (int, np.integer)):
        axes = (list(range(rank1 - axes, rank1)), list(range(axes)))
    over1, over2 = ([int(a)] if isinstance(a, (int, np.integer)) else [int(i) for i in a] for a in axes)
    over1, over2 = [a % rank1 for a in over1], [a % rank2 for a in over2]
    kept1 = [a for a in range(rank1) if a not in over1]
    kept2 = [a for a in range(rank2) if a not in over2]
    size = math.prod(x2.shape[a] for a in over2)
    left = op.reshape(op.transpose(x1, kept1 + over1), [-1, size])
    right = op.reshape(op.transpose(x2, over2 + kept2), [size, -1])
    shape = [-1 if s is None else s for s in [x1.shape[a] for a in kept1] + [x2.shape[a] for a in kept2]]
    return op.reshape(_product(left, right, result_type(x1.dtype, x2.dtype)), shape)


@operation
def outer(x1, x2):
    """All products of a value of ``x1`` and one of ``x2``."""
    return multiply(op.reshape(x1, [-1, 1]), op.reshape(x2, [1, -1]))


__all__ = [
    "dense", "dot", "matmul", "outer", "tensordot",
]  # fmt: skip
