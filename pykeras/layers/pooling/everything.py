"""Pooling over all of the spatial axes."""

from __future__ import annotations

from pykeras import check, ops
from pykeras.layers.input_spec import InputSpec
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.shaping import checked_data_format


class BaseGlobalPooling(Layer):
    """One value per channel over all of the ``rank`` spatial axes; with ``keepdims`` those keep size 1."""

    pool: staticmethod

    def __init__(self, rank, data_format=None, keepdims=False, **kwargs):
        super().__init__(**kwargs)
        self.rank = rank
        self.data_format = checked_data_format(data_format)
        self.keepdims = check.boolean("keepdims", keepdims)
        self.input_spec = InputSpec(ndim=rank + 2)
        self._build_at_init()

    def _axes(self) -> list[int]:
        first = 1 if self.data_format == "channels_last" else 2
        return list(range(first, first + self.rank))

    def call(self, inputs):
        return self.pool(inputs, axis=self._axes(), keepdims=self.keepdims)


@REGISTRY.register
class GlobalMaxPooling1D(BaseGlobalPooling):
    """The largest value of each channel over one axis."""

    pool = staticmethod(ops.max)

    def __init__(self, data_format=None, keepdims=False, **kwargs):
        super().__init__(1, data_format, keepdims, **kwargs)


@REGISTRY.register
class GlobalMaxPooling2D(BaseGlobalPooling):
    """The largest value of each channel.

    >>> GlobalMaxPooling2D(keepdims=True)(ops.zeros((1, 5, 4, 3))).shape
    (1, 1, 1, 3)
    """

    pool = staticmethod(ops.max)

    def __init__(self, data_format=None, keepdims=False, **kwargs):
        super().__init__(2, data_format, keepdims, **kwargs)


@REGISTRY.register
class GlobalMaxPooling3D(BaseGlobalPooling):
    """The largest value of each channel over three axes."""

    pool = staticmethod(ops.max)

    def __init__(self, data_format=None, keepdims=False, **kwargs):
        super().__init__(3, data_format, keepdims, **kwargs)


@REGISTRY.register
class GlobalAveragePooling1D(BaseGlobalPooling):
    """The mean of each channel over the steps; steps that a mask leaves out do not count.

    >>> GlobalAveragePooling1D()([[[1.0], [5.0]]], mask=[[True, False]]).tolist()
    [[1.0]]
    """

    pool = staticmethod(ops.mean)

    def __init__(self, data_format=None, keepdims=False, **kwargs):
        super().__init__(1, data_format, keepdims, **kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        if mask is None:
            return super().call(inputs)
        (axis,) = self._axes()
        mask = ops.expand_dims(ops.cast(mask, inputs.dtype), 3 - axis)
        count = ops.sum(mask, axis=axis, keepdims=self.keepdims)
        return ops.sum(inputs * mask, axis=axis, keepdims=self.keepdims) / count

    def compute_mask(self, inputs, previous_mask=None):
        return None


@REGISTRY.register
class GlobalAveragePooling2D(BaseGlobalPooling):
    """The mean of each channel."""

    pool = staticmethod(ops.mean)

    def __init__(self, data_format=None, keepdims=False, **kwargs):
        super().__init__(2, data_format, keepdims, **kwargs)


@REGISTRY.register
class GlobalAveragePooling3D(BaseGlobalPooling):
    """The mean of each channel over three axes."""

    pool = staticmethod(ops.mean)

    def __init__(self, data_format=None, keepdims=False, **kwargs):
        super().__init__(3, data_format, keepdims, **kwargs)
