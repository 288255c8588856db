"""Inverses, determinants and linear systems over the last two axes: NumPy computes, gradients are made of ops."""

from __future__ import annotations

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast
from pykeras.ops.diagonals import tril, triu
from pykeras.ops.host import host
from pykeras.ops.movement import swapaxes
from pykeras.ops.numbers import as_operand, is_symbolic, unknown_like

op = _core.op


def real_matrix(x, name: str, least: int = 2):
    x = as_operand(x)
    if len(x.shape) < least:
        raise ValueError(f"{name}: expected at least {least} axes, got shape {x.shape}")
    return x if x.dtype in ("float32", "float64") else cast(x, "float32")


def square_matrix(x, name: str):
    x = real_matrix(x, name)
    if x.shape[-1] != x.shape[-2]:
        raise ValueError(f"{name}: expected square matrices, got shape {x.shape}")
    return x


def transposed(x):
    return swapaxes(x, -1, -2)


def _per_matrix(x):
    """One value for each matrix, with axes to broadcast along it."""
    return op.reshape(x, [*x.shape, 1, 1])


def guarded(function, name: str):
    """``function``, whose complaints come as ``ValueError``."""

    def run(*arrays):
        try:
            return function(*arrays)
        except np.linalg.LinAlgError as error:
            raise ValueError(f"{name}: {error}") from error

    return run


@operation
def inv(x):
    """The inverse of each matrix. Raises ``ValueError`` for a singular one.

    >>> inv([[2.0, 0.0], [0.0, 4.0]]).tolist()
    [[0.5, 0.0], [0.0, 0.25]]
    """
    x = square_matrix(x, "inv")

    def gradient(inputs, outputs, dy):
        y = outputs[0]
        return [op.negative(op.matmul(op.matmul(y, dy[0], True, False), y, False, True))]

    return host("inv", guarded(np.linalg.inv, "inv"), [x], [(x.shape, x.dtype)], gradient)


@operation
def det(x):
    """The determinant of each matrix."""
    x = square_matrix(x, "det")

    def gradient(inputs, outputs, dy):
        return [op.multiply(_per_matrix(op.multiply(dy[0], outputs[0])), transposed(inv(inputs[0])))]

    return host("det", np.linalg.det, [x], [(x.shape[:-2], x.dtype)], gradient)


@operation
def slogdet(x):
    """(sign, logarithm of the absolute value) of each determinant."""
    x = square_matrix(x, "slogdet")

    def gradient(inputs, outputs, dy):
        return [None if dy[1] is None else op.multiply(_per_matrix(dy[1]), transposed(inv(inputs[0])))]

    specs = [(x.shape[:-2], x.dtype)] * 2
    return host("slogdet", lambda a: tuple(np.linalg.slogdet(a)), [x], specs, gradient)


@operation
def logdet(x):
    """The logarithm of each determinant of positive definite matrices."""
    return slogdet(x)[1]


@operation
def solve(a, b):
    """The ``x`` of ``a x = b``; ``b`` is a matrix, or a vector when it has an axis less than ``a``.

    Raises ``ValueError`` for a singular matrix or shapes that do not fit.
    """
    a, b = square_matrix(a, "solve"), real_matrix(b, "solve", 1)
    dtype = _core.common_dtype(a.dtype, b.dtype)
    a, b = cast(a, dtype), cast(b, dtype)
    if len(b.shape) == len(a.shape) - 1:
        columns = op.reshape(b, [*b.shape, 1]) if not is_symbolic(b) else unknown_like([b], (*b.shape, 1))
        x = solve(a, columns)
        return op.reshape(x, list(b.shape)) if not is_symbolic(x) else unknown_like([x], b.shape)
    if b.shape[-2] != a.shape[-1]:
        raise ValueError(f"solve: shapes {a.shape} and {b.shape} do not fit")

    def gradient(inputs, outputs, dy):
        db = solve(transposed(inputs[0]), dy[0])
        return [op.negative(op.matmul(db, outputs[0], False, True)), db]

    return host("solve", guarded(np.linalg.solve, "solve"), [a, b], [(b.shape, dtype)], gradient)


@operation
def solve_triangular(a, b, lower: bool = False):
    """The ``x`` of ``a x = b`` for triangular ``a``, of which only that half is read."""
    a = square_matrix(a, "solve_triangular")
    return solve(tril(a) if lower else triu(a), b)


@operation
def pinv(x, rcond=None):
    """The Moore-Penrose inverse; singular values below ``rcond`` times the largest count as 0."""
    x = real_matrix(x, "pinv")
    rcond = float(np.finfo(x.dtype).eps) * 10 * max(s or 1 for s in x.shape[-2:]) if rcond is None else rcond

    def gradient(inputs, outputs, dy):
        # Golub and Pereyra (1973), three terms: the inverse's, and what leaves the row and the column space.
        a, p, g = inputs[0], outputs[0], transposed(dy[0])
        m, n = a.shape[-2:]
        first = op.matmul(op.matmul(p, dy[0], True, False), p, False, True)
        beside = op.subtract(np.eye(m, dtype=a.dtype), op.matmul(a, p))
        below = op.subtract(np.eye(n, dtype=a.dtype), op.matmul(p, a))
        second = op.matmul(op.matmul(beside, g), op.matmul(p, p, False, True))
        third = op.matmul(op.matmul(p, p, True, False), op.matmul(g, below))
        return [op.subtract(op.add(second, third), first)]

    shape = (*x.shape[:-2], x.shape[-1], x.shape[-2])
    return host("pinv", lambda a: np.linalg.pinv(a, rcond), [x], [(shape, x.dtype)], gradient)


@operation
def lstsq(a, b, rcond=None):
    """The shortest ``x`` that minimizes ``|a x - b|``, for a matrix ``a`` and a vector or matrix ``b``."""
    a, b = real_matrix(a, "lstsq"), real_matrix(b, "lstsq", 1)
    if len(a.shape) != 2 or len(b.shape) > 2 or None not in (a.shape[0], b.shape[0]) and a.shape[0] != b.shape[0]:
        raise ValueError(f"lstsq: expected a matrix and a vector or matrix with as many rows, got {a.shape}, {b.shape}")
    columns = op.reshape(b, [-1, 1]) if len(b.shape) == 1 else b
    x = op.matmul(pinv(a, rcond), columns)
    return op.reshape(x, [-1]) if len(b.shape) == 1 else x


__all__ = ["det", "inv", "logdet", "lstsq", "pinv", "slogdet", "solve", "solve_triangular"]
