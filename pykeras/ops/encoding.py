"""Class numbers as rows of zeros and ones."""

from __future__ import annotations

from pykeras import _core
from pykeras.dtypes import standardize_dtype
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast
from pykeras.ops.movement import moveaxis
from pykeras.ops.numbers import as_operand

op = _core.op


@operation
def one_hot(x, num_classes, axis=-1, dtype=None, sparse=False):
    """1 at each index along a new axis, 0 elsewhere; nothing for indices out of range.

    >>> one_hot([0, 2], 3).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    if sparse:
        raise ValueError("one_hot: sparse tensors are not supported")
    x = as_operand(x)
    hot = op.one_hot(cast(x, "int64"), int(num_classes), standardize_dtype(dtype))
    return hot if axis in (-1, len(x.shape)) else moveaxis(hot, -1, axis)


@operation
def multi_hot(inputs, num_classes=None, axis=-1, dtype=None, sparse=False, **kwargs):
    """The largest of the one-hot rows of each sample: which classes occur."""
    num_classes = kwargs.pop("num_tokens", num_classes)
    if kwargs:
        raise TypeError(f"multi_hot: unknown argument {next(iter(kwargs))!r}")
    if num_classes is None:
        raise ValueError("multi_hot: expected num_classes")
    inputs = as_operand(inputs)
    hot = one_hot(inputs, num_classes, axis, dtype, sparse)
    over = 1 if len(inputs.shape) > 1 else 0
    return op.max(hot, [over], False)


__all__ = [
    "multi_hot", "one_hot",
]  # fmt: skip
