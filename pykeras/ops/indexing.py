"""Picking values by their places, and writing to places."""

from __future__ import annotations

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import KerasTensor, any_symbolic, operation
from pykeras.ops.core import cast
from pykeras.ops.making import ones_like
from pykeras.ops.numbers import as_operand, normal_axis, resized, sizes_list, static_shape

op = _core.op


@operation
def get_item(x, key):
    """``x[key]``."""
    return getitem(x, key)


@operation
def getitem(x, key):
    """Basic indexing ``x[key]``: integers, slices, ``...``, ``None``, one integer array."""
    x = as_operand(x)
    whole = x.shape
    keys = list(key) if isinstance(key, tuple) else [key]
    used = sum(k is not None and k is not Ellipsis for k in keys)
    rank = len(x.shape)
    if used > rank:
        raise IndexError(f"too many indices for a tensor of {rank} axes: {used}")
    if Ellipsis in [k for k in keys if isinstance(k, type(Ellipsis))]:
        place = next(i for i, k in enumerate(keys) if k is Ellipsis)
        keys[place : place + 1] = [_ALL] * (rank - used)
    keys += [_ALL] * (rank - sum(k is not None for k in keys))

    starts, sizes, steps, result_sizes, gather = [], [], [], [], None
    for k in keys:
        if k is None:
            result_sizes.append(1)
            continue
        axis = len(starts)
        length = x.shape[axis]
        if isinstance(k, builtin_slice):
            if length is None:
                open_ended = k.start in (None, 0) and k.stop is None and k.step in (None, 1)
                starts.append(k.start or 0)
                steps.append(k.step or 1)
                sizes.append(-1 if open_ended else (k.stop - (k.start or 0) if (k.stop or -1) >= 0 else -1))
                result_sizes.append(None if sizes[-1] == -1 else sizes[-1])
                continue
            start, stop, step = k.indices(length)
            count = len(range(start, stop, step))
            starts.append(start if count else 0)
            sizes.append(count)
            steps.append(step)
            result_sizes.append(count)
        elif isinstance(k, (int, np.integer)) and not isinstance(k, bool):
            if length is not None and not -length <= k < length:
                raise IndexError(f"index {k} is out of range for axis {axis} of shape {x.shape}")
            starts.append(int(k) + (length or 0) if k < 0 else int(k))
            sizes.append(1)
            steps.append(1)
        else:
            if gather is not None:
                raise TypeError("indexing: at most one array of integers; use ops.take or ops.take_along_axis")
            gather = (axis, len(result_sizes), k)
            starts.append(0)
            sizes.append(-1 if length is None else length)
            steps.append(1)
            result_sizes.append(length)
    if rank:
        x = (
            op.slice(x, starts, sizes, steps)
            if (starts, sizes, steps) != ([0] * rank, list(x.shape), [1] * rank)
            else x
        )
    x = resized(x, result_sizes)
    if gather is None:
        return x
    axis, place, index = gather
    index = as_operand(index)
    if index.dtype == "bool":
        if len(index.shape) > 1 and x.shape != whole:
            raise TypeError("indexing: a mask of several axes stands alone; take the rest of the key afterwards")
        return _masked(x, index, place)
    return take(x, index, place)


def _masked(x, mask, axis: int):
    """What stands where ``mask``, over one or more axes from ``axis`` on, is true. Reads the mask, which ends a
    recording."""
    if isinstance(mask, _core.SymbolicTensor) or None in x.shape:
        raise TypeError("indexing: a boolean mask gives an unknown shape; use ops.where")
    end = axis + len(mask.shape)
    if mask.shape != x.shape[axis:end]:
        raise IndexError(f"indexing: a mask of shape {mask.shape} does not fit axes {axis}... of shape {x.shape}")
    flat = resized(x, [*x.shape[:axis], int(np.prod(mask.shape, dtype=np.int64)), *x.shape[end:]])
    return op.take(flat, np.flatnonzero(mask.numpy()), axis)


builtin_slice = type(np.s_[:])

_ALL = builtin_slice(None)


@operation
def slice(inputs, start_indices, shape):  # noqa: A001 - Keras's name
    """The block of ``shape`` that begins at ``start_indices``; a size of -1 takes the rest."""
    rank = len(static_shape(inputs))
    if any_symbolic(start_indices):
        sizes = sizes_list(shape)
        return KerasTensor([None if size == -1 else size for size in sizes], as_operand(inputs).dtype)
    return op.slice(inputs, [int(i) for i in start_indices], sizes_list(shape), [1] * rank)


@operation
def slice_update(inputs, start_indices, updates):
    """``inputs`` with the block at ``start_indices`` replaced by ``updates``."""
    inputs, updates = as_operand(inputs), as_operand(updates)
    if any_symbolic(start_indices) or any(s is None for s in (*inputs.shape, *updates.shape)):
        return KerasTensor(inputs.shape, inputs.dtype)
    starts = [int(i) for i in start_indices]
    ones = [1] * len(starts)
    new = op.embed(updates, list(inputs.shape), starts, ones)
    place = op.embed(cast(ones_like(updates), "uint8"), list(inputs.shape), starts, ones)
    return op.select(cast(place, "bool"), new, inputs)


def _indices(indices, length, name: str):
    """int64 indices; negative ones of a constant count from the end."""
    indices = as_operand(indices)
    if indices.dtype in ("float32", "float64", "bool"):
        raise TypeError(f"{name}: indices: expected integers, got {indices.dtype}")
    indices = cast(indices, "int64")
    if length is not None:
        indices = op.select(op.less(indices, 0), op.add(indices, length), indices)
    return indices


@operation
def take(x, indices, axis=None):
    """Slices of ``x`` along ``axis`` by number (of the flattened tensor by default). Negative numbers count from the
    end.

    Raises ``IndexError`` for an index outside the axis.

    >>> take([10, 20, 30], [2, 0]).tolist()
    [30, 10]
    """
    x = as_operand(x)
    if axis is None:
        x, axis = op.reshape(x, [-1]), 0
    return op.take(x, _indices(indices, x.shape[axis], "take"), int(axis))


@operation
def take_along_axis(x, indices, axis=None):
    """``x[..., indices[..., j, ...], ...]``: indices of the same rank, one for each result."""
    x, indices = as_operand(x), as_operand(indices)
    if axis is None:
        x, indices, axis = op.reshape(x, [-1]), op.reshape(indices, [-1]), 0
    rank = len(x.shape)
    axis = normal_axis(axis, rank, "take_along_axis")
    if len(indices.shape) != rank:
        raise ValueError(f"take_along_axis: expected indices of {rank} axes, got shape {indices.shape}")
    length = x.shape[axis]
    if any(s is None for s in (*x.shape, *indices.shape)):
        return KerasTensor(tuple(indices.shape[a] if a == axis else x.shape[a] for a in range(rank)), x.dtype)
    shape = [indices.shape[a] if a == axis else max(x.shape[a], indices.shape[a]) for a in range(rank)]
    x = op.broadcast_to(x, [length if a == axis else s for a, s in enumerate(shape)])
    flat = op.multiply(op.broadcast_to(_indices(indices, length, "take_along_axis"), shape), 1)
    # The position in the flattened tensor: strides times numbers along the other axes.
    strides = np.cumprod([1, *[length if a == axis else s for a, s in enumerate(shape)][::-1]])[:-1][::-1]
    base = sum(
        np.reshape(
            np.arange(1 if a == axis else s, dtype=np.int64) * strides[a], [-1 if b == a else 1 for b in range(rank)]
        )
        for a, s in enumerate(shape)
    )
    return op.take(op.reshape(x, [-1]), op.add(op.multiply(flat, int(strides[axis])), base), 0)


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


__all__ = [
    "get_item", "getitem", "slice", "slice_update", "take", "take_along_axis", "unravel_index",
]  # fmt: skip
