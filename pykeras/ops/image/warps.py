"""Values of images at places between pixels."""

from __future__ import annotations

import itertools
import math

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast, convert_to_numpy
from pykeras.ops.image.layout import Layout, as_images, is_symbolic
from pykeras.ops.numbers import as_operand
from pykeras.ops.windows import channels_to_end, channels_to_front

op = _core.op

FILL_MODES = ("constant", "nearest", "wrap", "mirror", "reflect")
ORDERS = {"nearest": 0, "bilinear": 1}


def _expect(name: str, what: str, value, choices) -> None:
    if value not in choices:
        raise ValueError(f"{name}: {what}: expected one of {', '.join(map(repr, choices))}, got {value!r}")


def _mirrored(index, period: int):
    """``index`` thrown back at 0 and ``period``, which belong to the image once."""
    return op.absolute(op.subtract(op.mod(op.add(index, period), 2 * period), period))


def _inside(index, size: int, mode: str):
    """Whole places brought into 0 ... size - 1."""
    if mode == "wrap":
        return op.mod(index, size)
    if mode == "mirror" and size > 1:
        return _mirrored(index, size - 1)
    if mode == "reflect":  # about the edges of the pixels: as mirrored on a grid twice as fine
        index = op.floor_divide(op.subtract(_mirrored(op.add(op.multiply(index, 2), 1), 2 * size), 1), 2)
    return op.clip(index, 0.0, float(size - 1))


def _round_half_away(x):
    return op.select(op.less(x, 0), op.ceil(op.subtract(x, 0.5)), op.floor(op.add(x, 0.5)))


def _taps(place, order: int) -> list[tuple]:
    """The neighbours of a coordinate with their weights."""
    if order == 0:
        return [(cast(_round_half_away(place), "int64"), None)]
    low = op.floor(place)
    share = op.subtract(place, low)
    index = cast(low, "int64")
    return [(index, op.subtract(1.0, share)), (op.add(index, 1), share)]


def _interpolate(rows, sizes, places: list, order: int, mode: str, fill, base=None):
    """The values of images at ``places``, one tensor of coordinates for each axis.

    ``rows`` (pixels, channels) are all images below one another, ``base`` the row where an image begins.
    """
    strides = [math.prod(sizes[axis + 1 :]) for axis in range(len(sizes))]
    result = None
    for corner in itertools.product(*[_taps(place, order) for place in places]):
        at, weight, valid = base, None, None
        for (index, share), size, stride in zip(corner, sizes, strides):
            if mode == "constant":
                seen = op.logical_and(op.greater_equal(index, 0), op.less(index, size))
                valid = seen if valid is None else op.logical_and(valid, seen)
            step = op.multiply(_inside(index, size, mode), stride)
            at = step if at is None else op.add(at, step)
            if share is not None:
                weight = share if weight is None else op.multiply(weight, share)
        value = op.take(rows, cast(at, "int64"), 0)
        if valid is not None:
            value = op.select(op.reshape(valid, [*valid.shape, 1]), value, cast(as_operand(fill), value.dtype))
        if weight is not None:
            value = op.multiply(value, op.reshape(weight, [*weight.shape, 1]))
        result = value if result is None else op.add(result, value)
    return result


def _as_dtype(result, dtype: str):
    """Whole numbers are rounded."""
    if dtype in ("float32", "float64"):
        return cast(result, dtype)
    return cast(_round_half_away(result), dtype)


@operation
def map_coordinates(inputs, coordinates, order, fill_mode="constant", fill_value=0):
    """The values of ``inputs`` at ``coordinates`` (one row for each axis of ``inputs``).

    Arguments:
        order: 0 for the nearest value, 1 for linear interpolation.
        fill_mode: what lies outside: ``"constant"`` (``fill_value``), ``"nearest"`` (the edge), ``"wrap"``,
            ``"mirror"`` (about the centre of the edge pixels) or ``"reflect"`` (about their outer edge).

    >>> map_coordinates([1.0, 2.0, 4.0], [[0.5, 1.5]], 1).tolist()
    [1.5, 3.0]
    """
    name = "map_coordinates"
    x, places = as_operand(inputs), as_operand(coordinates)
    _expect(name, "fill_mode", fill_mode, FILL_MODES)
    _expect(name, "order", order, (0, 1))
    if len(places.shape) < 2 or places.shape[0] != len(x.shape):
        raise ValueError(
            f"{name}: coordinates: expected shape ({len(x.shape)}, ...) for inputs of shape {x.shape}, got "
            f"{places.shape}"
        )
    if is_symbolic(x) or is_symbolic(places):
        from pykeras.keras_tensor import KerasTensor

        return KerasTensor(places.shape[1:], x.dtype)
    dtype = "float64" if "float64" in (x.dtype, places.dtype) else "float32"
    places = cast(places, dtype)
    one = [1] * (len(places.shape) - 1)
    parts = [
        op.reshape(op.slice(places, [axis, *[0] * len(one)], [1, *places.shape[1:]], [1, *one]), places.shape[1:])
        for axis in range(len(x.shape))
    ]
    rows = cast(op.reshape(x, [-1, 1]), dtype)
    result = _interpolate(rows, x.shape, parts, order, fill_mode, fill_value)
    return _as_dtype(op.reshape(result, places.shape[1:]), x.dtype)


def _warp(name: str, images, data_format, interpolation: str, mode: str, fill, places_of):
    """Images whose pixels come from ``places_of(batch, height, width, dtype)``: tensors of rows and columns that
    broadcast to (batch, height, width)."""
    _expect(name, "interpolation", interpolation, tuple(ORDERS))
    _expect(name, "fill_mode", mode, FILL_MODES)
    x = as_images(images)
    layout = Layout(name, x, data_format)
    if is_symbolic(x):
        return type(x)(x.shape, x.dtype)
    given, single = x.dtype, layout.rank == 3
    if single:
        x = op.reshape(x, [1, *x.shape])
    if layout.first:
        x = channels_to_end(x)
    batch, height, width, channels = x.shape
    dtype = "float64" if given == "float64" else "float32"
    rows, columns = (op.broadcast_to(p, [batch, height, width]) for p in places_of(batch, height, width, dtype))
    base = np.arange(batch, dtype="int64").reshape(batch, 1, 1) * (height * width)
    pixels = cast(op.reshape(x, [batch * height * width, channels]), dtype)
    y = _interpolate(pixels, (height, width), [rows, columns], ORDERS[interpolation], mode, fill, base)
    y = _as_dtype(y, given)
    if layout.first:
        y = channels_to_front(y)
    return op.reshape(y, list(y.shape[1:])) if single else y


def _grid(height: int, width: int, dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """Row and column numbers as (1, height, 1) and (1, 1, width)."""
    return np.arange(height, dtype=dtype).reshape(1, height, 1), np.arange(width, dtype=dtype).reshape(1, 1, width)


def _projected(coefficients, height: int, width: int, dtype: str):
    """Rows and columns that (batch, 8) coefficients a0 a1 a2 b0 b1 b2 c0 c1 send each pixel to."""
    t = cast(as_operand(coefficients), dtype)
    y, x = _grid(height, width, dtype)
    a0, a1, a2, b0, b1, b2, c0, c1 = (
        op.reshape(op.slice(t, [0, i], [-1, 1], [1, 1]), [t.shape[0], 1, 1]) for i in range(8)
    )

    def linear(u, v, constant):
        return op.add(op.add(op.multiply(u, x), op.multiply(v, y)), constant)

    scale = linear(c0, c1, 1.0)
    return op.divide(linear(b0, b1, b2), scale), op.divide(linear(a0, a1, a2), scale)


@operation
def affine_transform(images, transform, interpolation="bilinear", fill_mode="constant", fill_value=0, data_format=None):
    """Images whose pixel (x, y) is taken from ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k), where
    k = c0 x + c1 y + 1.

    Arguments:
        images: one image or a batch.
        transform: a0 a1 a2 b0 b1 b2 c0 c1, for all images or (batch, 8).
        interpolation: ``"nearest"`` or ``"bilinear"``.
        fill_mode, fill_value: as for ``map_coordinates``.

    >>> affine_transform([[[1.0], [2.0], [3.0]]], [1, 0, 1, 0, 1, 0, 0, 0]).tolist()
    [[[2.0], [3.0], [0.0]]]
    """
    t = as_operand(transform)
    if len(t.shape) not in (1, 2) or t.shape[-1] != 8:
        raise ValueError(f"affine_transform: transform: expected shape (8,) or (batch, 8), got {t.shape}")
    if len(t.shape) == 1 and not is_symbolic(t):
        t = op.reshape(t, [1, 8])

    def places(batch, height, width, dtype):
        if t.shape[0] not in (1, batch):
            raise ValueError(f"affine_transform: got {t.shape[0]} transforms for {batch} images")
        return _projected(t, height, width, dtype)

    return _warp("affine_transform", images, data_format, interpolation, fill_mode, fill_value, places)


def _homography(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The coefficients that send the four points ``end`` to ``start``, from the eight linear equations they fulfil."""
    (u, v), (x, y) = np.moveaxis(end, -1, 0), np.moveaxis(start, -1, 0)
    zero, one = np.zeros_like(u), np.ones_like(u)
    left = np.concatenate([
        np.stack([u, v, one, zero, zero, zero, -x * u, -x * v], -1),
        np.stack([zero, zero, zero, u, v, one, -y * u, -y * v], -1),
    ], axis=-2)  # fmt: skip
    return np.linalg.solve(left, np.concatenate([x, y], -1)[..., None])[..., 0]


@operation
def perspective_transform(images, start_points, end_points, interpolation="bilinear", fill_value=0, data_format=None):
    """Images in which the four points ``start_points`` (x, y) come to lie at ``end_points``.

    Arguments:
        start_points, end_points: (4, 2), or (batch, 4, 2).
        interpolation, fill_value: as for ``affine_transform``; outside is ``fill_value``.
    """
    name = "perspective_transform"
    start, end = (convert_to_numpy(as_operand(p)).astype("float64") for p in (start_points, end_points))
    if start.shape != end.shape or start.shape[-2:] != (4, 2) or start.ndim not in (2, 3):
        raise ValueError(
            f"{name}: start_points and end_points: expected shape (4, 2) or (batch, 4, 2), got {start.shape} and "
            f"{end.shape}"
        )

    def places(batch, height, width, dtype):
        return _projected(_homography(start, end).reshape(-1, 8).astype(dtype), height, width, dtype)

    return _warp(name, images, data_format, interpolation, "constant", fill_value, places)


@operation
def elastic_transform(images, alpha=20.0, sigma=5.0, interpolation="bilinear", fill_mode="reflect", fill_value=0.0,
                      seed=None, data_format=None):  # fmt: skip
    """Images whose pixels are moved by random fields, smoothed over ``sigma`` pixels and scaled by ``alpha``
    (ICDAR 2003, 958)."""
    from pykeras.ops.image.filters import gaussian_blur
    from pykeras.random import normal

    alpha, sigma = float(alpha), float(sigma)
    if sigma <= 0:
        raise ValueError(f"elastic_transform: sigma: expected a positive number, got {sigma}")
    reach = int(6 * sigma) | 1

    def field(batch, height, width, dtype):
        noise = normal((batch, height, width, 1), stddev=sigma, dtype=dtype, seed=seed)
        smooth = gaussian_blur(noise, (reach, reach), (sigma, sigma), data_format="channels_last")
        return op.multiply(op.reshape(smooth, [batch, height, width]), alpha)

    def places(batch, height, width, dtype):
        rows, columns = _grid(height, width, dtype)
        moved = op.add(columns, field(batch, height, width, dtype))
        return op.add(rows, field(batch, height, width, dtype)), moved

    return _warp("elastic_transform", images, data_format, interpolation, fill_mode, fill_value, places)
