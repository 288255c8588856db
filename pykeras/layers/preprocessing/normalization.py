"""Inputs brought to mean 0 and variance 1."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pykeras import check, config, ops
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.preprocessing.adapting import batches, is_whole


@REGISTRY.register
class Normalization(Layer):
    """``(inputs - mean) / sqrt(variance)``, with mean and variance of data that ``adapt`` sees, or given.

    Arguments:
        axis: axis or axes that keep a mean and a variance for each of their places; those over all other axes.
            ``None``: one of each for everything.
        mean, variance: to use in place of adapted ones; numbers, or arrays that fit the axes.
        invert: the other way round, ``inputs * sqrt(variance) + mean``.

    A call before ``adapt`` leaves inputs as they are. Raises ``ValueError`` for one of mean and variance without the
    other, for shapes that differ or do not fit, and for axes that inputs do not have or whose size is unknown.

    >>> layer = Normalization(axis=None)
    >>> layer.adapt([1.0, 2.0, 3.0, 4.0, 5.0])
    >>> layer([3.0, 5.0]).numpy().round(3).tolist()
    [0.0, 1.414...]
    """

    _config_attributes = {"mean": "input_mean", "variance": "input_variance"}
    _not_tracked = frozenset({"mean", "variance"})

    def __init__(self, axis=-1, mean=None, variance=None, invert=False, **kwargs):
        super().__init__(**kwargs)
        self.axis = () if axis is None else tuple(axis) if isinstance(axis, (list, tuple)) else (int(axis),)
        self.invert = check.boolean("invert", invert)
        self.supports_masking = True
        if (mean is None) != (variance is None):
            raise ValueError(f"give both mean and variance, or none of them; got mean={mean}, variance={variance}")
        self.input_mean = None if mean is None else np.asarray(mean, np.float64)
        self.input_variance = None if variance is None else np.asarray(variance, np.float64)
        if self.input_mean is not None and self.input_variance is not None:
            if self.input_mean.shape != self.input_variance.shape:
                raise ValueError(
                    "mean and variance must have the same shape, got "
                    f"{self.input_mean.shape} and {self.input_variance.shape}"
                )
            if self.input_mean.ndim > len(self.axis):
                raise ValueError(f"mean has {self.input_mean.ndim} axes, axis={self.axis} keeps {len(self.axis)}")

    def build(self, input_shape):
        rank = len(input_shape)
        for axis in self.axis:
            if not -rank <= axis < rank:
                raise ValueError(f"axis {axis} is out of range for inputs of shape {tuple(input_shape)}")
        kept = sorted(axis % rank for axis in self.axis)
        if any(input_shape[axis] is None for axis in kept):
            raise ValueError(f"axis={self.axis}: the size must be known, got inputs of shape {tuple(input_shape)}")
        self._kept_sizes = {axis: input_shape[axis] for axis in kept}
        self._reduced = tuple(axis for axis in range(rank) if axis not in kept)
        self._broadcast = tuple(input_shape[axis] if axis in kept else 1 for axis in range(rank))
        if self.input_mean is None:
            shape = tuple(self._kept_sizes.values())
            self.adapt_mean = self.add_weight("mean", shape, initializer="zeros", trainable=False)
            self.adapt_variance = self.add_weight("variance", shape, initializer="ones", trainable=False)
            self.count = self.add_weight("count", (), dtype="int32", initializer="zeros", trainable=False)
        else:
            places = [1] * rank
            for i in range(1, self.input_mean.ndim + 1):
                places[kept[-i]] = self.input_mean.shape[-i]
            try:
                np.broadcast_to(self.input_mean.reshape(places), self._broadcast)
            except ValueError:
                raise ValueError(
                    f"mean of shape {self.input_mean.shape} does not fit inputs of shape {tuple(input_shape)} with "
                    f"axis={self.axis}"
                ) from None
            self._places = tuple(places)
        self.built = True

    @property
    def mean(self) -> Any:
        """The mean in use, in a shape that broadcasts to the inputs; ``None`` before the layer is built."""
        return self._in_use("input_mean", "adapt_mean")

    @property
    def variance(self) -> Any:
        return self._in_use("input_variance", "adapt_variance")

    def _in_use(self, given: str, adapted: str) -> Any:
        if not self.built:
            return None
        value = getattr(self, given)
        if value is not None:
            return ops.broadcast_to(
                ops.convert_to_tensor(value.reshape(self._places).astype(self.compute_dtype)), self._broadcast
            )
        return ops.cast(ops.reshape(getattr(self, adapted), self._broadcast), self.compute_dtype)

    def adapt(self, data, batch_size=None, steps=None):
        """Takes mean and variance from data, and forgets those of earlier ones.

        Arguments:
            data: an array, or an iterable of batches (of which the first entry of a tuple counts).
            batch_size: accepted as in Keras 2; an array is taken in one piece.
            steps: number of batches.
        """
        if self.input_mean is not None:
            raise ValueError(f"{self._label}: adapt: mean and variance were given to the constructor")
        if batch_size is not None:
            check.positive_int("batch_size", batch_size)
        whole = is_whole(data)
        self.reset_state()
        for batch in batches(self, data, steps):
            self.update_state(batch, whole=whole)
        self.finalize_state()

    def reset_state(self):
        """Forgets what was adapted to."""
        self._total = 0
        if self.built and self.input_mean is None:
            self.adapt_mean.assign(np.zeros(self.adapt_mean.shape))
            self.adapt_variance.assign(np.ones(self.adapt_variance.shape))
            self.count.assign(0)
        self._moments = (np.float64(0.0), np.float64(0.0))

    def update_state(self, data, whole=False):
        """Adds a batch to what mean and variance are taken from, by Chan's rule for parts of data."""
        values = np.asarray(data)
        if values.dtype.kind not in "biuf":
            raise TypeError(f"{self._label}: adapt: expected numbers, got an array of dtype {values.dtype}")
        if not self.built:
            if values.ndim == 0:
                raise ValueError(f"{self._label}: adapt: expected an array with an axis of samples, got a single value")
            self.build((None, *values.shape[1:]) if 0 not in {a % values.ndim for a in self.axis} else values.shape)
        if values.ndim != len(self._broadcast) or any(values.shape[a] != n for a, n in self._kept_sizes.items()):
            raise ValueError(
                f"{self._label}: adapt: expected data of {len(self._broadcast)} axes"
                + "".join(f", {n} along axis {a}" for a, n in self._kept_sizes.items())
                + f"; got shape {values.shape}"
            )
        count = math.prod(values.shape[axis] for axis in self._reduced)
        if count == 0:
            return
        values = values.astype(np.float64)
        mean, variance = values.mean(axis=self._reduced), values.var(axis=self._reduced)
        self._total += count
        new = count / self._total
        old = 1.0 - new
        before_mean, before_variance = self._moments
        after = before_mean * old + mean * new
        spread = (before_variance + (before_mean - after) ** 2) * old + (variance + (mean - after) ** 2) * new
        self._moments = (after, spread)

    def finalize_state(self):
        """Puts what ``update_state`` saw to use."""
        if self.input_mean is None and self.built and getattr(self, "_total", 0):
            self.adapt_mean.assign(self._moments[0])
            self.adapt_variance.assign(self._moments[1])

    def call(self, inputs):
        inputs = ops.cast(inputs, self.compute_dtype)
        scale = ops.maximum(ops.sqrt(self.variance), config.epsilon())
        return inputs * scale + self.mean if self.invert else (inputs - self.mean) / scale

    def get_config(self):
        lists = {
            name: None if value is None else value.tolist()
            for name, value in (("mean", self.input_mean), ("variance", self.input_variance))
        }
        return {**super().get_config(), "axis": self.axis, **lists}
