"""Element by element, along axes, products, and changes of shape."""

import numpy as np

from pykeras import config, ops, tree
from pykeras.keras_tensor import KerasTensor

abs = ops.absolute  # noqa: A001 - Keras's name
all = ops.all  # noqa: A001 - Keras's name
any = ops.any  # noqa: A001 - Keras's name
argmax = ops.argmax
argmin = ops.argmin
cast = ops.cast
cos = ops.cos
exp = ops.exp
max = ops.max  # noqa: A001 - Keras's name
min = ops.min  # noqa: A001 - Keras's name
prod = ops.prod
sign = ops.sign
sin = ops.sin
sqrt = ops.sqrt
square = ops.square
std = ops.std
sum = ops.sum  # noqa: A001 - Keras's name
var = ops.var
round = ops.round  # noqa: A001 - Keras's name
log = ops.log
sigmoid = ops.sigmoid
softplus = ops.softplus
softsign = ops.softsign
tanh = ops.tanh
softmax = ops.softmax


def mean(x, axis=None, keepdims=False):
    """The mean along ``axis``; that of truth values is their share of True, in ``floatx``."""
    x = ops.convert_to_tensor(x)
    return ops.mean(ops.cast(x, config.floatx()) if x.dtype == "bool" else x, axis, keepdims)


def equal(x, y):
    """:func:`pykeras.ops.equal` with Keras 2's arguments."""
    return ops.equal(x, y)


def not_equal(x, y):
    """:func:`pykeras.ops.not_equal` with Keras 2's arguments."""
    return ops.not_equal(x, y)


def greater(x, y):
    """:func:`pykeras.ops.greater` with Keras 2's arguments."""
    return ops.greater(x, y)


def greater_equal(x, y):
    """:func:`pykeras.ops.greater_equal` with Keras 2's arguments."""
    return ops.greater_equal(x, y)


def less(x, y):
    """:func:`pykeras.ops.less` with Keras 2's arguments."""
    return ops.less(x, y)


def less_equal(x, y):
    """:func:`pykeras.ops.less_equal` with Keras 2's arguments."""
    return ops.less_equal(x, y)


def maximum(x, y):
    """:func:`pykeras.ops.maximum` with Keras 2's arguments."""
    return ops.maximum(x, y)


def minimum(x, y):
    """:func:`pykeras.ops.minimum` with Keras 2's arguments."""
    return ops.minimum(x, y)


def pow(x, a):  # noqa: A001 - Keras's name
    """:func:`pykeras.ops.power` with Keras 2's arguments."""
    return ops.power(x, a)


def clip(x, min_value, max_value):
    """``x`` between two bounds, of which ``None`` is none and a maximum below the minimum counts as the minimum."""
    if min_value is not None and max_value is not None and np.isscalar(max_value) and np.isscalar(min_value):
        max_value = min_value if max_value < min_value else max_value
    return ops.clip(x, -np.inf if min_value is None else min_value, np.inf if max_value is None else max_value)


def relu(x, alpha=0.0, max_value=None, threshold=0.0):
    """``x`` above ``threshold``, ``alpha * (x - threshold)`` below, at most ``max_value``."""
    from pykeras import activations

    return activations.relu(x, alpha, max_value, threshold)


def elu(x, alpha=1.0):
    """:func:`pykeras.ops.elu` with Keras 2's arguments."""
    return ops.elu(x, alpha)


def hard_sigmoid(x):
    """``clip(0.2 * x + 0.5, 0, 1)``, as Keras 2 has it (Keras 3's slope is 1/6)."""
    return ops.clip(0.2 * ops.convert_to_tensor(x) + 0.5, 0.0, 1.0)


def l2_normalize(x, axis=None):
    """``x / sqrt(max(sum(x^2), 1e-12))`` along ``axis``."""
    return x / ops.sqrt(ops.maximum(ops.sum(ops.square(x), axis, keepdims=True), 1e-12))


def cumsum(x, axis=0):
    """:func:`pykeras.ops.cumsum` with Keras 2's arguments."""
    return ops.cumsum(x, axis)


def cumprod(x, axis=0):
    """:func:`pykeras.ops.cumprod` with Keras 2's arguments."""
    return ops.cumprod(x, axis)


def dot(x, y):
    """Matrix product; of more axes, the last of ``x`` with the last but one of ``y``, as ``numpy.dot``."""
    return ops.dot(x, y)


def batch_dot(x, y, axes=None):
    """Products of the samples of two batches, summed over an axis of each (``axes``: one number or a pair).

    >>> from pykeras import backend as K
    >>> K.batch_dot(K.ones((32, 20, 1)), K.ones((32, 30, 20)), axes=(1, 2)).shape
    (32, 1, 30)
    """
    x, y = ops.convert_to_tensor(x), ops.convert_to_tensor(y)
    if len(x.shape) < 2 or len(y.shape) < 2:
        raise ValueError(f"batch_dot: expected tensors of at least 2 axes, got shapes {x.shape} and {y.shape}")
    if axes is None:
        axes = (len(x.shape) - 1, len(y.shape) - (1 if len(y.shape) == 2 else 2))
    first, second = (axes, axes) if isinstance(axes, int) else axes
    first, second = first % len(x.shape), second % len(y.shape)
    if 0 in (first, second):
        raise ValueError("batch_dot: axis 0 is that of the samples and cannot be summed over")
    left, right = x.shape[1:first] + x.shape[first + 1 :], y.shape[1:second] + y.shape[second + 1 :]
    open_rows = -1 if x.shape[0] is None else x.shape[0]
    rows = ops.reshape(ops.moveaxis(x, first, -1), (open_rows, _count(left), x.shape[first]))
    columns = ops.reshape(ops.moveaxis(y, second, 1), (open_rows, y.shape[second], _count(right)))
    product = ops.matmul(rows, columns)
    return ops.reshape(product, (open_rows, *(left + right or (1,))))


def _count(sizes):
    return int(np.prod(sizes)) if sizes else 1


def transpose(x):
    """:func:`pykeras.ops.transpose` with Keras 2's arguments."""
    return ops.transpose(x)


def permute_dimensions(x, pattern):
    """:func:`pykeras.ops.transpose` with Keras 2's arguments."""
    return ops.transpose(x, pattern)


def reshape(x, shape):
    """:func:`pykeras.ops.reshape` with Keras 2's arguments."""
    return ops.reshape(x, shape)


def flatten(x):
    """:func:`pykeras.ops.reshape` with Keras 2's arguments."""
    return ops.reshape(x, (-1,))


def batch_flatten(x):
    """Every sample as a row."""
    sizes = x.shape[1:]
    return ops.reshape(x, (-1, _count(sizes)) if None not in sizes else (x.shape[0], -1))


def expand_dims(x, axis=-1):
    """:func:`pykeras.ops.expand_dims` with Keras 2's arguments."""
    return ops.expand_dims(x, axis)


def squeeze(x, axis):
    """:func:`pykeras.ops.squeeze` with Keras 2's arguments."""
    return ops.squeeze(x, axis)


def concatenate(tensors, axis=-1):
    """:func:`pykeras.ops.concatenate` with Keras 2's arguments."""
    return ops.concatenate(tensors, axis)


def stack(x, axis=0):
    """:func:`pykeras.ops.stack` with Keras 2's arguments."""
    return ops.stack(x, axis)


def tile(x, n):
    """:func:`pykeras.ops.tile` with Keras 2's arguments."""
    return ops.tile(x, (n,) if isinstance(n, int) else n)


def repeat(x, n):
    """Every row of a matrix ``n`` times: ``(samples, dim)`` to ``(samples, n, dim)``."""
    if len(x.shape) != 2:
        raise ValueError(f"repeat: expected 2 axes, got shape {x.shape}")
    return ops.repeat(ops.expand_dims(x, 1), n, axis=1)


def repeat_elements(x, rep, axis):
    """:func:`pykeras.ops.repeat` with Keras 2's arguments."""
    return ops.repeat(x, rep, axis)


def reverse(x, axes):
    """:func:`pykeras.ops.flip` with Keras 2's arguments."""
    return ops.flip(x, axes)


def gather(reference, indices):
    """Rows by number."""
    return ops.take(reference, indices, axis=0)


def arange(start, stop=None, step=1, dtype="int32"):
    """:func:`pykeras.ops.arange` with Keras 2's arguments."""
    return ops.arange(start, stop, step, dtype)


def one_hot(indices, num_classes):
    """:func:`pykeras.ops.one_hot` with Keras 2's arguments."""
    return ops.one_hot(indices, num_classes)


def in_top_k(predictions, targets, k):
    """:func:`pykeras.ops.in_top_k` with Keras 2's arguments."""
    return ops.in_top_k(targets, predictions, k)


def switch(condition, then_expression, else_expression):
    """``then_expression`` where ``condition`` holds; for a scalar condition the branches may be functions."""
    if not getattr(condition, "shape", ()) and not isinstance(condition, KerasTensor):
        chosen = then_expression if bool(condition) else else_expression
        return chosen() if callable(chosen) else chosen
    first, second = (branch() if callable(branch) else branch for branch in (then_expression, else_expression))
    while len(condition.shape) < len(first.shape):
        condition = ops.expand_dims(condition, -1)
    return ops.where(condition, first, second)


def map_fn(fn, elems, name=None, dtype=None):
    """``fn`` of each slice along axis 0, stacked."""
    made = ops.map(fn, elems)
    return made if dtype is None else tree.map_structure(lambda x: ops.cast(x, dtype), made)


def foldl(fn, elems, initializer=None, name=None):
    """``fn(total, element)`` over axis 0, from the first to the last."""
    return _fold(fn, ops.convert_to_tensor(elems), initializer, 1)


def foldr(fn, elems, initializer=None, name=None):
    """``fn(total, element)`` over axis 0, from the last to the first."""
    return _fold(fn, ops.convert_to_tensor(elems), initializer, -1)


def _fold(fn, elems, total, step):
    items = [elems[i] for i in range(elems.shape[0])][::step]
    if total is None:
        if not items:
            raise ValueError("fold: no elements and no initializer")
        total = items.pop(0)
    for item in items:
        total = fn(total, item)
    return total


def binary_crossentropy(target, output, from_logits=False):
    """:func:`pykeras.ops.binary_crossentropy` with Keras 2's arguments."""
    return ops.binary_crossentropy(target, output, from_logits)


def categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """:func:`pykeras.ops.categorical_crossentropy` with Keras 2's arguments."""
    return ops.categorical_crossentropy(target, output, from_logits, axis)


def sparse_categorical_crossentropy(target, output, from_logits=False, axis=-1, ignore_class=None):
    """As the op; where the label is ``ignore_class`` the loss is 0."""
    if ignore_class is None:
        return ops.sparse_categorical_crossentropy(target, output, from_logits, axis)
    target = ops.cast(target, "int64")
    valid = ops.not_equal(target, ignore_class)
    loss = ops.sparse_categorical_crossentropy(ops.where(valid, target, 0), output, from_logits, axis)
    return ops.where(ops.reshape(valid, loss.shape), loss, 0.0)


def binary_focal_crossentropy(target, output, apply_class_balancing=False, alpha=0.25, gamma=2.0, from_logits=False):
    """Cross-entropies times ``(1 - p_t) ** gamma``, element by element (arXiv:1708.02002)."""
    target = ops.cast(target, output.dtype)
    p = ops.sigmoid(output) if from_logits else output
    p_t = target * p + (1 - target) * (1 - p)
    loss = (1.0 - p_t) ** gamma * ops.binary_crossentropy(target, output, from_logits)
    return loss * (target * alpha + (1 - target) * (1 - alpha)) if apply_class_balancing else loss


def categorical_focal_crossentropy(target, output, alpha=0.25, gamma=2.0, from_logits=False, axis=-1):
    """``sum(-alpha * (1 - p) ** gamma * target * log(p))`` along ``axis`` (arXiv:1708.02002)."""
    p = ops.softmax(output, axis) if from_logits else output / ops.sum(output, axis, keepdims=True)
    p = ops.clip(p, config.epsilon(), 1.0 - config.epsilon())
    return ops.sum(-alpha * (1.0 - p) ** gamma * ops.cast(target, p.dtype) * ops.log(p), axis)


__all__ = [
    "abs", "all", "any", "arange", "argmax", "argmin", "batch_dot", "batch_flatten", "binary_crossentropy",
    "binary_focal_crossentropy", "cast", "categorical_crossentropy", "categorical_focal_crossentropy", "clip",
    "concatenate", "cos", "cumprod", "cumsum", "dot", "elu", "equal", "exp", "expand_dims", "flatten", "foldl",
    "foldr", "gather", "greater", "greater_equal", "hard_sigmoid", "in_top_k", "l2_normalize", "less", "less_equal",
    "log", "map_fn", "max", "maximum", "mean", "min", "minimum", "not_equal", "one_hot", "permute_dimensions", "pow",
    "prod", "relu", "repeat", "repeat_elements", "reshape", "reverse", "round", "sigmoid", "sign", "sin", "softmax",
    "softplus", "softsign", "sparse_categorical_crossentropy", "sqrt", "square", "squeeze", "stack", "std", "sum",
    "switch", "tanh", "tile", "transpose", "var",
]  # fmt: skip
