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
        return ops.any(ops.concatenate(parts, self.axis), axis=-1)


@REGISTRY.register
class Dot(Merge):
    """Products of two inputs of each sample, summed along one axis of each.

    Arguments:
        axes: the axis of both, or one for each; not the batch axis.
        normalize: whether the inputs are first divided by their lengths along it, which gives their cosine.

    Output: what is left of the first, then of the second; ``(batch, 1)`` when nothing is. Raises ``ValueError`` when
    the sizes differ.

    >>> Dot(axes=1)([ops.ones((2, 3)), ops.ones((2, 3))]).tolist()
    [[3.0], [3.0]]
    """

    def __init__(self, axes, normalize=False, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(axes, int):
            axes = tuple(check.integer("axes", a) for a in axes)
            if len(axes) != 2:
                raise ValueError(f"axes: expected an integer or two, got {axes}")
        if 0 in (axes if isinstance(axes, tuple) else (axes,)):
            raise ValueError(f"axes: the batch axis (0) cannot be summed over, got {axes}")
        self.axes = axes
        self.normalize = check.boolean("normalize", normalize)

    def _places(self, first, second):
        axes = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        for axis, shape in zip(axes, (first, second)):
            if not -len(shape) < axis < len(shape):
                raise ValueError(f"{self._label}: axis {axis} is out of range for inputs of shape {tuple(shape)}")
        return axes[0] % len(first), axes[1] % len(second)

    def build(self, input_shape):
        self._check_list(input_shape)
        if len(input_shape) != 2:
            raise ValueError(f"{self._label}: expected 2 inputs, got {len(input_shape)}")
        first, second = input_shape
        a, b = self._places(first, second)
        if None not in (first[a], second[b]) and first[a] != second[b]:
            raise ValueError(
                f"{self._label}: axis {a} of {tuple(first)} and axis {b} of {tuple(second)} differ in size"
            )
        self.built = True

    def call(self, inputs):
        if not isinstance(inputs, (list, tuple)) or len(inputs) != 2:
            raise ValueError("expected a list of 2 inputs")
        first, second = inputs
        a, b = self._places(first.shape, second.shape)
        if self.normalize:
            first, second = ops.normalize(first, a), ops.normalize(second, b)
        left = "bcdefghijkl"[: len(first.shape)]
        right = "b" + "mnopqrstuvw"[: len(second.shape) - 1]
        right = right[:b] + left[a] + right[b + 1 :]
        result = left[:a] + left[a + 1 :] + "".join(c for c in right[1:] if c != left[a])
        y = ops.einsum(f"{left},{right}->{result}", first, second)
        return ops.expand_dims(y, -1) if len(y.shape) == 1 else y

    def compute_mask(self, inputs, mask=None):
        return None


def dot(inputs, axes=-1, **kwargs):
    """``Dot(axes, **kwargs)(inputs)``."""
    return Dot(axes=axes, **kwargs)(inputs)


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
