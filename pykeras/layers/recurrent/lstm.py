"""Long short-term memory."""

from __future__ import annotations

from pykeras import activations, check, initializers, ops
from pykeras.layers.layer import REGISTRY
from pykeras.layers.recurrent.cell import UnitsCell, project
from pykeras.layers.recurrent.unit_layer import UnitsRNN


def with_unit_forget_bias(initializer, shape, dtype):
    """A first bias for the gates i, f, c, o: ones for the forget gate (Jozefowicz et al., ICML 2015)."""
    units = shape[0] // 4
    parts = [initializer((units,), dtype=dtype), initializers.get("ones")((units,), dtype=dtype),
             initializer((2 * units,), dtype=dtype)]  # fmt: skip
    return ops.concatenate(parts)


@REGISTRY.register
class LSTMCell(UnitsCell):
    """One step of an LSTM. With gates ``i, f, o = recurrent_activation(...)`` and ``g = activation(...)``, each of
    ``x @ kernel + h @ recurrent_kernel + bias``: ``c' = f * c + i * g`` and ``h' = o * activation(c')``.

    Arguments: those of ``LSTM`` but for the ones about sequences.

    Inputs ``(batch, features)`` and states ``[h, c]``, each ``(batch, units)``; output ``h'`` and the new states.

    >>> cell = LSTMCell(2)
    >>> output, states = cell(ops.ones((1, 3)), cell.get_initial_state(batch_size=1))
    >>> output.shape, len(states)
    ((1, 2), 2)
    """

    gates = 4

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal", bias_initializer="zeros",
                 unit_forget_bias=True, kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None,
                 kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, dropout=0.0,
                 recurrent_dropout=0.0, seed=None, **kwargs):  # fmt: skip
        super().__init__(units, activation, use_bias, kernel_initializer, recurrent_initializer, bias_initializer,
                         kernel_regularizer, recurrent_regularizer, bias_regularizer, kernel_constraint,
                         recurrent_constraint, bias_constraint, dropout, recurrent_dropout, seed,
                         **kwargs)  # fmt: skip
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = check.boolean("unit_forget_bias", unit_forget_bias)
        self.state_size = [self.units, self.units]

    def _first_bias(self, shape, dtype=None):
        if self.unit_forget_bias:
            return with_unit_forget_bias(self.bias_initializer, shape, dtype)
        return self.bias_initializer(shape, dtype=dtype)

    def call(self, inputs, states, training=False):
        h, c = states
        xs = project(self._dropped_inputs(inputs, training, 4), self.kernel, 4)
        hs = project(self._dropped_state(h, training, 4), self.recurrent_kernel, 4)
        z = [a + b for a, b in zip(xs, hs)]
        if self.bias is not None:
            z = [a + b for a, b in zip(z, ops.split(self.bias, 4))]
        i, f, o = (self.recurrent_activation(z[k]) for k in (0, 1, 3))
        c = f * c + i * self.activation(z[2])
        h = o * self.activation(c)
        return h, [h, c]


@REGISTRY.register("CuDNNLSTM")
class LSTM(UnitsRNN):
    """Long short-term memory (Hochreiter and Schmidhuber, Neural Computation 9, 1735; with forget gate, 12, 2451).

    ``i, f, o = recurrent_activation(x @ K + h @ R + b)``, ``g = activation(x @ K + h @ R + b)``,
    ``c' = f * c + i * g``, ``h' = o * activation(c')``, with columns of its own for each gate, in the order i, f, g, o.

    Arguments:
        units: size of output and states.
        activation, recurrent_activation: names or functions; ``None`` is linear.
        use_bias: whether a bias is added.
        kernel_initializer, recurrent_initializer, bias_initializer: first values of the weights.
        unit_forget_bias: whether the forget gate's bias begins with 1.
        *_regularizer, *_constraint: of the weights; ``activity_regularizer`` of the output.
        dropout: share of the inputs that is set to 0 while training, the same ones at every step.
        recurrent_dropout: the same for the state ``h``.
        seed: for the dropout.
        use_cudnn: ``"auto"`` uses the fused op where it serves (activations tanh and sigmoid, no recurrent dropout,
            not ``unroll``), ``False`` never does, ``True`` raises where it does not.
        implementation: 1 drops other inputs for each gate, 2 the same ones for all.
        The others are those of ``RNN``.

    Inputs ``(batch, time, features)``; output ``(batch, units)``, or ``(batch, time, units)`` with
    ``return_sequences``; states ``[h, c]``; weights ``kernel (features, 4 units)``, ``recurrent_kernel (units,
    4 units)``, ``bias (4 units,)``.

    >>> outputs, h, c = LSTM(4, return_sequences=True, return_state=True)(ops.ones((2, 5, 3)))
    >>> outputs.shape, c.shape
    ((2, 5, 4), (2, 4))
    """

    cell_class = LSTMCell

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal", bias_initializer="zeros",
                 unit_forget_bias=True, kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, recurrent_constraint=None, bias_constraint=None,
                 dropout=0.0, recurrent_dropout=0.0, seed=None, return_sequences=False, return_state=False,
                 go_backwards=False, stateful=False, unroll=False, use_cudnn="auto", **kwargs):  # fmt: skip
        super().__init__(locals(), kwargs)

    def _fused(self, sequences, states, mask):
        cell = self.cell
        if (cell.activation, cell.recurrent_activation) != (activations.tanh, activations.sigmoid):
            return None
        outputs, *after = ops.lstm(sequences, *states, cell.kernel, cell.recurrent_kernel, cell.bias, mask,
                                   self.go_backwards, self.zero_output_for_mask)  # fmt: skip
        return outputs, after


CuDNNLSTM = LSTM
