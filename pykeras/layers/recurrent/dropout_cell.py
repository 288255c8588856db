"""Dropout inside cells: one mask for all time steps of a call."""

from __future__ import annotations

from typing import Any

from pykeras import ops, random


class DropoutRNNCell:
    """What cells with ``dropout`` (of the inputs) and ``recurrent_dropout`` (of the state) share (arXiv:1512.05287).

    The masks are drawn at the first step and kept until they are reset, which RNN does after each call. A cell with
    ``mask_count`` above 1 has a mask for each gate.
    """

    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    mask_count = 1

    def set_dropout(self, dropout: float, recurrent_dropout: float, seed: int | None) -> None:
        self.dropout = min(1.0, max(0.0, dropout))
        self.recurrent_dropout = min(1.0, max(0.0, recurrent_dropout))
        self.seed = seed
        self._masks: dict[str, Any] = {}
        if self.dropout or self.recurrent_dropout:
            self.seed_generator = random.SeedGenerator(seed)

    def _mask(self, kind: str, rate: float, like: Any) -> Any:
        if kind not in self._masks:
            ones = ops.ones_like(like)
            drawn = [random.dropout(ones, rate, seed=self.seed_generator) for _ in range(self.mask_count)]
            self._masks[kind] = drawn if self.mask_count > 1 else drawn[0]
        return self._masks[kind]

    def get_dropout_mask(self, step_input: Any) -> Any:
        """The mask (or list of them) for inputs of one step, None without dropout."""
        return self._mask("inputs", self.dropout, step_input) if self.dropout else None

    def get_recurrent_dropout_mask(self, state: Any) -> Any:
        """The mask (or list of them) for the state, None without recurrent dropout."""
        return self._mask("state", self.recurrent_dropout, state) if self.recurrent_dropout else None

    def reset_dropout_mask(self) -> None:
        """Forget the mask for inputs."""
        self._masks.pop("inputs", None)

    def reset_recurrent_dropout_mask(self) -> None:
        """Forget the mask for the state."""
        self._masks.pop("state", None)

    def _dropped_inputs(self, inputs: Any, training: Any, gates: int) -> list:
        """The inputs for each gate."""
        return _times(inputs, self.get_dropout_mask(inputs) if training else None, gates)

    def _dropped_state(self, state: Any, training: Any, gates: int) -> list:
        return _times(state, self.get_recurrent_dropout_mask(state) if training else None, gates)


def _times(x: Any, mask: Any, gates: int) -> list:
    if mask is None:
        return [x] * gates
    if isinstance(mask, list):
        return [x * each for each in mask]
    return [x * mask] * gates
