"""What the cells of simple, LSTM and GRU networks share, and Keras 2's base for cells."""

from __future__ import annotations

from pykeras import activations, check, constraints, initializers, ops, regularizers
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.recurrent.dropout_cell import DropoutRNNCell


@REGISTRY.register
class AbstractRNNCell(Layer):
    """Base of user-written cells: ``call(inputs, states)`` returns the output and the new states.

    Subclasses say ``state_size``, a number or a list of them, and ``output_size``. Any layer (or object) with ``call``
    and ``state_size`` is a cell, with this base or without. ``dynamic`` is Keras 2's, for layers that cannot be put
    into a graph: any can be called here.
    """

    def __init__(self, trainable=True, name=None, dtype=None, dynamic=False, **kwargs):
        super().__init__(trainable=trainable, name=name, dtype=dtype, dynamic=dynamic, **kwargs)

    @property
    def state_size(self):
        raise NotImplementedError(f"{self._label}: say state_size, a number or a list of them")

    @property
    def output_size(self):
        raise NotImplementedError(f"{self._label}: say output_size, a number")

    def call(self, inputs, states):
        raise NotImplementedError(f"{self._label}: write call(inputs, states) -> output, new states")

    def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
        """Zeros for each state."""
        if inputs is not None:
            batch_size, dtype = inputs.shape[0], inputs.dtype
        return initial_zeros(self.state_size, batch_size, dtype or self.compute_dtype)


def initial_zeros(state_size, batch_size, dtype):
    """Zeros ``(batch_size, n)`` for each number in ``state_size``, in its structure."""
    if isinstance(state_size, (list, tuple)):
        zeros = [initial_zeros(size, batch_size, dtype) for size in state_size]
        return type(state_size)(*zeros) if hasattr(state_size, "_fields") else zeros
    return ops.zeros((batch_size, state_size), dtype=dtype)


class UnitsCell(DropoutRNNCell, Layer):
    """A cell of ``units``, with a kernel for inputs, one for the state, and a bias."""

    gates = 1

    def __init__(self, units, activation, use_bias, kernel_initializer, recurrent_initializer, bias_initializer,
                 kernel_regularizer, recurrent_regularizer, bias_regularizer, kernel_constraint, recurrent_constraint,
                 bias_constraint, dropout, recurrent_dropout, seed, implementation=2, **kwargs):  # fmt: skip
        Layer.__init__(self, **kwargs)
        self.units = check.positive_int("units", units)
        self.activation = activations.get(activation)
        self.use_bias = check.boolean("use_bias", use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.set_dropout(dropout, recurrent_dropout, seed)
        self.implementation = check.one_of("implementation", implementation, (0, 1, 2))
        # With masks for each gate there is a product for each gate too: implementation 1, also asked for by
        # recurrent dropout. 0 and 1 differ nowhere since Keras 2.1.
        self.mask_count = self.gates if self.implementation < 2 or self.recurrent_dropout else 1
        self.state_size = self.output_size = self.units

    def build(self, input_shape):
        features = input_shape[-1]
        if features is None:
            raise ValueError(f"{self._label}: the number of features must be known, got {tuple(input_shape)}")
        width = self.gates * self.units
        self.kernel = self.add_weight("kernel", (features, width))
        self.recurrent_kernel = self.add_weight(
            "recurrent_kernel",
            (self.units, width),
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight("bias", self._bias_shape(width), initializer=self._first_bias)
        self.built = True

    def _bias_shape(self, width):
        return (width,)

    def _first_bias(self, shape, dtype=None):
        return self.bias_initializer(shape, dtype=dtype)

    def get_initial_state(self, batch_size=None, inputs=None, dtype=None):
        """Zeros, one tensor for each state."""
        if inputs is not None:
            batch_size = inputs.shape[0]
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        return initial_zeros(sizes, batch_size, dtype or self.compute_dtype)

    def get_config(self):
        config = super().get_config()
        if self.implementation != 2:
            config["implementation"] = self.implementation
        return config


def project(parts, kernel, gates):
    """``parts[i] @ (kernel's columns of gate i)``: one product when all parts are the same tensor."""
    if all(part is parts[0] for part in parts):
        return ops.split(ops.matmul(parts[0], kernel), gates, axis=-1)
    return [ops.matmul(part, each) for part, each in zip(parts, ops.split(kernel, gates, axis=-1))]
