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

    Outside training, and for images that are not larger than the output, the largest centre of that shape is brought
    to the size of the output.
    """

    def __init__(self, height, width, seed=None, data_format=None, name=None, **kwargs):
        super().__init__(height, width, seed=seed, data_format=data_format, name=name, **kwargs)

    def draw(self, images, training):
        sizes = [images.shape[axis] for axis in self._axes(images)]
        if not training or sizes[0] < self.height or sizes[1] < self.width:
            return None
        return [random.randint((), 0, size - part + 1, "int64", seed=self.generator)
                for size, part in zip(sizes, (self.height, self.width))]  # fmt: skip

    def transform_when(self, images, drawn, training, interpolation):
        if drawn is None:
            return self._resized(images, interpolation)
        # Places are tensors, so that a recorded step draws new ones.
        for axis, start, part in zip(self._axes(images), drawn, (self.height, self.width)):
            images = ops.take(images, ops.arange(part, dtype="int64") + start, axis)
        return images
