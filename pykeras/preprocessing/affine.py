"""Keras 2's changes of one image: rotation, shift, shear, zoom, and shifts of channels and brightness."""

from __future__ import annotations

import numpy as np

from pykeras import check, extras
from pykeras.utils.images import array_to_img, img_to_array

FILL_MODES = ("nearest", "constant", "reflect", "wrap")


def apply_affine_transform(
    x, theta=0, tx=0, ty=0, shear=0, zx=1, zy=1, row_axis=1, col_axis=2, channel_axis=0, fill_mode="nearest",
    cval=0.0, order=1,
):  # fmt: skip
    """An image turned, shifted, sheared and zoomed around its middle, as Keras 2 does it.

    Each place of the result takes the value at ``R(theta) T(tx, ty) S(shear) Z(zx, zy)`` times the place. In images
    that are not square the fixed point is not quite the middle, and ``tx`` moves along the columns: so in Keras 2.

    Arguments:
        x: array of three axes.
        theta, shear: degrees.
        tx, ty: rows and columns.
        zx, zy: below 1 magnifies.
        row_axis, col_axis, channel_axis: which axis is which; channels are first or last.
        fill_mode: what stands for values outside: "nearest", "constant" (``cval``), "reflect" or "wrap".
        order: of the splines in between: 0 nearest, 1 linear; 2 to 5, and "wrap", need SciPy.

    Raises:
        ValueError: axes that are not the three, or an image of other than three axes.
        ImportError: SciPy is needed and not installed.
    """
    if sorted((row_axis, col_axis, channel_axis)) != [0, 1, 2] or channel_axis == 1:
        raise ValueError(
            "row_axis, col_axis, channel_axis: expected 0, 1 and 2 with channels first or last, got "
            f"{row_axis}, {col_axis} and {channel_axis}"
        )
    if x.ndim != 3:
        raise ValueError(f"apply_affine_transform: expected an image of three axes, got shape {x.shape}")
    check.one_of("fill_mode", fill_mode, FILL_MODES)
    matrix = np.eye(3)
    if theta:
        c, s = np.cos(np.deg2rad(theta)), np.sin(np.deg2rad(theta))
        matrix = matrix @ [[c, -s, 0], [s, c, 0], [0, 0, 1]]
    if tx or ty:
        matrix = matrix @ [[1, 0, tx], [0, 1, ty], [0, 0, 1]]
    if shear:
        c, s = np.cos(np.deg2rad(shear)), np.sin(np.deg2rad(shear))
        matrix = matrix @ [[1, -s, 0], [0, c, 0], [0, 0, 1]]
    if zx != 1 or zy != 1:
        matrix = matrix @ np.diag([zx, zy, 1])
    if (matrix == np.eye(3)).all():
        return x
    middle = np.eye(3)
    middle[:2, 2] = x.shape[row_axis] / 2 - 0.5, x.shape[col_axis] / 2 - 0.5
    matrix = middle @ matrix @ np.linalg.inv(middle)
    if col_axis > row_axis:  # the matrices are for (column, row); Keras 2 turns them round after it placed the middle
        matrix = matrix[[1, 0, 2]][:, [1, 0, 2]]
    planes = np.moveaxis(x, channel_axis, 0)
    sample = _sampled if order in (0, 1) and fill_mode != "wrap" else _by_scipy
    return np.moveaxis(sample(planes, matrix, fill_mode, cval, order), 0, channel_axis)


def _sampled(planes, matrix, fill_mode, cval, order):
    """Values of each plane at the places that the matrix sends rows and columns to."""
    height, width = planes.shape[1:]
    rows, columns = np.mgrid[:height, :width]
    down, across = (matrix[i, 0] * rows + matrix[i, 1] * columns + matrix[i, 2] for i in (0, 1))

    def at(i, j):
        return planes[:, _inside(i, height, fill_mode), _inside(j, width, fill_mode)]

    if order == 0:
        result = at(np.floor(down + 0.5), np.floor(across + 0.5))
    else:
        top, left = np.floor(down), np.floor(across)
        a, b = down - top, across - left
        upper = at(top, left) * (1 - b) + at(top, left + 1) * b
        result = upper * (1 - a) + (at(top + 1, left) * (1 - b) + at(top + 1, left + 1) * b) * a
    if fill_mode == "constant":
        outside = (down < 0) | (down > height - 1) | (across < 0) | (across > width - 1)
        result = np.where(outside, cval, result)
    return result.astype(planes.dtype)


def _inside(index, size, fill_mode):
    index = index.astype("int64")
    if fill_mode == "reflect":
        index = index % (2 * size)
        return np.minimum(index, 2 * size - 1 - index)
    return np.clip(index, 0, size - 1)


def _by_scipy(planes, matrix, fill_mode, cval, order):
    # Orders 0 and 1 with "nearest", "constant" and "reflect" do without.
    ndimage = extras.package("scipy.ndimage", f'fill_mode "{fill_mode}" with order {order}', "scipy")
    return np.stack(
        [
            ndimage.affine_transform(p, matrix[:2, :2], matrix[:2, 2], order=order, mode=fill_mode, cval=cval)
            for p in planes
        ]
    )


def random_rotation(
    x, rg, row_axis=1, col_axis=2, channel_axis=0, fill_mode="nearest", cval=0.0, interpolation_order=1
):
    """An image turned by up to ``rg`` degrees; drawn from NumPy's global generator, like the others here."""
    axes = (row_axis, col_axis, channel_axis, fill_mode, cval, interpolation_order)
    return apply_affine_transform(x, np.random.uniform(-rg, rg), 0, 0, 0, 1, 1, *axes)


def random_shift(
    x, wrg, hrg, row_axis=1, col_axis=2, channel_axis=0, fill_mode="nearest", cval=0.0, interpolation_order=1
):
    """An image shifted by up to the share ``wrg`` of its width and ``hrg`` of its height."""
    axes = (row_axis, col_axis, channel_axis, fill_mode, cval, interpolation_order)
    tx = np.random.uniform(-hrg, hrg) * x.shape[row_axis]
    ty = np.random.uniform(-wrg, wrg) * x.shape[col_axis]
    return apply_affine_transform(x, 0, tx, ty, 0, 1, 1, *axes)


def random_shear(
    x, intensity, row_axis=1, col_axis=2, channel_axis=0, fill_mode="nearest", cval=0.0, interpolation_order=1
):
    """An image sheared by up to ``intensity`` degrees."""
    axes = (row_axis, col_axis, channel_axis, fill_mode, cval, interpolation_order)
    return apply_affine_transform(x, 0, 0, 0, np.random.uniform(-intensity, intensity), 1, 1, *axes)


def random_zoom(
    x, zoom_range, row_axis=1, col_axis=2, channel_axis=0, fill_mode="nearest", cval=0.0, interpolation_order=1
):
    """An image zoomed by two factors from ``zoom_range[0]`` to ``zoom_range[1]``."""
    low, high = pair("zoom_range", zoom_range)
    zx, zy = (1, 1) if low == high == 1 else np.random.uniform(low, high, 2)
    axes = (row_axis, col_axis, channel_axis, fill_mode, cval, interpolation_order)
    return apply_affine_transform(x, 0, 0, 0, 0, zx, zy, *axes)


def pair(name, value):
    """Two numbers.

    Raises:
        ValueError: something else.
    """
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise ValueError(f"{name}: expected two numbers, got {value!r}")
    return tuple(check.number(name, each) for each in value)


def apply_channel_shift(x, intensity, channel_axis=0):
    """``x + intensity``, kept between the least and the largest value of ``x``."""
    return np.clip(x + intensity, x.min(), x.max())


def random_channel_shift(x, intensity_range, channel_axis=0):
    """The values of an image raised by up to ``intensity_range``, all by the same."""
    return apply_channel_shift(x, np.random.uniform(-intensity_range, intensity_range), channel_axis)


def apply_brightness_shift(x, brightness, scale=True):
    """An image brighter (above 1) or darker, as Pillow makes it, in whole steps from 0 to 255.

    Arguments:
        x: array of three axes, channels as in the configuration.
        scale: whether to stretch the values to 0 to 255 first.

    Raises:
        ImportError: Pillow is not installed.
    """
    low, high = x.min(), x.max()
    outside = low < 0 or high > 255
    image = array_to_img(x, scale=bool(outside or scale))
    from PIL import ImageEnhance

    x = img_to_array(ImageEnhance.Brightness(image).enhance(brightness))
    return x / 255 * (high - low) + low if outside and not scale else x


def random_brightness(x, brightness_range, scale=True):
    """An image of a brightness from ``brightness_range[0]`` to ``brightness_range[1]``; 1 leaves it."""
    return apply_brightness_shift(x, np.random.uniform(*pair("brightness_range", brightness_range)), scale)
