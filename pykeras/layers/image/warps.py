"""Random mirroring, turning, zooming and moving."""

from __future__ import annotations

import math

from pykeras import check, ops
from pykeras.layers.image.base import ImageLayer, factor_range
from pykeras.layers.layer import REGISTRY


@REGISTRY.register
class RandomFlip(ImageLayer):
    """While training, each image is mirrored with probability 1/2.

    Arguments:
        mode: ``"horizontal"``, ``"vertical"`` or ``"horizontal_and_vertical"`` (both at once, or neither).
        seed: integer for repeatable changes.
    """

    def __init__(self, mode="horizontal_and_vertical", seed=None, data_format=None, **kwargs):
        super().__init__(data_format, seed, **kwargs)
        self.mode = check.one_of("mode", mode, ("horizontal", "vertical", "horizontal_and_vertical"))

    def draw(self, images, training):
        return self._uniform(images, 0.0, 1.0) if training else None

    def transform(self, images, drawn, interpolation=None):
        height, width = self._axes(images)
        axes = [axis for axis, name in ((height, "vertical"), (width, "horizontal")) if name in self.mode]
        mirrored = ops.flip(images, axis=axes)
        return ops.where(self._per_image(drawn, images) <= 0.5, mirrored, images)


class BaseWarp(ImageLayer):
    """Images whose pixels come from other places: ``draw`` makes the coefficients of ``affine_transform``."""

    def __init__(self, fill_mode, interpolation, seed, fill_value, data_format, **kwargs):
        super().__init__(data_format, seed, **kwargs)
        self.fill_mode = check.one_of("fill_mode", fill_mode, ("reflect", "wrap", "constant", "nearest"))
        self.interpolation = check.one_of("interpolation", interpolation, ("nearest", "bilinear"))
        self.fill_value = check.number("fill_value", fill_value)

    def coefficients(self, images):
        """a0 a1 a2 b0 b1 b2, each (batch, 1) or a number."""
        raise NotImplementedError

    def draw(self, images, training):
        if not training:
            return None
        rows = self.coefficients(images)
        batch = images.shape[0] if len(images.shape) == 4 else 1
        parts = [ops.broadcast_to(ops.cast(c, "float32"), (batch, 1)) for c in (*rows, 0.0, 0.0)]
        return ops.concatenate(parts, axis=1)

    def transform(self, images, drawn, interpolation=None):
        return ops.image.affine_transform(images, drawn, interpolation or self.interpolation, self.fill_mode,
                                          self.fill_value, self.data_format)  # fmt: skip

    def _centre(self, images) -> tuple[float, float]:
        height, width = (images.shape[axis] for axis in self._axes(images))
        return (width - 1) / 2, (height - 1) / 2


@REGISTRY.register
class RandomRotation(BaseWarp):
    """While training, each image is turned about its centre.

    Arguments:
        factor: share of a full turn, a pair (lower, upper) or a number for -factor to factor, within [-1, 1].
        fill_mode: what comes in from outside: ``"reflect"``, ``"wrap"``, ``"constant"`` or ``"nearest"``.
        interpolation: ``"nearest"`` or ``"bilinear"``.
        seed: integer for repeatable changes.
        fill_value: for ``fill_mode="constant"``.
    """

    def __init__(self, factor, fill_mode="reflect", interpolation="bilinear", seed=None, fill_value=0.0,
                 data_format=None, **kwargs):  # fmt: skip
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.factor = factor_range("factor", factor)

    def coefficients(self, images):
        x, y = self._centre(images)
        angle = self._uniform(images, *(2 * math.pi * f for f in self.factor))
        cosine, sine = ops.cos(angle), ops.sin(angle)
        return cosine, -sine, x - x * cosine + y * sine, sine, cosine, y - x * sine - y * cosine


@REGISTRY.register
class RandomTranslation(BaseWarp):
    """While training, each image is moved.

    Arguments:
        height_factor, width_factor: share of the height (downwards) and width (to the right), a pair (lower, upper) or
            a number for -factor to factor, within [-1, 1].
        The others as for ``RandomRotation``.
    """

    def __init__(self, height_factor, width_factor, fill_mode="reflect", interpolation="bilinear", seed=None,
                 fill_value=0.0, data_format=None, **kwargs):  # fmt: skip
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self._height_range = factor_range("height_factor", height_factor)
        self._width_range = factor_range("width_factor", width_factor)

    def coefficients(self, images):
        height, width = (images.shape[axis] for axis in self._axes(images))
        down = self._uniform(images, *self._height_range) * height
        right = self._uniform(images, *self._width_range) * width
        return 1.0, 0.0, -right, 0.0, 1.0, -down


@REGISTRY.register
class RandomZoom(BaseWarp):
    """While training, each image is zoomed about its centre.

    Arguments:
        height_factor: how much more of the height is seen, a pair (lower, upper) or a number for -factor to factor,
            above -1 and up to 1: negative zooms in, positive out.
        width_factor: likewise for the width; that of the height when ``None``.
        The others as for ``RandomRotation``.
    """

    def __init__(self, height_factor, width_factor=None, fill_mode="reflect", interpolation="bilinear", seed=None,
                 fill_value=0.0, data_format=None, **kwargs):  # fmt: skip
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self._height_range = factor_range("height_factor", height_factor)
        self._width_range = None if width_factor is None else factor_range("width_factor", width_factor)
        for name, bounds in (("height_factor", self._height_range), ("width_factor", self._width_range)):
            if bounds is not None and bounds[0] <= -1:
                raise ValueError(f"{name}: expected numbers above -1, got {getattr(self, name)!r}")

    def coefficients(self, images):
        x, y = self._centre(images)
        rows = 1.0 + self._uniform(images, *self._height_range)
        columns = rows if self._width_range is None else 1.0 + self._uniform(images, *self._width_range)
        return columns, 0.0, x * (1.0 - columns), 0.0, rows, y * (1.0 - rows)
