"""More ways to make, join, cut and pick: NumPy's names, composed."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras import _core
from pykeras.dtypes import standardize_dtype
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast, convert_to_tensor
from pykeras.ops.movement import (
    concatenate,
    expand_dims,
    flip,
    getitem,
    moveaxis,
    ones_like,
    split,
    swapaxes,
    zeros,
    zeros_like,
)
from pykeras.ops.numbers import as_operand, is_symbolic, normal_axis, resized, static_shape, unknown_like
from pykeras.variables import check_budget

op = _core.op


def array(x, dtype=None):
    """A tensor with the values of ``x``."""
    return convert_to_tensor(x, dtype)


@operation
def copy(x):
    """A tensor of the same values."""
    return op.copy(as_operand(x))


@operation
def empty_like(x, dtype=None):
    """``zeros_like``."""
    return zeros_like(x, dtype)


@operation
def get_item(x, key):
    """``x[key]``."""
    return getitem(x, key)


def tri(N, M=None, k=0, dtype=None):
    """Ones at and below a diagonal."""
    return convert_to_tensor(np.tri(N, M, k, dtype=standardize_dtype(dtype)))


def logspace(start, stop, num=50, endpoint=True, base=10, dtype=None, axis=0):
    """``num`` numbers evenly spaced in their logarithm, from ``base ** start`` to ``base ** stop``."""
    values = np.logspace(np.asarray(start), np.asarray(stop), num, endpoint, base, axis=axis)
    return convert_to_tensor(np.asarray(values, standardize_dtype(dtype)))


def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    """``num`` numbers of constant ratio from ``start`` to ``stop``."""
    values = np.geomspace(np.asarray(start), np.asarray(stop), num, endpoint, axis=axis)
    return convert_to_tensor(np.asarray(values, standardize_dtype(dtype)))


def _window(name: str, text: str):
    function = getattr(np, name)

    def window(x):
        return convert_to_tensor(np.asarray(function(int(x)), standardize_dtype(None)))

    window.__name__ = window.__qualname__ = name
    window.__doc__ = f"The {text} window of ``x`` points."
    return window


bartlett = _window("bartlett", "triangular")
blackman = _window("blackman", "Blackman")
hamming = _window("hamming", "Hamming")
hanning = _window("hanning", "Hann")


def kaiser(x, beta):
    """The Kaiser window of ``x`` points."""
    return convert_to_tensor(np.asarray(np.kaiser(int(x), float(beta)), standardize_dtype(None)))


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


def diagflat(x, k=0):
    """The matrix with the flattened ``x`` on diagonal ``k``."""
    from pykeras.ops.movement import diag

    return diag(resized(x, [-1]), k)


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


@operation
def select(condlist, choicelist, default=0):
    """For each element the choice of the first condition that is true."""
    result: Any = default
    for condition, choice in zip(reversed(list(condlist)), reversed(list(choicelist))):
        result = op.select(cast(condition, "bool"), choice, result)
    return result


@operation
def unravel_index(indices, shape):
    """Positions along the axes of ``shape`` of positions in the flattened tensor."""
    rest = as_operand(indices)
    total = int(np.prod(shape))
    rest = op.select(op.less(rest, 0), op.add(rest, total), rest)
    places = []
    for size in reversed(shape):
        places.append(op.mod(rest, int(size)))
        rest = op.floor_divide(rest, int(size))
    return tuple(reversed(places))


def view(x, dtype=None):
    """The same bytes read as another dtype."""
    x = as_operand(x)
    dtype = standardize_dtype(dtype or x.dtype)
    if is_symbolic(x):
        ratio = np.dtype(x.dtype).itemsize, np.dtype(dtype).itemsize
        last = None if x.shape[-1] is None else x.shape[-1] * ratio[0] // ratio[1]
        return unknown_like([x], (*x.shape[:-1], last), dtype)
    return convert_to_tensor(x.numpy().view(dtype))


def _image(x, data_format):
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(f"data_format: expected 'channels_last' or 'channels_first', got {data_format!r}")
    x = as_operand(x)
    if len(x.shape) != 4:
        raise ValueError(f"expected 4 axes, got shape {x.shape}")
    return x


__all__ = [
    "append", "array", "array_split", "bartlett", "blackman", "copy", "diagflat", "diagonal",
    "dsplit", "dstack", "empty_like", "fliplr", "flipud", "geomspace", "get_item", "hamming", "hanning", "hsplit",
    "kaiser", "logspace", "meshgrid", "roll", "rot90", "select", "trace", "tri",
    "unravel_index", "vander", "view", "vsplit",
]  # fmt: skip
