"""What convolution layers of all kinds share."""

from __future__ import annotations

from pykeras import activations, check, constraints, initializers, regularizers
from pykeras.layers.input_spec import InputSpec
from pykeras.layers.layer import Layer
from pykeras.layers.shaping import checked_data_format


def checked_padding(padding, choices=("valid", "same")) -> str:
    return check.one_of("padding", padding.lower() if isinstance(padding, str) else padding, choices)


class BaseWindowed(Layer):
    """Kernels that move over ``rank`` spatial axes, then a bias and an activation.

    Arguments:
        rank: number of spatial axes.
        kernel_size, strides, dilation_rate: a number or ``rank`` of them.
        padding: one of ``paddings``.
        kernels: the names of the weights that have an initializer, a regularizer and a constraint; these come in
            ``options`` under ``<name>_initializer``, ... as do the bias's.
    """

    paddings: tuple[str, ...] = ("valid", "same")

    def __init__(self, rank, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
                 activity_regularizer, weight_options, options):  # fmt: skip
        super().__init__(activity_regularizer=activity_regularizer, **options)
        self.rank = rank
        self.kernel_size = check.int_tuple("kernel_size", kernel_size, rank)
        self.strides = check.int_tuple("strides", strides, rank)
        self.padding = checked_padding(padding, self.paddings)
        self.data_format = checked_data_format(data_format)
        self.dilation_rate = check.int_tuple("dilation_rate", dilation_rate, rank)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"strides {self.strides} and dilation_rate {self.dilation_rate} cannot both be larger than 1"
            )
        self.activation = activations.get(activation)
        self.use_bias = check.boolean("use_bias", use_bias)
        kinds = {"initializer": initializers, "regularizer": regularizers, "constraint": constraints}
        for name, value in weight_options.items():
            setattr(self, name, kinds[name.rpartition("_")[2]].get(value))
        self.input_spec = InputSpec(ndim=rank + 2)

    @property
    def _channel_axis(self) -> int:
        return -1 if self.data_format == "channels_last" else 1

    def _channels(self, input_shape) -> int:
        """The number of input channels, which later inputs must have too."""
        channels = input_shape[self._channel_axis]
        if channels is None:
            raise ValueError(f"{self._label}: the number of channels must be known, got {tuple(input_shape)}")
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={self._channel_axis: channels})
        return channels

    def _move(self) -> tuple:
        """strides, padding, data_format and dilation_rate, in the order of the ops."""
        return self.strides, self.padding, self.data_format, self.dilation_rate
