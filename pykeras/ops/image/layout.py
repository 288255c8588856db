"""Where height, width and channels of images stand."""

from __future__ import annotations

from pykeras import _core
from pykeras.ops.numbers import as_operand
from pykeras.ops.windows import is_channels_first

op = _core.op


class Layout:
    """The axes of images of rank 3 (one) or 4 (a batch)."""

    def __init__(self, name: str, images, data_format: str | None):
        self.rank = len(images.shape)
        if self.rank not in (3, 4):
            raise ValueError(f"{name}: expected one image of 3 axes or a batch of 4 axes, got shape {images.shape}")
        self.first = is_channels_first(data_format, name)
        self.height, self.width, self.channels = (-2, -1, -3) if self.first else (-3, -2, -1)

    def axis(self, negative: int) -> int:
        return negative + self.rank

    def sizes(self, images) -> tuple:
        return images.shape[self.height], images.shape[self.width]

    def with_sizes(self, images, height, width) -> tuple:
        shape = list(images.shape)
        shape[self.height], shape[self.width] = height, width
        return tuple(shape)


def as_images(images):
    return as_operand(images)


def is_symbolic(x) -> bool:
    return isinstance(x, _core.SymbolicTensor)


def cut(x, axis: int, start: int, size: int):
    """``size`` values along one axis, from ``start``."""
    rank = len(x.shape)
    starts, sizes = [0] * rank, [-1] * rank
    starts[axis], sizes[axis] = start, size
    return op.slice(x, starts, sizes, [1] * rank)
