"""Linear algebra on the last two axes: NumPy computes, gradients are made of ops."""

from __future__ import annotations

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast
from pykeras.ops.host import host
from pykeras.ops.movement import eye, swapaxes, tril, triu
from pykeras.ops.numbers import as_operand, is_symbolic, unknown_like

op = _core.op


def _real(x, name: str, least: int = 2):
    x = as_operand(x)
    if len(x.shape) < least:
        raise ValueError(f"{name}: expected at least {least} axes, got shape {x.shape}")
    return x if x.dtype in ("float32", "float64") else cast(x, "float32")


def _square(x, name: str):
    x = _real(x, name)
    if None not in x.shape[-2:] and x.shape[-1] != x.shape[-2]:
        raise ValueError(f"{name}: expected square matrices, got shape {x.shape}")
    return x


def _t(x):
    return swapaxes(x, -1, -2)


def _per_matrix(x):
    """One value for each matrix, with axes to broadcast along it."""
    return op.reshape(x, [*x.shape, 1, 1])


def _symmetric(x):
    return op.multiply(op.add(x, _t(x)), 0.5)


def _guarded(function, name: str):
    """``function``, whose complaints come as ``ValueError``."""

    def run(*arrays):
        try:
            return function(*arrays)
        except np.linalg.LinAlgError as error:
            raise ValueError(f"{name}: {error}") from error

    return run


@operation
def cholesky(x, upper: bool = False):
    """The lower triangular ``L`` with ``L Lᵀ = x`` for symmetric positive definite ``x``; ``upper`` gives ``Lᵀ``.

    Raises ``ValueError`` when a matrix is not positive definite.

    >>> cholesky([[4.0, 2.0], [2.0, 5.0]]).tolist()
    [[2.0, 0.0], [1.0, 2.0]]
    """
    x = _square(x, "cholesky")

    def gradient(inputs, outputs, dy):
        # Murray (arXiv:1602.07527): with P the lower half of Lᵀ dL, diagonal halved, dA = sym(L⁻ᵀ P L⁻¹).
        factor, slope = outputs[0], dy[0]
        inner = tril(op.matmul(factor, slope, True, False))
        inner = op.subtract(inner, op.multiply(inner, np.eye(factor.shape[-1], dtype=factor.dtype) * 0.5))
        back = solve_triangular(_t(factor), _t(solve_triangular(_t(factor), _t(inner), lower=False)), lower=False)
        return [_symmetric(back)]

    factor = host("cholesky", _guarded(np.linalg.cholesky, "cholesky"), [x], [(x.shape, x.dtype)], gradient)
    return _t(factor) if upper else factor


@operation
def cholesky_inverse(x, upper: bool = False):
    """The inverse of ``L Lᵀ`` from its Cholesky factor ``L`` (``Lᵀ`` when ``upper``)."""
    x = _square(x, "cholesky_inverse")
    lower = _t(x) if upper else x
    if is_symbolic(x):
        return unknown_like([x], x.shape)
    inverse = solve_triangular(lower, eye(x.shape[-1], dtype=x.dtype), lower=True)
    return op.matmul(inverse, inverse, True, False)


@operation
def inv(x):
    """The inverse of each matrix. Raises ``ValueError`` for a singular one.

    >>> inv([[2.0, 0.0], [0.0, 4.0]]).tolist()
    [[0.5, 0.0], [0.0, 0.25]]
    """
    x = _square(x, "inv")

    def gradient(inputs, outputs, dy):
        y = outputs[0]
        return [op.negative(op.matmul(op.matmul(y, dy[0], True, False), y, False, True))]

    return host("inv", _guarded(np.linalg.inv, "inv"), [x], [(x.shape, x.dtype)], gradient)


@operation
def det(x):
    """The determinant of each matrix."""
    x = _square(x, "det")

    def gradient(inputs, outputs, dy):
        return [op.multiply(_per_matrix(op.multiply(dy[0], outputs[0])), _t(inv(inputs[0])))]

    return host("det", np.linalg.det, [x], [(x.shape[:-2], x.dtype)], gradient)


@operation
def slogdet(x):
    """(sign, logarithm of the absolute value) of each determinant."""
    x = _square(x, "slogdet")

    def gradient(inputs, outputs, dy):
        return [None if dy[1] is None else op.multiply(_per_matrix(dy[1]), _t(inv(inputs[0])))]

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
    a, b = _square(a, "solve"), _real(b, "solve", 1)
    dtype = _core.common_dtype(a.dtype, b.dtype)
    a, b = cast(a, dtype), cast(b, dtype)
    if len(b.shape) == len(a.shape) - 1:
        columns = op.reshape(b, [*b.shape, 1]) if not is_symbolic(b) else unknown_like([b], (*b.shape, 1))
        x = solve(a, columns)
        return op.reshape(x, list(b.shape)) if not is_symbolic(x) else unknown_like([x], b.shape)
    if b.shape[-2] not in (a.shape[-1], None) and a.shape[-1] is not None:
        raise ValueError(f"solve: shapes {a.shape} and {b.shape} do not fit")

    def gradient(inputs, outputs, dy):
        db = solve(_t(inputs[0]), dy[0])
        return [op.negative(op.matmul(db, outputs[0], False, True)), db]

    return host("solve", _guarded(np.linalg.solve, "solve"), [a, b], [(b.shape, dtype)], gradient)


@operation
def solve_triangular(a, b, lower: bool = False):
    """The ``x`` of ``a x = b`` for triangular ``a``, of which only that half is read."""
    a = _square(a, "solve_triangular")
    return solve(tril(a) if lower else triu(a), b)


@operation
def eigh(x):
    """(ascending eigenvalues, eigenvectors as columns) of symmetric matrices, of which the lower half is read."""
    x = _square(x, "eigh")

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
    x = _square(x, "eig")

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
    x = _real(x, "qr")
    if mode not in ("reduced", "complete"):
        raise ValueError(f"qr: mode: expected 'reduced' or 'complete', got {mode!r}")
    *batch, m, n = x.shape
    if m is None or n is None:
        raise ValueError(f"qr: the sizes of the last two axes must be known, got shape {x.shape}")
    k = m if mode == "complete" else min(m, n)

    def gradient(inputs, outputs, dy):
        if k != n:
            raise NotImplementedError(
                f"qr: the gradient is known for mode 'reduced' and rows >= columns, got {x.shape}"
            )
        q, r = outputs
        inner = 0.0
        if dy[1] is not None:
            inner = op.matmul(r, dy[1], False, True)
        if dy[0] is not None:
            inner = op.subtract(inner, op.matmul(dy[0], q, True, False))
        lower = tril(inner)
        inner = op.add(lower, _t(tril(inner, -1)))
        total = op.matmul(q, inner)
        total = total if dy[0] is None else op.add(total, dy[0])
        return [_t(solve_triangular(r, _t(total), lower=False))]

    specs = [((*batch, m, k), x.dtype), ((*batch, k, n), x.dtype)]
    return host("qr", lambda a: tuple(np.linalg.qr(a, mode)), [x], specs, gradient)  # type: ignore[call-overload]


@operation
def svd(x, full_matrices: bool = True, compute_uv: bool = True):
    """(``U``, descending singular values ``s``, ``Vᵀ``) with ``U diag(s) Vᵀ = x``; ``s`` alone without ``compute_uv``.

    The gradient of ``U`` and ``Vᵀ`` wants ``full_matrices=False`` or square matrices of different singular values.
    """
    x = _real(x, "svd")
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
            inner = op.add(inner, op.multiply(op.multiply(scale, op.subtract(turned, _t(turned))), row))
            rest = op.subtract(du, op.matmul(u, turned))
            outer = op.matmul(op.multiply(rest, op.reshape(inverse, row.shape)), vt)
        if dvt is not None:
            dv = _t(dvt)
            turned = op.matmul(vt, dv)
            inner = op.add(inner, op.multiply(column, op.multiply(scale, op.subtract(turned, _t(turned)))))
            rest = op.subtract(dv, op.matmul(vt, turned, True, False))
            more = op.matmul(op.multiply(u, op.reshape(inverse, row.shape)), rest, False, True)
            outer = more if outer is None else op.add(outer, more)
    total = op.matmul(op.matmul(u, inner), vt)
    return total if outer is None else op.add(total, outer)


@operation
def pinv(x, rcond=None):
    """The Moore-Penrose inverse; singular values below ``rcond`` times the largest count as 0."""
    x = _real(x, "pinv")
    rcond = float(np.finfo(x.dtype).eps) * 10 * max(s or 1 for s in x.shape[-2:]) if rcond is None else rcond

    def gradient(inputs, outputs, dy):
        # Golub and Pereyra (1973), three terms: the inverse's, and what leaves the row and the column space.
        a, p, g = inputs[0], outputs[0], _t(dy[0])
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
    a, b = _real(a, "lstsq"), _real(b, "lstsq", 1)
    if len(a.shape) != 2 or len(b.shape) > 2 or None not in (a.shape[0], b.shape[0]) and a.shape[0] != b.shape[0]:
        raise ValueError(f"lstsq: expected a matrix and a vector or matrix with as many rows, got {a.shape}, {b.shape}")
    columns = op.reshape(b, [-1, 1]) if len(b.shape) == 1 else b
    x = op.matmul(pinv(a, rcond), columns)
    return op.reshape(x, [-1]) if len(b.shape) == 1 else x


def lu_factor(x):
    """(``L`` below and ``U`` on and above the diagonal of one matrix, pivots): row ``i`` changed places with row
    ``pivots[i]``. Gaussian elimination with partial pivoting; no gradient."""
    x = _real(x, "lu_factor")
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


def matrix_rank(x, tol=None):
    """How many singular values of each matrix exceed ``tol``, int32."""
    x = _real(x, "matrix_rank")
    return host("matrix_rank", lambda a: np.linalg.matrix_rank(a, tol), [x], [(x.shape[:-2], "int32")])


@operation
def norm(x, ord=None, axis=None, keepdims: bool = False):
    """Norm of vectors over one axis (``ord`` 1, 2, any number, ``inf``, ``-inf``, 0) or of matrices over two
    (``"fro"``, ``"nuc"``, 1, -1, 2, -2, ``inf``, ``-inf``). By default the root of the sum of all squares.

    >>> norm([[3.0, 4.0]]).item()
    5.0
    """
    x = _real(x, "norm", 0)
    axes = list(range(len(x.shape))) if axis is None else [axis] if isinstance(axis, int) else list(axis)
    if ord is None or len(axes) == 1 or (axis is None and len(x.shape) == 1):
        return _vector_norm(x, 2 if ord is None else ord, axes, keepdims)
    if len(axes) != 2:
        raise ValueError(f"norm: ord {ord!r} goes with one or two axes, got axis {axis} for shape {x.shape}")
    row, column = (a % len(x.shape) for a in axes)
    size = op.absolute(x)
    if ord == "fro":
        return _vector_norm(x, 2, [row, column], keepdims)
    if ord in (1, -1, float("inf"), float("-inf")):
        over, then = (row, column) if ord in (1, -1) else (column, row)
        sums = op.sum(size, [over], True)
        result = (op.max if ord > 0 else op.min)(sums, [then], True)
    elif ord in (2, -2, "nuc"):
        from pykeras.ops.movement import expand_dims, moveaxis

        values = svd(moveaxis(x, (row, column), (-2, -1)), compute_uv=False)
        kind = {2: op.max, -2: op.min, "nuc": op.sum}[ord]
        result = expand_dims(kind(values, [-1], False), sorted((row, column)))
    else:
        raise ValueError(f"norm: ord {ord!r} is no norm of matrices")
    return result if keepdims else op.sum(result, [row, column], False)


def _vector_norm(x, ord, axes, keepdims):
    if ord in (2, "fro", "euclidean"):
        return op.sqrt(op.sum(op.square(x), axes, keepdims)) if axes else op.absolute(x)
    if not isinstance(ord, (int, float)):
        raise ValueError(f"norm: ord {ord!r} is no norm of vectors")
    size = op.absolute(x)
    if ord == 1:
        return op.sum(size, axes, keepdims)
    if ord in (float("inf"), float("-inf")):
        return (op.max if ord > 0 else op.min)(size, axes, keepdims)
    if ord == 0:
        return op.sum(cast(op.not_equal(x, 0), x.dtype), axes, keepdims)
    return op.power(op.sum(op.power(size, float(ord)), axes, keepdims), 1.0 / ord)


__all__ = [
    "cholesky", "cholesky_inverse", "det", "eig", "eigh", "inv", "logdet", "lstsq", "lu_factor", "matrix_rank", "norm",
    "pinv", "qr", "slogdet", "solve", "solve_triangular", "svd",
]  # fmt: skip
