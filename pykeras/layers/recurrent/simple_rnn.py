"""The simple recurrent network."""

from __future__ import annotations

from pykeras import activations, ops
from pykeras.layers.layer import REGISTRY
from pykeras.layers.recurrent.cell import UnitsCell
from pykeras.layers.recurrent.unit_layer import UnitsRNN


@REGISTRY.register
class SimpleRNNCell(UnitsCell):
    """One step: ``h' = activation(x @ kernel + bias + h @ recurrent_kernel)``.

    Arguments: those of ``SimpleRNN`` but for the ones about sequences.

    Inputs ``(batch, features)`` and the state ``[(batch, units)]``; output ``(batch, units)`` and the new state.

    >>> cell = SimpleRNNCell(2)
    >>> output, states = cell(ops.ones((1, 3)), cell.get_initial_state(batch_size=1))
    >>> output.shape, len(states)
    ((1, 2), 1)
    """

    def __init__(self, units, activation="tanh", use_bias=True, kernel_initializer="glorot_uniform",
                 recurrent_initializer="orthogonal", bias_initializer="zeros", kernel_regularizer=None,
                 recurrent_regularizer=None, bias_regularizer=None, kernel_constraint=None, recurrent_constraint=None,
                 bias_constraint=None, dropout=0.0, recurrent_dropout=0.0, seed=None, **kwargs):  # fmt: skip
        super().__init__(units, activation, use_bias, kernel_initializer, recurrent_initializer, bias_initializer,
                         kernel_regularizer, recurrent_regularizer, bias_regularizer, kernel_constraint,
                         recurrent_constraint, bias_constraint, dropout, recurrent_dropout, seed,
                         **kwargs)  # fmt: skip

    def call(self, inputs, states, training=False):
        nested = isinstance(states, (list, tuple))
        state = states[0] if nested else states
        (inputs,) = self._dropped_inputs(inputs, training, 1)
        (state,) = self._dropped_state(state, training, 1)
        output = self.activation(ops.dense(inputs, self.kernel, self.bias) + ops.matmul(state, self.recurrent_kernel))
        return output, [output] if nested else output


@REGISTRY.register
class SimpleRNN(UnitsRNN):
    """Fully connected recurrent network: at each time step ``h' = activation(x @ kernel + bias + h @
    recurrent_kernel)``, and ``h'`` is the output (Elman, Cognitive Science 14, 179).

    Arguments:
        units: size of state and output.
        activation: name or function; ``None`` is linear.
        use_bias: whether a bias is added.
        kernel_initializer, recurrent_initializer, bias_initializer: first values of the weights.
        *_regularizer, *_constraint: of the weights; ``activity_regularizer`` of the output.
        dropout: share of the inputs that is set to 0 while training, the same ones at every step.
        recurrent_dropout: the same for the state.
        seed: for the dropout.
        The others are those of ``RNN``.

    Inputs ``(batch, time, features)``; output ``(batch, units)``, or ``(batch, time, units)`` with
    ``return_sequences``; weights ``kernel (features, units)``, ``recurrent_kernel (units, units)``, ``bias (units,)``.

    >>> SimpleRNN(4)(ops.ones((2, 5, 3))).shape
    (2, 4)
    """

    cell_class = SimpleRNNCell

    def __init__(self, units, activation="tanh", use_bias=True, kernel_initializer="glorot_uniform",
                 recurrent_initializer="orthogonal", bias_initializer="zeros", kernel_regularizer=None,
                 recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, dropout=0.0, recurrent_dropout=0.0,
                 return_sequences=False, return_state=False, go_backwards=False, stateful=False, unroll=False,
                 seed=None, **kwargs):  # fmt: skip
        super().__init__(locals(), kwargs)

    def _fused(self, sequences, states, mask):
        cell = self.cell
        if cell.activation not in _FUSED:
            return None
        outputs, *after = ops.simple_rnn(sequences, *states, cell.kernel, cell.recurrent_kernel, cell.bias, mask,
                                         _FUSED[cell.activation], self.go_backwards,
                                         self.zero_output_for_mask)  # fmt: skip
        return outputs, after


_FUSED = {getattr(activations, name): name for name in ("tanh", "relu", "sigmoid", "linear")}
