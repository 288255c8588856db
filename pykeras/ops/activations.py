"""Activation functions."""

from __future__ import annotations

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.arithmetic import real
from pykeras.ops.core import cast
from pykeras.ops.movement import moveaxis, split
from pykeras.ops.numbers import as_operand

op = _core.op


def _numbers(x):
    """``x``, bools as the integers 0 and 1."""
    x = as_operand(x)
    return cast(x, "int32") if x.dtype == "bool" else x


@operation
def relu(x):
    """``max(x, 0)``.

    >>> relu([-1.0, 2.0]).tolist()
    [0.0, 2.0]
    """
    return op.relu(_numbers(x))


@operation
def relu6(x):
    """``min(max(x, 0), 6)``."""
    return op.clip(real(x), 0.0, 6.0)


@operation
def leaky_relu(x, negative_slope: float = 0.2):
    """``x`` if ``x > 0`` else ``negative_slope * x``."""
    return op.leaky_relu(x, float(negative_slope))


@operation
def elu(x, alpha: float = 1.0):
    """``x`` if ``x > 0`` else ``alpha * (exp(x) - 1)`` (arXiv:1511.07289)."""
    return op.elu(x, float(alpha))


@operation
def selu(x):
    """Self-normalizing elu (arXiv:1706.02515)."""
    return op.selu(x)


@operation
def celu(x, alpha: float = 1.0):
    """``max(x, 0) + min(alpha * (exp(x / alpha) - 1), 0)`` (arXiv:1704.07483)."""
    return op.multiply(op.elu(op.divide(x, alpha), 1.0), alpha)


@operation
def gelu(x, approximate: bool = True):
    """``x * Phi(x)`` (arXiv:1606.08415), by default in its tanh approximation."""
    return op.gelu_tanh(x) if approximate else op.gelu(x)


@operation
def sigmoid(x):
    """``1 / (1 + exp(-x))``."""
    return op.sigmoid(x)


@operation
def log_sigmoid(x):
    """``log(sigmoid(x))`` without underflow."""
    return op.log_sigmoid(x)


@operation
def hard_sigmoid(x):
    """``x / 6 + 0.5`` limited to [0, 1]."""
    return op.hard_sigmoid(x)


@operation
def silu(x):
    """``x * sigmoid(x)`` (arXiv:1702.03118)."""
    return op.silu(x)


swish = silu


@operation
def hard_silu(x):
    """``x * hard_sigmoid(x)`` (arXiv:1905.02244)."""
    return op.multiply(x, op.hard_sigmoid(x))


hard_swish = hard_silu


@operation
def softplus(x):
    """``log(1 + exp(x))`` without overflow."""
    return op.softplus(x)


@operation
def softsign(x):
    """``x / (1 + |x|)``."""
    return op.softsign(x)


@operation
def softmax(x, axis=-1):
    """``exp(x) / sum(exp(x))`` along ``axis`` (one, several together, or all with ``None``)."""
    x = as_operand(x)
    if isinstance(axis, (int, np.integer)):
        return op.softmax(x, int(axis))
    return _over_axes(op.softmax, x, axis)


@operation
def log_softmax(x, axis=-1):
    """``log(softmax(x))`` without underflow."""
    x = as_operand(x)
    if isinstance(axis, (int, np.integer)):
        return op.log_softmax(x, int(axis))
    return _over_axes(op.log_softmax, x, axis)


def _over_axes(core, x, axes):
    """A function along one axis applied to several axes taken together."""
    rank = len(x.shape)
    axes = list(range(rank)) if axes is None else [a % rank for a in axes]
    if any(s is None for s in x.shape):
        return type(x)(x.shape, x.dtype)
    order = [a for a in range(rank) if a not in axes] + axes
    moved = op.transpose(x, order)
    flat = op.reshape(moved, [*[x.shape[a] for a in order[: rank - len(axes)]], -1])
    result = op.reshape(core(flat, -1), list(moved.shape))
    return op.transpose(result, list(np.argsort(order)))


@operation
def tanh_shrink(x):
    """``x - tanh(x)``."""
    return op.subtract(x, op.tanh(x))


@operation
def soft_shrink(x, threshold: float = 0.5):
    """``x`` moved towards 0 by ``threshold``, 0 within it."""
    x = real(x)
    return op.subtract(x, op.clip(x, -float(threshold), float(threshold)))


@operation
def hard_shrink(x, threshold: float = 0.5):
    """``x`` where ``|x| > threshold``, else 0."""
    x = real(x)
    return op.select(op.greater(op.absolute(x), threshold), x, 0)


@operation
def hard_tanh(x):
    """``x`` limited to [-1, 1]."""
    return op.clip(_numbers(x), -1.0, 1.0)


@operation
def threshold(x, threshold, default_value):
    """``x`` where ``x > threshold``, else ``default_value``."""
    return op.select(op.greater(x, threshold), x, default_value)


@operation
def squareplus(x, b: float = 4):
    """``(x + sqrt(x² + b)) / 2`` (arXiv:2112.11687)."""
    x = real(x)
    return op.multiply(op.add(x, op.sqrt(op.add(op.square(x), b))), 0.5)


@operation
def sparse_plus(x):
    """0 below -1, ``(x + 1)² / 4`` up to 1, ``x`` above."""
    x = real(x)
    middle = op.multiply(op.square(op.add(x, 1)), 0.25)
    return op.select(op.less_equal(x, -1), 0, op.select(op.less(x, 1), middle, x))


@operation
def sparse_sigmoid(x):
    """0 below -1, ``(x + 1) / 2`` up to 1, 1 above."""
    return op.clip(op.multiply(op.add(x, 1), 0.5), 0.0, 1.0)


@operation
def sparsemax(x, axis=-1):
    """The point of the probability simplex nearest to ``x`` along ``axis`` (arXiv:1602.02068)."""
    x = as_operand(x)
    if any(s is None for s in x.shape):
        return type(x)(x.shape, x.dtype)
    from pykeras.ops.sorting import sort

    z = moveaxis(x, axis, -1)
    n = z.shape[-1]
    descending = op.slice(
        sort(z, -1), [0] * (len(z.shape) - 1) + [n - 1], list(z.shape), [1] * (len(z.shape) - 1) + [-1]
    )
    sums = op.matmul(_rows(descending), np.triu(np.ones((n, n), z.dtype)))
    sums = op.reshape(sums, list(z.shape))
    k = np.arange(1, n + 1, dtype=z.dtype)
    inside = cast(op.greater(op.add(op.multiply(descending, k), 1), sums), z.dtype)
    count = op.sum(inside, [-1], True)
    level = op.divide(op.subtract(op.sum(op.multiply(inside, descending), [-1], True), 1), count)
    return moveaxis(op.relu(op.subtract(z, level)), -1, axis)


def _rows(x):
    return op.reshape(x, [-1, x.shape[-1]])


@operation
def glu(x, axis=-1):
    """``a * sigmoid(b)`` with ``a`` and ``b`` the halves of ``x`` along ``axis`` (arXiv:1612.08083)."""
    x = as_operand(x)
    size = x.shape[axis]
    if size is not None and size % 2:
        raise ValueError(f"glu: axis {axis} of shape {x.shape} is not of even size")
    a, b = split(x, 2, axis)
    return op.multiply(a, op.sigmoid(b))


__all__ = [
    "celu", "elu", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh", "leaky_relu",
    "log_sigmoid", "log_softmax", "relu", "relu6", "selu", "sigmoid", "silu", "soft_shrink", "softmax", "softplus",
    "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus", "swish", "tanh_shrink", "threshold",
]  # fmt: skip
