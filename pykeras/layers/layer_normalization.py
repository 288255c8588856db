"""Normalization of each sample on its own."""

from __future__ import annotations

import math

from pykeras import check, constraints, initializers, ops, regularizers
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.ops.numbers import resized


def _checked_axis(axis):
    """One axis, or several as a list."""
    if isinstance(axis, (list, tuple)):
        return [check.integer("axis", a) for a in axis]
    if not hasattr(axis, "__index__"):
        raise TypeError(f"axis: expected an integer or a list of them, got {axis!r}")
    return check.integer("axis", axis)


def places(layer, rank):
    """The axes of a layer in order, counted from the front, in inputs of this rank."""
    return sorted(a % rank for a in (layer.axis if isinstance(layer.axis, list) else [layer.axis]))


def _axes(axis, shape, label):
    """Axes counted from the front; their sizes must be known."""
    rank = len(shape)
    axes = [axis] if isinstance(axis, int) else list(axis)
    for a in axes:
        if not -rank <= a < rank:
            raise ValueError(f"{label}: axis {a} is out of range for inputs of shape {tuple(shape)}")
        if shape[a] is None:
            raise ValueError(f"{label}: the size of axis {a} must be known, got {tuple(shape)}")
    axes = [a % rank for a in axes]
    if len(set(axes)) != len(axes):
        raise ValueError(f"{label}: axis {axis} names an axis twice for inputs of shape {tuple(shape)}")
    return axes


class _Normalization(Layer):
    """What normalizing layers with ``gamma`` and ``beta`` share."""

    def __init__(self, epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer,
                 gamma_regularizer, beta_constraint, gamma_constraint, **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        self.epsilon = check.number("epsilon", epsilon)
        self.center = check.boolean("center", center)
        self.scale = check.boolean("scale", scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.supports_masking = True
        self.gamma = self.beta = None

    def _add_weights(self, shape):
        if self.scale:
            self.gamma = self.add_weight("gamma", shape)
        if self.center:
            self.beta = self.add_weight("beta", shape)
        self.built = True

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)


@REGISTRY.register
class LayerNormalization(_Normalization):
    """``gamma * (x - mean) / sqrt(variance + epsilon) + beta`` with moments over ``axis`` of each sample
    (arXiv:1607.06450).

    Arguments:
        axis: one or several; ``gamma`` and ``beta`` have their sizes.
        epsilon: as above.
        center, scale: whether there is a ``beta``, a ``gamma``.
        rms_scaling: divides by the standard deviation without taking the mean off, and adds no ``beta``.
        *_initializer, *_regularizer, *_constraint: of the weights.

    Shapes: same out as in. The sizes of the axes must be known.

    >>> LayerNormalization(epsilon=0.0)([[1.0, 3.0]]).tolist()
    [[-1.0, 1.0]]
    """

    def __init__(self, axis=-1, epsilon=0.001, center=True, scale=True, beta_initializer="zeros",
                 gamma_initializer="ones", beta_regularizer=None, gamma_regularizer=None, beta_constraint=None,
                 gamma_constraint=None, **kwargs):  # fmt: skip
        rms_scaling = kwargs.pop("rms_scaling", False)
        super().__init__(epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer,
                         gamma_regularizer, beta_constraint, gamma_constraint, **kwargs)  # fmt: skip
        axis = _checked_axis(axis)
        self.axis = sorted(axis) if isinstance(axis, list) else axis
        self.rms_scaling = check.boolean("rms_scaling", rms_scaling)

    def build(self, input_shape):
        axes = _axes(self.axis, input_shape, self._label)
        # As in Keras, the sizes of axes counted from the end come first, and the values are read in the order of places.
        shape = tuple(input_shape[a] for a in axes)
        self._moved = None if axes == sorted(axes) else [input_shape[a] for a in sorted(axes)]
        if self.rms_scaling:
            self.gamma = self.add_weight("gamma", shape)
            self.built = True
        else:
            self._add_weights(shape)

    def call(self, inputs):
        extra = {"rms_scaling": True} if self.rms_scaling else {}
        gamma, beta = self.gamma, self.beta
        if self._moved is not None:
            gamma, beta = (None if w is None else ops.reshape(w, self._moved) for w in (gamma, beta))
        return ops.layer_normalization(inputs, gamma, beta, places(self, len(inputs.shape)), self.epsilon, **extra)

    def get_config(self):
        return {**super().get_config(), "rms_scaling": self.rms_scaling}


@REGISTRY.register
class RMSNormalization(Layer):
    """``scale * x / sqrt(mean(x²) + epsilon)`` with the mean over ``axis`` of each sample (arXiv:1910.07467).

    Arguments:
        axis: one or several; ``scale`` has their sizes.
        epsilon: as above.

    Shapes: same out as in. The sizes of the axes must be known.
    """

    def __init__(self, axis=-1, epsilon=1e-6, **kwargs):
        super().__init__(**kwargs)
        self.axis = [axis] if isinstance(axis, int) else list(axis)
        self.epsilon = check.number("epsilon", epsilon)
        self.supports_masking = True

    def build(self, input_shape):
        shape = tuple(input_shape[a] for a in sorted(_axes(self.axis, input_shape, self._label)))
        self.scale = self.add_weight("scale", shape, initializer="ones")
        self.built = True

    def call(self, inputs):
        return ops.rms_normalization(inputs, self.scale, places(self, len(inputs.shape)), self.epsilon)

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)


@REGISTRY.register
class GroupNormalization(_Normalization):
    """``gamma * (x - mean) / sqrt(variance + epsilon) + beta`` with moments over the positions and a group of channels
    of each sample (arXiv:1803.08494).

    Arguments:
        groups: into how many the channels are cut; -1 makes each channel one (instance normalization).
        axis: of the channels.
        epsilon, center, scale, *_initializer, *_regularizer, *_constraint: as for ``LayerNormalization``.

    Shapes: same out as in. Raises ``ValueError`` when the channels do not divide into the groups.
    """

    def __init__(self, groups=32, axis=-1, epsilon=1e-3, center=True, scale=True, beta_initializer="zeros",
                 gamma_initializer="ones", beta_regularizer=None, gamma_regularizer=None, beta_constraint=None,
                 gamma_constraint=None, **kwargs):  # fmt: skip
        super().__init__(epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer,
                         gamma_regularizer, beta_constraint, gamma_constraint, **kwargs)  # fmt: skip
        self.groups = groups if groups == -1 else check.positive_int("argument `groups`", groups)
        self.axis = check.integer("axis", axis)

    def build(self, input_shape):
        channels = input_shape[_axes(self.axis, input_shape, self._label)[0]]
        if self.groups == -1:
            self.groups = channels
        if self.groups < 1 or channels % self.groups:
            raise ValueError(
                f"{self._label}: {channels} channels (axis {self.axis} of {tuple(input_shape)}) do not divide into "
                f"{self.groups} groups"
            )
        self._add_weights((channels,))

    def call(self, inputs):
        shape, rank = inputs.shape, len(inputs.shape)
        if None in shape[1:]:
            return resized(inputs, shape)
        axis = self.axis % rank
        channels = shape[axis]
        x = ops.moveaxis(inputs, axis, 1)
        batch = -1 if shape[0] is None else shape[0]
        width = math.prod(shape[1:]) // self.groups
        flat = ops.layer_normalization(ops.reshape(x, (batch, self.groups, width)), epsilon=self.epsilon)
        y = ops.moveaxis(ops.reshape(flat, (batch, *x.shape[1:])), 1, axis)
        weight_shape = [channels if a == axis else 1 for a in range(rank)]
        if self.gamma is not None:
            y = y * ops.reshape(self.gamma, weight_shape)
        return y if self.beta is None else y + ops.reshape(self.beta, weight_shape)


@REGISTRY.register
class UnitNormalization(Layer):
    """Each sample divided by its Euclidean length over ``axis``, one or several. Shapes: same out as in.

    >>> UnitNormalization()([[3.0, 4.0]]).numpy().round(4)
    array([[0.6, 0.8]], dtype=float32)
    """

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = _checked_axis(axis)
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs):
        squares = ops.sum(ops.square(inputs), self.axis, keepdims=True)
        return inputs * ops.rsqrt(ops.maximum(squares, 1e-12))

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)
