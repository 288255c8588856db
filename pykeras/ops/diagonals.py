"""Diagonals and triangles of matrices."""

from __future__ import annotations

import numpy as np

from pykeras import _core
from pykeras.dtypes import standardize_dtype
from pykeras.keras_tensor import operation
from pykeras.ops.core import convert_to_tensor
from pykeras.ops.making import ones_like, zeros
from pykeras.ops.movement import concatenate, expand_dims, moveaxis
from pykeras.ops.numbers import as_operand, resized, static_shape, unknown_like
from pykeras.variables import check_budget

op = _core.op


@operation
def diag(x, k=0):
    """The matrix with ``x`` on diagonal ``k``, or the diagonal of a matrix."""
    x = as_operand(x)
    if len(x.shape) not in (1, 2):
        raise ValueError(f"diag: expected a vector or a matrix, got shape {x.shape}")
    if None in x.shape:
        side = None if None in x.shape[:1] else x.shape[0] + abs(k)
        return unknown_like([x], (side, side) if len(x.shape) == 1 else (None,))
    position = np.diag(np.arange(1, int(np.prod(x.shape)) + 1, dtype=np.int64).reshape(x.shape), k)
    picked = op.take(op.reshape(x, [-1]), np.maximum(position - 1, 0), 0)
    return op.select(position > 0, picked, _zero(x))


@operation
def diagflat(x, k=0):
    """The matrix with the flattened ``x`` on diagonal ``k``."""
    return diag(resized(x, [-1]), k)


@operation
def diagonal(x, offset=0, axis1=0, axis2=1):
    """The diagonal in the plane of two axes, along a new last axis."""
    x = as_operand(x)
    x = moveaxis(x, (axis1, axis2), (-2, -1))
    rows, columns = x.shape[-2:]
    if rows is None or columns is None:
        return unknown_like([x], (*x.shape[:-2], None))
    picks = np.diagonal(np.arange(rows * columns, dtype=np.int64).reshape(rows, columns), offset)
    flat = resized(x, [*x.shape[:-2], rows * columns])
    return op.take(flat, np.ascontiguousarray(picks), len(flat.shape) - 1)


@operation
def trace(x, offset=0, axis1=0, axis2=1):
    """The sum along a diagonal."""
    from pykeras.ops.reduction import sum

    return sum(diagonal(x, offset, axis1, axis2), -1)


def tri(N, M=None, k=0, dtype=None):
    """Ones at and below a diagonal."""
    return convert_to_tensor(np.tri(N, M, k, dtype=standardize_dtype(dtype)))


@operation
def tril(x, k=0):
    """``x`` with zeros above diagonal ``k``."""
    x = as_operand(x)
    return unknown_like([x], x.shape) if None in x.shape[-2:] else op.select(tri_mask(x, k), x, _zero(x))


@operation
def triu(x, k=0):
    """``x`` with zeros below diagonal ``k``."""
    x = as_operand(x)
    return unknown_like([x], x.shape) if None in x.shape[-2:] else op.select(tri_mask(x, k - 1), _zero(x), x)


def tri_mask(x, k: int):
    rows, columns = static_shape(x)[-2:]
    return np.tri(rows, columns, k, dtype=bool)


def _zero(x):
    return False if as_operand(x).dtype == "bool" else 0


@operation
def vander(x, N=None, increasing=False):
    """Powers of ``x`` as columns, the highest first."""
    x = as_operand(x)
    n = x.shape[0] if N is None else int(N)
    check_budget(256 * n, f"vander: {n:,} columns")
    powers = np.arange(n) if increasing else np.arange(n)[::-1]
    column = expand_dims(x, -1)
    parts = [ones_like(column)]
    for _ in range(n - 1):
        parts.append(op.multiply(parts[-1], column))
    return concatenate([parts[p] for p in powers], -1) if n else zeros((x.shape[0], 0), x.dtype)


__all__ = [
    "diag", "diagflat", "diagonal", "trace", "tri", "tril", "triu", "vander",
]  # fmt: skip
