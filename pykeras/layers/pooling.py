"""Pooling over windows, and over all of the spatial axes."""

from __future__ import annotations

from pykeras import check, ops
from pykeras.layers.input_spec import InputSpec
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.shaping import checked_data_format


class BasePooling(Layer):
    """The largest or mean value of windows over ``rank`` spatial axes."""

    pool: staticmethod

    def __init__(self, rank, pool_size, strides=None, padding="valid", data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.pool_size = check.int_tuple("pool_size", pool_size, rank)
        self.strides = self.pool_size if strides is None else check.int_tuple("strides", strides, rank)
        self.padding = check.one_of(
            "padding", padding.lower() if isinstance(padding, str) else padding, ("valid", "same")
        )
        self.data_format = checked_data_format(data_format)
        self.input_spec = InputSpec(ndim=rank + 2)

    def call(self, inputs):
        return self.pool(inputs, self.pool_size, self.strides, self.padding, self.data_format)


@REGISTRY.register
class MaxPooling2D(BasePooling):
    """The largest value of each window.

    Arguments:
        pool_size: a number or two.
        strides: of the windows; ``pool_size`` by default.
        padding: ``"valid"`` or ``"same"``; padding never wins.
        data_format: ``"channels_last"`` (N, H, W, C) or ``"channels_first"``.
    """

    pool = staticmethod(ops.max_pool)

    def __init__(self, pool_size=(2, 2), strides=None, padding="valid", data_format=None, name=None, **kwargs):
        super().__init__(2, pool_size, strides, padding, data_format, name=name, **kwargs)


@REGISTRY.register
class AveragePooling2D(BasePooling):
    """The mean of each window; padding does not count. Arguments as for ``MaxPooling2D``."""

    pool = staticmethod(ops.average_pool)

    def __init__(self, pool_size=(2, 2), strides=None, padding="valid", data_format=None, name=None, **kwargs):
        super().__init__(2, pool_size, strides, padding, data_format, name=name, **kwargs)


class BaseGlobalPooling(Layer):
    """One value per channel over all of the ``rank`` spatial axes; with ``keepdims`` those keep size 1."""

    pool: staticmethod

    def __init__(self, rank, data_format=None, keepdims=False, **kwargs):
        super().__init__(**kwargs)
        self.rank = rank
        self.data_format = checked_data_format(data_format)
        self.keepdims = check.boolean("keepdims", keepdims)
        self.input_spec = InputSpec(ndim=rank + 2)

    def call(self, inputs):
        first = 1 if self.data_format == "channels_last" else 2
        return self.pool(inputs, axis=list(range(first, first + self.rank)), keepdims=self.keepdims)


@REGISTRY.register
class GlobalMaxPooling2D(BaseGlobalPooling):
    """The largest value of each channel."""

    pool = staticmethod(ops.max)

    def __init__(self, data_format=None, keepdims=False, **kwargs):
        super().__init__(2, data_format, keepdims, **kwargs)


@REGISTRY.register
class GlobalAveragePooling2D(BaseGlobalPooling):
    """The mean of each channel."""

    pool = staticmethod(ops.mean)

    def __init__(self, data_format=None, keepdims=False, **kwargs):
        super().__init__(2, data_format, keepdims, **kwargs)


MaxPool2D = REGISTRY.register(MaxPooling2D, "MaxPool2D")
AvgPool2D = REGISTRY.register(AveragePooling2D, "AvgPool2D")
GlobalMaxPool2D = REGISTRY.register(GlobalMaxPooling2D, "GlobalMaxPool2D")
GlobalAvgPool2D = REGISTRY.register(GlobalAveragePooling2D, "GlobalAvgPool2D")
