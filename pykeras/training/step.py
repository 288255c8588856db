"""A training, evaluation or prediction step: run in Python once, recorded, then replayed without Python.

The first batch of a signature (structure, shapes and dtypes of the batch) runs eagerly and is recorded; the second one
of the same signature compiles the recording. A step that reads values while it is recorded cannot be replayed: it runs
eagerly from then on, and says so once.
"""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from pykeras import _core, tree
from pykeras.ops.core import convert_to_tensor


class Step:
    """``function(batch)`` for batches of tensors.

    Arguments:
        function: takes a structure of tensors, returns a structure of tensors; may read and assign variables.
        name: for the warning when the step cannot be replayed.
        run_eagerly: never record.
    """

    def __init__(self, function: Callable, name: str = "step", run_eagerly: bool = False):
        self.function = function
        self.name = name
        self.run_eagerly = run_eagerly
        self._seen: dict = {}
        self._arrays: dict[tuple, _core.Program] = {}
        self._warned = False
        self._lock = threading.RLock()
        # Names of the results and the metrics that the step updates, kept here once they cannot change.
        self.order: list[str] | None = None
        self.metrics: list | None = None

    @property
    def replays(self) -> bool:
        """Whether batches were seen, and all that were can be replayed."""
        return bool(self._seen) and not any(entry.eager for entry in self._seen.values())

    def __call__(self, batch: Any) -> Any:
        """Runs one batch; returns what the function returns, as fresh tensors."""
        batch = tree.map_structure(_tensor_or_none, batch)
        leaves = [leaf for leaf in tree.flatten(batch) if leaf is not None]
        if self.run_eagerly or _core.is_recording():
            return _values(self.function(batch))
        key = _signature(batch)
        entry = self._seen.get(key)
        if entry is None:
            # threads that come together wait for the first: it makes the weights
            with self._lock:
                entry = self._seen.get(key)
                if entry is None:
                    return self._record(key, batch, leaves)
        if entry.eager:
            return _values(self.function(batch))
        if (
            type(batch) is tuple
            and len(batch) == 1
            and batch[0] is leaves[0]
            and entry.single
            and (batch[0].dtype != "string")
        ):
            self._arrays[batch[0].shape, np.dtype(batch[0].dtype)] = entry.program()
        return entry.outputs(entry.program().run(leaves))

    def replay_array(self, array: np.ndarray) -> np.ndarray | None:
        """What the step gives for the batch ``(array,)``: the short way of a program that serves single samples.

        Returns:
            A fresh array, or ``None`` unless a program for this shape and dtype stands ready and gives one tensor.
        """
        program = self._arrays.get((array.shape, array.dtype))
        return None if program is None else np.array(program.run([_core.tensor(array)])[0].numpy())

    def run_batches(
        self, data: Any, order: np.ndarray | None, batch_size: int, start: int, stop: int, seconds: float = float("inf")
    ) -> int:
        """Runs batches ``start`` to ``stop - 1`` and returns the number of the next one.

        Arguments:
            data: a structure of tensors, samples along axis 0.
            order: the numbers of the samples in the order of use; ``None`` for the order they have.
            batch_size: samples in each of these batches; a smaller last one is a call of its own.
            seconds: after this time the loop stops, so that progress can be shown.
        """
        data = tree.map_structure(_tensor_or_none, data)
        leaves = [leaf for leaf in tree.flatten(data) if leaf is not None]
        numbers = None if order is None else convert_to_tensor(np.asarray(order, np.int64))
        deadline = time.monotonic() + seconds
        while start < stop:
            entry = None if self.run_eagerly else self._seen.get(_signature(data, batch_size))
            if entry is not None and not entry.eager:
                left = max(deadline - time.monotonic(), 0.0)
                return entry.program().run_batches(leaves, numbers, batch_size, start, stop, min(left, 1e9))
            self(take_batch(data, numbers, batch_size, start))
            start += 1
            if time.monotonic() >= deadline:
                break
        return start

    def _record(self, key: tuple, batch: Any, leaves: list) -> Any:
        recorder = _core.Recorder()
        handles = iter(recorder.start(leaves))
        try:
            inside = tree.map_structure(lambda leaf: None if leaf is None else next(handles), _in_flat_order(batch))
            result = self.function(inside)
            tensors = [leaf for leaf in tree.flatten(result) if isinstance(leaf, (_core.Tensor, _core.Variable))]
            outputs = [convert_to_tensor(t) for t in tensors]
            recorder.stop()
        except BaseException:
            # Nothing is kept of a step that did not end.
            recorder.stop()
            raise
        if recorder.broken:
            self._seen[key] = _Entry(None, None)
            if not self._warned:
                self._warned = True
                warnings.warn(
                    f"{self.name}: {recorder.broken} while the step was recorded; it will run eagerly, which is slower",
                    stacklevel=2,
                )
        else:
            self._seen[key] = _Entry(recorder.finish(outputs), result)
        return _values(result)

    def programs(self) -> list[_core.Program]:
        """The programs compiled so far."""
        return [entry._program for entry in self._seen.values() if entry._program is not None]


_compiling = threading.Lock()


class _Entry:
    """What is known of one signature: nothing to replay (``eager``), a recording, or its program."""

    def __init__(self, recording, result: Any):
        self.eager = recording is None
        self._recording = recording
        self._program: _core.Program | None = None
        # Only the form of the result is kept, not its tensors.
        self._result = tree.map_structure(
            lambda leaf: _PLACE if isinstance(leaf, (_core.Tensor, _core.Variable)) else leaf, result
        )

    @property
    def single(self) -> bool:
        """Whether the step gives one tensor, not a structure of them."""
        return self._result is _PLACE

    def program(self) -> _core.Program:
        if self._program is None:
            with _compiling:
                if self._program is None:
                    self._program = _core.Program(self._recording)
                    self._recording = None
        return self._program

    def outputs(self, tensors: list) -> Any:
        values = iter(tensors)
        filled = [next(values) if leaf is _PLACE else leaf for leaf in tree.flatten(self._result)]
        return tree.pack_sequence_as(self._result, filled)


_PLACE = object()


def _tensor_or_none(leaf: Any) -> _core.Tensor | None:
    return None if leaf is None else leaf if isinstance(leaf, _core.Tensor) else convert_to_tensor(leaf)


def _values(result: Any) -> Any:
    """The result with the values that variables have now: later steps change those."""
    return tree.map_structure(lambda leaf: leaf.read() if isinstance(leaf, _core.Variable) else leaf, result)


def _in_flat_order(structure: Any) -> Any:
    """The structure with dictionaries in the order that flattening walks them."""
    return tree.pack_sequence_as(_sorted(structure), tree.flatten(structure))


def _sorted(structure: Any) -> Any:
    if isinstance(structure, dict):
        return {key: _sorted(structure[key]) for key in sorted(structure)}
    if isinstance(structure, (list, tuple)):
        return type(structure)(_sorted(child) for child in structure)
    return structure


def _signature(structure: Any, batch_size: int | None = None) -> tuple:
    """Structure, shapes and dtypes; with ``batch_size``, of a batch of the data."""
    if isinstance(structure, dict):
        return ("dict", *((key, _signature(structure[key], batch_size)) for key in sorted(structure)))
    if isinstance(structure, (list, tuple)):
        return (type(structure).__name__, *(_signature(child, batch_size) for child in structure))
    if structure is None:
        return ("none",)
    shape = structure.shape if batch_size is None else (batch_size, *structure.shape[1:])
    return (shape, structure.dtype)


def take_batch(data: Any, order: _core.Tensor | None, batch_size: int, number: int) -> Any:
    """Batch ``number`` of the data; the last one may be smaller."""

    def rows(leaf):
        if leaf is None:
            return None
        if order is not None:
            first = number * batch_size
            picked = order.numpy()[first : first + batch_size]
            return _core.op.take(leaf, picked, 0)
        first = number * batch_size
        count = min(batch_size, leaf.shape[0] - first)
        rank = len(leaf.shape)
        return _core.op.slice(leaf, [first, *[0] * (rank - 1)], [count, *[-1] * (rank - 1)], [1] * rank)

    return tree.map_structure(rows, data)
