"""Depthwise convolution: kernels of its own for every channel."""

from __future__ import annotations

from pykeras import check, ops
from pykeras.layers.convolution.base import BaseWindowed
from pykeras.layers.layer import REGISTRY


class BaseDepthwiseConv(BaseWindowed):
    """``activation(depthwise_conv(inputs, kernel) + bias)`` over ``rank`` spatial axes."""

    def __init__(self, rank, depth_multiplier, kernel_size, strides, padding, data_format, dilation_rate, activation,
                 use_bias, activity_regularizer, weight_options, options):  # fmt: skip
        super().__init__(rank, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
                         activity_regularizer, weight_options, options)  # fmt: skip
        self.depth_multiplier = check.positive_int("depth_multiplier", depth_multiplier)

    def build(self, input_shape):
        channels = self._channels(input_shape)
        self.kernel = self.add_weight(
            "kernel",
            (*self.kernel_size, channels, self.depth_multiplier),
            initializer=self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )
        self.bias = self.add_weight("bias", (channels * self.depth_multiplier,)) if self.use_bias else None
        self.built = True

    def call(self, inputs):
        return self.activation(ops.depthwise_conv(inputs, self.kernel, *self._move(), self.bias))


@REGISTRY.register
class DepthwiseConv1D(BaseDepthwiseConv):
    """Depthwise convolution over one axis. Arguments as for ``DepthwiseConv2D``; ``padding`` may also be ``"causal"``.

    Weights ``kernel (size, C, depth_multiplier)`` and ``bias (C * depth_multiplier,)``.
    """

    paddings = ("valid", "same", "causal")

    def __init__(self, kernel_size, strides=1, padding="valid", depth_multiplier=1, data_format=None, dilation_rate=1,
                 activation=None, use_bias=True, depthwise_initializer="glorot_uniform", bias_initializer="zeros",
                 depthwise_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 depthwise_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        weights = {"depthwise_initializer": depthwise_initializer, "bias_initializer": bias_initializer,
                   "depthwise_regularizer": depthwise_regularizer, "bias_regularizer": bias_regularizer,
                   "depthwise_constraint": depthwise_constraint, "bias_constraint": bias_constraint}  # fmt: skip
        super().__init__(1, depth_multiplier, kernel_size, strides, padding, data_format, dilation_rate, activation,
                         use_bias, activity_regularizer, weights, kwargs)  # fmt: skip


@REGISTRY.register
class DepthwiseConv2D(BaseDepthwiseConv):
    """Depthwise convolution over two axes: every channel is convolved with ``depth_multiplier`` kernels of its own.

    Arguments:
        kernel_size, strides, padding, data_format, dilation_rate: as for ``Conv2D``.
        depth_multiplier: output channels for each input channel.
        depthwise_initializer, depthwise_regularizer, depthwise_constraint: of the kernel.

    Weights ``kernel (h, w, C, depth_multiplier)`` and ``bias (C * depth_multiplier,)``.

    >>> DepthwiseConv2D(3, depth_multiplier=2)(ops.zeros((1, 8, 8, 3))).shape
    (1, 6, 6, 6)
    """

    def __init__(self, kernel_size, strides=(1, 1), padding="valid", depth_multiplier=1, data_format=None,
                 dilation_rate=(1, 1), activation=None, use_bias=True, depthwise_initializer="glorot_uniform",
                 bias_initializer="zeros", depthwise_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, depthwise_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        weights = {"depthwise_initializer": depthwise_initializer, "bias_initializer": bias_initializer,
                   "depthwise_regularizer": depthwise_regularizer, "bias_regularizer": bias_regularizer,
                   "depthwise_constraint": depthwise_constraint, "bias_constraint": bias_constraint}  # fmt: skip
        super().__init__(2, depth_multiplier, kernel_size, strides, padding, data_format, dilation_rate, activation,
                         use_bias, activity_regularizer, weights, kwargs)  # fmt: skip
