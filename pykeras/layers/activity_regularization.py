"""A penalty on what passes through."""

from __future__ import annotations

from pykeras import check, regularizers
from pykeras.layers.layer import REGISTRY, Layer


@REGISTRY.register
class ActivityRegularization(Layer):
    """The inputs, unchanged, with ``l1 * sum(|x|) + l2 * sum(x²)`` per sample added to the loss.

    Arguments:
        l1, l2: factors.

    >>> layer = ActivityRegularization(l1=0.5)
    >>> _ = layer([[1.0, -3.0]])
    >>> float(layer.losses[0])
    2.0
    """

    def __init__(self, l1=0.0, l2=0.0, **kwargs):
        l1, l2 = check.non_negative_float("l1", l1), check.non_negative_float("l2", l2)
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.l1, self.l2 = l1, l2
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs):
        return inputs

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        config = super().get_config()
        del config["activity_regularizer"]
        return config
