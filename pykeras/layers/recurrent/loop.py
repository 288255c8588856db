"""The loop over time steps that serves every cell: run step by step, recorded and replayed like any other ops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pykeras import ops, tree
from pykeras.keras_tensor import KerasTensor, any_symbolic


def run_steps(
    step: Callable,
    sequences: Any,
    states: Any,
    mask: Any = None,
    go_backwards: bool = False,
    zero_output_for_mask: bool = False,
    return_all_outputs: bool = True,
) -> tuple:
    """``output, states = step(inputs at t, states)`` for each time step.

    Arguments:
        step: as above; outputs and states may be nested.
        sequences: ``(batch, time, ...)``, or a structure of such.
        states: structure of ``(batch, ...)``.
        mask: ``(batch, time)``; where it is false, the states stay and the output is that of the step before (at the
            first one, what the states hold of it), or zeros with ``zero_output_for_mask``.
        go_backwards: begin with the last time step; outputs come in the order in which they are made.
        return_all_outputs: whether to stack the outputs of all steps.

    Returns:
        The last output, all outputs ``(batch, time, ...)`` (or None), the last states.

    Raises:
        ValueError: the time steps of inputs and mask differ in number.
    """
    time = tree.flatten(sequences)[0].shape[1]
    if any_symbolic(sequences, states, mask):
        return _describe(step, sequences, states, time, return_all_outputs)
    numbers = range(time - 1, -1, -1) if go_backwards else range(time)
    parts = tree.map_structure(_Steps, sequences)
    masks = None if mask is None else _Steps(step_mask(mask, time))
    outputs: list = []
    for t in numbers:
        output, new_states = step(tree.map_structure(lambda part, t=t: part.at[t], parts), states)
        new_states = _like(states, new_states)
        if masks is not None:
            here = masks.at[t]
            before = None if zero_output_for_mask else outputs[-1] if outputs else _output_of(states, output)
            output = _choose(here, output, before)
            new_states = tree.map_structure(lambda new, old, here=here: _where(here, new, old), new_states, states)
        states = new_states
        if not return_all_outputs:
            outputs.clear()
        outputs.append(output)
    stacked = tree.map_structure(lambda *each: ops.stack(each, 1), *outputs) if return_all_outputs else None
    return outputs[-1], stacked, states


def step_mask(mask: Any, time: int | None) -> Any:
    """The mask as booleans ``(batch, time)``: a step with several values is masked when all of them are."""
    mask = ops.cast(mask, "bool")
    if len(mask.shape) > 2:
        mask = ops.any(mask, axis=tuple(range(2, len(mask.shape))))
    if len(mask.shape) != 2 or (None not in (time, mask.shape[1]) and mask.shape[1] != time):
        raise ValueError(f"expected a mask of shape (batch, {time}), got {mask.shape}")
    return mask


class _Steps:
    """The slices of a tensor along its time axis."""

    def __init__(self, x: Any):
        self.at = ops.unstack(x, axis=1)


def _where(mask: Any, new: Any, old: Any) -> Any:
    return ops.where(ops.reshape(mask, (mask.shape[0], *[1] * (len(new.shape) - 1))), new, old)


def _choose(mask: Any, output: Any, before: Any) -> Any:
    if before is None:
        return tree.map_structure(lambda new: _where(mask, new, ops.zeros_like(new)), output)
    return tree.map_structure(lambda new, old: _where(mask, new, old), output, before)


def _output_of(states: Any, output: Any) -> Any:
    """The output before the first step: the first state (of the last cell) where it looks like one, as in Keras."""
    first = states[-1] if isinstance(states[0], (list, tuple)) else states
    first = first[0] if isinstance(first, (list, tuple)) else first
    return first if not tree.is_nested(output) and first.shape == output.shape else None


def _like(states: Any, new: Any) -> Any:
    """New states in the structure of the old ones: cells may return one state bare, or a tuple for a list."""
    flat, wanted = tree.flatten(new), tree.flatten(states)
    if len(flat) != len(wanted):
        raise ValueError(f"the cell was given {len(wanted)} states and returned {len(flat)}")
    for i, (mine, old) in enumerate(zip(flat, wanted)):
        if len(mine.shape) != len(old.shape) or any(
            None not in (a, b) and a != b for a, b in zip(mine.shape, old.shape)
        ):
            raise ValueError(f"state {i} of the cell had shape {old.shape}, the cell returned shape {mine.shape}")
    return tree.pack_sequence_as(states, flat)


def _describe(step: Callable, sequences: Any, states: Any, time: int | None, all_outputs: bool) -> tuple:
    """Symbolic results: one step says them all."""

    def at_one_step(x):
        return KerasTensor((x.shape[0], *x.shape[2:]), x.dtype)

    output, new = step(tree.map_structure(at_one_step, sequences), states)
    last = tree.map_structure(lambda x: KerasTensor(x.shape, x.dtype), output)
    every = None
    if all_outputs:
        every = tree.map_structure(lambda x: KerasTensor((x.shape[0], time, *x.shape[1:]), x.dtype), output)
    return last, every, tree.map_structure(lambda x: KerasTensor(x.shape, x.dtype), _like(states, new))
