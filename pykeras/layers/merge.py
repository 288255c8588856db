"""Layers that merge several inputs, and the functions of the same names."""

from __future__ import annotations

import functools

from pykeras import check, ops
from pykeras.layers.layer import REGISTRY, Layer


class Merge(Layer):
    """Merges a list of inputs element by element, with broadcasting; subclasses say how in ``merge(a, b)``."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        self._check_list(input_shape)
        self.built = True

    def _check_list(self, inputs, least=1):
        if not isinstance(inputs, (list, tuple)) or (inputs and not isinstance(inputs[0], (list, tuple))):
            raise ValueError(f"{self._label}: expected a list of inputs, got one input of shape {inputs}")
        if len(inputs) < least:
            raise ValueError(f"{self._label}: expected at least {least} inputs, got {len(inputs)}")

    def call(self, inputs):
        if not isinstance(inputs, (list, tuple)):
            raise ValueError(f"expected a list of inputs, got one of shape {getattr(inputs, 'shape', None)}")
        rank = max(len(x.shape) for x in inputs)
        # Keras brings inputs of lower rank up behind the batch axis.
        inputs = [self._raised(x, rank) for x in inputs]
        return self.combine(inputs)

    @staticmethod
    def _raised(x, rank):
        for _ in range(rank - len(x.shape)):
            x = ops.expand_dims(x, 1)
        return x

    def combine(self, inputs):
        return functools.reduce(self.merge, inputs)

    def merge(self, a, b):
        raise NotImplementedError

    def compute_mask(self, inputs, mask=None):
        masks = [m for m in (mask or []) if m is not None] if isinstance(mask, (list, tuple)) else []
        if not masks or len(masks) < len(inputs):
            return None
        return functools.reduce(ops.logical_or, masks)


@REGISTRY.register
class Add(Merge):
    """The sum of the inputs.

    >>> Add()([ops.ones((1, 2)), ops.ones((1, 2))]).tolist()
    [[2.0, 2.0]]
    """

    def merge(self, a, b):
        return a + b


@REGISTRY.register
class Subtract(Merge):
    """The first input less the second."""

    def build(self, input_shape):
        self._check_list(input_shape)
        if len(input_shape) != 2:
            raise ValueError(f"{self._label}: expected 2 inputs, got {len(input_shape)}")
        self.built = True

    def merge(self, a, b):
        return a - b


@REGISTRY.register
class Multiply(Merge):
    """The product of the inputs."""

    def merge(self, a, b):
        return a * b


@REGISTRY.register
class Average(Merge):
    """The mean of the inputs."""

    def combine(self, inputs):
        return functools.reduce(lambda a, b: a + b, inputs) / float(len(inputs))


@REGISTRY.register
class Maximum(Merge):
    """The larger values of the inputs."""

    def merge(self, a, b):
        return ops.maximum(a, b)


@REGISTRY.register
class Minimum(Merge):
    """The smaller values of the inputs."""

    def merge(self, a, b):
        return ops.minimum(a, b)


@REGISTRY.register
class Concatenate(Merge):
    """The inputs one after another along ``axis``; all other sizes must agree.

    Raises ``ValueError`` with all shapes when they do not.
    """

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = check.integer("axis", axis)

    def build(self, input_shape):
        self._check_list(input_shape)
        rank = len(input_shape[0])
        for shape in input_shape:
            fits = len(shape) == rank and -rank <= self.axis < rank
            fits = fits and all(
                a == b or a is None or b is None or i == self.axis % rank
                for i, (a, b) in enumerate(zip(shape, input_shape[0]))
            )
            if not fits:
                shapes = [tuple(s) for s in input_shape]
                raise ValueError(f"{self._label}: inputs must agree except along axis {self.axis}, got shapes {shapes}")
        self.built = True

    def call(self, inputs):
        if not isinstance(inputs, (list, tuple)):
            raise ValueError(f"expected a list of inputs, got one of shape {getattr(inputs, 'shape', None)}")
        return ops.concatenate(list(inputs), self.axis)

    def compute_mask(self, inputs, mask=None):
        if mask is None or not isinstance(mask, (list, tuple)) or all(m is None for m in mask):
            return None
        parts = []
        for x, m in zip(inputs, mask):
            if m is None:
                parts.append(ops.cast(ops.ones_like(x), "bool"))
            elif len(m.shape) < len(x.shape):
                wide = ops.reshape(
                    m, (*[-1 if s is None else s for s in m.shape], *[1] * (len(x.shape) - len(m.shape)))
                )
                parts.append(ops.logical_and(wide, ops.cast(ops.ones_like(x), "bool")))
            else:
                parts.append(m)
        return ops.all(ops.concatenate(parts, self.axis), axis=-1)


def add(inputs, **kwargs):
    """``Add(**kwargs)(inputs)``."""
    return Add(**kwargs)(inputs)


def subtract(inputs, **kwargs):
    """``Subtract(**kwargs)(inputs)``."""
    return Subtract(**kwargs)(inputs)


def multiply(inputs, **kwargs):
    """``Multiply(**kwargs)(inputs)``."""
    return Multiply(**kwargs)(inputs)


def average(inputs, **kwargs):
    """``Average(**kwargs)(inputs)``."""
    return Average(**kwargs)(inputs)


def maximum(inputs, **kwargs):
    """``Maximum(**kwargs)(inputs)``."""
    return Maximum(**kwargs)(inputs)


def minimum(inputs, **kwargs):
    """``Minimum(**kwargs)(inputs)``."""
    return Minimum(**kwargs)(inputs)


def concatenate(inputs, axis=-1, **kwargs):
    """``Concatenate(axis, **kwargs)(inputs)``."""
    return Concatenate(axis=axis, **kwargs)(inputs)
