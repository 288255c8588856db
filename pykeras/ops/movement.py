"""Reshaping, joining, cutting, repeating and picking."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras import _core
from pykeras.dtypes import result_type, standardize_dtype
from pykeras.keras_tensor import KerasTensor, operation
from pykeras.ops.core import cast, convert_to_tensor
from pykeras.ops.numbers import as_operand, axes_list, normal_axis, static_shape
from pykeras.variables import check_budget

op = _core.op


def _sizes(shape: Any) -> list[int]:
    shape = [shape] if isinstance(shape, (int, np.integer)) else shape
    return [-1 if s is None else int(s) for s in shape]


@operation
def reshape(x, newshape):
    """``x`` under another shape, in row-major order; one size may be -1.

    >>> reshape([[1, 2], [3, 4]], (-1,)).shape
    (4,)
    """
    return op.reshape(x, _sizes(newshape))


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
    return _with_shape(x, sizes)


@operation
def squeeze(x, axis=None):
    """``x`` without axes of size 1 (all of them, or the given ones, which must be of size 1)."""
    x = as_operand(x)
    rank = len(x.shape)
    axes = [a for a in range(rank) if x.shape[a] == 1] if axis is None else axes_list(axis, rank, "squeeze")
    for a in axes:
        if x.shape[a] not in (1, None):
            raise ValueError(f"squeeze: axis {a} of shape {x.shape} is not of size 1")
    return _with_shape(x, [s for a, s in enumerate(x.shape) if a not in axes])


def _with_shape(x, sizes: list):
    if sizes.count(None) > 1:
        # Only symbolic tensors have unknown sizes; the op is told them one by one.
        return type(x)(tuple(sizes), x.dtype)
    return op.reshape(x, _sizes(sizes))


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
    return op.broadcast_to(x, _sizes(shape))


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
def slice(inputs, start_indices, shape):  # noqa: A001 - Keras's name
    """The block of ``shape`` that begins at ``start_indices``; a size of -1 takes the rest."""
    rank = len(static_shape(inputs))
    return op.slice(inputs, [int(i) for i in start_indices], _sizes(shape), [1] * rank)


@operation
def slice_update(inputs, start_indices, updates):
    """``inputs`` with the block at ``start_indices`` replaced by ``updates``."""
    inputs, updates = as_operand(inputs), as_operand(updates)
    starts = [int(i) for i in start_indices]
    ones = [1] * len(starts)
    if any(s is None for s in (*inputs.shape, *updates.shape)):
        return KerasTensor(inputs.shape, inputs.dtype)
    new = op.embed(updates, list(inputs.shape), starts, ones)
    place = op.embed(cast(ones_like(updates), "uint8"), list(inputs.shape), starts, ones)
    return op.select(cast(place, "bool"), new, inputs)


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
    x = _with_shape(x, sizes)
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
def one_hot(x, num_classes, axis=-1, dtype=None, sparse=False):
    """1 at each index along a new axis, 0 elsewhere; nothing for indices out of range.

    >>> one_hot([0, 2], 3).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    if sparse:
        raise ValueError("one_hot: sparse tensors are not supported")
    x = as_operand(x)
    hot = op.one_hot(cast(x, "int64"), int(num_classes), standardize_dtype(dtype))
    return hot if axis in (-1, len(x.shape)) else moveaxis(hot, -1, axis)


@operation
def zeros_like(x, dtype=None):
    return full_like(x, 0, dtype)


@operation
def ones_like(x, dtype=None):
    return full_like(x, 1, dtype)


@operation
def full_like(x, fill_value, dtype=None):
    """``fill_value`` in the shape of ``x``."""
    x = as_operand(x)
    value = convert_to_tensor(np.asarray(fill_value, standardize_dtype(dtype or x.dtype)))
    if isinstance(x, KerasTensor):
        return KerasTensor(x.shape, value.dtype)
    return op.broadcast_to(value, list(x.shape))


def zeros(shape, dtype=None):
    """A tensor of zeros."""
    return convert_to_tensor(np.zeros(_sizes(shape), standardize_dtype(dtype)))


def ones(shape, dtype=None):
    """A tensor of ones."""
    return convert_to_tensor(np.ones(_sizes(shape), standardize_dtype(dtype)))


def empty(shape, dtype=None):
    """``zeros``."""
    return zeros(shape, dtype)


def full(shape, fill_value, dtype=None):
    """A tensor of one value."""
    value = as_operand(fill_value)
    return op.broadcast_to(cast(value, standardize_dtype(dtype)), _sizes(shape))


def arange(start, stop=None, step=None, dtype=None):
    """Numbers from ``start`` up to, not including, ``stop``."""
    if dtype is None:
        dtype = _dtype_of(start, stop, step)
    start, stop, step = (np.asarray(v) if hasattr(v, "shape") else v for v in (start, stop, step))
    values = np.arange(start, stop, step) if stop is not None else np.arange(0, start, step)
    return convert_to_tensor(values.astype(standardize_dtype(dtype)))


def _dtype_of(*values) -> str:
    """The dtype in which tensors, arrays and numbers meet."""
    return result_type(*(getattr(v, "dtype", type(v)) for v in values if v is not None))


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    """``num`` evenly spaced numbers."""
    if dtype is None:
        dtype = result_type(_dtype_of(start, stop), float)
    start, stop = np.asarray(start), np.asarray(stop)
    values, step = np.linspace(start, stop, num, endpoint, retstep=True, axis=axis)
    values = convert_to_tensor(np.asarray(values, standardize_dtype(dtype)))
    return (values, step) if retstep else values


def eye(N, M=None, k=0, dtype=None):
    """Ones on a diagonal."""
    return convert_to_tensor(np.eye(N, M, k, dtype=standardize_dtype(dtype)))


def identity(n, dtype=None):
    """The identity matrix of ``n`` rows.

    >>> identity(2).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    return eye(n, dtype=dtype)


def diag(x, k=0):
    """The matrix with ``x`` on diagonal ``k``, or the diagonal of a matrix."""
    x = as_operand(x)
    position = np.diag(np.arange(1, int(np.prod(x.shape)) + 1, dtype=np.int64).reshape(x.shape), k)
    picked = op.take(op.reshape(x, [-1]), np.maximum(position - 1, 0), 0)
    return op.select(position > 0, picked, _zero(x))


def _zero(x):
    return False if as_operand(x).dtype == "bool" else 0


def tri_mask(x, k: int):
    rows, columns = static_shape(x)[-2:]
    return np.tri(rows, columns, k, dtype=bool)


@operation
def tril(x, k=0):
    """``x`` with zeros above diagonal ``k``."""
    return op.select(tri_mask(x, k), x, _zero(x))


@operation
def triu(x, k=0):
    """``x`` with zeros below diagonal ``k``."""
    return op.select(tri_mask(x, k - 1), _zero(x), x)


@operation
def getitem(x, key):
    """Basic indexing ``x[key]``: integers, slices, ``...``, ``None``, one integer array."""
    x = as_operand(x)
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
    x = _with_shape(x, result_sizes)
    if gather is None:
        return x
    axis, place, index = gather
    index = as_operand(index)
    if index.dtype == "bool":
        raise TypeError("indexing: a boolean mask gives an unknown shape; use ops.where")
    return take(x, index, place)


builtin_slice = type(np.s_[:])
_ALL = builtin_slice(None)


__all__ = [
    "arange", "broadcast_to", "concatenate", "diag", "empty", "expand_dims", "eye", "flip", "full", "full_like",
    "getitem",
    "hstack",
    "identity", "linspace", "moveaxis", "one_hot", "ones", "ones_like", "pad", "ravel", "repeat", "reshape", "slice",
    "slice_update", "split", "squeeze", "stack", "swapaxes", "take", "take_along_axis", "tile", "transpose", "tril",
    "triu",
    "vstack", "zeros", "zeros_like",
]  # fmt: skip
