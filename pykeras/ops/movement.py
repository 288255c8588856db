"""Reshaping, joining, cutting, repeating."""

from __future__ import annotations

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import KerasTensor, operation
from pykeras.ops.core import cast
from pykeras.ops.making import ones_like
from pykeras.ops.numbers import as_operand, axes_list, normal_axis, resized, sizes_list
from pykeras.variables import check_budget

op = _core.op


@operation
def reshape(x, newshape):
    """``x`` under another shape, in row-major order; one size may be -1.

    >>> reshape([[1, 2], [3, 4]], (-1,)).shape
    (4,)
    """
    return op.reshape(x, sizes_list(newshape))


@operation
def ravel(x):
    """All values along one axis."""
    return op.reshape(x, [-1])


@operation
def expand_dims(x, axis):
    """A new axis of size 1 at ``axis`` (of the result); several when a tuple is given."""
    x = as_operand(x)
    axes = [axis] if isinstance(axis, (int, np.integer)) else list(axis)
    rank = len(x.shape) + len(axes)
    places = sorted(normal_axis(a, rank, "expand_dims") for a in axes)
    sizes = list(x.shape)
    for place in places:
        sizes.insert(place, 1)
    return resized(x, sizes)


@operation
def squeeze(x, axis=None):
    """``x`` without axes of size 1 (all of them, or the given ones, which must be of size 1)."""
    x = as_operand(x)
    rank = len(x.shape)
    axes = [a for a in range(rank) if x.shape[a] == 1] if axis is None else axes_list(axis, rank, "squeeze")
    for a in axes:
        if x.shape[a] not in (1, None):
            raise ValueError(f"squeeze: axis {a} of shape {x.shape} is not of size 1")
    return resized(x, [s for a, s in enumerate(x.shape) if a not in axes])


@operation
def transpose(x, axes=None):
    """Axes in another order (reversed by default).

    >>> transpose([[1, 2, 3]]).shape
    (3, 1)
    """
    x = as_operand(x)
    rank = len(x.shape)
    return op.transpose(x, list(range(rank))[::-1] if axes is None else [int(a) for a in axes])


@operation
def swapaxes(x, axis1, axis2):
    """Two axes exchanged."""
    x = as_operand(x)
    order = list(range(len(x.shape)))
    a, b = normal_axis(axis1, len(order), "swapaxes"), normal_axis(axis2, len(order), "swapaxes")
    order[a], order[b] = order[b], order[a]
    return op.transpose(x, order)


@operation
def moveaxis(x, source, destination):
    """Axes ``source`` moved to the places ``destination``."""
    x = as_operand(x)
    rank = len(x.shape)
    from_ = axes_list(source, rank, "moveaxis")
    to = axes_list(destination, rank, "moveaxis")
    order = [a for a in range(rank) if a not in from_]
    for place, axis in sorted(zip(to, from_)):
        order.insert(place, axis)
    return op.transpose(x, order)


@operation
def broadcast_to(x, shape):
    """``x`` repeated along axes of size 1 to ``shape``."""
    return op.broadcast_to(x, sizes_list(shape))


@operation
def concatenate(xs, axis=0):
    """Tensors one after another along ``axis``; other sizes must agree."""
    return op.concatenate(list(xs), int(axis))


@operation
def stack(x, axis=0):
    """Tensors of one shape along a new axis."""
    parts = [as_operand(part) for part in x]
    shapes = {part.shape for part in parts}
    if len(shapes) > 1:
        raise ValueError(f"stack: expected tensors of one shape, got {sorted(shapes, key=str)}")
    axis = normal_axis(axis, len(parts[0].shape) + 1, "stack")
    return op.concatenate([expand_dims(part, axis) for part in parts], axis)


def hstack(xs):
    """Tensors side by side: along axis 1, or axis 0 for vectors."""
    parts = [as_operand(x) for x in xs]
    return concatenate(parts, 0 if len(parts[0].shape) == 1 else 1)


def vstack(xs):
    """Tensors under one another: along axis 0, vectors as rows."""
    parts = [as_operand(x) for x in xs]
    return concatenate([expand_dims(x, 0) if len(x.shape) == 1 else x for x in parts], 0)


@operation
def split(x, indices_or_sections, axis=0):
    """Parts of ``x`` along ``axis``: a number of equal ones, or cut at the given positions."""
    x = as_operand(x)
    axis = normal_axis(axis, len(x.shape), "split")
    length = x.shape[axis]
    if length is None and isinstance(indices_or_sections, (int, np.integer)):
        return [type(x)(x.shape, x.dtype) for _ in range(indices_or_sections)]
    if length is None:
        raise ValueError(f"split: the size of axis {axis} of shape {x.shape} is unknown")
    if isinstance(indices_or_sections, (int, np.integer)):
        check_budget(256 * int(indices_or_sections), f"split into {indices_or_sections:,} parts")
        if length % indices_or_sections:
            raise ValueError(f"split: axis {axis} of shape {x.shape} does not divide into {indices_or_sections} parts")
        cuts = list(range(0, length + 1, length // indices_or_sections)) if length else [0] * (indices_or_sections + 1)
    else:
        cuts = [0, *[min(int(i) if i >= 0 else int(i) + length, length) for i in indices_or_sections], length]
    if cuts != sorted(cuts):  # parts may overlap, as in NumPy
        return [_slice_axis(x, axis, a, max(b - a, 0)) for a, b in zip(cuts, cuts[1:])]
    parts = op.split(x, [b - a for a, b in zip(cuts, cuts[1:])], axis)
    return list(parts) if isinstance(parts, (list, tuple)) else [parts]


def _slice_axis(x, axis: int, start: int, count: int):
    rank = len(x.shape)
    starts, sizes = [0] * rank, [-1] * rank
    starts[axis], sizes[axis] = start, count
    return op.slice(x, starts, sizes, [1] * rank)


@operation
def flip(x, axis=None):
    """The order along ``axis`` (all axes by default) reversed."""
    x = as_operand(x)
    rank = len(x.shape)
    axes = axes_list(axis, rank, "flip")
    if any(x.shape[a] is None for a in axes):
        return type(x)(x.shape, x.dtype)
    starts = [x.shape[a] - 1 if a in axes and x.shape[a] else 0 for a in range(rank)]
    return op.slice(x, starts, [-1] * rank, [-1 if a in axes else 1 for a in range(rank)])


@operation
def tile(x, repeats):
    """``x`` laid out ``repeats`` times along each axis."""
    x = as_operand(x)
    repeats = [int(repeats)] if isinstance(repeats, (int, np.integer)) else [int(r) for r in repeats]
    sizes = list(x.shape)
    sizes = [1] * (len(repeats) - len(sizes)) + sizes
    repeats = [1] * (len(sizes) - len(repeats)) + repeats
    x = resized(x, sizes)
    for axis, count in enumerate(repeats):
        if count != 1:
            x = _times(x, count, axis) if count > 0 else _slice_axis(x, axis, 0, 0)
    return x


def _times(x, count, axis):
    """``x`` ``count`` times along an axis, in steps: a list of all copies may be long."""
    if count <= 64:
        return op.concatenate([x] * count, axis)
    whole = _times(op.concatenate([x] * 64, axis), count // 64, axis)
    return op.concatenate([whole, _times(x, count % 64, axis)], axis) if count % 64 else whole


@operation
def repeat(x, repeats, axis=None):
    """Each slice along ``axis`` ``repeats`` times in a row (a number, or one per slice); flattened by default."""
    x = as_operand(x)
    if axis is None:
        x, axis = op.reshape(x, [-1]), 0
    axis = normal_axis(axis, len(x.shape), "repeat")
    length = x.shape[axis]
    if length is None:
        sizes = list(x.shape)
        return type(x)(tuple(sizes), x.dtype)
    return op.take(x, np.repeat(np.arange(length, dtype=np.int64), np.asarray(repeats)), axis)


@operation
def pad(x, pad_width, mode: str = "constant", constant_values=None):
    """``x`` with ``pad_width`` (one pair per axis) values around it: constant, reflect or symmetric."""
    x = as_operand(x)
    rank = len(x.shape)
    width = np.asarray(pad_width, dtype=np.int64)
    width = np.broadcast_to(width if width.ndim == 2 else np.reshape(width, (1, -1)), (rank, 2))
    if (width < 0).any():
        raise ValueError(f"pad: expected widths >= 0, got {pad_width}")
    if mode == "constant":
        shape = [-1 if s is None else s + int(a + b) for s, (a, b) in zip(x.shape, width)]
        if -1 in shape:
            return type(x)(tuple(None if s == -1 else s for s in shape), x.dtype)
        starts, ones = [int(a) for a, _ in width], [1] * rank
        padded = op.embed(x, shape, starts, ones)
        if constant_values in (None, 0):
            return padded
        inside = op.embed(cast(ones_like(x), "uint8"), shape, starts, ones)
        return op.select(cast(inside, "bool"), padded, cast(constant_values, x.dtype))
    if constant_values is not None:
        raise ValueError(f"pad: constant_values goes with mode 'constant', got mode {mode!r}")
    if mode not in ("reflect", "symmetric", "edge", "wrap"):
        raise ValueError(f"pad: mode: expected 'constant', 'reflect' or 'symmetric', got {mode!r}")
    for axis, (before, after) in enumerate(width):
        if (before or after) and x.shape[axis] is None:
            x = KerasTensor(x.shape, x.dtype)
        elif before or after:
            index = np.pad(np.arange(x.shape[axis], dtype=np.int64), (before, after), mode=mode)  # type: ignore[call-overload]
            x = op.take(x, index, axis)
    return x


__all__ = [
    "broadcast_to", "concatenate", "expand_dims", "flip", "hstack", "moveaxis", "pad", "ravel", "repeat", "reshape",
    "split", "squeeze", "stack", "swapaxes", "tile", "transpose", "vstack",
]  # fmt: skip
