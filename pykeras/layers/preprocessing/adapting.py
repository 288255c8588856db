"""The data that a layer adapts to: arrays, lists, and anything that yields batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from pykeras import _core, check


def is_whole(data: Any) -> bool:
    """Whether ``data`` is one array rather than batches."""
    return isinstance(data, (np.ndarray, _core.Tensor, _core.Variable)) or hasattr(data, "to_numpy") or (
        isinstance(data, (list, tuple)) and not any(hasattr(item, "shape") for item in data)
    )  # fmt: skip


def batches(layer: Any, data: Any, steps: Any = None) -> Iterator[Any]:
    """The data in one piece, or the inputs of each batch; of the latter at most ``steps``.

    Raises:
        ValueError: there is no batch at all.
        TypeError: ``data`` are neither arrays nor batches.
    """
    if is_whole(data):
        yield data.to_numpy() if hasattr(data, "to_numpy") else data
        return
    limit = None if steps is None else check.positive_int("steps", steps)
    if not hasattr(data, "__iter__") and hasattr(data, "__getitem__") and hasattr(data, "__len__"):
        data = (data[number] for number in range(len(data)))
    if not hasattr(data, "__iter__"):
        raise TypeError(f"{layer._label}: adapt: expected an array, a list or batches, got {type(data).__name__}")
    empty = True
    for number, batch in enumerate(data):
        if limit is not None and number >= limit:
            break
        empty = False
        yield batch[0] if isinstance(batch, tuple) else batch
    if empty:
        raise ValueError(f"{layer._label}: adapt: the data yield no batch")
