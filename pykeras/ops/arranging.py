"""More ways to join, cut, turn and choose: NumPy's names, composed."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras import _core
from pykeras.dtypes import standardize_dtype
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast, convert_to_tensor
from pykeras.ops.movement import concatenate, expand_dims, flip, split, swapaxes
from pykeras.ops.numbers import as_operand, is_symbolic, normal_axis, resized, static_shape, unknown_like
from pykeras.variables import check_budget

op = _core.op


@operation
def append(x1, x2, axis=None):
    """``x2`` after ``x1`` along ``axis``, or after both were flattened."""
    if axis is None:
        x1, x2, axis = resized(x1, [-1]), resized(x2, [-1]), 0
    return concatenate([x1, x2], axis)


@operation
def dstack(xs):
    """Tensors along the third axis."""

    def three(x):
        x = as_operand(x)
        if len(x.shape) < 2:
            x = resized(x, [1, *(x.shape or (1,))])
        return x if len(x.shape) > 2 else expand_dims(x, -1)

    return concatenate([three(x) for x in xs], 2)


@operation
def array_split(x, indices_or_sections, axis=0):
    """Parts of nearly equal size, the longer ones first, or cut at the given positions."""
    if isinstance(indices_or_sections, int):
        length = static_shape(x)[axis]
        if length is None:
            raise ValueError(f"array_split: the size of axis {axis} of shape {static_shape(x)} is unknown")
        check_budget(256 * indices_or_sections, f"array_split into {indices_or_sections:,} parts")
        each, longer = divmod(length, indices_or_sections)
        sizes = [each + 1] * longer + [each] * (indices_or_sections - longer)
        indices_or_sections = np.cumsum(sizes)[:-1].tolist()
    return split(x, indices_or_sections, axis)


def vsplit(x, indices_or_sections):
    """Parts along axis 0."""
    return split(x, indices_or_sections, 0)


def hsplit(x, indices_or_sections):
    """Parts along axis 1, or axis 0 of a vector."""
    return split(x, indices_or_sections, 0 if len(static_shape(x)) == 1 else 1)


def dsplit(x, indices_or_sections):
    """Parts along axis 2."""
    return split(x, indices_or_sections, 2)


def fliplr(x):
    """Axis 1 reversed."""
    return flip(x, 1)


def flipud(x):
    """Axis 0 reversed."""
    return flip(x, 0)


@operation
def roll(x, shift, axis=None):
    """Values moved on by ``shift`` along ``axis``; what leaves at the end comes in at the front."""
    x = as_operand(x)
    if axis is None:
        return resized(roll(resized(x, [-1]), shift, 0), x.shape)
    axes = [axis] if isinstance(axis, int) else list(axis)
    shifts = [shift] * len(axes) if isinstance(shift, int) else list(shift)
    for by, a in zip(shifts, axes):
        length = x.shape[a]
        if length is None:
            continue
        if length and by % length:
            cut = length - by % length
            first, second = split(x, [cut], a)
            x = concatenate([second, first], a)
    return x


@operation
def rot90(array, k=1, axes=(0, 1)):
    """A quarter turn ``k`` times in the plane of two axes."""
    x = as_operand(array)
    a, b = (normal_axis(i, len(x.shape), "rot90") for i in axes)
    if a == b:
        raise ValueError(f"rot90: axes: expected two different ones, got {axes} for shape {x.shape}")
    k %= 4
    if k == 2:
        return flip(x, (a, b))
    if k == 1:
        return swapaxes(flip(x, b), a, b)
    return flip(swapaxes(x, a, b), b) if k == 3 else x


def meshgrid(*x, indexing="xy"):
    """The coordinates of a grid, one tensor for each vector."""
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid: indexing: expected 'xy' or 'ij', got {indexing!r}")
    vectors = [resized(v, [-1]) for v in x]
    sizes = [v.shape[0] for v in vectors]
    grids = []
    for i, v in enumerate(vectors):
        grid = resized(v, [sizes[i] if j == i else 1 for j in range(len(vectors))])
        grid = op.broadcast_to(grid, sizes)
        grids.append(swapaxes(grid, 0, 1) if indexing == "xy" and len(vectors) > 1 else grid)
    return grids


@operation
def select(condlist, choicelist, default=0):
    """For each element the choice of the first condition that is true."""
    result: Any = default
    for condition, choice in zip(reversed(list(condlist)), reversed(list(choicelist))):
        result = op.select(cast(condition, "bool"), choice, result)
    return result


def view(x, dtype=None):
    """The same bytes read as another dtype."""
    x = as_operand(x)
    dtype = standardize_dtype(dtype or x.dtype)
    if is_symbolic(x):
        ratio = np.dtype(x.dtype).itemsize, np.dtype(dtype).itemsize
        last = None if x.shape[-1] is None else x.shape[-1] * ratio[0] // ratio[1]
        return unknown_like([x], (*x.shape[:-1], last), dtype)
    return convert_to_tensor(x.numpy().view(dtype))


__all__ = [
    "append", "array_split", "dsplit", "dstack", "fliplr", "flipud", "hsplit", "meshgrid", "roll", "rot90", "select",
    "view", "vsplit",
]  # fmt: skip
