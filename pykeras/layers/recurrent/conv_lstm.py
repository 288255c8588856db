"""LSTMs whose products are convolutions."""

from __future__ import annotations

from pykeras import activations, check, constraints, initializers, ops, regularizers
from pykeras.layers.input_spec import InputSpec
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.recurrent.dropout_cell import DropoutRNNCell
from pykeras.layers.recurrent.lstm import with_unit_forget_bias
from pykeras.layers.recurrent.unit_layer import CellArguments
from pykeras.layers.shaping import checked_data_format


@REGISTRY.register
class ConvLSTMCell(DropoutRNNCell, Layer):
    """One step of a convolutional LSTM over ``rank`` spatial axes: ``LSTMCell`` with convolutions for products."""

    mask_count = 4

    def __init__(self, rank, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1,
                 activation="tanh", recurrent_activation="sigmoid", use_bias=True, kernel_initializer="glorot_uniform",
                 recurrent_initializer="orthogonal", bias_initializer="zeros", unit_forget_bias=True,
                 kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, dropout=0.0, recurrent_dropout=0.0, seed=None,
                 **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        self.rank = check.one_of("rank", rank, (1, 2, 3))
        self.filters = check.positive_int("filters", filters)
        self.kernel_size = check.int_tuple("kernel_size", kernel_size, rank)
        self.strides = check.int_tuple("strides", strides, rank)
        self.padding = check.one_of("padding", str(padding).lower(), ("valid", "same"))
        self.data_format = checked_data_format(data_format)
        self.dilation_rate = check.int_tuple("dilation_rate", dilation_rate, rank)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(f"strides {self.strides} and dilation_rate {self.dilation_rate} cannot both exceed 1")
        self.activation = activations.get(activation)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.use_bias = check.boolean("use_bias", use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.unit_forget_bias = check.boolean("unit_forget_bias", unit_forget_bias)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.set_dropout(dropout, recurrent_dropout, seed)
        self.state_size = [self.filters, self.filters]

    def build(self, inputs_shape, states_shape=None):
        first = self.data_format == "channels_first"
        channels = inputs_shape[1 if first else -1]
        spatial = tuple(inputs_shape[2:] if first else inputs_shape[1:-1])
        if channels is None or None in spatial:
            raise ValueError(f"{self._label}: all sizes but batch and time must be known, got {tuple(inputs_shape)}")
        self._step_shape = tuple(inputs_shape[1:])
        self.kernel = self.add_weight("kernel", (*self.kernel_size, channels, 4 * self.filters))
        self.recurrent_kernel = self.add_weight(
            "recurrent_kernel",
            (*self.kernel_size, self.filters, 4 * self.filters),
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight("bias", (4 * self.filters,), initializer=self._first_bias)
        self.built = True

    def _first_bias(self, shape, dtype=None):
        if self.unit_forget_bias:
            return with_unit_forget_bias(self.bias_initializer, shape, dtype)
        return self.bias_initializer(shape, dtype=dtype)

    def get_initial_state(self, batch_size=None):
        """Zeros of the output's shape."""
        inputs = ops.zeros((batch_size, *self._step_shape), dtype=self.compute_dtype)
        ones = ops.zeros((*self.kernel.shape[:-1], self.filters), dtype=self.compute_dtype)
        zeros = self._input_conv(inputs, ones)
        return [zeros, ops.zeros_like(zeros)]

    def _input_conv(self, x, kernel, bias=None):
        return ops.conv(x, kernel, self.strides, self.padding, self.data_format, self.dilation_rate, bias=bias)

    def _recurrent_conv(self, x, kernel):
        return ops.conv(x, kernel, 1, "same", self.data_format)

    def call(self, inputs, states, training=False):
        h, c = states
        axis = 1 if self.data_format == "channels_first" else -1
        xs = self._gates(self._dropped_inputs(inputs, training, 4), self.kernel, self.bias, self._input_conv, axis)
        hs = self._gates(
            self._dropped_state(h, training, 4), self.recurrent_kernel, None,
            lambda x, kernel, bias: self._recurrent_conv(x, kernel), axis,
        )  # fmt: skip
        z = [a + b for a, b in zip(xs, hs)]
        i, f, o = (self.recurrent_activation(z[k]) for k in (0, 1, 3))
        c = f * c + i * self.activation(z[2])
        h = o * self.activation(c)
        return h, [h, c]

    @staticmethod
    def _gates(parts, kernel, bias, conv, axis):
        """The convolution for each gate: one for all when all gates see the same tensor."""
        if all(part is parts[0] for part in parts):
            return ops.split(conv(parts[0], kernel, bias), 4, axis=axis)
        biases = [None] * 4 if bias is None else ops.split(bias, 4)
        return [conv(*each) for each in zip(parts, ops.split(kernel, 4, axis=-1), biases)]


class ConvLSTM(CellArguments):
    """A convolutional LSTM over ``rank`` spatial axes."""

    cell_class = ConvLSTMCell
    rank: int

    def __init__(self, given, options):
        super().__init__({**given, "rank": self.rank}, options)
        self.input_spec = InputSpec(ndim=self.rank + 3)

    def build(self, sequences_shape, initial_state_shape=None):
        super().build(sequences_shape, initial_state_shape)
        self.input_spec = InputSpec(ndim=self.rank + 3, shape=(None, None, *sequences_shape[2:]))


_TEXT = """Convolutional LSTM over {axes} (arXiv:1506.04214): ``LSTM`` with convolutions for products.

    Arguments:
        filters: number of channels of output and states.
        kernel_size, strides, dilation_rate: a number or {rank}; of the convolution of the inputs.
        padding: ``"valid"`` or ``"same"``, of the convolution of the inputs; that of the state is ``"same"``.
        data_format: ``"channels_last"`` ``(batch, time, {sizes}, channels)`` or ``"channels_first"``.
        The others are those of ``LSTM``.

    Output ``(batch, {new}, filters)``, with ``return_sequences`` ``(batch, time, {new}, filters)``; weights ``kernel
    ({size}, channels, 4 filters)``, ``recurrent_kernel ({size}, filters, 4 filters)``, ``bias (4 filters,)``.
    """


def _document(axes, rank, sizes, new, size):
    def decorate(cls):
        cls.__doc__ = _TEXT.format(axes=axes, rank=rank, sizes=sizes, new=new, size=size)
        return cls

    return decorate


@REGISTRY.register
@_document("one spatial axis", "one", "n", "new n", "size")
class ConvLSTM1D(ConvLSTM):
    rank = 1

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1,
                 activation="tanh", recurrent_activation="sigmoid", use_bias=True, kernel_initializer="glorot_uniform",
                 recurrent_initializer="orthogonal", bias_initializer="zeros", unit_forget_bias=True,
                 kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, dropout=0.0,
                 recurrent_dropout=0.0, seed=None, return_sequences=False, return_state=False, go_backwards=False,
                 stateful=False, **kwargs):  # fmt: skip
        super().__init__(locals(), kwargs)


@REGISTRY.register
@_document("two spatial axes", "two", "h, w", "new h, new w", "h, w")
class ConvLSTM2D(ConvLSTM):
    rank = 2

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1,
                 activation="tanh", recurrent_activation="sigmoid", use_bias=True, kernel_initializer="glorot_uniform",
                 recurrent_initializer="orthogonal", bias_initializer="zeros", unit_forget_bias=True,
                 kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, dropout=0.0,
                 recurrent_dropout=0.0, seed=None, return_sequences=False, return_state=False, go_backwards=False,
                 stateful=False, **kwargs):  # fmt: skip
        super().__init__(locals(), kwargs)


@REGISTRY.register
@_document("three spatial axes", "three", "d, h, w", "new d, new h, new w", "d, h, w")
class ConvLSTM3D(ConvLSTM):
    rank = 3

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1,
                 activation="tanh", recurrent_activation="sigmoid", use_bias=True, kernel_initializer="glorot_uniform",
                 recurrent_initializer="orthogonal", bias_initializer="zeros", unit_forget_bias=True,
                 kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, dropout=0.0,
                 recurrent_dropout=0.0, seed=None, return_sequences=False, return_state=False, go_backwards=False,
                 stateful=False, **kwargs):  # fmt: skip
        super().__init__(locals(), kwargs)
