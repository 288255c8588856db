"""Transposed convolution: each input value is spread over a window of the output (arXiv:1603.07285)."""

from __future__ import annotations

from pykeras import check, ops
from pykeras.layers.convolution.base import BaseWindowed
from pykeras.layers.layer import REGISTRY


class BaseConvTranspose(BaseWindowed):
    """``activation(conv_transpose(inputs, kernel) + bias)`` over ``rank`` spatial axes."""

    def __init__(self, rank, filters, kernel_size, strides, padding, output_padding, data_format, dilation_rate,
                 activation, use_bias, activity_regularizer, weight_options, options):  # fmt: skip
        super().__init__(rank, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
                         activity_regularizer, weight_options, options)  # fmt: skip
        self.filters = check.positive_int("filters", filters)
        self.output_padding = None
        if output_padding is not None:
            self.output_padding = check.int_tuple("output_padding", output_padding, rank, 0)
            if any(o >= s for o, s in zip(self.output_padding, self.strides)):
                raise ValueError(
                    f"output_padding: expected less than strides {self.strides} along each axis, got "
                    f"{self.output_padding}"
                )

    def build(self, input_shape):
        channels = self._channels(input_shape)
        self.kernel = self.add_weight("kernel", (*self.kernel_size, self.filters, channels))
        self.bias = self.add_weight("bias", (self.filters,)) if self.use_bias else None
        self.built = True

    def call(self, inputs):
        outputs = ops.conv_transpose(inputs, self.kernel, self.strides, self.padding, self.output_padding,
                                     self.data_format, self.dilation_rate, self.bias)  # fmt: skip
        return self.activation(outputs)


@REGISTRY.register
class Conv1DTranspose(BaseConvTranspose):
    """Transposed convolution over one axis. Arguments as for ``Conv2DTranspose``; weights ``kernel (size, filters, C)``
    and ``bias (filters,)``."""

    def __init__(self, filters, kernel_size, strides=1, padding="valid", output_padding=None, data_format=None,
                 dilation_rate=1, activation=None, use_bias=True, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        weights = {"kernel_initializer": kernel_initializer, "bias_initializer": bias_initializer,
                   "kernel_regularizer": kernel_regularizer, "bias_regularizer": bias_regularizer,
                   "kernel_constraint": kernel_constraint, "bias_constraint": bias_constraint}  # fmt: skip
        super().__init__(1, filters, kernel_size, strides, padding, output_padding, data_format, dilation_rate,
                         activation, use_bias, activity_regularizer, weights, kwargs)  # fmt: skip


@REGISTRY.register
class Conv2DTranspose(BaseConvTranspose):
    """Transposed convolution over two axes: the gradient of ``Conv2D`` for its input, with weights of its own.

    Arguments:
        padding: ``"same"`` makes the output strides times as large; ``"valid"`` keeps all of the windows.
        output_padding: values added at the end of each axis, less than strides; decides the size where several inputs
            of ``Conv2D`` would have the same output size.
        The others as for ``Conv2D``.

    Weights ``kernel (h, w, filters, C)`` and ``bias (filters,)``.

    >>> Conv2DTranspose(8, 3, strides=2, padding="same")(ops.zeros((1, 7, 7, 4))).shape
    (1, 14, 14, 8)
    """

    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid", output_padding=None, data_format=None,
                 dilation_rate=(1, 1), activation=None, use_bias=True, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        weights = {"kernel_initializer": kernel_initializer, "bias_initializer": bias_initializer,
                   "kernel_regularizer": kernel_regularizer, "bias_regularizer": bias_regularizer,
                   "kernel_constraint": kernel_constraint, "bias_constraint": bias_constraint}  # fmt: skip
        super().__init__(2, filters, kernel_size, strides, padding, output_padding, data_format, dilation_rate,
                         activation, use_bias, activity_regularizer, weights, kwargs)  # fmt: skip


@REGISTRY.register
class Conv3DTranspose(BaseConvTranspose):
    """Transposed convolution over three axes. Arguments as for ``Conv2DTranspose``; weights
    ``kernel (d, h, w, filters, C)`` and ``bias (filters,)``."""

    def __init__(self, filters, kernel_size, strides=(1, 1, 1), padding="valid", data_format=None, output_padding=None,
                 dilation_rate=(1, 1, 1), activation=None, use_bias=True, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        weights = {"kernel_initializer": kernel_initializer, "bias_initializer": bias_initializer,
                   "kernel_regularizer": kernel_regularizer, "bias_regularizer": bias_regularizer,
                   "kernel_constraint": kernel_constraint, "bias_constraint": bias_constraint}  # fmt: skip
        super().__init__(3, filters, kernel_size, strides, padding, output_padding, data_format, dilation_rate,
                         activation, use_bias, activity_regularizer, weights, kwargs)  # fmt: skip
