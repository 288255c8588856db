"""Batch normalization."""

from __future__ import annotations

import math

from pykeras import _core, check, constraints, initializers, ops, regularizers
from pykeras.config import epsilon
from pykeras.layers.input_spec import InputSpec
from pykeras.layers.layer import REGISTRY, Layer


@REGISTRY.register
class BatchNormalization(Layer):
    """``gamma * (x - mean) / sqrt(variance + epsilon) + beta`` per channel (arXiv:1502.03167).

    While training, mean and variance are those of the batch, and the moving ones follow:
    ``moving = moving * momentum + batch * (1 - momentum)``. Otherwise, and while not trainable, the moving ones are
    used.

    Arguments:
        axis: of the channels.
        momentum, epsilon: as above.
        center, scale: whether there is a ``beta``, a ``gamma``.
        *_initializer, *_regularizer, *_constraint: of the weights.
        renorm: whether batch moments are corrected towards slow-moving ones (arXiv:1702.03275): the result while
            training is ``xhat * r + d`` with ``r = std / renorm_stddev`` and ``d = (mean - renorm_mean) /
            renorm_stddev`` taken as constants.
        renorm_clipping: dictionary with ``rmax``, ``rmin`` and ``dmax``, limits of ``r`` and ``|d|``.
        renorm_momentum: of ``renorm_mean`` and ``renorm_stddev``.
        synchronized: for several devices; here there is one.

    With a ``mask`` of the leading axes, masked positions do not count. Shapes: same out as in.
    """

    def __init__(self, axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True, beta_initializer="zeros",
                 gamma_initializer="ones", moving_mean_initializer="zeros", moving_variance_initializer="ones",
                 beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None,
                 renorm=False, renorm_clipping=None, renorm_momentum=0.99, synchronized=False, **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        self.axis = axis[0] if isinstance(axis, (list, tuple)) and len(axis) == 1 else check.integer("axis", axis)
        self.momentum = check.number("momentum", momentum)
        self.epsilon = check.number("epsilon", epsilon)
        self.center = check.boolean("center", center)
        self.scale = check.boolean("scale", scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.synchronized = synchronized
        self.renorm = check.boolean("renorm", renorm)
        self.renorm_clipping = _checked_clipping(renorm_clipping) if renorm else None
        self.renorm_momentum = check.number("renorm_momentum", renorm_momentum)
        self.supports_masking = True
        self.gamma = self.beta = None

    def build(self, input_shape):
        rank = len(input_shape)
        if not -rank <= self.axis < rank:
            raise ValueError(
                f"{self._label}: axis {self.axis} is out of range for inputs of shape {tuple(input_shape)}"
            )
        channels = input_shape[self.axis]
        if channels is None:
            raise ValueError(f"{self._label}: the size of axis {self.axis} must be known, got {tuple(input_shape)}")
        if self.scale:
            self.gamma = self.add_weight("gamma", (channels,))
        if self.center:
            self.beta = self.add_weight("beta", (channels,))
        self.moving_mean = self.add_weight("moving_mean", (channels,), trainable=False, autocast=False)
        self.moving_variance = self.add_weight("moving_variance", (channels,), trainable=False, autocast=False)
        if self.renorm:
            mean, deviation = self.moving_mean_initializer, self._first_deviation
            for name, first in (("moving_stddev", deviation), ("renorm_mean", mean), ("renorm_stddev", deviation)):
                weight = self.add_weight(name, (channels,), initializer=first, trainable=False, autocast=False)
                setattr(self, name, weight)
        self.input_spec = InputSpec(ndim=rank, axes={self.axis: channels})
        self.built = True

    def _first_deviation(self, shape, dtype=None):
        return ops.sqrt(self.moving_variance_initializer(shape, dtype=dtype))

    def call(self, inputs, training=None, mask=None):
        if not (training and self.trainable):
            return ops.batch_normalization(inputs, self.moving_mean, self.moving_variance, self.axis, self.beta,
                                           self.gamma,
                                           self.epsilon)  # fmt: skip
        if self.renorm:
            return self._renormalized(inputs, mask)
        if mask is not None:
            mean, variance = self._masked_moments(inputs, mask)
            outputs = ops.batch_normalization(inputs, mean, variance, self.axis, self.beta, self.gamma, self.epsilon)
        else:
            outputs, mean, variance = self._normalize_batch(inputs)
        self._follow(self.moving_mean, mean)
        self._follow(self.moving_variance, variance)
        return outputs

    def _normalize_batch(self, inputs):
        axis, rank = self.axis % len(inputs.shape), len(inputs.shape)
        last = axis == rank - 1
        if not last:
            inputs = ops.moveaxis(inputs, axis, -1)
        outputs, mean, variance = _core.op.batch_norm(inputs, self.gamma, self.beta, epsilon=self.epsilon)
        return (outputs if last else ops.moveaxis(outputs, -1, axis)), mean, variance

    def _renormalized(self, inputs, mask):
        if mask is not None:
            mean, variance = self._masked_moments(inputs, mask)
        else:
            axes = [a for a in range(len(inputs.shape)) if a != self.axis % len(inputs.shape)]
            mean, variance = ops.moments(inputs, axes)
        deviation = ops.sqrt(variance + self.epsilon)
        limits = self.renorm_clipping
        known = ops.maximum(self.renorm_stddev, math.sqrt(self.epsilon))
        r = deviation / known
        d = (mean - self.renorm_mean) / known
        r = ops.stop_gradient(ops.clip(r, limits.get("rmin"), limits.get("rmax")))
        d = ops.stop_gradient(ops.clip(d, -limits["dmax"], limits["dmax"]) if "dmax" in limits else d)
        scale = r if self.gamma is None else r * self.gamma
        offset = d if self.gamma is None else d * self.gamma
        offset = offset if self.beta is None else offset + self.beta
        outputs = ops.batch_normalization(inputs, mean, variance, self.axis, offset, scale, self.epsilon)
        if isinstance(mean, _core.Tensor):
            self._follow(self.moving_mean, mean)
            self._follow(self.moving_stddev, deviation)
            self.moving_variance.assign(ops.relu(ops.square(self.moving_stddev) - self.epsilon))
            self._follow(self.renorm_mean, mean, self.renorm_momentum)
            self._follow(self.renorm_stddev, deviation, self.renorm_momentum)
        return outputs

    def _masked_moments(self, inputs, mask):
        rank = len(inputs.shape)
        axes = [a for a in range(rank) if a != self.axis % rank]
        weights = ops.cast(mask, inputs.dtype)
        weights = ops.reshape(weights, (*weights.shape, *[1] * (rank - len(weights.shape))))
        weights = ops.broadcast_to(weights, inputs.shape)
        total = ops.sum(weights, axes, keepdims=True) + epsilon()  # no position may be left
        mean = ops.sum(inputs * weights, axes, keepdims=True) / total
        variance = ops.sum(ops.square(inputs - mean) * weights, axes, keepdims=True) / total
        return ops.reshape(mean, (-1,)), ops.reshape(variance, (-1,))

    def _follow(self, moving, batch, momentum=None):
        momentum = self.momentum if momentum is None else momentum
        if isinstance(batch, _core.Tensor):
            batch = ops.stop_gradient(batch)
            moving.assign(moving * momentum + batch * (1.0 - momentum))

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        config = super().get_config()
        if not self.renorm:  # Keras before 3.13 does not know it
            for name in ("renorm", "renorm_clipping", "renorm_momentum"):
                del config[name]
        return config


def _checked_clipping(clipping):
    clipping = dict(clipping or {})
    unknown = set(clipping) - {"rmax", "rmin", "dmax"}
    if unknown:
        raise ValueError(f"renorm_clipping: expected the keys 'rmax', 'rmin' and 'dmax', got {sorted(unknown)}")
    return {key: check.non_negative_float(f"renorm_clipping[{key!r}]", value) for key, value in clipping.items()}
