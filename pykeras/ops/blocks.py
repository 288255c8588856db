"""Blocks of pixels laid out in channels, and back."""

from __future__ import annotations

import math

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.numbers import as_operand
from pykeras.ops.windows import channels_to_end, is_channels_first, joined_shape, numbers, split_shape

op = _core.op


def _images(name: str, x, block_size, data_format) -> tuple:
    x = as_operand(x)
    if len(x.shape) != 4:
        raise ValueError(f"{name}: expected 4 axes, got shape {x.shape}")
    (block,) = numbers(name, "block_size", block_size, 1)
    return x, block, is_channels_first(data_format, name)


@operation
def depth_to_space(x, block_size, data_format="channels_last"):
    """Channels spread over blocks of ``block_size`` times ``block_size`` pixels. With channels last, those of one pixel
    of the block stand together; with channels first, those of one channel of the result.

    >>> depth_to_space([[[[1, 2, 3, 4]]]], 2).tolist()
    [[[[1], [2]], [[3], [4]]]]
    """
    x, b, first = _images("depth_to_space", x, block_size, data_format)
    n, (h, w), c = split_shape(x, first)
    if c is not None and c % (b * b):
        raise ValueError(f"depth_to_space: {c} channels do not divide into blocks of {b} x {b} (shape {x.shape})")
    sizes = [None if s is None else s * b for s in (h, w)]
    shape = joined_shape(n, sizes, None if c is None else c // (b * b), first)
    if isinstance(x, _core.SymbolicTensor):
        return type(x)(shape, x.dtype)
    if first:
        parts, order = [n, c // (b * b), b, b, h, w], [0, 1, 4, 2, 5, 3]
    else:
        parts, order = [n, h, w, b, b, c // (b * b)], [0, 1, 3, 2, 4, 5]
    return op.reshape(op.transpose(op.reshape(x, parts), order), list(shape))


@operation
def space_to_depth(x, block_size, data_format="channels_last"):
    """The reverse of ``depth_to_space``: blocks of pixels laid out in the channels of one.

    >>> space_to_depth([[[[1], [2]], [[3], [4]]]], 2).tolist()
    [[[[1, 2, 3, 4]]]]
    """
    x, b, first = _images("space_to_depth", x, block_size, data_format)
    n, (h, w), c = split_shape(x, first)
    if any(s is not None and s % b for s in (h, w)):
        raise ValueError(f"space_to_depth: shape {x.shape} does not divide into blocks of {b} x {b}")
    sizes = [None if s is None else s // b for s in (h, w)]
    shape = joined_shape(n, sizes, None if c is None else c * b * b, first)
    if isinstance(x, _core.SymbolicTensor):
        return type(x)(shape, x.dtype)
    if first:
        parts, order = [n, c, h // b, b, w // b, b], [0, 1, 3, 5, 2, 4]
    else:
        parts, order = [n, h // b, b, w // b, b, c], [0, 1, 3, 2, 4, 5]
    return op.reshape(op.transpose(op.reshape(x, parts), order), list(shape))


def _moves(name: str, kernel_size, dilation, padding, stride) -> tuple:
    return (numbers(name, "kernel_size", kernel_size, 2), numbers(name, "dilation", dilation, 2),
            numbers(name, "padding", padding, 2, 0), numbers(name, "stride", stride, 2))  # fmt: skip


def _counts(name: str, sizes, kernel, dilation, padding, stride) -> list:
    """The number of windows along each axis."""
    counts = []
    for size, k, d, p, s in zip(sizes, kernel, dilation, padding, stride):
        reach = (k - 1) * d + 1
        if size is not None and size + 2 * p < reach:
            raise ValueError(f"{name}: a window that reaches over {reach} does not fit into size {size} + 2 * {p}")
        counts.append(None if size is None else (size + 2 * p - reach) // s + 1)
    return counts


@operation
def unfold(x, kernel_size, dilation=1, padding=0, stride=1):
    """The windows of images (N, C, H, W) as columns: (N, C * h * w, windows).

    >>> unfold([[[[1.0, 2.0, 3.0]]]], (1, 2)).tolist()
    [[[1.0, 2.0], [2.0, 3.0]]]
    """
    x = as_operand(x)
    if len(x.shape) != 4:
        raise ValueError(f"unfold: expected images (N, C, H, W), got shape {x.shape}")
    kernel, dilation, padding, stride = _moves("unfold", kernel_size, dilation, padding, stride)
    n, c, *sizes = x.shape
    counts, taps = _counts("unfold", sizes, kernel, dilation, padding, stride), math.prod(kernel)
    if isinstance(x, _core.SymbolicTensor):
        windows = None if None in counts else math.prod(counts)
        return type(x)((n, None if c is None else c * taps, windows), x.dtype)
    h, w = sizes
    widths = [0, 0, padding[0], padding[0], padding[1], padding[1]]
    images = op.reshape(channels_to_end(x), [n, 1, h, w, c])
    y = op.patches(images, [1, *kernel], [1, *stride], [1, *dilation], widths)
    y = op.reshape(y, [n, math.prod(counts), taps, c])
    return op.reshape(op.transpose(y, [0, 3, 2, 1]), [n, c * taps, math.prod(counts)])


@operation
def fold(x, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """The adjoint of ``unfold``: columns (N, C * h * w, windows) added up at their places in images
    (N, C, \\*output_size).

    >>> fold([[[1.0, 2.0], [10.0, 20.0]]], (1, 3), (1, 2)).tolist()
    [[[[1.0, 12.0, 20.0]]]]
    """
    x = as_operand(x)
    kernel, dilation, padding, stride = _moves("fold", kernel_size, dilation, padding, stride)
    sizes, taps = numbers("fold", "output_size", output_size, 2), math.prod(kernel)
    counts = _counts("fold", sizes, kernel, dilation, padding, stride)
    if len(x.shape) != 3 or (x.shape[1] or 0) % taps or x.shape[2] not in (math.prod(counts), None):
        raise ValueError(
            f"fold: expected (N, C * {taps}, {math.prod(counts)}) for images of size {tuple(sizes)}, got {x.shape}"
        )
    n, rows, windows = x.shape
    c = None if rows is None else rows // taps
    if isinstance(x, _core.SymbolicTensor):
        return type(x)((n, c, *sizes), x.dtype)
    y = op.transpose(op.reshape(x, [n, c, taps, windows]), [0, 3, 2, 1])
    y = op.reshape(y, [n, 1, *counts, taps * c])
    widths = [0, 0, padding[0], padding[0], padding[1], padding[1]]
    images = op.patches_grad(y, [1, *kernel], [1, *stride], [1, *dilation], widths, [n, 1, *sizes, c])
    return op.transpose(op.reshape(images, [n, *sizes, c]), [0, 3, 1, 2])


@operation
def psnr(x1, x2, max_val):
    """Peak signal-to-noise ratio in decibels: 20 log10(max_val) - 10 log10(mean((x1 - x2)²)).

    >>> float(psnr([1.0], [0.0], 10.0))
    20.0
    """
    x1, x2 = as_operand(x1), as_operand(x2)
    if x1.shape != x2.shape:
        raise ValueError(f"psnr: expected tensors of one shape, got {x1.shape} and {x2.shape}")
    difference = op.subtract(x1, x2)
    error = op.mean(op.square(difference), list(range(len(x1.shape))), False)
    return op.multiply(op.log10(op.divide(op.square(max_val), error)), 10.0)


__all__ = ["depth_to_space", "fold", "psnr", "space_to_depth", "unfold"]
