"""Layers that change shapes only."""

from __future__ import annotations

import math

from pykeras import check, ops
from pykeras.config import image_data_format
from pykeras.keras_tensor import KerasTensor
from pykeras.layers.layer import REGISTRY, Layer


def checked_data_format(data_format: str | None) -> str:
    return check.one_of("data_format", data_format or image_data_format(), ("channels_last", "channels_first"))


@REGISTRY.register
class Flatten(Layer):
    """All axes but the batch in one: ``(batch, a, b, ...)`` to ``(batch, a * b * ...)``.

    With ``data_format="channels_first"`` channels are moved to the end first, so that weights that follow are the same
    for both layouts.
    """

    def __init__(self, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.data_format = checked_data_format(data_format)

    def call(self, inputs):
        shape = inputs.shape
        if self.data_format == "channels_first" and len(shape) > 1:
            rank = len(shape)
            inputs = ops.transpose(inputs, (0, *range(2, rank), 1))
        if len(shape) == 1:
            return ops.expand_dims(inputs, -1)
        sizes = shape[1:]
        if None not in sizes:
            return ops.reshape(inputs, (-1 if shape[0] is None or shape[0] else 0, math.prod(sizes)))
        if shape[0] is None:
            return KerasTensor((None, None), inputs.dtype)
        return ops.reshape(inputs, (shape[0], -1))


@REGISTRY.register
class Reshape(Layer):
    """The values under another shape: ``(batch, ...)`` to ``(batch, *target_shape)``; one size may be -1.

    Raises ``ValueError`` when the sizes do not match.
    """

    def __init__(self, target_shape, **kwargs):
        super().__init__(**kwargs)
        shape = (target_shape,) if isinstance(target_shape, int) else tuple(target_shape)
        if sum(s == -1 for s in shape) > 1:
            raise ValueError(f"target_shape: at most one size may be -1, got {shape}")
        if any(int(s) < -1 for s in shape):
            raise ValueError(f"target_shape: expected sizes of 0 or more, or -1 once, got {shape}")
        self.target_shape = tuple(int(s) for s in shape)

    def call(self, inputs):
        batch, *sizes = inputs.shape
        if None in sizes and batch is None and -1 in self.target_shape:
            return KerasTensor((None, *(None if size == -1 else size for size in self.target_shape)), inputs.dtype)
        if None in sizes:
            return ops.reshape(inputs, (-1 if batch is None else batch, *self.target_shape))
        size, target = math.prod(sizes), list(self.target_shape)
        if -1 in target:
            known = -math.prod(target)
            if known == 0 or size % known:
                raise ValueError(f"cannot bring {tuple(sizes)} into {self.target_shape}")
            target[target.index(-1)] = size // known
        if math.prod(target) != size:
            raise ValueError(f"cannot bring {tuple(sizes)} ({size} values) into {self.target_shape}")
        return ops.reshape(inputs, (-1 if batch is None else batch, *target))
