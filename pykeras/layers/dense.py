"""The fully connected layer."""

from __future__ import annotations

from pykeras import activations, check, constraints, initializers, ops, regularizers
from pykeras.layers.absent import no_quantization
from pykeras.layers.input_spec import InputSpec
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.lora import LowRank, adapted


@REGISTRY.register
class Dense(LowRank, Layer):
    """Fully connected layer: ``activation(inputs @ kernel + bias)`` over the last axis.

    Arguments:
        units: size of the output's last axis.
        activation: name or function; ``None`` is linear.
        use_bias: whether a bias is added.
        kernel_initializer, bias_initializer: first values of the weights.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties added to the loss.
        kernel_constraint, bias_constraint: applied to the weights after each update.
        lora_rank, lora_alpha: have ``enable_lora(lora_rank, lora_alpha)`` called when the layer is built.

    Input ``(..., n)``, output ``(..., units)``; weights ``kernel (n, units)`` and ``bias (units,)``.
    Raises ``ValueError`` when the last axis differs from the kernel's.

    >>> Dense(2, kernel_initializer="ones")([[1.0, 2.0]]).tolist()
    [[3.0, 3.0]]
    """

    _config_attributes = dict.fromkeys(("activity_regularizer", "lora_rank", "lora_alpha", "quantization_config"))
    kernel = adapted()

    def __init__(self, units, activation=None, use_bias=True, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, lora_rank=None, lora_alpha=None, quantization_config=None,
                 **kwargs):  # fmt: skip
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self._set_lora(lora_rank, lora_alpha)
        no_quantization(self, quantization_config)
        self.units = check.positive_int("units", units)
        self.activation = activations.get(activation)
        self.use_bias = check.boolean("use_bias", use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(min_ndim=2)
        self.supports_masking = True

    def build(self, input_shape):
        if input_shape[-1] is None:
            raise ValueError(f"{self._label}: the last axis of the inputs must be known, got {tuple(input_shape)}")
        self.kernel = self.add_weight("kernel", (input_shape[-1], self.units))
        self.bias = self.add_weight("bias", (self.units,)) if self.use_bias else None
        self._adapt_as_told()

    def call(self, inputs, training=None):
        y = ops.dense(inputs, self.kernel, self.bias)
        return y if self.activation is None else self.activation(y)
