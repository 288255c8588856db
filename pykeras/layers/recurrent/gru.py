"""Gated recurrent units."""

from __future__ import annotations

from pykeras import activations, check, ops
from pykeras.layers.layer import REGISTRY
from pykeras.layers.recurrent.cell import UnitsCell, project
from pykeras.layers.recurrent.unit_layer import UnitsRNN


@REGISTRY.register
class GRUCell(UnitsCell):
    """One step of a GRU: with ``z, r = recurrent_activation(x @ kernel + h @ recurrent_kernel + bias)`` and the
    candidate ``g``, ``h' = z * h + (1 - z) * g``.

    ``g = activation(x @ K + r * (h @ R + b))`` with ``reset_after``, else ``activation(x @ K + b + (r * h) @ R)``.
    Arguments: those of ``GRU`` but for the ones about sequences.

    Inputs ``(batch, features)`` and the state ``[(batch, units)]``; output ``h'`` and the new state.

    >>> cell = GRUCell(2)
    >>> output, states = cell(ops.ones((1, 3)), cell.get_initial_state(batch_size=1))
    >>> output.shape, len(states)
    ((1, 2), 1)
    """

    gates = 3

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal", bias_initializer="zeros",
                 kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, dropout=0.0, recurrent_dropout=0.0,
                 reset_after=True, seed=None, **kwargs):  # fmt: skip
        super().__init__(units, activation, use_bias, kernel_initializer, recurrent_initializer, bias_initializer,
                         kernel_regularizer, recurrent_regularizer, bias_regularizer, kernel_constraint,
                         recurrent_constraint, bias_constraint, dropout, recurrent_dropout, seed,
                         **kwargs)  # fmt: skip
        self.recurrent_activation = activations.get(recurrent_activation)
        self.reset_after = check.boolean("reset_after", reset_after)

    def _bias_shape(self, width):
        # With reset_after inputs and state have a bias each, as in cuDNN.
        return (2, width) if self.reset_after else (width,)

    def call(self, inputs, states, training=False):
        nested = isinstance(states, (list, tuple))
        h = states[0] if nested else states
        input_bias = recurrent_bias = None
        if self.bias is not None:
            both = [self.bias[0], self.bias[1]] if self.reset_after else [self.bias, None]
            input_bias, recurrent_bias = both
        x_z, x_r, x_g = _biased(project(self._dropped_inputs(inputs, training, 3), self.kernel, 3), input_bias)
        own = self._dropped_state(h, training, 3)
        if self.reset_after:
            h_z, h_r, h_g = _biased(project(own, self.recurrent_kernel, 3), recurrent_bias)
            z, r = self.recurrent_activation(x_z + h_z), self.recurrent_activation(x_r + h_r)
            g = self.activation(x_g + r * h_g)
        else:
            kernel, last = ops.split(self.recurrent_kernel, [2 * self.units], axis=1)
            h_z, h_r = project(own[:2], kernel, 2)
            z, r = self.recurrent_activation(x_z + h_z), self.recurrent_activation(x_r + h_r)
            g = self.activation(x_g + ops.matmul(r * own[2], last))
        h = z * h + (1.0 - z) * g
        return h, [h] if nested else h


def _biased(parts, bias):
    return parts if bias is None else [part + each for part, each in zip(parts, ops.split(bias, 3))]


@REGISTRY.register("CuDNNGRU")
class GRU(UnitsRNN):
    """Gated recurrent units (arXiv:1406.1078): update gate ``z``, reset gate ``r``, candidate ``g``,
    ``h' = z * h + (1 - z) * g``; see ``GRUCell``.

    Arguments:
        units: size of output and state.
        activation, recurrent_activation: names or functions; ``None`` is linear.
        use_bias: whether biases are added.
        kernel_initializer, recurrent_initializer, bias_initializer: first values of the weights.
        *_regularizer, *_constraint: of the weights; ``activity_regularizer`` of the output.
        dropout: share of the inputs that is set to 0 while training, the same ones at every step.
        recurrent_dropout: the same for the state.
        seed: for the dropout.
        reset_after: whether the reset gate is applied after the product with the recurrent kernel (as cuDNN does).
        use_cudnn: ``"auto"`` uses the fused op where it serves (activations tanh and sigmoid, no recurrent dropout,
            not ``unroll``), ``False`` never does, ``True`` raises where it does not.
        implementation: 1 drops other inputs for each gate, 2 the same ones for all.
        The others are those of ``RNN``.

    Inputs ``(batch, time, features)``; output ``(batch, units)``, or ``(batch, time, units)`` with
    ``return_sequences``; weights ``kernel (features, 3 units)``, ``recurrent_kernel (units, 3 units)``, ``bias
    (2, 3 units)``, or ``(3 units,)`` without ``reset_after``; the gates' order is z, r, g.

    >>> GRU(4, return_sequences=True)(ops.ones((2, 5, 3))).shape
    (2, 5, 4)
    """

    cell_class = GRUCell

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal", bias_initializer="zeros",
                 kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, dropout=0.0,
                 recurrent_dropout=0.0, seed=None, return_sequences=False, return_state=False, go_backwards=False,
                 stateful=False, unroll=False, reset_after=True, use_cudnn="auto", **kwargs):  # fmt: skip
        super().__init__(locals(), kwargs)

    def _fused(self, sequences, states, mask):
        cell = self.cell
        if (cell.activation, cell.recurrent_activation) != (activations.tanh, activations.sigmoid):
            return None
        outputs, *after = ops.gru(sequences, *states, cell.kernel, cell.recurrent_kernel, cell.bias, mask,
                                  cell.reset_after, self.go_backwards, self.zero_output_for_mask)  # fmt: skip
        return outputs, after


CuDNNGRU = GRU
