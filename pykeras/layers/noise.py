"""Noise while training: added, multiplied, and dropout that keeps mean and variance or whole channels."""

from __future__ import annotations

import math

from pykeras import _core, check, ops, random
from pykeras.layers.dropout import Dropout, _drawn_seed, checked_noise_shape
from pykeras.layers.input_spec import InputSpec
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.shaping import checked_data_format


class _Noise(Layer):
    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        if seed is not None:
            check.non_negative_int("seed", seed)
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed if seed is not None else _drawn_seed())
        self.supports_masking = True

    def call(self, inputs, training=False):
        if not training or isinstance(inputs, _core.SymbolicTensor) or self._is_still():
            return inputs
        return self.disturb(inputs)

    def _is_still(self):
        return self.rate == 0

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)


@REGISTRY.register
class GaussianNoise(_Noise):
    """While training, normal noise of mean 0 and deviation ``stddev`` is added. Shapes: same out as in."""

    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(seed, **kwargs)
        self.stddev = check.non_negative_float("stddev", stddev)
        self._build_at_init()

    def _is_still(self):
        return self.stddev == 0

    def disturb(self, inputs):
        return inputs + random.normal(inputs.shape, 0.0, self.stddev, inputs.dtype, self.seed_generator)


@REGISTRY.register
class GaussianDropout(_Noise):
    """While training, values are multiplied by normal noise of mean 1 and deviation ``sqrt(rate / (1 - rate))`` (JMLR
    15, 1929). Shapes: same out as in."""

    def __init__(self, rate, seed=None, **kwargs):
        super().__init__(seed, **kwargs)
        self.rate = check.fraction("rate", rate)
        self._build_at_init()

    def disturb(self, inputs):
        if self.rate == 1:
            raise ValueError("rate: expected less than 1, for the noise's deviation is sqrt(rate / (1 - rate)), got 1")
        deviation = math.sqrt(self.rate / (1.0 - self.rate))
        return inputs * random.normal(inputs.shape, 1.0, deviation, inputs.dtype, self.seed_generator)


@REGISTRY.register
class AlphaDropout(_Noise):
    """While training, a share ``rate`` of the values takes selu's lowest value, and all are then scaled and moved so
    that mean and variance stay as they were (arXiv:1706.02515).

    Arguments:
        rate: between 0 and 1.
        noise_shape: sizes of the mask that broadcasts to the inputs; ``None`` entries take the inputs' sizes.
        seed: integer for repeatable masks.
    """

    def __init__(self, rate, noise_shape=None, seed=None, **kwargs):
        super().__init__(seed, **kwargs)
        self.rate = check.fraction("rate", rate)
        self.noise_shape = checked_noise_shape(noise_shape)
        self._build_at_init()

    def disturb(self, inputs):
        shape = inputs.shape if self.noise_shape is None else self.noise_shape
        if len(shape) != len(inputs.shape):
            raise ValueError(f"noise_shape: expected {len(inputs.shape)} sizes, got {self.noise_shape}")
        shape = tuple(given if size is None else size for size, given in zip(shape, inputs.shape))
        lowest = -1.0507009873554805 * 1.6732632423543772
        kept = ops.greater_equal(random.uniform(shape, dtype=inputs.dtype, seed=self.seed_generator), self.rate)
        if self.rate == 1:
            return ops.zeros_like(inputs)
        scale = ((1 - self.rate) * (1 + self.rate * lowest**2)) ** -0.5
        return ops.where(kept, inputs, lowest) * scale - scale * lowest * self.rate


class _SpatialDropout(Dropout):
    _config_attributes = {"noise_shape": None}

    def __init__(self, rank, rate, data_format=None, seed=None, **kwargs):
        super().__init__(rate, seed=seed, **kwargs)
        self.data_format = checked_data_format(data_format)
        self.input_spec = InputSpec(ndim=rank + 2)

    def call(self, inputs, training=False):
        if not training or self.rate == 0:
            return inputs
        spatial = [1] * (len(inputs.shape) - 2)
        first = self.data_format == "channels_first"
        shape = [None, None, *spatial] if first else [None, *spatial, None]
        return random.dropout(inputs, self.rate, shape, self.seed_generator)

    def get_config(self):
        # Keras 3's constructors of these take no ``trainable``
        return {key: value for key, value in super().get_config().items() if key != "trainable"}


@REGISTRY.register
class SpatialDropout1D(_SpatialDropout):
    """Dropout of whole channels of ``(batch, steps, channels)`` (arXiv:1411.4280); ``rate`` and ``seed`` as for
    ``Dropout``."""

    def __init__(self, rate, seed=None, name=None, dtype=None, **kwargs):
        super().__init__(1, rate, "channels_last", seed, name=name, dtype=dtype, **kwargs)


@REGISTRY.register
class SpatialDropout2D(_SpatialDropout):
    """Dropout of whole channels of ``(batch, h, w, channels)``, or channels first (arXiv:1411.4280)."""

    def __init__(self, rate, data_format=None, seed=None, name=None, dtype=None, **kwargs):
        super().__init__(2, rate, data_format, seed, name=name, dtype=dtype, **kwargs)


@REGISTRY.register
class SpatialDropout3D(_SpatialDropout):
    """Dropout of whole channels of ``(batch, d, h, w, channels)``, or channels first (arXiv:1411.4280)."""

    def __init__(self, rate, data_format=None, seed=None, name=None, dtype=None, **kwargs):
        super().__init__(3, rate, data_format, seed, name=name, dtype=dtype, **kwargs)
