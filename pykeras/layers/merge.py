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

    def _check_masks(self, inputs, mask):
        for name, value in (("mask", mask), ("inputs", inputs)):
            if not isinstance(value, (list, tuple)):
                raise ValueError(f"{self._label}: compute_mask: `{name}` should be a list, got {type(value).__name__}")
        if len(mask) != len(inputs):
            raise ValueError(
                f"{self._label}: compute_mask: inputs and mask should have the same length, got {len(inputs)} and "
                f"{len(mask)}"
            )

    def compute_mask(self, inputs, mask=None):
        if mask is None:
            return None
        self._check_masks(inputs, mask)
        return None if any(m is None for m in mask) else functools.reduce(ops.logical_or, mask)


def _shown(x):
    """Where a masked input shows its values, in the shape of the input; None without a mask."""
    mask = getattr(x, "_keras_mask", None)
    if mask is None or len(mask.shape) + 1 != len(x.shape):
        return None
    return ops.logical_and(ops.expand_dims(mask, -1), ops.cast(ops.ones_like(x), "bool"))


class _MaskedMerge(Merge):
    """Merges that what is masked must not take part in: there the other inputs count alone."""

    def combine(self, inputs):
        total, seen = inputs[0], _shown(inputs[0])
        for x in inputs[1:]:
            shown = _shown(x)
            if shown is not None:
                x = ops.where(shown, x, total)
            if seen is not None:
                total = ops.where(seen, total, x)
            seen = ops.logical_or(seen, shown) if seen is not None and shown is not None else None
            total = self.merge(total, x)
        return total


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
            raise ValueError(f"{self._label}: this layer should be called on exactly 2 inputs, got {len(input_shape)}")
        self.built = True

    def merge(self, a, b):
        return a - b


@REGISTRY.register
class Multiply(Merge):
    """The product of the inputs, of those that are not masked; 0 where all are."""

    def combine(self, inputs):
        shown = [_shown(x) for x in inputs]
        product = functools.reduce(
            ops.multiply, [x if here is None else ops.where(here, x, 1) for x, here in zip(inputs, shown)]
        )
        if any(here is None for here in shown):
            return product
        return ops.where(functools.reduce(ops.logical_or, shown), product, 0)


@REGISTRY.register
class Average(Merge):
    """The mean of the inputs."""

    def combine(self, inputs):
        return functools.reduce(lambda a, b: a + b, inputs) / float(len(inputs))


@REGISTRY.register
class Maximum(_MaskedMerge):
    """The larger values of the inputs, of those that are not masked."""

    def merge(self, a, b):
        return ops.maximum(a, b)


@REGISTRY.register
class Minimum(_MaskedMerge):
    """The smaller values of the inputs, of those that are not masked."""

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
        if mask is None:
            return None
        self._check_masks(inputs, mask)
        if all(m is None for m in mask):
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
