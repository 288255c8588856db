"""Masking of time steps."""

from __future__ import annotations

import numpy as np

from pykeras import ops
from pykeras.layers.layer import REGISTRY, Layer


@REGISTRY.register
class Masking(Layer):
    """Masks the time steps whose values all equal ``mask_value``: later layers, losses and metrics skip them.

    Arguments:
        mask_value: a number, or an array that broadcasts to the features.

    Inputs ``(batch, time, features)``; output the same with masked steps set to 0, with a mask ``(batch, time)``.

    >>> masked = Masking()(ops.convert_to_tensor([[[1.0, 2.0], [0.0, 0.0]]]))
    >>> masked._keras_mask.tolist()
    [[True, False]]
    """

    def __init__(self, mask_value=0.0, **kwargs):
        super().__init__(**kwargs)
        if isinstance(mask_value, dict):
            from pykeras.registry import deserialize

            mask_value = deserialize(mask_value)
        self.mask_value = mask_value
        self.supports_masking = True
        self._build_at_init()

    def _wanted(self, inputs, keepdims):
        value = self.mask_value if isinstance(self.mask_value, (int, float)) else np.asarray(self.mask_value)
        return ops.any(ops.not_equal(inputs, value), axis=-1, keepdims=keepdims)

    def compute_mask(self, inputs, mask=None):
        return self._wanted(inputs, keepdims=False)

    def call(self, inputs):
        return ops.where(self._wanted(inputs, keepdims=True), inputs, 0)

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)
