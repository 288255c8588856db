"""Convolutions over one, two and three spatial axes.

One axis is an image of one line. Over three, the taps along the depth are laid side by side as channels, which leaves a
2-D convolution; its transpose is the adjoint of the same two steps.
"""

from __future__ import annotations

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast
from pykeras.ops.numbers import as_operand
from pykeras.ops.windows import (
    Windows,
    channels_to_end,
    channels_to_front,
    is_channels_first,
    joined_shape,
    lift,
    numbers,
    real_dtype,
    split_shape,
    unlift,
)

op = _core.op


def _kernel(name: str, kernel, x):
    kernel = as_operand(kernel)
    rank = len(kernel.shape) - 2
    if rank not in (1, 2, 3) or len(x.shape) != rank + 2:
        raise ValueError(
            f"{name}: expected inputs and kernel of equally many axes (3, 4 or 5), got shapes {x.shape} and "
            f"{kernel.shape}"
        )
    return kernel, rank


def _groups(name: str, x, kernel, first: bool) -> int:
    channels, taken, filters = x.shape[1 if first else -1], kernel.shape[-2], kernel.shape[-1]
    if channels is None:
        return 1
    if taken == 0 or channels % taken:
        raise ValueError(f"{name}: kernel expects {taken} channels, got {channels} (shapes {kernel.shape}, {x.shape})")
    groups = channels // taken
    if filters % max(groups, 1):
        raise ValueError(
            f"{name}: {groups} groups ({channels} channels, {taken} in each of the kernel) do not divide {filters} "
            f"filters"
        )
    return groups


def _fold_kernel(kernel):
    """(kd, kh, kw, c, f) as (kh, kw, kd * c, f)."""
    kd, kh, kw, c, f = kernel.shape
    return op.reshape(op.transpose(kernel, [1, 2, 0, 3, 4]), [kh, kw, kd * c, f])


def _fold_depth(x, windows: Windows, widths: list[int], groups: int):
    """(n, d, h, w, c) as images (n * d', h, w, taps * c), the taps of each group side by side."""
    n, _, h, w, c = x.shape
    taps = windows.size[0]
    if not (taps == 1 and windows.strides[0] == 1 and widths[:2] == [0, 0]):
        x = op.patches(
            x, [taps, 1, 1], [windows.strides[0], 1, 1], [windows.dilation[0], 1, 1], [*widths[:2], 0, 0, 0, 0]
        )
    depth = x.shape[1]
    if groups > 1 and taps > 1:
        x = op.transpose(op.reshape(x, [n * depth, h * w, taps, groups, c // groups]), [0, 1, 3, 2, 4])
    return op.reshape(x, [n * depth, h, w, taps * c]), depth


def _convolve(x, kernel, bias, windows: Windows, widths: list[int], groups: int):
    strides, dilation = windows.strides, windows.dilation
    if windows.rank == 2:
        return op.conv2d(x, kernel, bias, strides, dilation, widths, groups)
    if windows.rank == 1:
        line = op.reshape(kernel, [1, *kernel.shape])
        return unlift(op.conv2d(lift(x), line, bias, [1, *strides], [1, *dilation], [0, 0, *widths], groups))
    n = x.shape[0]
    images, depth = _fold_depth(x, windows, widths, groups)
    y = op.conv2d(images, _fold_kernel(kernel), bias, strides[1:], dilation[1:], widths[2:], groups)
    return op.reshape(y, [n, depth, *y.shape[1:]])


@operation
def conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1, bias=None):
    """Cross-correlation over one, two or three spatial axes.

    ``inputs`` (N, spatial..., C) or channels first, ``kernel`` (sizes..., C / groups, filters); the number of groups
    follows from the channels. ``padding`` is ``"valid"``, ``"same"`` or, over one axis, ``"causal"``. ``bias``
    (filters,) is optional.

    >>> conv([[[1.0], [2.0], [3.0]]], [[[1.0]], [[-1.0]]]).tolist()
    [[[-1.0], [-1.0]]]
    """
    inputs = as_operand(inputs)
    kernel, rank = _kernel("conv", kernel, inputs)
    windows = Windows("conv", kernel.shape[:rank], strides, padding, dilation_rate, rank)
    groups = _groups("conv", inputs, kernel, is_channels_first(data_format, "conv"))

    def core(x, widths):
        return _convolve(x, kernel, bias, windows, widths, groups)

    return windows.run(inputs, data_format, kernel.shape[-1], core, real_dtype(inputs, kernel))


@operation
def depthwise_conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1, bias=None):
    """Convolution in which every channel has ``multiplier`` kernels of its own: ``kernel`` (sizes..., C, multiplier)
    makes C * multiplier channels, those of one input channel side by side."""
    inputs = as_operand(inputs)
    kernel, rank = _kernel("depthwise_conv", kernel, inputs)
    first = is_channels_first(data_format, "depthwise_conv")
    *sizes, channels, multiplier = kernel.shape
    given = inputs.shape[1 if first else -1]
    if given not in (channels, None):
        raise ValueError(f"depthwise_conv: kernel expects {channels} channels, got {given}")
    kernel = op.reshape(kernel, [*sizes, 1, channels * multiplier])
    return conv(inputs, kernel, strides, padding, data_format, dilation_rate, bias)


@operation
def separable_conv(
    inputs, depthwise_kernel, pointwise_kernel, strides=1, padding="valid", data_format=None, dilation_rate=1, bias=None
):
    """``depthwise_conv``, then a convolution with ``pointwise_kernel`` (1..., C * multiplier, filters)."""
    y = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(y, pointwise_kernel, 1, "valid", data_format, 1, bias)


# ---- transposed ----------------------------------------------------------------------------------


def _cuts(reach: int, stride: int, padding: str, output_padding: int | None) -> tuple[int, int]:
    """How much is cut before and after from the whole result of ``(size - 1) * stride + reach`` values; below 0 it is
    made longer by zeros."""
    if padding == "valid":
        longer = max(stride - reach, 0) if output_padding is None else output_padding
        return 0, -longer
    # Of size * stride values, or (size - 1) * stride + reach % 2 + output_padding.
    spare = stride + reach - 2 if output_padding is None else reach + reach % 2 - 2 + output_padding
    before = min(spare // 2 + spare % 2, reach - 1)
    return reach - 1 - before, reach - 1 - (spare - before)


def _transpose_conv(x, kernel, windows: Windows, sizes: list[int], before: list[int], after: list[int]):
    strides, dilation = windows.strides, windows.dilation
    filters = kernel.shape[-2]
    widths = [w for pair in zip(before, after) for w in pair]
    n = x.shape[0]
    if windows.rank == 2:
        return op.conv2d_input_grad(x, kernel, strides, dilation, widths, 1, [n, *sizes, filters])
    if windows.rank == 1:
        line = op.reshape(kernel, [1, *kernel.shape])
        shape = [n, 1, *sizes, filters]
        return unlift(op.conv2d_input_grad(lift(x), line, [1, *strides], [1, *dilation], [0, 0, *widths], 1, shape))
    depth, taps = x.shape[1], windows.size[0]
    images = op.reshape(x, [n * depth, *x.shape[2:]])
    shape = [n * depth, *sizes[1:], taps * filters]
    y = op.conv2d_input_grad(images, _fold_kernel(kernel), strides[1:], dilation[1:], widths[2:], 1, shape)
    y = op.reshape(y, [n, depth, *sizes[1:], taps * filters])
    return op.patches_grad(
        y, [taps, 1, 1], [strides[0], 1, 1], [dilation[0], 1, 1], [*widths[:2], 0, 0, 0, 0], [n, *sizes, filters]
    )


@operation
def conv_transpose(
    inputs, kernel, strides=1, padding="valid", output_padding=None, data_format=None, dilation_rate=1, bias=None
):
    """The gradient of ``conv`` for its input, as an op: ``kernel`` (sizes..., filters, C) spreads each value over a
    window of the result.

    With ``"same"`` the result has size * stride values along an axis; with ``output_padding``,
    (size - 1) * stride + reach % 2 + output_padding. With ``"valid"``, (size - 1) * stride + reach, at least
    size * stride, or + output_padding.

    >>> conv_transpose([[[1.0], [2.0]]], [[[1.0]], [[1.0]]], strides=2).tolist()
    [[[1.0], [1.0], [2.0], [2.0]]]
    """
    name = "conv_transpose"
    x = as_operand(inputs)
    kernel, rank = _kernel(name, kernel, x)
    windows = Windows(name, kernel.shape[:rank], strides, padding, dilation_rate, rank)
    if windows.padding == "causal":
        raise ValueError(f"{name}: padding: expected 'valid' or 'same', got 'causal'")
    longer = [None] * rank if output_padding is None else numbers(name, "output_padding", output_padding, rank, 0)
    first = is_channels_first(data_format, name)
    batch, sizes, channels = split_shape(x, first)
    if channels not in (None, kernel.shape[-1]):
        raise ValueError(f"{name}: kernel expects {kernel.shape[-1]} channels, got {channels}")
    cuts = [_cuts(r, s, windows.padding, o) for r, s, o in zip(windows.reach, windows.strides, longer)]
    results = [
        None if size is None else (size - 1) * stride + reach - before - after
        for size, stride, reach, (before, after) in zip(sizes, windows.strides, windows.reach, cuts)
    ]
    dtype, filters = real_dtype(x, kernel), kernel.shape[-2]
    if any(r is not None and r < 1 for r in results):
        raise ValueError(
            f"{name}: the result would have sizes {tuple(results)} (inputs {x.shape}, kernel {kernel.shape})"
        )
    if isinstance(x, _core.SymbolicTensor):
        return type(x)(joined_shape(batch, results, filters, first), dtype)
    # A convolution sees at most stride - 1 values behind its last window; what is longer stays 0.
    zeros = [max(0, -after - (stride - 1)) for (_, after), stride in zip(cuts, windows.strides)]
    inner = [r - z for r, z in zip(results, zeros)]
    x = cast(x, dtype)
    y = _transpose_conv(channels_to_end(x) if first else x, cast(kernel, dtype), windows, inner,
                        [before for before, _ in cuts], [max(after, 0) for _, after in cuts])  # fmt: skip
    if any(zeros):
        y = op.embed(y, [batch, *results, filters], [0] * (rank + 2), [1] * (rank + 2))
    if bias is not None:
        y = op.add(y, bias)
    return channels_to_front(y) if first else y


__all__ = ["conv", "conv_transpose", "depthwise_conv", "separable_conv"]
