"""Gradients: ``GradientTape`` and ``value_and_grad``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pykeras import _core, tree
from pykeras.ops.core import convert_to_tensor


class GradientTape:
    """Records what is computed inside ``with``, to differentiate it afterwards.

    Trainable variables are watched on their own (``watch_accessed_variables``), other tensors after ``watch``. A tape
    gives gradients once, a ``persistent`` one as often as asked. Tapes nest: gradients taken inside an outer tape can
    be differentiated by it.

    >>> import pykeras
    >>> x = pykeras.ops.convert_to_tensor(3.0)
    >>> with GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = x * x
    >>> float(tape.gradient(y, x))
    6.0
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True):
        self.persistent = persistent
        self._watch_variables = watch_accessed_variables
        self._tape = _core.Tape(watch_accessed_variables)
        self._used = False

    def __enter__(self) -> GradientTape:
        if self._tape.listening:
            raise ValueError("GradientTape: already recording")
        self._tape.start()
        return self

    def __exit__(self, *_) -> None:
        self._tape.stop()

    def watch(self, tensor: Any) -> None:
        """Differentiation by ``tensor`` (or each tensor of a structure) will be asked for."""
        for leaf in tree.flatten(tensor):
            if not isinstance(leaf, (_core.Tensor, _core.Variable)):
                raise TypeError(f"GradientTape.watch: expected a tensor or variable, got {type(leaf).__name__}")
            self._tape.watch(leaf)

    def stop_recording(self) -> _Pause:
        """Context in which this tape does not record."""
        return _Pause(self._tape)

    def reset(self) -> None:
        """Forgets what was recorded."""
        self._tape.clear()

    def gradient(
        self, target: Any, sources: Any, output_gradients: Any = None, unconnected_gradients: str = "none"
    ) -> Any:
        """d(sum of ``target``) / d(source) for every source, in the structure of ``sources``.

        ``None`` where no path exists (zeros with ``unconnected_gradients="zero"``). ``output_gradients`` weighs the
        targets. Raises ``RuntimeError`` when a tape that is not persistent is asked a second time.
        """
        if unconnected_gradients not in ("none", "zero"):
            raise ValueError(f"unconnected_gradients: expected 'none' or 'zero', got {unconnected_gradients!r}")
        if self._used and not self.persistent:
            raise RuntimeError("GradientTape: gradients were taken already; use persistent=True to take more")
        self._used = True
        if self._tape.listening and not self.persistent:
            self._tape.stop()
        targets = [convert_to_tensor(t) for t in tree.flatten(target)]
        wanted = tree.flatten(sources)
        for source in wanted:
            if not isinstance(source, (_core.Tensor, _core.Variable)):
                raise TypeError(f"GradientTape.gradient: expected tensors or variables, got {type(source).__name__}")
        seeds = [None] * len(targets)
        if output_gradients is not None:
            seeds = [None if g is None else convert_to_tensor(g, t.dtype)
                     for g, t in zip(_leaves_like(target, output_gradients), targets)]  # fmt: skip
        gradients = self._tape.gradient(targets, wanted, seeds, last=not self.persistent)
        if unconnected_gradients == "zero":
            from pykeras.ops.making import zeros_like

            gradients = [zeros_like(s) if g is None else g for g, s in zip(gradients, wanted)]
        return tree.pack_sequence_as(sources, gradients) if tree.is_nested(sources) else gradients[0]

    def jacobian(self, target: Any, sources: Any) -> Any:
        """d(each value of ``target``) / d(source), of shape ``target.shape + source.shape``. Needs
        ``persistent=True``."""
        from pykeras.ops.making import zeros_like
        from pykeras.ops.movement import reshape, stack

        if not self.persistent:
            raise RuntimeError("GradientTape.jacobian: use persistent=True")
        target = convert_to_tensor(target)
        rows = []
        for i in range(target.size):
            seed = [0.0] * target.size
            seed[i] = 1.0
            rows.append(
                self.gradient(
                    target, tree.flatten(sources), reshape(convert_to_tensor(seed, target.dtype), target.shape)
                )
            )
        columns = []
        for k, source in enumerate(tree.flatten(sources)):
            parts = [zeros_like(source) if row[k] is None else row[k] for row in rows]
            columns.append(reshape(stack(parts), (*target.shape, *source.shape)))
        return tree.pack_sequence_as(sources, columns) if tree.is_nested(sources) else columns[0]


def _leaves_like(structure: Any, values: Any) -> list:
    """``values`` taken apart as far as ``structure`` is nested: one of its lists may stand for a whole tensor."""
    if isinstance(structure, dict):
        if not isinstance(values, dict) or set(values) != set(structure):
            raise ValueError(f"output_gradients: expected a dictionary with the keys {sorted(structure)}")
        return [leaf for key in sorted(structure) for leaf in _leaves_like(structure[key], values[key])]
    if isinstance(structure, (list, tuple)):
        if not isinstance(values, (list, tuple)) or len(values) != len(structure):
            raise ValueError(f"output_gradients: expected {len(structure)} of them, one for each target")
        return [leaf for part, value in zip(structure, values) for leaf in _leaves_like(part, value)]
    return [values]


class _Pause:
    def __init__(self, tape: _core.Tape):
        self._tape = tape

    def __enter__(self) -> None:
        self._tape.stop()

    def __exit__(self, *_) -> None:
        self._tape.start()


def value_and_grad(function: Callable, variables: Any = None, has_aux: bool = False) -> Callable:
    """A function that returns ``(function(*args), gradients)``.

    The gradients are those of the (first) result by ``variables`` when given, else by the first argument. With
    ``has_aux`` the function returns ``(result, more)`` and so does the value.

    >>> step = value_and_grad(lambda x: x * x)
    >>> value, slope = step(3.0)
    >>> float(value), float(slope)
    (9.0, 6.0)
    """

    def run(*args, **kwargs):
        with GradientTape() as tape:
            if variables is None:
                first = tree.map_structure(convert_to_tensor, args[0])
                tape.watch(first)
                args = (first, *args[1:])
                sources = first
            else:
                sources = variables
            result = function(*args, **kwargs)
            target = result[0] if has_aux else result
        return result, tape.gradient(target, sources)

    return run
