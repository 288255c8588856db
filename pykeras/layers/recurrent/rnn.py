"""RNN: a cell run over the time steps of sequences."""

from __future__ import annotations

import inspect
from typing import Any

from pykeras import _core, check, ops, tree
from pykeras.keras_tensor import KerasTensor, any_symbolic
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.recurrent.cell import initial_zeros
from pykeras.layers.recurrent.dropout_cell import DropoutRNNCell
from pykeras.layers.recurrent.loop import run_steps
from pykeras.layers.recurrent.stacked_cells import StackedRNNCells, call_cell, takes_constants
from pykeras.layers.wrapper import build_inner, layer_from
from pykeras.variables import Variable


@REGISTRY.register
class RNN(Layer):
    """Runs a cell over time: ``output, states = cell(inputs[:, t], states)`` for each ``t``.

    Arguments:
        cell: layer (or object) with ``call(inputs, states)`` and ``state_size``, a number or a list of them (or
            ``get_initial_state(batch_size)`` for states of other shapes); or a list of cells, run one on top of the
            other.
        return_sequences: whether to return the outputs of all time steps instead of the last one.
        return_state: whether to return the last states too, behind the output.
        go_backwards: begin with the last time step; the outputs come in that order.
        stateful: begin each batch with the states in which the last one ended, until ``reset_state()``.
        unroll: run step by step even where a fused op could run all steps at once; needs a known number of steps.
        zero_output_for_mask: whether the output is 0 at masked steps, instead of that of the step before.
        time_major: Keras 2's: inputs and outputs are ``(time, batch, ...)``.

    Called on ``(batch, time, ...)``, with ``initial_state`` (a tensor or list of them; also as the rest of a list
    ``[inputs, state, ...]``), ``mask`` ``(batch, time)``, whose false steps leave the states as they are, and (Keras 2)
    ``constants``, tensors that each step of a cell with ``call(inputs, states, constants)`` is given.

    Returns ``(batch, ...)`` or ``(batch, time, ...)``, and the states with ``return_state``.
    Raises ``ValueError`` for a cell without ``call`` or ``state_size``, states that do not fit, a stateful layer with
    an unknown or changing batch size, ``unroll`` with an unknown number of steps, constants for a cell that takes none.

    >>> import pykeras
    >>> class Sum(pykeras.layers.Layer):
    ...     state_size = 1
    ...     def call(self, inputs, states):
    ...         total = states[0] + inputs
    ...         return total, [total]
    >>> RNN(Sum(), return_sequences=True)([[[1.0], [2.0], [3.0]]]).tolist()
    [[[1.0], [3.0], [6.0]]]
    """

    # The states of a stateful layer are no weights.
    _not_tracked = frozenset({"states"})

    def __init__(self, cell, return_sequences=False, return_state=False, go_backwards=False, stateful=False,
                 unroll=False, zero_output_for_mask=False, **kwargs):  # fmt: skip
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        for wanted in ("call", "state_size"):
            if wanted not in dir(cell):
                raise ValueError(f"{type(self).__name__}: cell: expected something with {wanted!r}, got {cell!r}")
        time_major = kwargs.pop("time_major", False)
        self._num_constants = check.non_negative_int("num_constants", kwargs.pop("num_constants", 0))
        super().__init__(**kwargs)
        self.cell = cell
        self.return_sequences = check.boolean("return_sequences", return_sequences)
        self.return_state = check.boolean("return_state", return_state)
        self.go_backwards = check.boolean("go_backwards", go_backwards)
        self.stateful = check.boolean("stateful", stateful)
        self.unroll = check.boolean("unroll", unroll)
        self.zero_output_for_mask = check.boolean("zero_output_for_mask", zero_output_for_mask)
        self.time_major = check.boolean("time_major", time_major)
        self.supports_masking = True
        self.states: Any = None

    @property
    def state_size(self) -> list:
        """What the cell says, as a list."""
        size = self.cell.state_size
        return list(size) if isinstance(size, (list, tuple)) else [size]

    def __call__(self, sequences, initial_state=None, constants=None, **kwargs):
        # A list is inputs, states and constants, as Keras 2 passes them on; a tuple or dictionary is one structure of
        # inputs.
        if isinstance(sequences, list) and sequences and all(hasattr(leaf, "shape") for leaf in sequences):
            sequences, *states = sequences
            sequences, states, constants = split_constants(sequences, states, constants, self._num_constants)
            if states and initial_state is not None:
                raise ValueError(f"{self._label}: states are given twice, in a list with the inputs and by name")
            initial_state = states or initial_state
        if initial_state is not None:
            kwargs["initial_state"] = initial_state
        if constants is not None:
            if not takes_constants(self.cell):
                raise ValueError(f"{self._label}: constants: the call of {type(self.cell).__name__} does not take any")
            kwargs["constants"] = list(constants) if isinstance(constants, (list, tuple)) else [constants]
            self._num_constants = len(kwargs["constants"])
        return super().__call__(sequences, **kwargs)

    def build(self, sequences_shape, initial_state_shape=None, constants_shape=None):
        sequences_shape = without_states(sequences_shape)
        first = tree.flatten(sequences_shape)[:2]
        if len(first) < 2:
            raise ValueError(f"{self._label}: expected (batch, time, ...), got shape {sequences_shape}")
        build_inner(self.cell, _map_shapes(self._step_shape, sequences_shape))
        if self.stateful and self.states is None:
            batch = first[1 if self.time_major else 0]
            if batch is None:
                raise ValueError(
                    f"{self._label}: stateful: the batch size must be known: give batch_shape to Input (or "
                    f"batch_input_shape to the first layer), got shape {tuple(sequences_shape)}"
                )
            with _core.Unrecorded():
                self.states = tree.map_structure(
                    lambda value: Variable(value, dtype=self.variable_dtype, trainable=False, name="rnn_state"),
                    self.get_initial_state(batch),
                )
        self.built = True

    def _step_shape(self, shape):
        return (shape[1] if self.time_major else shape[0], *shape[2:])

    # ---- states -----------------------------------------------------------------------------------------------------

    def get_initial_state(self, batch_size=None, inputs=None) -> list:
        """Zeros (or what the cell says) for each state, for ``batch_size`` samples or those of ``inputs``."""
        if inputs is not None:
            batch_size = inputs.shape[1 if self.time_major else 0]
        own = getattr(self.cell, "get_initial_state", None)
        dtype = getattr(self.cell, "compute_dtype", self.compute_dtype)
        if own is None:
            return initial_zeros(self.state_size, batch_size, dtype)
        known = {"batch_size": batch_size, "dtype": dtype}
        names = inspect.signature(own).parameters
        states = own(**{name: value for name, value in known.items() if name in names})
        return list(states) if isinstance(states, (list, tuple)) else [states]

    def _described_state(self, batch: int | None) -> list:
        """Symbolic states, for any number of samples."""
        with _core.Unrecorded():
            states = self.get_initial_state(1)
        return tree.map_structure(lambda state: KerasTensor((batch, *state.shape[1:]), state.dtype), states)

    def _first_states(self, sequences: Any, initial_state: Any, symbolic: bool) -> list:
        first = tree.flatten(sequences)[0]
        if initial_state is None:
            if self.stateful:
                given = self.states[0] if not tree.is_nested(self.states[0]) else tree.flatten(self.states)[0]
                if first.shape[0] not in (None, given.shape[0]):
                    raise ValueError(
                        f"stateful: the states are those of {given.shape[0]} samples, the batch has {first.shape[0]}"
                    )
                return tree.map_structure(ops.convert_to_tensor, self.states)
            return self._described_state(first.shape[0]) if symbolic else self.get_initial_state(first.shape[0])
        wanted = self._described_state(first.shape[0])
        given = tree.flatten(initial_state)
        if len(given) != len(tree.flatten(wanted)):
            raise ValueError(f"initial_state: expected {len(tree.flatten(wanted))} tensors, got {len(given)}")
        for i, (state, like) in enumerate(zip(given, tree.flatten(wanted))):
            if len(state.shape) != len(like.shape) or any(
                None not in (a, b) and a != b for a, b in zip(state.shape, like.shape)
            ):
                raise ValueError(f"initial_state: state {i}: expected shape {like.shape}, got {state.shape}")
        dtype = getattr(self.cell, "compute_dtype", self.compute_dtype)
        return tree.pack_sequence_as(wanted, [ops.cast(state, dtype) for state in given])

    def reset_state(self, states=None) -> None:
        """Sets the states of a stateful layer to zero, or to the arrays given."""
        if self.states is None:
            if states is not None:
                raise ValueError(
                    f"{self._label}: reset_state: there are no states: the layer is not stateful and built"
                )
            return
        own = tree.flatten(self.states)
        values = [None] * len(own) if states is None else tree.flatten(states)
        if len(values) != len(own):
            raise ValueError(f"{self._label}: reset_state: expected {len(own)} arrays, got {len(values)}")
        for variable, value in zip(own, values):
            variable.assign(ops.zeros(variable.shape, variable.dtype) if value is None else value)

    def reset_states(self, states=None) -> None:
        """Keras 2's name of ``reset_state``."""
        self.reset_state(states)

    # ---- calling ----------------------------------------------------------------------------------------------------

    def call(self, sequences, initial_state=None, mask=None, training=False, constants=None):
        mask = next((m for m in tree.flatten(mask) if m is not None), None)
        if self.time_major:
            sequences = tree.map_structure(_swapped, sequences)
            mask = None if mask is None else _swapped(mask)
        time = tree.flatten(sequences)[0].shape[1]
        if time == 0:
            raise ValueError("expected at least one time step, got none")
        if self.unroll and time is None:
            raise ValueError(
                "unroll: the number of time steps must be known: give it in the shape of Input, or leave unroll out"
            )
        symbolic = any_symbolic(sequences, initial_state, constants)
        states = self._first_states(sequences, initial_state, symbolic)
        options = {} if constants is None else {"constants": constants}
        last, outputs, states = self.inner_loop(sequences, states, mask, training, **options)
        if self.stateful and not symbolic:
            for variable, state in zip(tree.flatten(self.states), tree.flatten(states)):
                variable.assign(ops.stop_gradient(state))
        output = outputs if self.return_sequences else last
        if self.return_sequences and self.time_major:
            output = tree.map_structure(_swapped, output)
        return (output, *states) if self.return_state else output

    def inner_loop(self, sequences, initial_state, mask, training=False, constants=None) -> tuple:
        """The last output, all outputs (with ``return_sequences``) and the last states."""

        def step(inputs, states):
            return call_cell(self.cell, inputs, states, training, constants)

        try:
            return run_steps(step, sequences, initial_state, mask, self.go_backwards, self.zero_output_for_mask,
                             self.return_sequences)  # fmt: skip
        finally:
            for cell in (self.cell, *getattr(self.cell, "cells", ())):
                if isinstance(cell, DropoutRNNCell):
                    cell.reset_dropout_mask()
                    cell.reset_recurrent_dropout_mask()

    def compute_mask(self, inputs, previous_mask=None):
        mask = tree.flatten(previous_mask)[0] if self.return_sequences else None
        return [mask, *(None for _ in self.state_size)] if self.return_state else mask

    # ---- configuration ----------------------------------------------------------------------------------------------

    def get_config(self):
        config = super().get_config()
        if self.time_major:
            config["time_major"] = True
        if self._num_constants:
            config["num_constants"] = self._num_constants
        return config

    @classmethod
    def from_config(cls, config):
        if "cell" in config:
            config = {**config, "cell": layer_from(config["cell"])}
        return cls(**config)


def split_constants(sequences: Any, states: list, constants: Any, count: int) -> tuple:
    """Inputs, states and constants, where the last ``count`` states are constants unless these are given by name."""
    if constants is None and count:
        states, constants = states[:-count], states[-count:]
    return sequences, states, constants


def without_states(shape: Any) -> Any:
    """The shape of the inputs, where Keras 2's files have a list of it and those of the states."""
    if isinstance(shape, list) and shape and isinstance(shape[0], (list, tuple)):
        return tuple(shape[0])
    return shape


def _swapped(x):
    return ops.swapaxes(x, 0, 1)


def _nested(shape: Any) -> bool:
    return isinstance(shape, dict) or any(isinstance(s, (list, tuple, dict)) for s in shape)


def _map_shapes(function: Any, shape: Any) -> Any:
    if isinstance(shape, dict):
        return {key: _map_shapes(function, each) for key, each in shape.items()}
    if _nested(shape):
        mapped = [_map_shapes(function, each) for each in shape]
        return type(shape)(*mapped) if hasattr(shape, "_fields") else type(shape)(mapped)
    return function(shape)
