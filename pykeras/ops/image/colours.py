"""Colour spaces."""

from __future__ import annotations

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast
from pykeras.ops.image.layout import Layout, as_images, cut, is_symbolic

op = _core.op


def _float_images(name: str, images, data_format) -> tuple:
    x = as_images(images)
    layout = Layout(name, x, data_format)
    if x.dtype not in ("float32", "float64"):
        raise ValueError(f"{name}: expected images of a floating dtype, got {x.dtype}")
    if x.shape[layout.channels] not in (3, None):
        raise ValueError(f"{name}: expected 3 channels, got shape {x.shape}")
    return x, layout, layout.axis(layout.channels)


@operation
def rgb_to_grayscale(images, data_format=None):
    """0.2989 red + 0.587 green + 0.114 blue, as one channel; gray images stay.

    >>> rgb_to_grayscale([[[10.0, 20.0, 30.0]]]).tolist()
    [[[18.149...]]]
    """
    x = as_images(images)
    layout = Layout("rgb_to_grayscale", x, data_format)
    channels, axis = x.shape[layout.channels], layout.axis(layout.channels)
    if channels not in (1, 3):
        raise ValueError(f"rgb_to_grayscale: expected 3 channels (red, green, blue) or 1, got shape {x.shape}")
    if channels == 1:
        return x
    if is_symbolic(x):
        return type(x)(tuple(1 if a == axis else s for a, s in enumerate(x.shape)), x.dtype)
    dtype = x.dtype if x.dtype == "float64" else "float32"
    weights = np.array([0.2989, 0.5870, 0.1140], dtype).reshape([3 if a == axis else 1 for a in range(layout.rank)])
    return cast(op.sum(op.multiply(cast(x, dtype), weights), [axis], True), x.dtype)


@operation
def rgb_to_hsv(images, data_format=None):
    """Hue (0 to 1), saturation and value of images with values from 0 to 1 (ACM SIGGRAPH 12, 12).

    >>> rgb_to_hsv([[[1.0, 0.0, 0.0]]]).tolist()
    [[[0.0, 1.0, 1.0]]]
    """
    x, _, axis = _float_images("rgb_to_hsv", images, data_format)
    if is_symbolic(x):
        return type(x)(x.shape, x.dtype)
    x = op.select(op.less(op.absolute(x), float(np.finfo(x.dtype).eps)), 0.0, x)
    red, green, blue = (cut(x, axis, i, 1) for i in range(3))
    value, smallest = op.max(x, [axis], True), op.min(x, [axis], True)
    spread = op.subtract(value, smallest)
    coloured, lit = op.greater(spread, 0), op.greater(value, 0)
    saturation = op.select(lit, op.divide(spread, op.select(lit, value, 1.0)), 0.0)
    sixth = op.divide(1.0, op.multiply(op.select(coloured, spread, 1.0), 6.0))

    def hue_from(a, b, offset):
        return op.add(op.multiply(sixth, op.subtract(a, b)), offset)

    hue = op.select(op.equal(value, green), hue_from(blue, red, 2 / 6), hue_from(red, green, 4 / 6))
    hue = op.select(op.equal(value, red), hue_from(green, blue, 0.0), hue)
    hue = op.select(coloured, hue, 0.0)
    hue = op.add(hue, cast(op.less(hue, 0), x.dtype))
    return op.concatenate([hue, saturation, value], axis)


@operation
def hsv_to_rgb(images, data_format=None):
    """The reverse of ``rgb_to_hsv``.

    >>> hsv_to_rgb([[[0.0, 1.0, 1.0]]]).tolist()
    [[[1.0, 0.0, 0.0]]]
    """
    x, _, axis = _float_images("hsv_to_rgb", images, data_format)
    if is_symbolic(x):
        return type(x)(x.shape, x.dtype)
    hue, saturation, value = (cut(x, axis, i, 1) for i in range(3))
    angle = op.multiply(op.subtract(hue, op.floor(hue)), 6.0)

    def channel(share):
        share = op.clip(share, 0.0, 1.0)
        return op.multiply(value, op.add(op.subtract(1.0, saturation), op.multiply(saturation, share)))

    red = channel(op.subtract(op.absolute(op.subtract(angle, 3.0)), 1.0))
    green = channel(op.subtract(2.0, op.absolute(op.subtract(angle, 2.0))))
    blue = channel(op.subtract(2.0, op.absolute(op.subtract(angle, 4.0))))
    return op.concatenate([red, green, blue], axis)
