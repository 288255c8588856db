"""Activation functions as layers."""

from __future__ import annotations

from pykeras import activations, check, constraints, initializers, regularizers
from pykeras.layers.layer import REGISTRY, Layer


class _Pointwise(Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)


@REGISTRY.register
class Activation(_Pointwise):
    """An activation function: name, function or layer.

    >>> Activation("relu")([[-1.0, 2.0]]).tolist()
    [[0.0, 2.0]]
    """

    def __init__(self, activation, **kwargs):
        super().__init__(**kwargs)
        self.activation = activations.get(activation)
        self._build_at_init()

    def call(self, inputs):
        return self.activation(inputs)


@REGISTRY.register
class ReLU(_Pointwise):
    """``max(x, 0)``, with a ceiling, a slope below the threshold, and a threshold.

    ``f(x) = max_value`` from ``max_value`` on, ``x`` from ``threshold`` on, ``negative_slope * (x - threshold)`` below.
    """

    def __init__(self, max_value=None, negative_slope=0.0, threshold=0.0, **kwargs):
        super().__init__(**kwargs)
        self.max_value = None if max_value is None else check.non_negative_float("max_value", max_value)
        self.negative_slope = check.non_negative_float("negative_slope", negative_slope)
        self.threshold = check.non_negative_float("threshold", threshold)
        self._build_at_init()

    def call(self, inputs):
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)


@REGISTRY.register
class LeakyReLU(_Pointwise):
    """``x`` if ``x > 0`` else ``negative_slope * x``; Keras 2's ``alpha`` is accepted."""

    def __init__(self, negative_slope=0.3, **kwargs):
        negative_slope = kwargs.pop("alpha", negative_slope)
        super().__init__(**kwargs)
        self.negative_slope = check.number("negative_slope", negative_slope)
        self._build_at_init()

    def call(self, inputs):
        return activations.leaky_relu(inputs, self.negative_slope)


@REGISTRY.register
class ELU(_Pointwise):
    """``x`` if ``x > 0`` else ``alpha * (exp(x) - 1)``."""

    def __init__(self, alpha=1.0, **kwargs):
        super().__init__(**kwargs)
        self.alpha = check.number("alpha", alpha)
        self._build_at_init()

    def call(self, inputs):
        return activations.elu(inputs, self.alpha)


@REGISTRY.register
class PReLU(_Pointwise):
    """``x`` if ``x > 0`` else ``alpha * x`` with a learned ``alpha``, shared along ``shared_axes``
    (arXiv:1502.01852)."""

    def __init__(
        self, alpha_initializer="Zeros", alpha_regularizer=None, alpha_constraint=None, shared_axes=None, **kwargs
    ):
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes = (
            [shared_axes] if isinstance(shared_axes, int) else None if shared_axes is None else list(shared_axes)
        )

    def build(self, input_shape):
        shape = list(input_shape[1:])
        for axis in self.shared_axes or ():
            shape[axis - 1] = 1
        if None in shape:
            raise ValueError(f"{self._label}: sizes must be known or shared, got {tuple(input_shape)}")
        self.alpha = self.add_weight("alpha", tuple(shape))
        self.built = True

    def call(self, inputs):
        return activations.relu(inputs) - self.alpha * activations.relu(-inputs)


@REGISTRY.register
class Softmax(_Pointwise):
    """``exp(x) / sum(exp(x))`` along ``axis``, one or several; positions where ``mask`` is false get probability 0, all
    of them where nothing is left."""

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis
        self._build_at_init()

    def call(self, inputs, mask=None):
        from pykeras import ops

        if mask is None:
            return activations.softmax(inputs, self.axis)
        if len(mask.shape) > len(inputs.shape):
            raise ValueError(f"mask: must not have more dimensions than the inputs {inputs.shape}, got {mask.shape}")
        for size, most in zip(reversed(mask.shape), reversed(inputs.shape)):
            if size not in (1, None, most) and most is not None:
                raise ValueError(f"mask: must be broadcastable to the inputs {inputs.shape}, got {mask.shape}")
        hidden = ops.logical_not(ops.cast(mask, "bool"))
        return ops.where(hidden, 0.0, activations.softmax(ops.where(hidden, -1e9, inputs), self.axis))


@REGISTRY.register
class ThresholdedReLU(_Pointwise):
    """``x`` where ``x > theta``, else 0; Keras 2's name for it."""

    def __init__(self, theta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.theta = check.non_negative_float("theta", theta)
        self._build_at_init()

    def call(self, inputs):
        from pykeras import ops

        return ops.threshold(inputs, self.theta, 0.0)


@REGISTRY.register
class Identity(_Pointwise):
    """The inputs, unchanged."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._build_at_init()

    def call(self, inputs):
        return inputs
