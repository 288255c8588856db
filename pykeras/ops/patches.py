"""Patches of images as columns and back."""

from __future__ import annotations

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.numbers import as_operand, is_symbolic, unknown_like

op = _core.op


def _two(value, name):
    pair = (value, value) if isinstance(value, int) else tuple(int(v) for v in value)
    if len(pair) != 2:
        raise ValueError(f"{name}: expected a number or two, got {value!r}")
    return pair


def _places(size, kernel, dilation, padding, stride):
    """How many patches there are along each axis, and where in the padded image each of their values lies."""
    counts, axes = [], []
    for n, k, d, p, s in zip(size, kernel, dilation, padding, stride):
        count = (n + 2 * p - d * (k - 1) - 1) // s + 1
        if count < 1:
            raise ValueError(f"a kernel of {kernel} with dilation {dilation} does not fit into {size}")
        counts.append(count)
        axes.append(np.arange(k)[:, None] * d + np.arange(count) * s)  # (kernel, patches)
    width = size[1] + 2 * padding[1]
    flat = axes[0][:, None, :, None] * width + axes[1][None, :, None, :]
    return counts, flat.reshape(kernel[0] * kernel[1], -1).astype("int64")


@operation
def unfold(x, kernel_size, dilation=1, padding=0, stride=1):
    """Patches of images (n, c, h, w) as columns: (n, c kh kw, patches).

    >>> unfold(np.arange(16.0).reshape(1, 1, 4, 4), 2, stride=2).shape
    (1, 4, 4)
    """
    from pykeras.ops.movement import pad

    x = as_operand(x)
    if len(x.shape) != 4:
        raise ValueError(f"unfold: expected images (n, c, h, w), got shape {x.shape}")
    options = [_two(v, name) for v, name in ((kernel_size, "kernel_size"), (dilation, "dilation"), (padding, "padding"),
                                             (stride, "stride"))]  # fmt: skip
    n, c, h, w = x.shape
    kernel, _, padding, _ = options
    if None in (h, w, c):
        return unknown_like([x], (n, None if c is None else c * kernel[0] * kernel[1], None))
    counts, places = _places((h, w), *options)
    if is_symbolic(x):
        return unknown_like([x], (n, c * kernel[0] * kernel[1], counts[0] * counts[1]))
    x = pad(x, [(0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2])
    columns = op.take(op.reshape(x, [n, c, -1]), places, 2)
    return op.reshape(columns, [n, c * places.shape[0], places.shape[1]])


@operation
def fold(x, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """The transposed map of ``unfold``: columns (n, c kh kw, patches) added up into images (n, c, *output_size)."""
    from pykeras.ops.movement import getitem

    x = as_operand(x)
    if len(x.shape) != 3:
        raise ValueError(f"fold: expected columns (n, c kh kw, patches), got shape {x.shape}")
    size = _two(output_size, "output_size")
    options = [_two(v, name) for v, name in ((kernel_size, "kernel_size"), (dilation, "dilation"), (padding, "padding"),
                                             (stride, "stride"))]  # fmt: skip
    kernel, _, padding, _ = options
    _, places = _places(size, *options)
    if x.shape[1] % (kernel[0] * kernel[1]) or x.shape[2] not in (places.shape[1], None):
        raise ValueError(f"fold: shape {x.shape} does not fit a kernel of {kernel} and {places.shape[1]} patches")
    n, c = x.shape[0], x.shape[1] // (kernel[0] * kernel[1])
    if is_symbolic(x):
        return unknown_like([x], (n, c, *size))
    height, width = (s + 2 * p for s, p in zip(size, padding))
    flat = op.take_grad(op.reshape(x, [n, c, places.size]), places.reshape(-1), 2, height * width)
    image = op.reshape(flat, [n, c, height, width])
    rows, columns = (slice(p, p + s) for p, s in zip(padding, size))
    return getitem(image, (slice(None), slice(None), rows, columns))


__all__ = ["fold", "unfold"]
