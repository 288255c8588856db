"""Separable convolution: a depthwise one, then one over the channels of each pixel (arXiv:1610.02357)."""

from __future__ import annotations

from pykeras import check, ops
from pykeras.layers.convolution.base import BaseWindowed
from pykeras.layers.layer import REGISTRY


class BaseSeparableConv(BaseWindowed):
    """``activation(pointwise(depthwise(inputs)) + bias)`` over ``rank`` spatial axes."""

    def __init__(self, rank, depth_multiplier, filters, kernel_size, strides, padding, data_format, dilation_rate,
                 activation, use_bias, activity_regularizer, weight_options, options):  # fmt: skip
        for kind in ("initializer", "regularizer", "constraint"):
            if f"kernel_{kind}" in options:  # programs of Keras 2 give one for both kernels
                both = options.pop(f"kernel_{kind}")
                weight_options = {**weight_options, f"depthwise_{kind}": both, f"pointwise_{kind}": both}
        super().__init__(rank, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
                         activity_regularizer, weight_options, options)  # fmt: skip
        self.depth_multiplier = check.positive_int("depth_multiplier", depth_multiplier)
        self.filters = check.positive_int("filters", filters)

    def build(self, input_shape):
        channels = self._channels(input_shape)
        self.depthwise_kernel = self.add_weight(
            "depthwise_kernel",
            (*self.kernel_size, channels, self.depth_multiplier),
            initializer=self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )
        self.pointwise_kernel = self.add_weight(
            "pointwise_kernel",
            (*(1,) * self.rank, channels * self.depth_multiplier, self.filters),
            initializer=self.pointwise_initializer,
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
        )
        self.bias = self.add_weight("bias", (self.filters,)) if self.use_bias else None
        self.built = True

    def call(self, inputs):
        kernels = self.depthwise_kernel, self.pointwise_kernel
        return self.activation(ops.separable_conv(inputs, *kernels, *self._move(), self.bias))


@REGISTRY.register
class SeparableConv1D(BaseSeparableConv):
    """Separable convolution over one axis. Arguments as for ``SeparableConv2D``; ``padding`` may also be ``"causal"``.

    Weights ``depthwise_kernel (size, C, depth_multiplier)``, ``pointwise_kernel (1, C * depth_multiplier, filters)``
    and ``bias (filters,)``.
    """

    paddings = ("valid", "same", "causal")

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1,
                 depth_multiplier=1, activation=None, use_bias=True, depthwise_initializer="glorot_uniform",
                 pointwise_initializer="glorot_uniform", bias_initializer="zeros", depthwise_regularizer=None,
                 pointwise_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 depthwise_constraint=None, pointwise_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        weights = {"depthwise_initializer": depthwise_initializer, "pointwise_initializer": pointwise_initializer,
                   "bias_initializer": bias_initializer, "depthwise_regularizer": depthwise_regularizer,
                   "pointwise_regularizer": pointwise_regularizer, "bias_regularizer": bias_regularizer,
                   "depthwise_constraint": depthwise_constraint, "pointwise_constraint": pointwise_constraint,
                   "bias_constraint": bias_constraint}  # fmt: skip
        super().__init__(1, depth_multiplier, filters, kernel_size, strides, padding, data_format, dilation_rate,
                         activation, use_bias, activity_regularizer, weights, kwargs)  # fmt: skip


@REGISTRY.register
class SeparableConv2D(BaseSeparableConv):
    """Separable convolution over two axes.

    Arguments:
        filters, kernel_size, strides, padding, data_format, dilation_rate: as for ``Conv2D``; the strides and the
            dilation are the depthwise convolution's.
        depth_multiplier: depthwise channels for each input channel.
        depthwise_initializer, pointwise_initializer, ...: of the two kernels.

    Weights ``depthwise_kernel (h, w, C, depth_multiplier)``, ``pointwise_kernel (1, 1, C * depth_multiplier, filters)``
    and ``bias (filters,)``.

    >>> SeparableConv2D(8, 3)(ops.zeros((1, 8, 8, 3))).shape
    (1, 6, 6, 8)
    """

    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1),
                 depth_multiplier=1, activation=None, use_bias=True, depthwise_initializer="glorot_uniform",
                 pointwise_initializer="glorot_uniform", bias_initializer="zeros", depthwise_regularizer=None,
                 pointwise_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 depthwise_constraint=None, pointwise_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        weights = {"depthwise_initializer": depthwise_initializer, "pointwise_initializer": pointwise_initializer,
                   "bias_initializer": bias_initializer, "depthwise_regularizer": depthwise_regularizer,
                   "pointwise_regularizer": pointwise_regularizer, "bias_regularizer": bias_regularizer,
                   "depthwise_constraint": depthwise_constraint, "pointwise_constraint": pointwise_constraint,
                   "bias_constraint": bias_constraint}  # fmt: skip
        super().__init__(2, depth_multiplier, filters, kernel_size, strides, padding, data_format, dilation_rate,
                         activation, use_bias, activity_regularizer, weights, kwargs)  # fmt: skip
