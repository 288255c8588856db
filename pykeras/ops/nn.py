"""Activation functions, products, normalization and cross-entropies."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pykeras import _core, config
from pykeras.dtypes import FLOATS, result_type
from pykeras.keras_tensor import operation
from pykeras.ops.arithmetic import multiply, real
from pykeras.ops.blocks import depth_to_space, fold, psnr, space_to_depth, unfold
from pykeras.ops.convolution import conv, conv_transpose, depthwise_conv, separable_conv
from pykeras.ops.core import cast
from pykeras.ops.numbers import as_operand
from pykeras.ops.pooling import adaptive_average_pool, adaptive_max_pool, average_pool, max_pool

op = _core.op


# ---- activation functions ------------------------------------------------------------------------


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
    from pykeras.ops.movement import moveaxis
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
    from pykeras.ops.movement import split

    x = as_operand(x)
    size = x.shape[axis]
    if size is not None and size % 2:
        raise ValueError(f"glu: axis {axis} of shape {x.shape} is not of even size")
    a, b = split(x, 2, axis)
    return op.multiply(a, op.sigmoid(b))


# ---- products ------------------------------------------------------------------------------------


@operation
def dense(x, kernel, bias=None):
    """``x @ kernel + bias`` over the last axis: (..., n) times (n, m) is (..., m)."""
    return op.dense(x, kernel, bias)


@operation
def matmul(x1, x2):
    """Matrix product under NumPy's rules: last two axes multiply, leading axes broadcast, vectors are promoted.

    >>> matmul([[1.0, 2.0]], [[3.0], [4.0]]).tolist()
    [[11.0]]
    """
    x1, x2 = as_operand(x1), as_operand(x2)
    return _product(x1, x2, "int32" if x1.dtype == x2.dtype == "int8" else result_type(x1.dtype, x2.dtype))


def _product(x1, x2, dtype: str):
    from pykeras.ops.movement import expand_dims, squeeze

    rank1, rank2 = len(x1.shape), len(x2.shape)
    if rank1 == 0 or rank2 == 0:
        raise ValueError("matmul: expected tensors of at least one axis; to scale, use multiply")
    whole = dtype not in FLOATS
    if whole:
        # Exact up to 2**53; what does not fit into the result's dtype wraps, as sums of integers do.
        x1, x2 = cast(x1, "float64"), cast(x2, "float64")
    if rank1 == 1:
        x1 = expand_dims(x1, 0)
    if rank2 == 1:
        x2 = expand_dims(x2, -1)
    result = op.matmul(x1, x2)
    if rank1 == 1:
        result = squeeze(result, -2)
    if rank2 == 1:
        result = squeeze(result, -1)
    return cast(cast(result, "int64"), dtype) if whole else result


@operation
def dot(x1, x2):
    """NumPy's dot: sum over the last axis of ``x1`` and the last but one of ``x2``."""
    x1, x2 = as_operand(x1), as_operand(x2)
    if not x1.shape or not x2.shape:
        return multiply(x1, x2)
    if len(x2.shape) <= 2:
        return _product(x1, x2, result_type(x1.dtype, x2.dtype))
    return tensordot(x1, x2, ([len(x1.shape) - 1], [len(x2.shape) - 2]))


@operation
def tensordot(x1, x2, axes: Any = 2):
    """Sum over the products of the paired ``axes``."""
    x1, x2 = as_operand(x1), as_operand(x2)
    rank1, rank2 = len(x1.shape), len(x2.shape)
    if isinstance(axes, (int, np.integer)):
        axes = (list(range(rank1 - axes, rank1)), list(range(axes)))
    over1, over2 = ([int(a)] if isinstance(a, (int, np.integer)) else [int(i) for i in a] for a in axes)
    over1, over2 = [a % rank1 for a in over1], [a % rank2 for a in over2]
    kept1 = [a for a in range(rank1) if a not in over1]
    kept2 = [a for a in range(rank2) if a not in over2]
    size = math.prod(x2.shape[a] for a in over2)
    left = op.reshape(op.transpose(x1, kept1 + over1), [-1, size])
    right = op.reshape(op.transpose(x2, over2 + kept2), [size, -1])
    shape = [-1 if s is None else s for s in [x1.shape[a] for a in kept1] + [x2.shape[a] for a in kept2]]
    return op.reshape(_product(left, right, result_type(x1.dtype, x2.dtype)), shape)


@operation
def outer(x1, x2):
    """All products of a value of ``x1`` and one of ``x2``."""
    return multiply(op.reshape(x1, [-1, 1]), op.reshape(x2, [1, -1]))


# ---- normalization -------------------------------------------------------------------------------


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


# ---- cross-entropies -----------------------------------------------------------------------------


def _logits_behind(output, name: str):
    """What ``output`` was computed from when it is the result of that activation."""
    behind = getattr(output, "logits", None)
    return behind[1] if behind is not None and behind[0] == name else None


def _same_shapes(name, target, output):
    if len(target.shape) != len(output.shape) or any(
        a is not None and b is not None and a != b for a, b in zip(target.shape, output.shape)
    ):
        raise ValueError(f"{name}: expected target and output of one shape, got {target.shape} and {output.shape}")


@operation
def categorical_crossentropy(target, output, from_logits: bool = False, axis=-1):
    """``-sum(target * log(output))`` along ``axis``; ``output`` are probabilities, or logits with ``from_logits``.

    Probabilities that a softmax has just computed are taken back to their logits, which is stable and fused.
    """
    target, output = as_operand(target), as_operand(output)
    _same_shapes("categorical_crossentropy", target, output)
    if not output.shape:
        raise ValueError("categorical_crossentropy: expected at least one axis, got scalars")
    target = cast(target, output.dtype)
    last = axis in (-1, len(output.shape) - 1)
    logits = output if from_logits else _logits_behind(output, "softmax")
    if logits is not None:
        if last:
            return op.softmax_cross_entropy(logits, target)
        return op.negative(op.sum(op.multiply(target, op.log_softmax(logits, axis)), [axis], False))
    output = op.divide(output, op.sum(output, [axis], True))
    output = op.clip(output, config.epsilon(), 1.0 - config.epsilon())
    return op.negative(op.sum(op.multiply(target, op.log(output)), [axis], False))


@operation
def sparse_categorical_crossentropy(target, output, from_logits: bool = False, axis=-1):
    """``-log(output[target])`` along ``axis`` with class numbers as ``target``.

    Raises ``ValueError`` for a label outside the classes.
    """
    target, output = as_operand(target), as_operand(output)
    if len(target.shape) == len(output.shape) and target.shape[-1] == 1:
        from pykeras.ops.movement import squeeze

        target = squeeze(target, -1)
    if not output.shape:
        raise ValueError("sparse_categorical_crossentropy: expected at least one axis, got a scalar")
    rank = len(output.shape)
    expected = [s for a, s in enumerate(output.shape) if a != axis % rank]
    if len(target.shape) != rank - 1 or any(
        a is not None and b is not None and a != b for a, b in zip(target.shape, expected)
    ):
        raise ValueError(
            f"sparse_categorical_crossentropy: expected target of shape {tuple(expected)} for output of shape "
            f"{output.shape}, got {target.shape}"
        )
    target = cast(target, "int64")
    logits = output if from_logits else _logits_behind(output, "softmax")
    if logits is None:
        output = op.divide(output, op.sum(output, [axis], True))
        # Log-probabilities that were clipped need no second normalization.
        logits = op.log(op.clip(output, config.epsilon(), 1.0 - config.epsilon()))
        known = False
    else:
        known = True
    if axis not in (-1, rank - 1):
        from pykeras.ops.movement import moveaxis

        logits = moveaxis(logits, axis, -1)
    return op.sparse_softmax_cross_entropy(logits, target) if known else op.negative_log_likelihood(logits, target)


@operation
def binary_crossentropy(target, output, from_logits: bool = False):
    """``-target * log(output) - (1 - target) * log(1 - output)``, element by element."""
    target, output = as_operand(target), as_operand(output)
    _same_shapes("binary_crossentropy", target, output)
    target = cast(target, output.dtype)
    logits = output if from_logits else _logits_behind(output, "sigmoid")
    if logits is not None:
        # max(x, 0) - x z + log(1 + exp(-|x|))
        return op.subtract(op.softplus(logits), op.multiply(logits, target))
    output = op.clip(output, config.epsilon(), 1.0 - config.epsilon())
    positive = op.multiply(target, op.log(output))
    negative = op.multiply(op.subtract(1.0, target), op.log(op.subtract(1.0, output)))
    return op.negative(op.add(positive, negative))


@operation
def multi_hot(inputs, num_classes=None, axis=-1, dtype=None, sparse=False, **kwargs):
    """The largest of the one-hot rows of each sample: which classes occur."""
    from pykeras.ops.movement import one_hot

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
    "adaptive_average_pool", "adaptive_max_pool", "average_pool", "conv", "conv_transpose", "depthwise_conv",
    "depth_to_space", "fold", "max_pool", "psnr", "separable_conv", "space_to_depth", "unfold",
    "batch_normalization", "binary_crossentropy", "categorical_crossentropy", "celu", "dense",
    "dot",
    "elu", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh", "leaky_relu",
    "log_sigmoid",
    "log_softmax", "matmul", "multi_hot", "normalize", "outer", "relu", "relu6", "selu", "sigmoid", "silu",
    "soft_shrink", "softmax", "softplus", "softsign", "sparse_categorical_crossentropy", "sparse_plus",
    "sparse_sigmoid",
    "sparsemax", "squareplus", "swish", "tanh_shrink", "tensordot", "threshold",
]  # fmt: skip

# Names that Keras also has here, and where they stand.
_ELSEWHERE = {
    "ctc_decode": "ctc", "ctc_loss": "ctc", "depth_to_space": "arranging", "dot_product_attention": "attention",
    "fold": "patches", "layer_normalization": "normalization", "moments": "reduction", "one_hot": "movement",
    "polar": "elementary", "psnr": "vectors", "rms_normalization": "normalization", "space_to_depth": "arranging",
    "unfold": "patches",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _ELSEWHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"pykeras.ops.{_ELSEWHERE[name]}"), name)
