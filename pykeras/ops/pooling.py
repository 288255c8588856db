"""The largest or mean value of windows. Over three axes: over height and width, then over depth, which is the same."""

from __future__ import annotations

import functools

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast
from pykeras.ops.numbers import as_operand
from pykeras.ops.windows import Windows, is_channels_first, join_axes, lift, numbers, real_dtype, unlift

op = _core.op


def _pool(name: str, core, inputs, pool_size, strides, padding, data_format):
    inputs = as_operand(inputs)
    rank = len(inputs.shape) - 2
    if rank not in (1, 2, 3):
        raise ValueError(f"{name}: expected 3, 4 or 5 axes, got shape {inputs.shape}")
    windows = Windows(name, pool_size, pool_size if strides is None else strides, padding, 1, rank)
    if windows.padding == "causal":
        raise ValueError(f"{name}: padding: expected 'valid' or 'same', got 'causal'")
    size, steps = windows.size, windows.strides

    def run(x, widths):
        if rank == 1:
            return unlift(core(lift(x), [1, *size], [1, *steps], [0, 0, *widths]))
        if rank == 2:
            return core(x, size, steps, widths)
        n, depth, *_, c = x.shape
        y = core(join_axes(x, 0), size[1:], steps[1:], widths[2:])
        h, w = y.shape[1:3]
        y = core(op.reshape(y, [n, depth, h * w, c]), [size[0], 1], [steps[0], 1], [*widths[:2], 0, 0])
        return op.reshape(y, [n, y.shape[1], h, w, c])

    return windows.run(inputs, data_format, None, run, real_dtype(inputs))


@operation
def max_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    """The largest value of each window over one, two or three spatial axes; padding never wins.

    >>> max_pool([[[1.0], [3.0], [2.0], [0.0]]], 2).tolist()
    [[[3.0], [2.0]]]
    """
    inputs = as_operand(inputs)
    whole = inputs.dtype not in ("float32", "float64")
    if whole:
        return cast(_pool("max_pool", op.max_pool2d, cast(inputs, "float64"), pool_size, strides, padding, data_format),
                    inputs.dtype)  # fmt: skip
    return _pool("max_pool", op.max_pool2d, inputs, pool_size, strides, padding, data_format)


@operation
def average_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    """The mean of each window over one, two or three spatial axes; padding does not count.

    >>> average_pool([[[1.0], [3.0], [2.0], [0.0]]], 2).tolist()
    [[[2.0], [1.0]]]
    """
    return _pool("average_pool", op.average_pool2d, inputs, pool_size, strides, padding, data_format)


# ---- adaptive ------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=64)
def _adaptive_windows(size: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Places (count, longest window; the last one repeated) and weights (0 where repeated) of windows
    floor(i * size / count) up to ceil((i + 1) * size / count)."""
    starts = np.arange(count) * size // count
    ends = -(-(np.arange(count) + 1) * size // count)
    places = starts[:, None] + np.arange((ends - starts).max(initial=1))
    weights = (places < ends[:, None]) / (ends - starts)[:, None]
    return np.minimum(places, ends[:, None] - 1), weights


def _adaptive(name: str, inputs, output_size, data_format, along_axis):
    x = as_operand(inputs)
    rank = len(x.shape) - 2
    if rank not in (1, 2, 3):
        raise ValueError(f"{name}: expected 3, 4 or 5 axes, got shape {x.shape}")
    counts = numbers(name, "output_size", output_size, rank)
    first = is_channels_first(data_format, name)
    start = 2 if first else 1
    dtype = x.dtype if x.dtype in ("float32", "float64") else real_dtype()
    if isinstance(x, _core.SymbolicTensor):
        shape = list(x.shape)
        shape[start : start + rank] = counts
        return type(x)(tuple(shape), dtype)
    x = cast(x, dtype)
    for axis, count in enumerate(counts, start):
        if x.shape[axis] == 0:
            raise ValueError(f"{name}: axis {axis} of shape {x.shape} is empty")
        if x.shape[axis] != count:
            x = along_axis(x, axis, *_adaptive_windows(x.shape[axis], count))
    return x


@operation
def adaptive_average_pool(inputs, output_size, data_format=None):
    """The means of ``output_size`` windows that cover each spatial axis evenly: window i reaches from
    floor(i * size / count) to ceil((i + 1) * size / count).

    >>> adaptive_average_pool([[[1.0], [2.0], [3.0]]], 2).tolist()
    [[[1.5], [2.5]]]
    """

    def mean(x, axis, places, weights):
        return op.resample(x, places, weights.astype(x.dtype), axis)

    return _adaptive("adaptive_average_pool", inputs, output_size, data_format, mean)


@operation
def adaptive_max_pool(inputs, output_size, data_format=None):
    """The largest values of ``output_size`` windows as in ``adaptive_average_pool``.

    >>> adaptive_max_pool([[[1.0], [2.0], [3.0]]], 2).tolist()
    [[[2.0], [3.0]]]
    """

    def largest(x, axis, places, _):
        return op.max(op.take(x, places, axis), [axis + 1], False)

    return _adaptive("adaptive_max_pool", inputs, output_size, data_format, largest)


__all__ = ["adaptive_average_pool", "adaptive_max_pool", "average_pool", "max_pool"]
