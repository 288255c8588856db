"""Convolution layers. The base holds what all ranks share."""

from __future__ import annotations

from pykeras import activations, check, constraints, initializers, ops, regularizers
from pykeras.layers.input_spec import InputSpec
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.shaping import checked_data_format


class BaseConv(Layer):
    """A convolution over ``rank`` spatial axes: ``activation(conv(inputs, kernel) + bias)``."""

    def __init__(self, rank, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1,
                 groups=1,
                 activation=None, use_bias=True, kernel_initializer="glorot_uniform", bias_initializer="zeros",
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, **kwargs):  # fmt: skip
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.rank = rank
        self.filters = check.positive_int("filters", filters)
        self.kernel_size = check.int_tuple("kernel_size", kernel_size, rank)
        self.strides = check.int_tuple("strides", strides, rank)
        self.padding = check.one_of(
            "padding", padding.lower() if isinstance(padding, str) else padding, ("valid", "same")
        )
        self.data_format = checked_data_format(data_format)
        self.dilation_rate = check.int_tuple("dilation_rate", dilation_rate, rank)
        self.groups = check.positive_int("groups", groups)
        if self.filters % self.groups:
            raise ValueError(f"filters: expected a multiple of groups ({self.groups}), got {self.filters}")
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"strides {self.strides} and dilation_rate {self.dilation_rate} cannot both be larger than 1"
            )
        self.activation = activations.get(activation)
        self.use_bias = check.boolean("use_bias", use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(ndim=rank + 2)

    @property
    def _channel_axis(self) -> int:
        return -1 if self.data_format == "channels_last" else 1

    def build(self, input_shape):
        channels = input_shape[self._channel_axis]
        if channels is None:
            raise ValueError(f"{self._label}: the number of channels must be known, got {tuple(input_shape)}")
        if channels % self.groups:
            raise ValueError(f"{self._label}: {channels} channels do not divide into {self.groups} groups")
        self.kernel = self.add_weight("kernel", (*self.kernel_size, channels // self.groups, self.filters))
        self.bias = self.add_weight("bias", (self.filters,)) if self.use_bias else None
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={self._channel_axis: channels})
        self.built = True

    def call(self, inputs):
        outputs = ops.conv(
            inputs, self.kernel, self.strides, self.padding, self.data_format, self.dilation_rate, self.bias
        )
        return self.activation(outputs)

    def get_config(self):
        config = super().get_config()
        config["groups"] = self.groups
        return config


@REGISTRY.register
class Conv2D(BaseConv):
    """Convolution over two spatial axes.

    Arguments:
        filters: number of output channels.
        kernel_size, strides, dilation_rate: a number or two.
        padding: ``"valid"`` (none) or ``"same"`` (output size is input size / stride, rounded up).
        data_format: ``"channels_last"`` (N, H, W, C) or ``"channels_first"``.
        groups: input channels are convolved in so many separate groups.
        The others are those of ``Dense``.

    Weights ``kernel (h, w, C / groups, filters)`` and ``bias (filters,)``.
    Raises ``ValueError`` for channels that do not fit the kernel, and windows larger than the input.

    >>> Conv2D(8, 3)(ops.zeros((1, 28, 28, 1))).shape
    (1, 26, 26, 8)
    """

    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1),
                 groups=1, activation=None, use_bias=True, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros",
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, **kwargs):  # fmt: skip
        super().__init__(2, filters, kernel_size, strides, padding, data_format, dilation_rate, groups, activation,
                         use_bias,
                         kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                         activity_regularizer,
                         kernel_constraint, bias_constraint, **kwargs)  # fmt: skip


REGISTRY.register(Conv2D, "Convolution2D")
Convolution2D = Conv2D
