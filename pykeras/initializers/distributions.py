"""Initializers that draw from a distribution given outright."""

from pykeras import check, random
from pykeras.initializers.initializer import REGISTRY, RandomInitializer, float_dtype, sizes


@REGISTRY.register("normal")
class RandomNormal(RandomInitializer):
    """Normal distribution.

    Arguments:
        mean: mean.
        stddev: standard deviation, 0 or more.
        seed: see ``RandomInitializer``.

    Raises:
        ValueError: a negative ``stddev``, or a dtype that holds no fractions.

    Example:
        >>> from pykeras import initializers
        >>> initializers.RandomNormal(stddev=1.0, seed=1)((2, 3)).shape
        (2, 3)
    """

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        super().__init__(seed)
        self.mean = check.number("mean", mean)
        self.stddev = check.non_negative_float("stddev", stddev)

    def __call__(self, shape, dtype=None, **kwargs):
        dtype = float_dtype(self, dtype)
        return random.normal(sizes(shape), mean=self.mean, stddev=self.stddev, dtype=dtype, seed=self.seed)

    def get_config(self):
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


@REGISTRY.register
class TruncatedNormal(RandomInitializer):
    """Normal distribution cut off two standard deviations from the mean.

    Arguments:
        mean: mean.
        stddev: standard deviation before the cut, 0 or more (after it, 0.8796 times as much).
        seed: see ``RandomInitializer``.

    Raises:
        ValueError: a negative ``stddev``, or a dtype that holds no fractions.

    Example:
        >>> import numpy as np
        >>> from pykeras import initializers
        >>> values = initializers.TruncatedNormal(stddev=1.0, seed=1)((1000,)).numpy()
        >>> bool(np.abs(values).max() <= 2.0)
        True
    """

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        super().__init__(seed)
        self.mean = check.number("mean", mean)
        self.stddev = check.non_negative_float("stddev", stddev)

    def __call__(self, shape, dtype=None, **kwargs):
        dtype = float_dtype(self, dtype)
        return random.truncated_normal(sizes(shape), mean=self.mean, stddev=self.stddev, dtype=dtype, seed=self.seed)

    def get_config(self):
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


@REGISTRY.register("uniform")
class RandomUniform(RandomInitializer):
    """Uniform distribution over [minval, maxval).

    Arguments:
        minval: lower bound.
        maxval: upper bound, not below ``minval``.
        seed: see ``RandomInitializer``.

    Raises:
        ValueError: ``maxval`` below ``minval``, or a dtype that holds no fractions.

    Example:
        >>> from pykeras import initializers
        >>> values = initializers.RandomUniform(0.0, 1.0, seed=1)((1000,)).numpy()
        >>> bool(values.min() >= 0.0 and values.max() < 1.0)
        True
    """

    def __init__(self, minval=-0.05, maxval=0.05, seed=None):
        super().__init__(seed)
        self.minval = check.number("minval", minval)
        self.maxval = check.number("maxval", maxval)
        if self.maxval < self.minval:
            raise ValueError(f"maxval: expected a number not below minval={minval!r}, got {maxval!r}")

    def __call__(self, shape, dtype=None, **kwargs):
        dtype = float_dtype(self, dtype)
        return random.uniform(sizes(shape), minval=self.minval, maxval=self.maxval, dtype=dtype, seed=self.seed)

    def get_config(self):
        return {**super().get_config(), "minval": self.minval, "maxval": self.maxval}
