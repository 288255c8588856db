"""Batch normalization, softmax and the cross-entropies."""

import numpy as np

from .case import case, integers, numbers


def batch_norm(x, gamma, beta, epsilon):
    axes = tuple(range(x.ndim - 1))
    mean, variance = x.mean(axes), x.var(axes)
    y = (x - mean) / np.sqrt(variance + epsilon)
    return (y if gamma is None else y * gamma) + (0 if beta is None else beta), mean, variance


def batch_norm_grad(x, gamma, mean, variance, dy, epsilon):
    axes = tuple(range(x.ndim - 1))
    rows = x.size // x.shape[-1]
    scale = 1 / np.sqrt(variance + epsilon)
    normal = (x - mean) * scale
    dgamma, dbeta = (dy * normal).sum(axes), dy.sum(axes)
    dx = gamma * scale * (dy - dbeta / rows - normal * dgamma / rows)
    return dx, dgamma, dbeta


for shape in [(4, 3), (2, 3, 4, 5), (5, 1), (3, 2, 17), (40, 33)]:
    n = shape[-1]
    gamma, beta = numbers(n, low=0.5, high=1.5, seed=1), numbers(n, seed=2)
    x = numbers(*shape)
    case("batch_norm", [x, gamma, beta], batch_norm, epsilon=1e-3, tolerance=4,
         large=lambda: ((numbers(9000, 40), numbers(40, seed=1), numbers(40, seed=2)), None))  # fmt: skip
    case("batch_norm", [x, gamma, None], batch_norm, epsilon=1e-2, tolerance=4)
    case("batch_norm", [x, None, beta], batch_norm, epsilon=1e-3, tolerance=4)
    case("batch_norm", [x + 50, None, None], batch_norm, epsilon=1e-3, tolerance=40, smooth=False)
    axes = tuple(range(len(shape) - 1))
    case("batch_norm_grad", [x, gamma, x.mean(axes), x.var(axes), numbers(*shape, seed=3)], batch_norm_grad,
         epsilon=1e-3,
         tolerance=4, large=lambda: ((numbers(9000, 40), numbers(40, seed=1), numbers(40, seed=2),
                                      numbers(40, low=1, high=2, seed=3), numbers(9000, 40, seed=4)),
                                      None))  # fmt: skip


def log_softmax(x, axis=-1):
    shifted = x - x.max(axis, keepdims=True, initial=-np.inf)
    return shifted - np.log(np.exp(shifted).sum(axis, keepdims=True))


def softmax(x, axis=-1):
    return np.exp(log_softmax(x, axis))


def cross_entropy(logits, target):
    return -(target * log_softmax(logits)).sum(-1)


def cross_entropy_grad(logits, target, dloss):
    return dloss[..., None] * (softmax(logits) * target.sum(-1, keepdims=True) - target)


def hot(logits, labels):
    return np.eye(logits.shape[-1])[labels]


for shape, axis in [
    ((5,), 0),
    ((3, 4), -1),
    ((3, 4), 0),
    ((2, 3, 4), 1),
    ((6, 33), 1),
    ((3, 1), 1),
    ((0, 4), 1),
    ((7, 2), 1),
]:
    big = lambda: ((numbers(700, 300),), {"axis": 1})  # noqa: E731
    case("softmax", [numbers(*shape)], softmax, axis=axis, large=big)
    case("log_softmax", [numbers(*shape)], log_softmax, axis=axis, large=big)
    case("softmax_grad", [softmax(numbers(*shape), axis), numbers(*shape, seed=1)],
         lambda y, dy, axis: y * (dy - (y * dy).sum(axis, keepdims=True)), axis=axis,
         large=lambda: ((numbers(700, 300), numbers(700, 300, seed=1)), {"axis": 1}))  # fmt: skip
FAR = np.array([[900.0, -900.0, 0.0], [-1e4, -1e4, -1e4]])
case("softmax", [FAR], softmax, axis=-1, smooth=False)
case("log_softmax", [FAR], log_softmax, axis=-1, smooth=False)

for shape in [(4,), (3, 4), (2, 3, 5), (6, 33), (0, 4), (3, 1)]:
    logits, dloss = numbers(*shape), numbers(*shape[:-1], seed=3)
    target = softmax(numbers(*shape, seed=1)) * 0.9
    labels = integers(*shape[:-1], high=shape[-1])
    case("softmax_cross_entropy", [logits, target], cross_entropy,
         large=lambda: ((numbers(900, 100), numbers(900, 100, low=0, high=1, seed=1)), None))  # fmt: skip
    case("softmax_cross_entropy_grad", [logits, target, dloss], cross_entropy_grad,
         large=lambda: ((numbers(900, 100), numbers(900, 100, low=0, high=1, seed=1), numbers(900, seed=2)),
                        None))  # fmt: skip
    case("sparse_softmax_cross_entropy", [logits, labels], lambda x, z: cross_entropy(x, hot(x, z)),
         large=lambda: ((numbers(900, 100), integers(900, high=100)), None))  # fmt: skip
    case("negative_log_likelihood", [logits, labels], lambda x, z: -(x * hot(x, z)).sum(-1),
         large=lambda: ((numbers(900, 100), integers(900, high=100)), None))  # fmt: skip
    case("sparse_softmax_cross_entropy_grad", [logits, labels, dloss], lambda x, z, d: cross_entropy_grad(x, hot(x,
                                                                                                                 z), d),
         large=lambda: ((numbers(900, 100), integers(900, high=100), numbers(900, seed=2)), None))  # fmt: skip
case("softmax_cross_entropy", [FAR, np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])], cross_entropy, smooth=False)
