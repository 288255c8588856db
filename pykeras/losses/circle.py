"""Circle loss, for embeddings of one class to meet and of others to part."""

from pykeras import ops
from pykeras.losses.loss import LossFunctionWrapper
from pykeras.losses.names import registry

_NOWHERE = -1e30


@registry.register
def circle(y_true, y_pred, ref_labels=None, ref_embeddings=None, remove_diagonal=True, gamma=80, margin=0.4):
    """``softplus(logsumexp(-γ·w⁺·(m - d⁺)) + logsumexp(γ·w⁻·(1 - m - d⁻)))`` for each sample.

    ``d = max(0, 1 - cosine)`` of a sample and those of its class (``d⁺``) or other classes (``d⁻``), with weights
    ``w⁺ = d⁺ + m`` and ``w⁻ = max(0, 1 + m - d⁻)``. Samples without a loss do not count in means.

    Args:
        y_true: class numbers, shape ``(n,)``.
        y_pred: embeddings of length 1, shape ``(n, k)``.
        ref_labels, ref_embeddings: what to compare with, ``(m,)`` and ``(m, k)``; the batch itself by default.
        remove_diagonal: leave out the comparison of each sample with itself.
        gamma: scale of the similarities.
        margin: the paper's relaxation ``m``.

    Returns:
        Tensor of shape ``(n,)``.

    Source: Y. Sun et al., "Circle Loss: A Unified Perspective of Pair Similarity Optimization", 2020.

    Example:
        >>> import pykeras
        >>> together = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
        >>> round(float(pykeras.losses.circle([0, 0, 1], together, gamma=1.0)[0]), 4)
        0.5459
    """
    y_pred = ops.convert_to_tensor(y_pred)
    labels = ops.reshape(ops.cast(ops.convert_to_tensor(y_true), "int32"), (-1, 1))
    others = y_pred if ref_embeddings is None else ops.cast(ops.convert_to_tensor(ref_embeddings), y_pred.dtype)
    other_labels = labels if ref_labels is None else ops.cast(ops.convert_to_tensor(ref_labels), "int32")
    same = ops.equal(labels, ops.reshape(other_labels, (1, -1)))
    apart = ops.logical_not(same)
    if remove_diagonal:
        rows, columns = same.shape
        same = ops.logical_and(same, ops.logical_not(ops.cast(ops.eye(rows, columns), "bool")))
    distance = ops.maximum(1.0 - ops.matmul(y_pred, ops.transpose(others)), 0.0)
    pull = -gamma * (distance + margin) * (margin - distance)
    push = gamma * ops.maximum(1.0 + margin - distance, 0.0) * (1.0 - margin - distance)
    values = ops.softplus(_log_sum_exp(pull, same) + _log_sum_exp(push, apart))
    values._keras_mask = values > 0.0
    return values


def _log_sum_exp(x, counted):
    """Over the last axis, of the places that count; very small (with a gradient of zero) where none does."""
    return ops.logsumexp(ops.where(counted, x, _NOWHERE), axis=1)


@registry.register
class Circle(LossFunctionWrapper):
    """Circle loss of the pairs in a batch; see :func:`circle`."""

    def __init__(
        self,
        gamma=80.0,
        margin=0.4,
        remove_diagonal=True,
        reduction="sum_over_batch_size",
        name="circle",
        dtype=None,
    ):
        options = {"gamma": gamma, "margin": margin, "remove_diagonal": remove_diagonal}
        super().__init__(circle, reduction=reduction, name=name, dtype=dtype, **options)
