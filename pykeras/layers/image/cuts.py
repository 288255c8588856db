"""Parts of images."""

from __future__ import annotations

from pykeras import check, ops, random
from pykeras.layers.image.base import ImageLayer
from pykeras.layers.layer import REGISTRY


class BaseCrop(ImageLayer):
    """Images of a fixed size, cut from larger ones."""

    def __init__(self, height, width, **kwargs):
        super().__init__(**kwargs)
        self.height = check.positive_int("height", height)
        self.width = check.positive_int("width", width)

    def output_sizes(self, height, width):
        return self.height, self.width

    def _resized(self, images, interpolation):
        """The centre, in the shape of the output, brought to its size."""
        return ops.image.resize(images, (self.height, self.width), interpolation or "bilinear",
                                crop_to_aspect_ratio=True, data_format=self.data_format)  # fmt: skip


@REGISTRY.register
class CenterCrop(BaseCrop):
    """The centre of images; of smaller ones the largest centre of that shape, made larger.

    Arguments:
        height, width: of the outputs.

    >>> CenterCrop(2, 2)(ops.zeros((1, 5, 4, 3))).shape
    (1, 2, 2, 3)
    """

    def __init__(self, height, width, data_format=None, **kwargs):
        super().__init__(height, width, data_format=data_format, random_layer=False, **kwargs)

    def transform_when(self, images, drawn, training, interpolation):
        height, width = (images.shape[axis] for axis in self._axes(images))
        if height < self.height or width < self.width:
            return self._resized(images, interpolation)
        return ops.image.crop_images(
            images, top_cropping=(height - self.height) // 2, left_cropping=(width - self.width) // 2,
            target_height=self.height, target_width=self.width, data_format=self.data_format)  # fmt: skip


@REGISTRY.register
class RandomCrop(BaseCrop):
    """While training, a part of the images at a random place, the same for a whole batch.

    Arguments:
        height, width: of the outputs.
        seed: integer for repeatable places.

    Images that are not larger than the output are cut at the centre and brought to its size. Outside training, the
    largest centre of the shape of the output is brought to its size (as in Keras 2; Keras 3 leaves the images whole).
    """

    def __init__(self, height, width, seed=None, data_format=None, name=None, **kwargs):
        super().__init__(height, width, seed=seed, data_format=data_format, name=name, **kwargs)

    def draw(self, images, training):
        height, width = (images.shape[axis] for axis in self._axes(images))
        if not training:
            return None
        if height > self.height and width > self.width:
            return [random.randint((), 0, size - part + 1, "int64", seed=self.generator)
                    for size, part in ((height, self.height), (width, self.width))]  # fmt: skip
        shaped = (max(min(height, width * self.height // self.width), 1),
                  max(min(width, height * self.width // self.height), 1))  # fmt: skip
        return [(height - shaped[0]) // 2, (width - shaped[1]) // 2]

    def transform_when(self, images, drawn, training, interpolation):
        if drawn is None:
            return self._resized(images, interpolation)
        for axis, start, part in zip(self._axes(images), drawn, (self.height, self.width)):
            if isinstance(start, int):
                part = min(part, images.shape[axis] - start)
            # Drawn places are tensors, so that a recorded step draws new ones.
            images = ops.take(images, ops.arange(part, dtype="int64") + start, axis)
        size = (self.height, self.width)
        return ops.image.resize(images, size, interpolation or "bilinear", data_format=self.data_format)
