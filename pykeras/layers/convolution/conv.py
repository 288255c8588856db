"""Convolution over one, two and three spatial axes."""

from __future__ import annotations

from pykeras import check, ops
from pykeras.layers.convolution.base import BaseWindowed
from pykeras.layers.layer import REGISTRY
from pykeras.layers.lora import LowRank, adapted


class BaseConv(LowRank, BaseWindowed):
    """A convolution over ``rank`` spatial axes: ``activation(conv(inputs, kernel) + bias)``.

    Arguments:
        lora_rank, lora_alpha: (among ``options``) as for ``Dense``.
    """

    kernel = adapted()

    def __init__(self, rank, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1,
                 groups=1, activation=None, use_bias=True, activity_regularizer=None, weight_options=None,
                 options=None):  # fmt: skip
        options = dict(options or {})
        lora = options.pop("lora_rank", None), options.pop("lora_alpha", None)
        super().__init__(rank, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
                         activity_regularizer, weight_options or {}, options)  # fmt: skip
        self._set_lora(*lora)
        self.filters = check.positive_int("filters", filters)
        self.groups = check.positive_int("groups", groups)
        if self.filters % self.groups:
            raise ValueError(f"filters: expected a multiple of groups ({self.groups}), got {self.filters}")

    def build(self, input_shape):
        channels = self._channels(input_shape)
        if channels % self.groups:
            raise ValueError(
                f"{self._label}: {channels} channels do not divide into {self.groups} groups (inputs {input_shape})"
            )
        self.kernel = self.add_weight("kernel", (*self.kernel_size, channels // self.groups, self.filters))
        self.bias = self.add_weight("bias", (self.filters,)) if self.use_bias else None
        self._adapt_as_told()

    def call(self, inputs):
        return self.activation(ops.conv(inputs, self.kernel, *self._move(), self.bias))


@REGISTRY.register
class Conv1D(BaseConv):
    """Convolution over one spatial (or time) axis.

    Arguments as for ``Conv2D``; ``padding`` may also be ``"causal"``: a result sees only what lies at or before it.

    Weights ``kernel (size, C / groups, filters)`` and ``bias (filters,)``.

    >>> Conv1D(8, 3, padding="causal")(ops.zeros((1, 10, 4))).shape
    (1, 10, 8)
    """

    paddings = ("valid", "same", "causal")

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1, groups=1,
                 activation=None, use_bias=True, kernel_initializer="glorot_uniform", bias_initializer="zeros",
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, **kwargs):  # fmt: skip
        weights = {"kernel_initializer": kernel_initializer, "bias_initializer": bias_initializer,
                   "kernel_regularizer": kernel_regularizer, "bias_regularizer": bias_regularizer,
                   "kernel_constraint": kernel_constraint, "bias_constraint": bias_constraint}  # fmt: skip
        super().__init__(1, filters, kernel_size, strides, padding, data_format, dilation_rate, groups, activation,
                         use_bias, activity_regularizer, weights, kwargs)  # fmt: skip


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
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        weights = {"kernel_initializer": kernel_initializer, "bias_initializer": bias_initializer,
                   "kernel_regularizer": kernel_regularizer, "bias_regularizer": bias_regularizer,
                   "kernel_constraint": kernel_constraint, "bias_constraint": bias_constraint}  # fmt: skip
        super().__init__(2, filters, kernel_size, strides, padding, data_format, dilation_rate, groups, activation,
                         use_bias, activity_regularizer, weights, kwargs)  # fmt: skip


@REGISTRY.register
class Conv3D(BaseConv):
    """Convolution over three spatial axes (depth, height, width). Arguments as for ``Conv2D``.

    Weights ``kernel (d, h, w, C / groups, filters)`` and ``bias (filters,)``.

    >>> Conv3D(2, 3, padding="same")(ops.zeros((1, 4, 8, 8, 1))).shape
    (1, 4, 8, 8, 2)
    """

    def __init__(self, filters, kernel_size, strides=(1, 1, 1), padding="valid", data_format=None,
                 dilation_rate=(1, 1, 1), groups=1, activation=None, use_bias=True,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros", kernel_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None,
                 **kwargs):  # fmt: skip
        weights = {"kernel_initializer": kernel_initializer, "bias_initializer": bias_initializer,
                   "kernel_regularizer": kernel_regularizer, "bias_regularizer": bias_regularizer,
                   "kernel_constraint": kernel_constraint, "bias_constraint": bias_constraint}  # fmt: skip
        super().__init__(3, filters, kernel_size, strides, padding, data_format, dilation_rate, groups, activation,
                         use_bias, activity_regularizer, weights, kwargs)  # fmt: skip
