"""Images of random height or width, as Keras 2 has them."""

from __future__ import annotations

from pykeras import check, ops, random
from pykeras.layers.image.base import ImageLayer, factor_range
from pykeras.layers.layer import REGISTRY


class _RandomSize(ImageLayer):
    """Resizes a batch along one axis, to a size that is drawn once for all of its images."""

    vertical: bool

    def __init__(self, factor, interpolation="bilinear", seed=None, data_format=None, **kwargs):
        super().__init__(data_format, seed, **kwargs)
        self.factor = factor
        self._range = factor_range("factor", factor, -1.0, float("inf"))
        self.interpolation = check.one_of("interpolation", interpolation, ops.image.resizing.RESIZE)

    def output_sizes(self, height, width):
        return (None, width) if self.vertical else (height, None)

    def draw(self, images, training):
        if not training:
            return None
        lower, upper = self._range
        # The size of what follows depends on the number: it is read, which ends a recording.
        drawn = random.uniform((), 1.0 + lower, 1.0 + upper, seed=self.generator)
        return int(images.shape[self._axes(images)[0 if self.vertical else 1]] * float(drawn))

    def transform(self, images, drawn, interpolation=None):
        height, width = (images.shape[axis] for axis in self._axes(images))
        if drawn < 1:
            raise ValueError(f"factor={self.factor} drew a size of {drawn} for images of {height} x {width}")
        size = (drawn, width) if self.vertical else (height, drawn)
        return ops.image.resize(images, size, interpolation or self.interpolation, data_format=self.data_format)


@REGISTRY.register
class RandomHeight(_RandomSize):
    """While training, images of another height: it times ``1 + r``, with one ``r`` drawn from ``factor`` for a batch.

    Arguments:
        factor: a number or a pair of them: 0.2 is (-0.2, 0.2), from 20 % less to 20 % more.
        interpolation: ``"nearest"``, ``"bilinear"``, ``"bicubic"``, ``"lanczos3"`` or ``"lanczos5"``.
        seed: integer.

    Sizes change from batch to batch, so that steps of training are not replayed. Raises ``ValueError`` for a range
    below -1 or upside down.

    >>> RandomHeight((0.5, 0.5))(ops.ones((1, 4, 4, 3)), training=True).shape
    (1, 6, 4, 3)
    """

    vertical = True


@REGISTRY.register
class RandomWidth(_RandomSize):
    """While training, images of another width; see :class:`RandomHeight`.

    >>> RandomWidth((0.5, 0.5))(ops.ones((1, 4, 4, 3)), training=True).shape
    (1, 4, 6, 3)
    """

    vertical = False
