"""Pooling to a fixed size of the output, whatever the size of the input."""

from __future__ import annotations

from pykeras import check, ops
from pykeras.layers.input_spec import InputSpec
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.shaping import checked_data_format


class BaseAdaptivePooling(Layer):
    """The largest or mean value of ``output_size`` windows that cover each of ``rank`` spatial axes evenly."""

    pool: staticmethod

    def __init__(self, rank, output_size, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.output_size = check.int_tuple("output_size", output_size, rank)
        self.data_format = checked_data_format(data_format)
        self.input_spec = InputSpec(ndim=rank + 2)

    def call(self, inputs):
        return self.pool(inputs, self.output_size, self.data_format)


@REGISTRY.register
class AdaptiveAveragePooling1D(BaseAdaptivePooling):
    """The mean of ``output_size`` windows over one axis; see ``AdaptiveAveragePooling2D``."""

    pool = staticmethod(ops.adaptive_average_pool)

    def __init__(self, output_size, data_format=None, **kwargs):
        super().__init__(1, output_size, data_format, **kwargs)


@REGISTRY.register
class AdaptiveAveragePooling2D(BaseAdaptivePooling):
    """The mean of ``output_size`` windows along each axis: window i reaches from floor(i * size / output_size)
    to ceil((i + 1) * size / output_size).

    Arguments:
        output_size: a number or two.
        data_format: ``"channels_last"`` (N, H, W, C) or ``"channels_first"``.

    >>> AdaptiveAveragePooling2D(2)(ops.zeros((1, 5, 4, 3))).shape
    (1, 2, 2, 3)
    """

    pool = staticmethod(ops.adaptive_average_pool)

    def __init__(self, output_size, data_format=None, **kwargs):
        super().__init__(2, output_size, data_format, **kwargs)


@REGISTRY.register
class AdaptiveAveragePooling3D(BaseAdaptivePooling):
    """The mean of ``output_size`` windows over three axes; see ``AdaptiveAveragePooling2D``."""

    pool = staticmethod(ops.adaptive_average_pool)

    def __init__(self, output_size, data_format=None, **kwargs):
        super().__init__(3, output_size, data_format, **kwargs)


@REGISTRY.register
class AdaptiveMaxPooling1D(BaseAdaptivePooling):
    """The largest value of ``output_size`` windows over one axis; see ``AdaptiveMaxPooling2D``."""

    pool = staticmethod(ops.adaptive_max_pool)

    def __init__(self, output_size, data_format=None, **kwargs):
        super().__init__(1, output_size, data_format, **kwargs)


@REGISTRY.register
class AdaptiveMaxPooling2D(BaseAdaptivePooling):
    """The largest value of ``output_size`` windows along each axis: window i reaches from floor(i * size / output_size)
    to ceil((i + 1) * size / output_size).

    Arguments:
        output_size: a number or two.
        data_format: ``"channels_last"`` (N, H, W, C) or ``"channels_first"``.

    >>> AdaptiveMaxPooling2D(2)(ops.zeros((1, 5, 4, 3))).shape
    (1, 2, 2, 3)
    """

    pool = staticmethod(ops.adaptive_max_pool)

    def __init__(self, output_size, data_format=None, **kwargs):
        super().__init__(2, output_size, data_format, **kwargs)


@REGISTRY.register
class AdaptiveMaxPooling3D(BaseAdaptivePooling):
    """The largest value of ``output_size`` windows over three axes; see ``AdaptiveMaxPooling2D``."""

    pool = staticmethod(ops.adaptive_max_pool)

    def __init__(self, output_size, data_format=None, **kwargs):
        super().__init__(3, output_size, data_format, **kwargs)
