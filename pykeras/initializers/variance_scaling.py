"""Initializers whose variance follows the size of the weight: ``scale / fan``."""

import copy
import math

from pykeras import check, random
from pykeras.initializers.initializer import REGISTRY, RandomInitializer, float_dtype, sizes

# Standard deviation of a standard normal distribution cut off at 2.
_TRUNCATED_STDDEV = 0.87962566103423978


def compute_fans(shape, input_axes=None, output_axes=None):
    """Numbers of inputs and outputs of one unit of a weight.

    A matrix has ``(inputs, outputs)``; a convolution kernel ``(..., channels, filters)`` has both times the size of
    its window; a vector has its length twice; a scalar 1. With axes given, the fans are the products over them.

    Arguments:
        shape: shape of the weight.
        input_axes: axes over which a unit sums its inputs.
        output_axes: axes of the units. Both are given, or none of them has an effect.

    Raises:
        ValueError: an axis that the shape does not have.

    Example:
        >>> from pykeras.initializers.variance_scaling import compute_fans
        >>> compute_fans((3, 3, 16, 32))
        (144, 288)
        >>> compute_fans((4, 5, 6), input_axes=[0], output_axes=[1, 2])
        (4, 30)
    """
    if input_axes is not None and output_axes is not None:
        for name, axes in (("input_axes", input_axes), ("output_axes", output_axes)):
            wrong = [axis for axis in axes if not -len(shape) <= axis < len(shape)]
            if wrong:
                raise ValueError(f"{name}: shape {tuple(shape)} has no axis {wrong[0]}")
        return math.prod(shape[axis] for axis in input_axes), math.prod(shape[axis] for axis in output_axes)
    if len(shape) == 0:
        return 1, 1
    if len(shape) == 1:
        return shape[0], shape[0]
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


def _axes(name, value):
    if value is None:
        return None
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        raise ValueError(f"{name}: expected a list of integers or None, got {value!r}")
    return [check.integer(name, axis) for axis in value]


@REGISTRY.register
class VarianceScaling(RandomInitializer):
    """Random values of mean 0 and variance ``scale / n``, n a fan of the weight or the mean of both.

    "truncated_normal" is cut off at two of its standard deviations and scaled so that the variance holds after the
    cut; "uniform" has the bounds ``+-sqrt(3 scale / n)``.

    Arguments:
        scale: factor of the variance, above 0.
        mode: "fan_in", "fan_out" or "fan_avg".
        distribution: "truncated_normal" (also called "normal"), "untruncated_normal" or "uniform".
        seed: see ``RandomInitializer``.
        input_axes: axes over which a unit sums its inputs, for weights laid out in another way.
        output_axes: axes of the units; both are given, or none of them has an effect.

    Raises:
        ValueError: a scale that is not above 0, another mode or distribution, an axis that the shape does not have,
            or a dtype that holds no fractions.

    Source: He et al., "Delving Deep into Rectifiers", ICCV 2015.

    Example:
        >>> from pykeras import initializers
        >>> initializers.VarianceScaling(2.0, "fan_out", "uniform", seed=1)((3, 4)).shape
        (3, 4)
    """

    def __init__(
        self,
        scale=1.0,
        mode="fan_in",
        distribution="truncated_normal",
        seed=None,
        input_axes=None,
        output_axes=None,
    ):
        super().__init__(seed)
        self.scale = check.positive_float("scale", scale)
        self.mode = check.one_of("mode", mode, ("fan_in", "fan_out", "fan_avg"))
        distribution = {"normal": "truncated_normal"}.get(_lower(distribution), _lower(distribution))
        self.distribution = check.one_of(
            "distribution", distribution, ("truncated_normal", "untruncated_normal", "uniform")
        )
        self.input_axes = _axes("input_axes", input_axes)
        self.output_axes = _axes("output_axes", output_axes)

    def __call__(self, shape, dtype=None, **kwargs):
        shape, dtype = sizes(shape), float_dtype(self, dtype)
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, fan)
        if self.distribution == "uniform":
            bound = math.sqrt(3.0 * variance)
            return random.uniform(shape, minval=-bound, maxval=bound, dtype=dtype, seed=self.seed)
        stddev = math.sqrt(variance)
        if self.distribution == "untruncated_normal":
            return random.normal(shape, mean=0.0, stddev=stddev, dtype=dtype, seed=self.seed)
        return random.truncated_normal(shape, 0.0, stddev / _TRUNCATED_STDDEV, dtype=dtype, seed=self.seed)

    def get_config(self):
        return {
            **super().get_config(),
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            "input_axes": self.input_axes,
            "output_axes": self.output_axes,
        }


def with_axes(initializer, input_axes, output_axes):
    """The initializer for a weight with these axes of inputs and units, when it scales by them and was told of none.

    Example:
        >>> with_axes(GlorotUniform(seed=1), [0], [1, 2]).input_axes
        [0]
    """
    scales = isinstance(initializer, VarianceScaling)
    if not scales or (initializer.input_axes is not None and initializer.output_axes is not None):
        return initializer
    told = copy.copy(initializer)
    told.input_axes, told.output_axes = list(input_axes), list(output_axes)
    return told


def _lower(value):
    return value.lower() if isinstance(value, str) else value


class _Scaled(VarianceScaling):
    """VarianceScaling with a fixed scale, mode and distribution."""

    fixed = (1.0, "fan_in", "truncated_normal")

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(*self.fixed, seed=seed, input_axes=input_axes, output_axes=output_axes)

    def get_config(self):
        config = super().get_config()
        return {key: config[key] for key in ("seed", "input_axes", "output_axes")}


@REGISTRY.register
class GlorotUniform(_Scaled):
    """Uniform with bounds ``+-sqrt(6 / (fan_in + fan_out))``, the default of most layers.

    Arguments:
        seed: see ``RandomInitializer``.
        input_axes: see ``VarianceScaling``.
        output_axes: see ``VarianceScaling``.

    Source: Glorot and Bengio, "Understanding the Difficulty of Training Deep Feedforward Networks", AISTATS 2010.

    Example:
        >>> import numpy as np
        >>> from pykeras import initializers
        >>> values = initializers.GlorotUniform(seed=1)((100, 50)).numpy()
        >>> bool(np.abs(values).max() <= 0.2)
        True
    """

    fixed = (1.0, "fan_avg", "uniform")


@REGISTRY.register
class GlorotNormal(_Scaled):
    """Truncated normal of variance ``2 / (fan_in + fan_out)``. Arguments and source: see ``GlorotUniform``."""

    fixed = (1.0, "fan_avg", "truncated_normal")


@REGISTRY.register
class HeNormal(_Scaled):
    """Truncated normal of variance ``2 / fan_in``, for layers followed by a rectifier.

    Arguments: see ``GlorotUniform``. Source: He et al., "Delving Deep into Rectifiers", ICCV 2015.
    """

    fixed = (2.0, "fan_in", "truncated_normal")


@REGISTRY.register
class HeUniform(_Scaled):
    """Uniform with bounds ``+-sqrt(6 / fan_in)``. Arguments and source: see ``HeNormal``."""

    fixed = (2.0, "fan_in", "uniform")


@REGISTRY.register
class LecunNormal(_Scaled):
    """Truncated normal of variance ``1 / fan_in``, for layers followed by ``selu``.

    Arguments: see ``GlorotUniform``. Source: LeCun et al., "Efficient BackProp", 1998.
    """

    fixed = (1.0, "fan_in", "truncated_normal")


@REGISTRY.register
class LecunUniform(_Scaled):
    """Uniform with bounds ``+-sqrt(3 / fan_in)``. Arguments and source: see ``LecunNormal``."""

    fixed = (1.0, "fan_in", "uniform")
