"""Losses between distributions and directions: Kullback-Leibler, Poisson, cosine similarity."""

from pykeras import config, ops
from pykeras.losses.loss import LossFunctionWrapper, as_pair
from pykeras.losses.names import registry


@registry.register("kld", "KLD", "kullback_leibler_divergence")
def kl_divergence(y_true, y_pred):
    """``sum(y_true · log(y_true / y_pred))`` over the last axis; both clipped to ``[ε, 1]``.

    Args:
        y_true, y_pred: probabilities, shape ``(n, ..., k)``.

    Returns:
        Tensor of shape ``(n, ...)``.

    Example:
        >>> import pykeras
        >>> round(float(pykeras.losses.kl_divergence([[0.5, 0.5]], [[0.25, 0.75]])[0]), 4)
        0.1438
    """
    y_true, y_pred = (ops.clip(y, config.epsilon(), 1.0) for y in as_pair(y_true, y_pred))
    return ops.sum(y_true * ops.log(y_true / y_pred), axis=-1)


@registry.register
def poisson(y_true, y_pred):
    """``mean(y_pred - y_true · log(y_pred + ε))`` over the last axis: shapes ``(n, ..., k)`` to ``(n, ...)``.

    Example:
        >>> import pykeras
        >>> round(float(pykeras.losses.poisson([[1.0, 0.0]], [[1.0, 2.0]])[0]), 4)
        1.5
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    return ops.mean(y_pred - y_true * ops.log(y_pred + config.epsilon()), axis=-1)


def unit_vectors(x, axis):
    """``x`` divided by its Euclidean length along ``axis``."""
    return x * ops.rsqrt(ops.maximum(ops.sum(ops.square(x), axis=axis, keepdims=True), 1e-12))


@registry.register("cosine", "cosine_proximity")
def cosine_similarity(y_true, y_pred, axis=-1):
    """``-sum(y_true · y_pred) / (|y_true| |y_pred|)``: -1 for the same direction, 1 for opposite ones.

    Args:
        y_true, y_pred: tensors of shape ``(n, ..., k)``.
        axis: the axis that is summed over.

    Example:
        >>> import pykeras
        >>> round(float(pykeras.losses.cosine_similarity([[1.0, 1.0]], [[2.0, 2.0]])[0]), 4)
        -1.0
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    return -ops.sum(unit_vectors(y_true, axis) * unit_vectors(y_pred, axis), axis=axis)


@registry.register
class KLDivergence(LossFunctionWrapper):
    """Kullback-Leibler divergence; see :func:`kl_divergence`."""

    def __init__(self, reduction="sum_over_batch_size", name="kl_divergence", dtype=None):
        super().__init__(kl_divergence, reduction=reduction, name=name, dtype=dtype)


@registry.register
class Poisson(LossFunctionWrapper):
    """Negative log-likelihood of counts; see :func:`poisson`."""

    def __init__(self, reduction="sum_over_batch_size", name="poisson", dtype=None):
        super().__init__(poisson, reduction=reduction, name=name, dtype=dtype)


@registry.register
class CosineSimilarity(LossFunctionWrapper):
    """Negative cosine of the angle between labels and predictions; see :func:`cosine_similarity`."""

    def __init__(self, axis=-1, reduction="sum_over_batch_size", name="cosine_similarity", dtype=None):
        super().__init__(cosine_similarity, reduction=reduction, name=name, dtype=dtype, axis=axis)
