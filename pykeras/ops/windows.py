"""What convolutions and pools share: layouts, padding, sizes of results, and how 1-D and 3-D become 2-D."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from pykeras import _core, config
from pykeras.ops.numbers import as_operand

op = _core.op


def numbers(name: str, what: str, value, rank: int, minimum: int = 1) -> list[int]:
    """``rank`` integers; one number stands for all of them."""
    values = [value] * rank if isinstance(value, (int, np.integer)) else list(value)
    if len(values) != rank or any(int(v) != v or v < minimum for v in values):
        raise ValueError(f"{name}: {what}: expected {rank} integer(s) of {minimum} or more, got {value!r}")
    return [int(v) for v in values]


def is_channels_first(data_format: str | None, name: str) -> bool:
    data_format = data_format or config.image_data_format()
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(f"{name}: data_format: expected 'channels_last' or 'channels_first', got {data_format!r}")
    return data_format == "channels_first"


def channels_to_end(x):
    rank = len(x.shape)
    return op.transpose(x, [0, *range(2, rank), 1])


def channels_to_front(x):
    rank = len(x.shape)
    return op.transpose(x, [0, rank - 1, *range(1, rank - 1)])


def split_shape(x, first: bool) -> tuple:
    """Batch size, spatial sizes and channels."""
    shape = x.shape
    return (shape[0], shape[2:], shape[1]) if first else (shape[0], shape[1:-1], shape[-1])


def joined_shape(batch, sizes: Sequence, channels, first: bool) -> tuple:
    return (batch, channels, *sizes) if first else (batch, *sizes, channels)


def real_dtype(*operands) -> str:
    """The floating dtype in which these are computed together."""
    return "float64" if any(x is not None and x.dtype == "float64" for x in operands) else "float32"


class Windows:
    """Windows that move over the spatial axes: their sizes, steps and reach."""

    def __init__(self, name: str, size, strides, padding: str, dilation=1, rank: int | None = None):
        self.name = name
        self.rank = len(size) if rank is None else rank
        self.size = numbers(name, "window", size, self.rank)
        self.strides = numbers(name, "strides", strides, self.rank)
        self.dilation = numbers(name, "dilation_rate", dilation, self.rank)
        allowed = ("valid", "same", "causal") if self.rank == 1 else ("valid", "same")
        self.padding = padding.lower() if isinstance(padding, str) else padding
        if self.padding not in allowed:
            raise ValueError(f"{name}: padding: expected one of {', '.join(map(repr, allowed))}, got {padding!r}")
        self.reach = [(k - 1) * d + 1 for k, d in zip(self.size, self.dilation)]

    def widths(self, sizes: Sequence[int]) -> list[int]:
        """Padding before and after each axis. With "same", the result has ceil(size / stride) values."""
        if self.padding == "valid":
            return [0, 0] * self.rank
        if self.padding == "causal":
            return [self.reach[0] - 1, 0]
        found: list[int] = []
        for size, reach, stride in zip(sizes, self.reach, self.strides):
            total = max((math.ceil(size / stride) - 1) * stride + reach - size, 0)
            found += [total // 2, total - total // 2]
        return found

    def results(self, sizes: Sequence) -> list:
        """The number of windows along each axis; ``None`` stays."""
        found: list[int | None] = []
        for axis, (size, reach, stride) in enumerate(zip(sizes, self.reach, self.strides)):
            if size is None:
                found.append(None)
            elif self.padding == "valid":
                if size < reach:
                    raise ValueError(
                        f"{self.name}: a window that reaches over {reach} does not fit into spatial axis {axis} of "
                        f"size {size}"
                    )
                found.append((size - reach) // stride + 1)
            else:
                found.append(math.ceil(size / stride))
        return found

    def run(self, x, data_format: str | None, channels: int | None, core: Callable, dtype: str | None = None):
        """``core(x, widths)`` on ``x`` with channels last, whatever the layout; a shape for symbolic ``x``."""
        x = as_operand(x)
        if len(x.shape) != self.rank + 2:
            raise ValueError(
                f"{self.name}: expected {self.rank + 2} axes (batch, {self.rank} spatial, channels), got shape "
                f"{x.shape}"
            )
        first = is_channels_first(data_format, self.name)
        batch, sizes, own = split_shape(x, first)
        results = self.results(sizes)
        dtype = dtype or x.dtype
        if isinstance(x, _core.SymbolicTensor):
            return type(x)(joined_shape(batch, results, own if channels is None else channels, first), dtype)
        if x.dtype not in ("float32", "float64"):
            x = op.cast(x, real_dtype())
        y = core(channels_to_end(x) if first else x, self.widths(sizes))
        return channels_to_front(y) if first else y


def lift(x):
    """(N, L, C) as an image of one line."""
    n, length, c = x.shape
    return op.reshape(x, [n, 1, length, c])


def unlift(y):
    n, _, length, c = y.shape
    return op.reshape(y, [n, length, c])


def join_axes(x, first: int):
    """Axes ``first`` and ``first + 1`` as one."""
    sizes = list(x.shape)
    return op.reshape(x, [*sizes[:first], sizes[first] * sizes[first + 1], *sizes[first + 2 :]])
