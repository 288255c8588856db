"""Random changes of brightness and contrast."""

from __future__ import annotations

from pykeras import check, ops
from pykeras.layers.image.base import ImageLayer, factor_range
from pykeras.layers.layer import REGISTRY


def _value_range(value_range) -> tuple:
    pair = tuple(value_range) if isinstance(value_range, (list, tuple)) else ()
    if len(pair) != 2:
        raise ValueError(f"value_range: expected the smallest and the largest value, got {value_range!r}")
    return tuple(sorted(check.number("value_range", v) for v in pair))


class BaseColour(ImageLayer):
    """Changes values by one number for each image; pixels stay where they are."""

    moves_masks = False

    def __init__(self, value_range, seed, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.value_range = _value_range(value_range)

    def get_config(self):
        return {**super().get_config(), "data_format": self.data_format}


@REGISTRY.register
class RandomBrightness(BaseColour):
    """While training, each image becomes brighter or darker by one number.

    Arguments:
        factor: share of the value range, a pair (lower, upper) or a number for -factor to factor, within [-1, 1].
        value_range: smallest and largest value of the images; results are limited to it.
        seed: integer for repeatable changes.
    """

    def __init__(self, factor, value_range=(0, 255), seed=None, **kwargs):
        super().__init__(value_range, seed, **kwargs)
        self.factor = factor_range("factor", factor)

    def draw(self, images, training):
        return self._uniform(images, *self.factor) if training else None

    def transform(self, images, drawn, interpolation=None):
        low, high = self.value_range
        return ops.clip(images + self._per_image(drawn, images) * (high - low), low, high)


@REGISTRY.register
class RandomContrast(BaseColour):
    """While training, the distances of each image's values from their mean (per channel) are multiplied by a number
    between 1 - lower and 1 + upper.

    Arguments:
        factor: (lower, upper) within [0, 1], or a number for (0, factor).
        value_range: smallest and largest value of the images; results are limited to it.
        seed: integer for repeatable changes.
    """

    def __init__(self, factor, value_range=(0, 255), seed=None, **kwargs):
        super().__init__(value_range, seed, **kwargs)
        self.factor = factor_range("factor", factor, 0.0, 1.0)

    def draw(self, images, training):
        return self._uniform(images, 1.0 - self.factor[0], 1.0 + self.factor[1]) if training else None

    def transform(self, images, drawn, interpolation=None):
        mean = ops.mean(images, axis=self._axes(images), keepdims=True)
        return ops.clip((images - mean) * self._per_image(drawn, images) + mean, *self.value_range)
