"""Resizing: each axis is a weighted sum of a few places, whose weights are worked out once for each pair of sizes."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast, convert_to_numpy
from pykeras.ops.image.layout import Layout, as_images, cut, is_symbolic
from pykeras.ops.movement import pad

op = _core.op


def _triangle(x):
    return np.maximum(0.0, 1.0 - x)


def _keys_cubic(x):
    """Keys' cubic convolution with a = -1/2 (IEEE TASSP 29, 1153)."""
    near = ((1.5 * x - 2.5) * x) * x + 1.0
    far = ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    return np.where(x >= 2.0, 0.0, np.where(x >= 1.0, far, near))


def _lanczos(radius, x):
    return np.where(x < radius, np.sinc(x) * np.sinc(x / radius), 0.0)


# name: how far the kernel reaches, the kernel of the distance
_KERNELS: dict[str, tuple[float, Callable]] = {
    "linear": (1.0, _triangle),
    "cubic": (2.0, _keys_cubic),
    "lanczos3": (3.0, functools.partial(_lanczos, 3.0)),
    "lanczos5": (5.0, functools.partial(_lanczos, 5.0)),
}
_METHODS = {
    "bilinear": "linear", "trilinear": "linear", "triangle": "linear", "bicubic": "cubic", "tricubic": "cubic",
    **{name: name for name in _KERNELS},
}  # fmt: skip
RESIZE = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


@functools.lru_cache(maxsize=256)
def axis_weights(n_in: int, n_out: int, scale: float, translation: float, method: str, antialias: bool):
    """Places (n_out, taps) and weights of an axis whose value i comes from (i + 1/2 - translation) / scale - 1/2.

    With ``antialias`` the kernel of a smaller image reaches over what becomes one value. Places outside do not count;
    results that come from outside of the image are 0.
    """
    reach, kernel = _KERNELS[_METHODS[method]]
    widen = max(1.0 / scale, 1.0) if antialias else 1.0
    centre = (np.arange(n_out) + 0.5 - translation) / scale - 0.5
    first = np.ceil(centre - reach * widen).astype(np.int64)
    places = first[:, None] + np.arange(int(np.ceil(2 * reach * widen)) + 1)
    weights = kernel(np.abs(places - centre[:, None]) / widen)
    weights = np.where((places >= 0) & (places < n_in), weights, 0.0)
    total = weights.sum(axis=1, keepdims=True)
    safe = np.abs(total) > 1000 * np.finfo(np.float32).eps
    weights = np.where(safe, weights / np.where(safe, total, 1.0), 0.0)
    weights[(centre < -0.5) | (centre > n_in - 0.5)] = 0.0
    return np.clip(places, 0, n_in - 1), weights


def _resampled(x, axis: int, places: np.ndarray, weights: np.ndarray):
    return op.resample(x, places, weights.astype(x.dtype), axis)


def _resize_axis(x, axis: int, size: int, interpolation: str, antialias: bool):
    old = x.shape[axis]
    if old == size:
        return x
    if interpolation == "nearest":
        return op.take(x, np.floor((np.arange(size) + 0.5) * old / size).astype(np.int64), axis)
    return _resampled(x, axis, *axis_weights(old, size, size / old, 0.0, interpolation, bool(antialias)))


def _cropped_to_aspect(x, layout: Layout, height: int, width: int):
    """The largest part around the centre that is shaped like the result."""
    old_height, old_width = layout.sizes(x)
    new_height = max(min(old_height, int(float(old_width * height) / width)), 1)
    new_width = max(min(old_width, int(float(old_height * width) / height)), 1)
    x = cut(x, layout.axis(layout.height), int(float(old_height - new_height) / 2), new_height)
    return cut(x, layout.axis(layout.width), int(float(old_width - new_width) / 2), new_width)


def _padded_to_aspect(x, layout: Layout, height: int, width: int, value: float):
    """``x`` with a margin on both sides of the axis that is too short for the shape of the result."""
    old_height, old_width = layout.sizes(x)
    above = int(float(max(old_height, int(float(old_width * height) / width)) - old_height) / 2)
    beside = int(float(max(old_width, int(float(old_height * width) / height)) - old_width) / 2)
    margins = [[0, 0] for _ in x.shape]
    if above > 0:
        margins[layout.height] = [above, above]
    elif beside > 0:
        margins[layout.width] = [beside, beside]
    return pad(x, margins, constant_values=value)


@operation
def resize(images, size, interpolation="bilinear", antialias=False, crop_to_aspect_ratio=False,
           pad_to_aspect_ratio=False, fill_mode="constant", fill_value=0.0, data_format=None):  # fmt: skip
    """Images of another height and width.

    Arguments:
        images: one image or a batch.
        size: (height, width) of the result.
        interpolation: ``"nearest"``, ``"bilinear"``, ``"bicubic"``, ``"lanczos3"`` or ``"lanczos5"``.
        antialias: whether a smaller result averages over all of the values that it stands for.
        crop_to_aspect_ratio: cut away what does not fit the shape of the result, instead of distorting.
        pad_to_aspect_ratio: put a margin of ``fill_value`` around instead.

    >>> resize([[[0.0], [4.0]]], (1, 4)).tolist()
    [[[0.0], [1.0], [3.0], [4.0]]]
    """
    x = as_images(images)
    layout = Layout("resize", x, data_format)
    size = tuple(size)
    if len(size) != 2 or any(s < 1 for s in size):
        raise ValueError(f"resize: size: expected (height, width), each 1 or more, got {size}")
    if interpolation not in RESIZE:
        raise ValueError(
            f"resize: interpolation: expected one of {', '.join(map(repr, RESIZE))}, got {interpolation!r}"
        )
    if fill_mode != "constant":
        raise ValueError(f"resize: fill_mode: expected 'constant', got {fill_mode!r}")
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError("resize: crop_to_aspect_ratio and pad_to_aspect_ratio cannot both be true")
    height, width = (int(s) for s in size)
    dtype = x.dtype if x.dtype in ("float32", "float64") or interpolation == "nearest" else "float32"
    if is_symbolic(x):
        return type(x)(layout.with_sizes(x, height, width), dtype)
    if 0 in layout.sizes(x):
        raise ValueError(f"resize: images of shape {x.shape} are empty")
    if crop_to_aspect_ratio:
        x = _cropped_to_aspect(x, layout, height, width)
    elif pad_to_aspect_ratio:
        x = _padded_to_aspect(x, layout, height, width, fill_value)
    x = cast(x, dtype)
    x = _resize_axis(x, layout.axis(layout.height), height, interpolation, antialias)
    return _resize_axis(x, layout.axis(layout.width), width, interpolation, antialias)


@operation
def scale_and_translate(images, output_shape, scale, translation, spatial_dims, method, antialias=True):
    """``images`` scaled and moved along ``spatial_dims``: value i of the result comes from
    (i + 1/2 - translation) / scale - 1/2; what lies outside is 0.

    Arguments:
        output_shape: shape of the result.
        scale, translation: one number for each of ``spatial_dims``.
        method: ``"linear"``, ``"cubic"``, ``"lanczos3"`` or ``"lanczos5"`` (or ``"bilinear"``, ``"trilinear"``, ...).

    >>> scale_and_translate([[1.0, 2.0, 3.0]], (1, 3), [1.0], [1.0], [1], "linear").tolist()
    [[0.0, 1.0, 2.0]]
    """
    x = as_images(images)
    shape = tuple(int(s) for s in output_shape)
    if method not in _METHODS:
        raise ValueError(f"scale_and_translate: method: expected one of {sorted(_METHODS)}, got {method!r}")
    scales, moves = (np.atleast_1d(convert_to_numpy(v)).astype(float) for v in (scale, translation))
    axes = [int(d) % len(x.shape) for d in spatial_dims]
    if len(shape) != len(x.shape) or not len(scales) == len(moves) == len(axes):
        raise ValueError(
            f"scale_and_translate: expected an output_shape of {len(x.shape)} sizes and one scale and translation for "
            f"each of spatial_dims, got {shape}, {scale}, {translation} and {spatial_dims}"
        )
    dtype = x.dtype if x.dtype in ("float32", "float64") else "float32"
    if is_symbolic(x):
        return type(x)(shape, dtype)
    x = cast(x, dtype)
    for axis, factor, move in zip(axes, scales, moves):
        x = _resampled(x, axis, *axis_weights(x.shape[axis], shape[axis], float(factor), float(move), method,
                                              bool(antialias)))  # fmt: skip
    if x.shape != shape:
        raise ValueError(f"scale_and_translate: output_shape {shape} differs from {x.shape} outside of spatial_dims")
    return x
