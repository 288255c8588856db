"""Cropping, padding and patches."""

from __future__ import annotations

import math
from typing import Any

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.image.layout import Layout, as_images, cut, is_symbolic
from pykeras.ops.movement import pad
from pykeras.ops.windows import Windows, is_channels_first, numbers

op = _core.op

Margins = tuple[Any, Any, Any]  # before, after, size of the result


def _margins(name: str, what: str, size, before, after, target, sign: int) -> tuple:
    """Two of (before, after, target) decide the third: size + sign * (before + after) = target."""
    given = [v is not None for v in (before, after, target)]
    if sum(given) != 2:
        raise ValueError(
            f"{name}: give exactly two of the three for the {what} (before, after, target), got {before}, {after} and "
            f"{target}"
        )
    if target is None:
        return before, after, None if size is None else size + sign * (before + after)
    if size is None:
        return (before or 0), (after or 0), target
    rest = sign * (target - size)
    return (rest - after, after, target) if before is None else (before, rest - before, target)


def _change(name: str, images, data_format, rows: Margins, columns: Margins, sign: int):
    x = as_images(images)
    layout = Layout(name, x, data_format)
    height, width = layout.sizes(x)
    top, bottom, new_height = _margins(name, "height", height, *rows, sign)
    left, right, new_width = _margins(name, "width", width, *columns, sign)
    if min(top, bottom, left, right) < 0 or any(s is not None and s < 1 for s in (new_height, new_width)):
        raise ValueError(
            f"{name}: margins (top {top}, bottom {bottom}, left {left}, right {right}) do not fit images of shape "
            f"{x.shape}"
        )
    return x, layout, (top, bottom), (left, right), (new_height, new_width)


@operation
def crop_images(images, top_cropping=None, left_cropping=None, bottom_cropping=None, right_cropping=None,
                target_height=None, target_width=None, data_format=None):  # fmt: skip
    """A part of the images; for the height, two of top, bottom and target say which, likewise for the width.

    >>> crop_images([[[1], [2], [3]]], 0, 1, 0, target_width=1).tolist()
    [[[2]]]
    """
    x, layout, rows, columns, sizes = _change(
        "crop_images", images, data_format, (top_cropping, bottom_cropping, target_height),
        (left_cropping, right_cropping, target_width), -1)  # fmt: skip
    if is_symbolic(x):
        return type(x)(layout.with_sizes(x, *sizes), x.dtype)
    x = cut(x, layout.axis(layout.height), rows[0], sizes[0])
    return cut(x, layout.axis(layout.width), columns[0], sizes[1])


@operation
def pad_images(images, top_padding=None, left_padding=None, bottom_padding=None, right_padding=None,
               target_height=None, target_width=None, data_format=None):  # fmt: skip
    """Images with a margin of zeros; for the height, two of top, bottom and target say which, likewise for the width.

    >>> pad_images([[[1]]], 0, 1, 0, target_width=3).tolist()
    [[[0], [1], [0]]]
    """
    x, layout, rows, columns, sizes = _change(
        "pad_images", images, data_format, (top_padding, bottom_padding, target_height),
        (left_padding, right_padding, target_width), 1)  # fmt: skip
    if is_symbolic(x):
        return type(x)(layout.with_sizes(x, *sizes), x.dtype)
    margins = [(0, 0)] * layout.rank
    margins[layout.height], margins[layout.width] = rows, columns
    return pad(x, margins)


# ---- patches -------------------------------------------------------------------------------------


@operation
def extract_windows(inputs, windows: Windows, data_format=None):
    """The values that each window over the spatial axes of a batch sees, taps times channels along the last (first)
    axis, channels innermost; 0 in the padding."""
    rank = windows.rank
    inputs = as_images(inputs)
    channels = inputs.shape[1 if is_channels_first(data_format, windows.name) else -1]
    taps = math.prod(windows.size)

    def core(x, widths):
        n, *sizes, c = x.shape
        missing = [1] * (3 - rank)
        y = op.patches(op.reshape(x, [n, *missing, *sizes, c]), [*missing, *windows.size],
                       [*missing, *windows.strides], [*missing, *windows.dilation],
                       [0, 0] * len(missing) + widths)  # fmt: skip
        return op.reshape(y, [n, *y.shape[1 + len(missing) :]])

    return windows.run(inputs, data_format, None if channels is None else taps * channels, core)


def _patches(name: str, rank: int, inputs, size, strides, dilation_rate, padding, data_format):
    x = as_images(inputs)
    size = numbers(name, "size", size, rank)
    windows = Windows(name, size, size if strides is None else strides, padding, dilation_rate, rank)
    single = len(x.shape) == rank + 1
    if single and not is_symbolic(x):
        x = op.reshape(x, [1, *x.shape])
    elif single:
        x = type(x)((1, *x.shape), x.dtype)
    y = extract_windows(x, windows, data_format)
    if not single:
        return y
    return type(y)(y.shape[1:], y.dtype) if is_symbolic(y) else op.reshape(y, list(y.shape[1:]))


@operation
def extract_patches(images, size, strides=None, dilation_rate=1, padding="valid", data_format=None):
    """Patches of ``size`` (a number or two), ``strides`` apart (by default side by side), each laid out in the channels
    of one place of the result.

    >>> extract_patches([[[1.0], [2.0]], [[3.0], [4.0]]], 2).tolist()
    [[[1.0, 2.0, 3.0, 4.0]]]
    """
    return _patches("extract_patches", 2, images, size, strides, dilation_rate, padding, data_format)


@operation
def extract_patches_3d(volumes, size, strides=None, dilation_rate=1, padding="valid", data_format=None):
    """``extract_patches`` of volumes (depth, height, width, channels) or a batch of them."""
    return _patches("extract_patches_3d", 3, volumes, size, strides, dilation_rate, padding, data_format)
