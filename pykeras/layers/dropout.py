"""Dropout."""

from __future__ import annotations

from pykeras import check, random
from pykeras.layers.layer import REGISTRY, Layer


@REGISTRY.register
class Dropout(Layer):
    """While training, a share ``rate`` of the values becomes 0 and the others are divided by ``1 - rate`` (JMLR 15,
    1929).

    Arguments:
        rate: between 0 and 1.
        noise_shape: sizes of the mask that broadcasts to the inputs; ``None`` entries take the inputs' sizes.
        seed: integer for repeatable masks.

    Shapes: same out as in. Outside training the inputs pass unchanged.
    """

    def __init__(self, rate, noise_shape=None, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate = check.fraction("rate", rate)
        self.noise_shape = checked_noise_shape(noise_shape)
        self.seed = seed
        self.supports_masking = True
        if rate > 0:
            self.seed_generator = random.SeedGenerator(seed if seed is not None else _drawn_seed())
        self._build_at_init()

    def call(self, inputs, training=False):
        if training and self.rate > 0:
            return random.dropout(inputs, self.rate, self.noise_shape, self.seed_generator)
        return inputs

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)


def checked_noise_shape(noise_shape):
    """``None``, or sizes and ``None`` as a tuple."""
    if noise_shape is None:
        return None
    if not isinstance(noise_shape, (list, tuple)):
        raise ValueError(f"noise_shape: expected a tuple or list of integers and None, got {noise_shape!r}")
    return tuple(None if size is None else check.positive_int("noise_shape", size) for size in noise_shape)


def _drawn_seed() -> int:
    """A seed for a layer without one, from the shared stream, so that ``set_random_seed`` decides it too."""
    return int(random.randint((), 0, 2**31 - 1, "int64"))
