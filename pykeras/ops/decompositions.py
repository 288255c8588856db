"""Factorizations of the last two axes: NumPy computes, gradients are made of ops."""

from __future__ import annotations

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.diagonals import tril
from pykeras.ops.host import host
from pykeras.ops.making import eye
from pykeras.ops.numbers import is_symbolic, unknown_like
from pykeras.ops.solving import guarded, real_matrix, solve_triangular, square_matrix, transposed

op = _core.op


def _symmetric(x):
    return op.multiply(op.add(x, transposed(x)), 0.5)


@operation
def cholesky(x, upper: bool = False):
    """The lower triangular ``L`` with ``L Lᵀ = x`` for symmetric positive definite ``x``; ``upper`` gives ``Lᵀ``.

    Raises ``ValueError`` when a matrix is not positive definite.

    >>> cholesky([[4.0, 2.0], [2.0, 5.0]]).tolist()
    [[2.0, 0.0], [1.0, 2.0]]
    """
    x = square_matrix(x, "cholesky")

    def gradient(inputs, outputs, dy):
        # Murray (arXiv:1602.07527): with P the lower half of Lᵀ dL, diagonal halved, dA = sym(L⁻ᵀ P L⁻¹).
        factor, slope = outputs[0], dy[0]
        inner = tril(op.matmul(factor, slope, True, False))
        inner = op.subtract(inner, op.multiply(inner, np.eye(factor.shape[-1], dtype=factor.dtype) * 0.5))
        upper_factor = transposed(factor)
        inner = transposed(solve_triangular(upper_factor, transposed(inner)))
        back = solve_triangular(upper_factor, inner)
        return [_symmetric(back)]

    factor = host("cholesky", guarded(np.linalg.cholesky, "cholesky"), [x], [(x.shape, x.dtype)], gradient)
    return transposed(factor) if upper else factor


@operation
def cholesky_inverse(x, upper: bool = False):
    """The inverse of ``L Lᵀ`` from its Cholesky factor ``L`` (``Lᵀ`` when ``upper``)."""
    x = square_matrix(x, "cholesky_inverse")
    lower = transposed(x) if upper else x
    if is_symbolic(x):
        return unknown_like([x], x.shape)
    unit = op.broadcast_to(eye(x.shape[-1], dtype=x.dtype), list(x.shape))
    inverse = solve_triangular(lower, unit, lower=True)
    return op.matmul(inverse, inverse, True, False)


@operation
def eigh(x):
    """(ascending eigenvalues, eigenvectors as columns) of symmetric matrices, of which the lower half is read."""
    x = square_matrix(x, "eigh")

    def gradient(inputs, outputs, dy):
        values, vectors = outputs
        inner = None
        if dy[1] is not None:
            gaps = op.subtract(op.reshape(values, [*values.shape[:-1], 1, -1]), op.reshape(values, [*values.shape, 1]))
            same = op.equal(gaps, 0)
            scale = op.select(same, 0.0, op.divide(1.0, op.select(same, 1.0, gaps)))
            inner = op.multiply(scale, op.matmul(vectors, dy[1], True, False))
        if dy[0] is not None:
            diagonal = op.multiply(op.reshape(dy[0], [*dy[0].shape, 1]), np.eye(values.shape[-1], dtype=values.dtype))
            inner = diagonal if inner is None else op.add(inner, diagonal)
        return [_symmetric(op.matmul(op.matmul(vectors, inner), vectors, False, True))]

    specs = [(x.shape[:-1], x.dtype), (x.shape, x.dtype)]
    return host("eigh", lambda a: tuple(np.linalg.eigh(a)), [x], specs, gradient)


def eig(x):
    """(eigenvalues, eigenvectors as columns) of square matrices whose eigenvalues are real.

    Raises ``ValueError`` for complex ones, which tensors cannot hold, and ``NotImplementedError`` for a gradient.
    """
    x = square_matrix(x, "eig")

    def compute(a):
        values, vectors = np.linalg.eig(a)
        if np.iscomplexobj(values) and np.abs(values.imag).max(initial=0) > 0:
            raise ValueError("eig: some eigenvalues are complex, which pykeras has no dtype for; use numpy.linalg.eig")
        return values.real, vectors.real

    return host("eig", compute, [x], [(x.shape[:-1], x.dtype), (x.shape, x.dtype)])


@operation
def qr(x, mode: str = "reduced"):
    """(``Q`` of orthonormal columns, upper triangular ``R``) with ``Q R = x``; ``"complete"`` makes ``Q`` square.

    The gradient (arXiv:1710.08717) wants ``mode="reduced"`` and no more columns than rows.
    """
    x = real_matrix(x, "qr")
    if mode not in ("reduced", "complete"):
        raise ValueError(f"qr: mode: expected one of 'reduced', 'complete', got {mode!r}")
    *batch, m, n = x.shape
    if m is None or n is None:
        raise ValueError(f"qr: the sizes of the last two axes must be known, got shape {x.shape}")
    k = m if mode == "complete" else min(m, n)

    def gradient(inputs, outputs, dy):
        if k != n:
            raise NotImplementedError(f"qr: the gradient wants mode 'reduced' and rows >= columns, got {x.shape}")
        q, r = outputs
        inner = 0.0
        if dy[1] is not None:
            inner = op.matmul(r, dy[1], False, True)
        if dy[0] is not None:
            inner = op.subtract(inner, op.matmul(dy[0], q, True, False))
        lower = tril(inner)
        inner = op.add(lower, transposed(tril(inner, -1)))
        total = op.matmul(q, inner)
        total = total if dy[0] is None else op.add(total, dy[0])
        return [transposed(solve_triangular(r, transposed(total), lower=False))]

    specs = [((*batch, m, k), x.dtype), ((*batch, k, n), x.dtype)]
    return host("qr", lambda a: tuple(np.linalg.qr(a, mode)), [x], specs, gradient)  # type: ignore[call-overload]


@operation
def svd(x, full_matrices: bool = True, compute_uv: bool = True):
    """(``U``, descending singular values ``s``, ``Vᵀ``) with ``U diag(s) Vᵀ = x``; ``s`` alone without ``compute_uv``.

    The gradient of ``U`` and ``Vᵀ`` wants ``full_matrices=False`` or square matrices of different singular values.
    """
    x = real_matrix(x, "svd")
    *batch, m, n = x.shape
    if m is None or n is None:
        raise ValueError(f"svd: the sizes of the last two axes must be known, got shape {x.shape}")
    k = min(m, n)
    if not compute_uv:
        return _singular_values(x, batch, k)
    rows, columns = (m, n) if full_matrices else (k, k)

    def gradient(inputs, outputs, dy):
        if (rows, columns) != (k, k):
            if dy[0] is not None or dy[2] is not None:
                raise NotImplementedError("svd: the gradient of U and V is known for full_matrices=False")
            u = op.slice(outputs[0], [0] * len(x.shape), [*[-1] * (len(x.shape) - 1), k], [1] * len(x.shape))
            vt = op.slice(outputs[2], [0] * len(x.shape), [*[-1] * (len(x.shape) - 2), k, -1], [1] * len(x.shape))
            return [_svd_gradient(u, outputs[1], vt, None, dy[1], None)]
        return [_svd_gradient(*outputs, *dy)]

    specs = [((*batch, m, rows), x.dtype), ((*batch, k), x.dtype), ((*batch, columns, n), x.dtype)]
    return host("svd", lambda a: tuple(np.linalg.svd(a, full_matrices)), [x], specs, gradient)


def _singular_values(x, batch, k):
    def gradient(inputs, outputs, dy):
        u, s, vt = svd(inputs[0], full_matrices=False)
        return [_svd_gradient(u, s, vt, None, dy[0], None)]

    return host("svd", lambda a: np.linalg.svd(a, compute_uv=False), [x], [((*batch, k), x.dtype)], gradient)


def _svd_gradient(u, s, vt, du, ds, dvt):
    """Townsend, "Differentiating the singular value decomposition" (2016)."""
    row, column = op.reshape(s, [*s.shape[:-1], 1, -1]), op.reshape(s, [*s.shape, 1])
    unit = np.eye(s.shape[-1], dtype=s.dtype)
    inner = op.multiply(unit, 0.0 if ds is None else op.reshape(ds, [*ds.shape, 1]))
    outer = None
    if du is not None or dvt is not None:
        gaps = op.subtract(op.square(row), op.square(column))
        same = op.equal(gaps, 0)
        scale = op.select(same, 0.0, op.divide(1.0, op.select(same, 1.0, gaps)))
        inverse = op.divide(1.0, op.select(op.equal(s, 0), 1.0, s))
        if du is not None:
            turned = op.matmul(u, du, True, False)
            inner = op.add(inner, op.multiply(op.multiply(scale, op.subtract(turned, transposed(turned))), row))
            rest = op.subtract(du, op.matmul(u, turned))
            outer = op.matmul(op.multiply(rest, op.reshape(inverse, row.shape)), vt)
        if dvt is not None:
            dv = transposed(dvt)
            turned = op.matmul(vt, dv)
            inner = op.add(inner, op.multiply(column, op.multiply(scale, op.subtract(turned, transposed(turned)))))
            rest = op.subtract(dv, op.matmul(vt, turned, True, False))
            more = op.matmul(op.multiply(u, op.reshape(inverse, row.shape)), rest, False, True)
            outer = more if outer is None else op.add(outer, more)
    total = op.matmul(op.matmul(u, inner), vt)
    return total if outer is None else op.add(total, outer)


def lu_factor(x):
    """(``L`` below and ``U`` on and above the diagonal of one matrix, pivots): row ``i`` changed places with row
    ``pivots[i]``. Gaussian elimination with partial pivoting; no gradient."""
    x = real_matrix(x, "lu_factor")
    *batch, m, n = x.shape
    specs = [(x.shape, x.dtype), ((*batch, min(m, n)), "int32")]
    return host("lu_factor", _lu, [x], specs)


def _lu(a):
    m, n = a.shape[-2:]
    whole = np.array(a.reshape(-1, m, n), dtype=a.dtype)
    pivots = np.zeros((len(whole), min(m, n)), "int32")
    for lu, pivot in zip(whole, pivots):
        for i in range(min(m, n)):
            best = i + int(np.argmax(np.abs(lu[i:, i])))
            pivot[i] = best
            lu[[i, best]] = lu[[best, i]]
            if lu[i, i] != 0:
                lu[i + 1 :, i] /= lu[i, i]
            lu[i + 1 :, i + 1 :] -= np.outer(lu[i + 1 :, i], lu[i, i + 1 :])
    return whole.reshape(a.shape), pivots.reshape(*a.shape[:-2], -1)


__all__ = ["cholesky", "cholesky_inverse", "eig", "eigh", "lu_factor", "qr", "svd"]
