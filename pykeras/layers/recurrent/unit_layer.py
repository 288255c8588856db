"""What recurrent layers with a cell of their own share, and the fused op for the common case."""

from __future__ import annotations

import inspect
from typing import Any

from pykeras import check, ops
from pykeras.keras_tensor import any_symbolic, snake_case
from pykeras.layers.input_spec import InputSpec
from pykeras.layers.recurrent.loop import step_mask
from pykeras.layers.recurrent.rnn import RNN

_OF_SEQUENCES = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll", "activity_regularizer")


class CellArguments(RNN):
    """An RNN whose constructor takes the arguments of its cell."""

    cell_class: Any = None
    more_cell_arguments: dict = {}

    def __init__(self, given: dict, options: dict):
        """``given``: the constructor's arguments by name; ``options``: what it took as ``**kwargs``."""
        names = [name for name in _arguments(self.cell_class) if name in given]
        of_cell = {name: given[name] for name in names}
        of_cell |= {name: options.pop(name, default) for name, default in self.more_cell_arguments.items()}
        cell = self.cell_class(**of_cell, dtype=options.get("dtype"), trainable=options.get("trainable", True),
                               name=snake_case(self.cell_class.__name__))  # fmt: skip
        super().__init__(cell, **{name: given[name] for name in _OF_SEQUENCES if name in given}, **options)

    def build(self, sequences_shape, initial_state_shape=None):
        if sequences_shape and isinstance(sequences_shape[0], (list, tuple)):
            # tf_keras notes the shapes of inputs and initial states in one list.
            sequences_shape = sequences_shape[0]
        super().build(sequences_shape, initial_state_shape)

    def __getattr__(self, name: str) -> Any:
        # Arguments of the cell are arguments of the layer.
        cell = self.__dict__.get("cell")
        if cell is not None and (name in self.more_cell_arguments or name in _arguments(type(cell))):
            return getattr(cell, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def get_config(self):
        config = super().get_config()
        config.update(unroll=self.unroll, zero_output_for_mask=self.zero_output_for_mask)
        for name, default in self.more_cell_arguments.items():
            if getattr(self, name) != default:
                config[name] = getattr(self, name)
        return config

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def _arguments(cls: type) -> list[str]:
    names = inspect.signature(cls.__init__).parameters  # type: ignore[misc]
    return [name for name in names if name not in ("self", "kwargs")]


class UnitsRNN(CellArguments):
    """An RNN whose cell has ``units``, and a fused op that runs all steps where nothing unusual was asked for."""

    more_cell_arguments = {"implementation": 2}

    def __init__(self, given: dict, options: dict):
        super().__init__(given, options)
        self.use_cudnn = check.one_of("use_cudnn", given.get("use_cudnn", "auto"), ("auto", True, False))
        self.input_spec = InputSpec(ndim=3)

    def inner_loop(self, sequences, initial_state, mask, training=False, constants=None) -> tuple:
        cell = self.cell
        unusual = training and (cell.recurrent_dropout or (cell.dropout and cell.mask_count > 1))
        if not (self.unroll or self.use_cudnn is False or unusual or any_symbolic(sequences, initial_state)):
            found = self._run_fused(sequences, initial_state, mask, training)
            if found is not None:
                return found
            if self.use_cudnn is True:
                raise ValueError("use_cudnn=True: the fused op does not serve these activations; leave it at 'auto'")
        elif self.use_cudnn is True and not any_symbolic(sequences, initial_state):
            raise ValueError("use_cudnn=True: the fused op serves neither unroll nor recurrent dropout, nor dropout "
                             "with implementation=1; leave it at 'auto'")  # fmt: skip
        return super().inner_loop(sequences, initial_state, mask, training, constants)

    def _run_fused(self, sequences, states, mask, training):
        if mask is not None:
            mask = step_mask(mask, sequences.shape[1])
        if training and self.cell.dropout:
            try:
                sequences = sequences * self.cell.get_dropout_mask(sequences[:, :1])
            finally:
                self.cell.reset_dropout_mask()
        found = self._fused(sequences, states, mask)
        if found is None:
            return None
        outputs, states = found
        last = states[0]
        if mask is not None and self.zero_output_for_mask:
            counts = mask[:, 0 if self.go_backwards else -1]
            last = ops.where(ops.expand_dims(counts, -1), last, 0)
        return last, outputs, states

    def _fused(self, sequences, states, mask):
        """All outputs and the last states by one op, None where there is no such op."""
        return None

    def get_config(self):
        config = super().get_config()
        config.pop("use_cudnn", None)
        return config
