"""Normalization: by given moments, of each sample, by a norm."""

from __future__ import annotations

import math

from pykeras import _core, config
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast
from pykeras.ops.numbers import as_operand, axes_list, is_symbolic, unknown_like

op = _core.op


@operation
def batch_normalization(x, mean, variance, axis, offset=None, scale=None, epsilon: float = 1e-3):
    """``scale * (x - mean) / sqrt(variance + epsilon) + offset`` along ``axis``."""
    x = as_operand(x)
    shape = [1] * len(x.shape)
    shape[axis] = -1

    def along(v):
        return op.reshape(v, shape)

    factor = op.rsqrt(op.add(variance, epsilon))
    if scale is not None:
        factor = op.multiply(factor, scale)
    shift = op.negative(op.multiply(mean, factor))
    if offset is not None:
        shift = op.add(shift, offset)
    return op.add(op.multiply(x, along(factor)), along(shift))


@operation
def normalize(x, axis=-1, order=2, epsilon=None):
    """``x`` divided by its norm along ``axis``."""
    from pykeras.ops.linalg import norm

    epsilon = config.epsilon() if epsilon is None else epsilon
    if order == 2:
        squares = op.sum(op.square(x), [axis], True)
        return op.multiply(x, op.rsqrt(op.maximum(squares, epsilon**2)))
    return op.divide(x, op.maximum(norm(x, order, axis, True), epsilon))


@operation
def layer_normalization(x, gamma=None, beta=None, axis=-1, epsilon=None, **kwargs):
    """``gamma * (x - mean) / sqrt(variance + epsilon) + beta`` with moments over ``axis``, one or several
    (arXiv:1607.06450).

    ``gamma`` and ``beta`` have the sizes of those axes. Computed in one pass each way over the data.

    >>> layer_normalization([[1.0, 3.0]], epsilon=0.0).tolist()
    [[-1.0, 1.0]]
    """
    raw = kwargs.pop("rms_scaling", False)
    if kwargs:
        raise TypeError(f"layer_normalization: unknown argument {next(iter(kwargs))!r}")
    if raw:  # Keras 3's former switch: divides by the standard deviation around the mean, without taking that off
        return _scaled_by_deviation(x, gamma, axis, epsilon)
    return _normalized(x, gamma, beta, axis, epsilon, False, "layer_normalization")


@operation
def rms_normalization(x, scale=None, axis=-1, epsilon=None):
    """``scale * x / sqrt(mean(x²) + epsilon)`` with the mean over ``axis``, one or several (arXiv:1910.07467).

    >>> rms_normalization([[3.0, 4.0]], epsilon=0.0).numpy().round(4)
    array([[0.8485, 1.1314]], dtype=float32)
    """
    return _normalized(x, scale, None, axis, epsilon, True, "rms_normalization")


def _real(x):
    x = as_operand(x)
    return x if x.dtype in ("float32", "float64") else cast(x, config.floatx())


def _normalized(x, gamma, beta, axis, epsilon, raw, name):
    x = _real(x)
    epsilon = config.epsilon() if epsilon is None else float(epsilon)
    rank = len(x.shape)
    axes = sorted(axes_list(axis, rank, name))
    sizes = tuple(x.shape[a] for a in axes)
    if None in sizes:
        raise ValueError(f"{name}: the sizes of axes {axes} must be known, got shape {x.shape}")
    gamma, beta = (_flat(w, sizes, name) for w in (gamma, beta))
    if axes == [rank - 1]:
        return op.layer_norm(x, gamma, beta, epsilon=epsilon, raw=raw)[0]
    if is_symbolic(x):
        return unknown_like([x], x.shape)
    order = [a for a in range(rank) if a not in axes] + axes
    moved = x if order == list(range(rank)) else op.transpose(x, order)
    flat = op.reshape(moved, [*moved.shape[: rank - len(axes)], math.prod(sizes)])
    y = op.reshape(op.layer_norm(flat, gamma, beta, epsilon=epsilon, raw=raw)[0], list(moved.shape))
    return y if moved is x else op.transpose(y, [order.index(a) for a in range(rank)])


def _flat(weight, sizes, name):
    if weight is None:
        return None
    weight = as_operand(weight)
    if math.prod(weight.shape) != math.prod(sizes):
        raise ValueError(f"{name}: expected weights of shape {sizes}, got {weight.shape}")
    return op.reshape(weight, [-1])


def _scaled_by_deviation(x, gamma, axis, epsilon):
    from pykeras.ops.reduction import var

    x = _real(x)
    epsilon = config.epsilon() if epsilon is None else float(epsilon)
    axes = axes_list(axis, len(x.shape), "layer_normalization")
    scale = op.rsqrt(op.add(var(x, axes, True), epsilon))
    if gamma is not None:
        shape = [s if a in axes else 1 for a, s in enumerate(x.shape)]
        scale = op.multiply(scale, op.reshape(gamma, shape))
    return op.multiply(x, scale)


__all__ = [
    "batch_normalization", "layer_normalization", "normalize", "rms_normalization",
]  # fmt: skip
