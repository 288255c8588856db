"""Cells on top of one another, as one cell."""

from __future__ import annotations

import inspect
from typing import Any

from pykeras import tree
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.recurrent.cell import initial_zeros
from pykeras.layers.shapes import signature_of
from pykeras.layers.wrapper import build_inner, layer_from


def call_cell(cell: Any, inputs: Any, states: Any, training: Any, constants: Any = None) -> tuple:
    """One step of any cell, layer or plain object; ``training`` and ``constants`` go to those that take them."""
    given = {} if constants is None or not takes_constants(cell) else {"constants": constants}
    if isinstance(cell, Layer):
        options = {"training": training} if signature_of(cell).training else {}
        return cell(inputs, states, **options, **given)
    options = {"training": training} if "training" in inspect.signature(cell.call).parameters else {}
    return cell.call(inputs, states, **options, **given)


def takes_constants(cell: Any) -> bool:
    """Whether a cell, or one of those in it, has a parameter ``constants``."""
    return "constants" in inspect.signature(cell.call).parameters and (
        not isinstance(cell, StackedRNNCells) or any(map(takes_constants, cell.cells))
    )


def output_size_of(cell: Any) -> Any:
    """The size of a cell's output: its own word, else that of its first state."""
    size = getattr(cell, "output_size", None)
    return size if size is not None else tree.flatten(cell.state_size)[0]


@REGISTRY.register
class StackedRNNCells(Layer):
    """Cells one on top of the other, as one cell: the output of each is the input of the next.

    Arguments:
        cells: list of cells.

    States: a list with those of each cell. Raises ``ValueError`` for a cell without ``call`` or ``state_size``.

    >>> from pykeras import layers, ops
    >>> cell = StackedRNNCells([layers.LSTMCell(4), layers.GRUCell(2)])
    >>> layers.RNN(cell)(ops.ones((2, 5, 3))).shape
    (2, 2)
    """

    def __init__(self, cells, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(cells, (list, tuple)) or not cells:
            raise ValueError(f"{type(self).__name__}: cells: expected a list of cells, got {cells!r}")
        for cell in cells:
            for wanted in ("call", "state_size"):
                if wanted not in dir(cell):
                    raise ValueError(f"{type(self).__name__}: cells: expected cells with {wanted!r}, got {cell!r}")
        self.cells = list(cells)

    @property
    def state_size(self) -> list:
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> Any:
        return output_size_of(self.cells[-1])

    def get_initial_state(self, batch_size=None):
        """The initial states of each cell."""
        states = []
        for cell in self.cells:
            own = getattr(cell, "get_initial_state", None)
            if own is None:
                states.append(initial_zeros(cell.state_size, batch_size, self.compute_dtype))
            else:
                names = inspect.signature(own).parameters
                known = {"batch_size": batch_size, "dtype": self.compute_dtype}
                states.append(own(**{name: value for name, value in known.items() if name in names}))
        return states

    def build(self, input_shape):
        batch = tree.flatten(input_shape)[0]
        for cell in self.cells:
            build_inner(cell, input_shape)
            input_shape = (batch, output_size_of(cell))
        self.built = True

    def call(self, inputs, states, training=False, constants=None):
        after = []
        for cell, own in zip(self.cells, states, strict=True):
            nested = isinstance(own, (list, tuple))
            inputs, new = call_cell(cell, inputs, own if nested else [own], training, constants)
            after.append(tree.flatten(new)[0] if not nested else new)
        return inputs, after

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "cells": [layer_from(cell) for cell in config["cells"]]})
