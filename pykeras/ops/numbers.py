"""What op functions share: operands, axes, shapes."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras import _core, convert


def as_operand(x: Any):
    """A tensor or symbolic tensor; variables are read, anything else is converted."""
    if isinstance(x, (_core.Tensor, _core.SymbolicTensor)):
        return x
    if isinstance(x, _core.Variable):
        return x.read()
    return convert.tensor_from(x)


def static_shape(x: Any) -> tuple:
    return x.shape if hasattr(x, "shape") and isinstance(x.shape, tuple) else as_operand(x).shape


def normal_axis(axis: Any, rank: int, op: str) -> int:
    """The axis counted from the front."""
    axis = int(axis)
    if not -rank <= axis < rank:
        raise ValueError(f"{op}: axis {axis} is out of range for a tensor of {rank} axes")
    return axis % rank if rank else 0


def axes_list(axis: Any, rank: int, op: str) -> list[int]:
    """``axis`` of a reduction (``None``, a number or several) as a list."""
    if axis is None:
        return list(range(rank))
    if isinstance(axis, (int, np.integer)):
        axis = [axis]
    return [normal_axis(a, rank, op) for a in axis]


def sizes_list(shape: Any) -> list[int]:
    """A shape (or one size) as a list, -1 for an unknown size."""
    shape = [shape] if isinstance(shape, (int, np.integer)) else shape
    return [-1 if s is None else int(s) for s in shape]


def is_float(x: Any) -> bool:
    return as_operand(x).dtype in ("float32", "float64")


def is_symbolic(*xs: Any) -> bool:
    return any(isinstance(x, _core.SymbolicTensor) for x in xs)


def unknown_like(xs: Any, shape: tuple, dtype: str | None = None):
    """A symbolic tensor of the class of the first symbolic one among ``xs``."""
    symbol = next(x for x in xs if isinstance(x, _core.SymbolicTensor))
    return type(symbol)(tuple(shape), dtype or symbol.dtype)


def resized(x: Any, shape: Any):
    """``x`` under another shape, in which a symbolic one may have several unknown sizes (``None``)."""
    x = as_operand(x)
    sizes = [-1 if s is None else int(s) for s in shape]
    if sizes.count(-1) > 1:
        if isinstance(x, _core.SymbolicTensor):
            return type(x)(tuple(None if s == -1 else s for s in sizes), x.dtype)
        raise ValueError(f"reshape: at most one size may be unknown, got {tuple(shape)}")
    return _core.op.reshape(x, sizes)
