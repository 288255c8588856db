"""Keras's ``ops.linalg``: linear algebra over the last two axes."""

from __future__ import annotations

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops import decompositions, solving
from pykeras.ops.core import cast
from pykeras.ops.decompositions import *  # noqa: F403
from pykeras.ops.decompositions import svd
from pykeras.ops.derivatives import jvp  # noqa: F401
from pykeras.ops.host import host
from pykeras.ops.numbers import axes_list
from pykeras.ops.solving import *  # noqa: F403
from pykeras.ops.solving import real_matrix

op = _core.op


def matrix_rank(x, tol=None):
    """How many singular values of each matrix exceed ``tol``, int32."""
    x = real_matrix(x, "matrix_rank")
    return host("matrix_rank", lambda a: np.linalg.matrix_rank(a, tol), [x], [(x.shape[:-2], "int32")])


@operation
def norm(x, ord=None, axis=None, keepdims: bool = False):
    """Norm of vectors over one axis (``ord`` 1, 2, any number, ``inf``, ``-inf``, 0) or of matrices over two
    (``"fro"``, ``"nuc"``, 1, -1, 2, -2, ``inf``, ``-inf``). By default the root of the sum of all squares.

    >>> norm([[3.0, 4.0]]).item()
    5.0
    """
    x = real_matrix(x, "norm", 0)
    axes = axes_list(axis, len(x.shape), "norm")
    if len(set(axes)) != len(axes):
        raise ValueError(f"norm: axis {axis} names an axis of shape {x.shape} twice")
    if ord is None or len(axes) == 1:
        return _vector_norm(x, 2 if ord is None else ord, axes, keepdims)
    if len(axes) != 2:
        raise ValueError(f"norm: ord {ord!r} goes with one or two axes, got axis {axis} for shape {x.shape}")
    row, column = axes
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
    if ord == 2:
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


__all__ = ["matrix_rank", "norm", *decompositions.__all__, *solving.__all__]
