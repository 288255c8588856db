"""Keeping gradients small: by value, by the norm of each, by the norm of all."""

from pykeras import ops


def clip_by_value(gradients, limit):
    """Every entry between ``-limit`` and ``limit``."""
    return [ops.clip(gradient, -limit, limit) for gradient in gradients]


def clip_by_norm(gradients, limit):
    """Each gradient scaled down so that its Euclidean norm is at most ``limit``."""
    return [gradient * _factor(ops.sum(ops.square(gradient)), limit) for gradient in gradients]


def clip_by_global_norm(gradients, limit):
    """All gradients scaled down together so that the norm over all of their entries is at most ``limit``.

    Source: R. Pascanu et al., "On the difficulty of training recurrent neural networks", 2013.
    """
    total = 0.0
    for gradient in gradients:
        total = ops.sum(ops.square(gradient)) + total
    factor = _factor(total, limit)
    return [gradient * ops.cast(factor, gradient.dtype) for gradient in gradients]


def _factor(squared_norm, limit):
    return limit / ops.maximum(ops.sqrt(squared_norm), limit)
