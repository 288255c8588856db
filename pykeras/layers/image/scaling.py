"""Values and sizes of images brought to a scale."""

from __future__ import annotations

import numpy as np

from pykeras import check, ops
from pykeras.config import image_data_format
from pykeras.layers.image.base import ImageLayer
from pykeras.layers.layer import REGISTRY, Layer


@REGISTRY.register
class Rescaling(Layer):
    """``inputs * scale + offset``, in training and outside.

    Arguments:
        scale, offset: numbers, or arrays that broadcast to the inputs (one number per channel, say).

    >>> Rescaling(1 / 255)([[51]]).tolist()
    [[0.2...]]
    """

    def __init__(self, scale, offset=0.0, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale
        self.offset = offset
        self.supports_masking = True

    def call(self, inputs):
        scale, offset = (np.asarray(v, self.compute_dtype) for v in (self.scale, self.offset))
        if scale.ndim and image_data_format() == "channels_first":
            scale = scale.reshape(scale.shape + (1,) * (3 - scale.ndim))
        return ops.cast(inputs, self.compute_dtype) * scale + offset


@REGISTRY.register
class Resizing(ImageLayer):
    """Images of another size, in training and outside.

    Arguments:
        height, width: of the outputs.
        interpolation: ``"nearest"``, ``"bilinear"``, ``"bicubic"``, ``"lanczos3"`` or ``"lanczos5"``.
        crop_to_aspect_ratio: cut away what does not fit the shape of the output, instead of distorting.
        pad_to_aspect_ratio: put a margin of ``fill_value`` around instead.
        antialias: whether a smaller output averages over all of the values that it stands for.

    Images of integers stay so, rounded.

    >>> Resizing(4, 6)(ops.zeros((1, 8, 8, 3))).shape
    (1, 4, 6, 3)
    """

    def __init__(self, height, width, interpolation="bilinear", crop_to_aspect_ratio=False, pad_to_aspect_ratio=False,
                 fill_mode="constant", fill_value=0.0, antialias=False, data_format=None, **kwargs):  # fmt: skip
        super().__init__(data_format, random_layer=False, **kwargs)
        self.height = check.positive_int("height", height)
        self.width = check.positive_int("width", width)
        self.interpolation = check.one_of("interpolation", interpolation, ops.image.resizing.RESIZE)
        self.crop_to_aspect_ratio = check.boolean("crop_to_aspect_ratio", crop_to_aspect_ratio)
        self.pad_to_aspect_ratio = check.boolean("pad_to_aspect_ratio", pad_to_aspect_ratio)
        self.fill_mode = check.one_of("fill_mode", fill_mode, ("constant",))
        self.fill_value = check.number("fill_value", fill_value)
        self.antialias = check.boolean("antialias", antialias)

    def output_sizes(self, height, width):
        return self.height, self.width

    def _result_dtype(self, images) -> str:
        return images.dtype

    def transform_when(self, images, drawn, training, interpolation):
        resized = ops.image.resize(
            images, (self.height, self.width), interpolation or self.interpolation, self.antialias,
            self.crop_to_aspect_ratio, self.pad_to_aspect_ratio, self.fill_mode, self.fill_value,
            self.data_format)  # fmt: skip
        if resized.dtype == images.dtype:
            return resized
        return ops.cast(ops.round(resized), images.dtype)
