"""Pooling over windows."""

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
        self._build_at_init()

    def call(self, inputs):
        return self.pool(inputs, self.pool_size, self.strides, self.padding, self.data_format)


@REGISTRY.register
class MaxPooling1D(BasePooling):
    """The largest value of each window over one axis. Arguments as for ``MaxPooling2D``."""

    pool = staticmethod(ops.max_pool)

    def __init__(self, pool_size=2, strides=None, padding="valid", data_format=None, name=None, **kwargs):
        super().__init__(1, pool_size, strides, padding, data_format, name=name, **kwargs)


@REGISTRY.register
class MaxPooling2D(BasePooling):
    """The largest value of each window.

    Arguments:
        pool_size: a number or two.
        strides: of the windows; ``pool_size`` by default.
        padding: ``"valid"`` or ``"same"``; padding never wins.
        data_format: ``"channels_last"`` (N, H, W, C) or ``"channels_first"``.

    >>> MaxPooling2D()(ops.zeros((1, 5, 4, 3))).shape
    (1, 2, 2, 3)
    """

    pool = staticmethod(ops.max_pool)

    def __init__(self, pool_size=(2, 2), strides=None, padding="valid", data_format=None, name=None, **kwargs):
        super().__init__(2, pool_size, strides, padding, data_format, name=name, **kwargs)


@REGISTRY.register
class MaxPooling3D(BasePooling):
    """The largest value of each window over three axes. Arguments as for ``MaxPooling2D``."""

    pool = staticmethod(ops.max_pool)

    def __init__(self, pool_size=(2, 2, 2), strides=None, padding="valid", data_format=None, name=None, **kwargs):
        super().__init__(3, pool_size, strides, padding, data_format, name=name, **kwargs)


@REGISTRY.register
class AveragePooling1D(BasePooling):
    """The mean of each window over one axis; padding does not count. Arguments as for ``MaxPooling2D``."""

    pool = staticmethod(ops.average_pool)

    def __init__(self, pool_size=2, strides=None, padding="valid", data_format=None, name=None, **kwargs):
        super().__init__(1, pool_size, strides, padding, data_format, name=name, **kwargs)


@REGISTRY.register
class AveragePooling2D(BasePooling):
    """The mean of each window; padding does not count. Arguments as for ``MaxPooling2D``."""

    pool = staticmethod(ops.average_pool)

    def __init__(self, pool_size=(2, 2), strides=None, padding="valid", data_format=None, name=None, **kwargs):
        super().__init__(2, pool_size, strides, padding, data_format, name=name, **kwargs)


@REGISTRY.register
class AveragePooling3D(BasePooling):
    """The mean of each window over three axes; padding does not count. Arguments as for ``MaxPooling2D``."""

    pool = staticmethod(ops.average_pool)

    def __init__(self, pool_size=(2, 2, 2), strides=None, padding="valid", data_format=None, name=None, **kwargs):
        super().__init__(3, pool_size, strides, padding, data_format, name=name, **kwargs)
