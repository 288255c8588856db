"""Blurring, edges and structural similarity."""

from __future__ import annotations

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.convolution import depthwise_conv
from pykeras.ops.core import cast, convert_to_numpy
from pykeras.ops.image.layout import Layout, as_images, is_symbolic
from pykeras.ops.numbers import as_operand
from pykeras.ops.windows import numbers

op = _core.op


def _gaussian(size: int, sigma: float) -> np.ndarray:
    """Weights of a normal curve over ``size`` places; they add up to 1."""
    places = np.arange(size) - (size - 1) / 2
    weights = np.exp(-0.5 * (places / sigma) ** 2)
    return weights / weights.sum()


def _each_channel(x, kernels: np.ndarray, layout: Layout, padding: str):
    """Every channel convolved with ``kernels`` (h, w, count)."""
    channels = x.shape[layout.channels]
    kernel = np.repeat(kernels[:, :, None, :], channels, axis=2).astype(x.dtype)
    return depthwise_conv(x, kernel, 1, padding, "channels_first" if layout.first else "channels_last")


@operation
def gaussian_blur(images, kernel_size=(3, 3), sigma=(1.0, 1.0), data_format=None):
    """Images smoothed by a normal curve; around them are zeros.

    Arguments:
        kernel_size: along width and height, a number or two.
        sigma: standard deviation in pixels along width and height.
    """
    x = as_images(images)
    layout = Layout("gaussian_blur", x, data_format)
    width, height = numbers("gaussian_blur", "kernel_size", kernel_size, 2)
    sigmas = [float(s) for s in np.broadcast_to(convert_to_numpy(as_operand(sigma)), (2,))]
    if min(sigmas) <= 0:
        raise ValueError(f"gaussian_blur: sigma: expected positive numbers, got {sigma}")
    if is_symbolic(x):
        return type(x)(x.shape, x.dtype)
    given = x.dtype
    if given not in ("float32", "float64"):
        x = cast(x, "float32")
    if layout.rank == 3:
        x = op.reshape(x, [1, *x.shape])
    kernel = np.outer(_gaussian(height, sigmas[1]), _gaussian(width, sigmas[0]))
    y = _each_channel(x, kernel[:, :, None], layout, "same")
    return cast(op.reshape(y, list(y.shape[1:])) if layout.rank == 3 else y, given)


@operation
def sobel_edges(images, data_format=None):
    """How fast the values grow downwards and to the right, side by side along a new last axis."""
    x = as_images(images)
    layout = Layout("sobel_edges", x, data_format)
    if layout.rank != 4:
        raise ValueError(f"sobel_edges: expected a batch of images (4 axes), got shape {x.shape}")
    if is_symbolic(x):
        return type(x)((*x.shape, 2), x.dtype)
    right = np.outer([1, 2, 1], [-1, 0, 1])
    given = x.dtype
    x = x if given in ("float32", "float64") else cast(x, "float32")
    edges = [_each_channel(x, kernel[:, :, None], layout, "same") for kernel in (right.T, right)]
    return cast(op.concatenate([op.reshape(edge, [*edge.shape, 1]) for edge in edges], 4), given)


@operation
def ssim(image1, image2, max_val=1.0, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03, data_format=None):
    """Structural similarity of two images or batches (IEEE TIP 13, 600): 1 for equal ones.

    Arguments:
        max_val: the largest value that images can have.
        filter_size, filter_sigma: of the normal curve that weighs the surroundings of a pixel.
        k1, k2: keep the quotients apart from 0.

    Returns one number for each image.
    """
    a, b = as_images(image1), as_images(image2)
    if len(a.shape) != len(b.shape) or any(None not in (s, t) and s != t for s, t in zip(a.shape, b.shape)):
        raise ValueError(f"ssim: expected images of one shape, got {a.shape} and {b.shape}")
    layout = Layout("ssim", a, data_format)
    dtype = "float64" if "float64" in (a.dtype, b.dtype) else "float32"
    if is_symbolic(a) or is_symbolic(b):
        from pykeras.keras_tensor import KerasTensor

        return KerasTensor(a.shape[:-3], dtype)
    a, b = cast(a, dtype), cast(b, dtype)
    if layout.rank == 3:
        a, b = op.reshape(a, [1, *a.shape]), op.reshape(b, [1, *b.shape])
    curve = _gaussian(filter_size, filter_sigma)
    kernel = np.outer(curve, curve)[:, :, None]

    def mean(x):
        return _each_channel(x, kernel, layout, "valid")

    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    mean_a, mean_b = mean(a), mean(b)
    square_a, square_b, product = op.square(mean_a), op.square(mean_b), op.multiply(mean_a, mean_b)
    variance_a, variance_b = op.subtract(mean(op.square(a)), square_a), op.subtract(mean(op.square(b)), square_b)
    covariance = op.subtract(mean(op.multiply(a, b)), product)

    def twice(x, c):
        return op.add(op.multiply(x, 2.0), c)

    above = op.multiply(twice(product, c1), twice(covariance, c2))
    below = op.multiply(op.add(op.add(square_a, square_b), c1), op.add(op.add(variance_a, variance_b), c2))
    similarity = op.mean(op.divide(above, below), [1, 2, 3], False)
    return op.reshape(similarity, []) if layout.rank == 3 else similarity
