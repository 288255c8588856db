"""From the loss of each sample to one number: shapes aligned, weights and masks applied, a mean or a sum taken."""

from pykeras import config, ops

REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


class Reduction:
    """Names of reductions, in the spelling of Keras 2."""

    AUTO = "auto"
    NONE = "none"
    SUM = "sum"
    SUM_OVER_BATCH_SIZE = "sum_over_batch_size"

    @classmethod
    def all(cls):
        return cls.AUTO, cls.NONE, cls.SUM, cls.SUM_OVER_BATCH_SIZE

    @classmethod
    def validate(cls, key):
        return standardize_reduction(key)


def standardize_reduction(reduction):
    """The reduction's Keras 3 name; ``"auto"`` of Keras 2 is its default, ``"sum_over_batch_size"``.

    Raises:
        ValueError: for a name that is no reduction.
    """
    if reduction == "auto":
        return "sum_over_batch_size"
    if reduction not in REDUCTIONS:
        raise ValueError(
            f"Invalid value for argument `reduction`: expected one of {', '.join(map(repr, REDUCTIONS))}, got {reduction!r}"
        )
    return reduction


def compute_dtype(dtype):
    """The dtype a loss or metric computes in: a name, a policy with a ``compute_dtype``, or None for ``floatx``."""
    if dtype is None:
        return config.floatx()
    return str(getattr(dtype, "compute_dtype", None) or getattr(dtype, "name", dtype))


def get_mask(tensor):
    """The mask that a layer such as Masking or Embedding left on ``tensor``, or None."""
    return getattr(tensor, "_keras_mask", None)


def align_ranks(first, second):
    """Bring two tensors that differ by a last axis of size one to the same rank.

    Labels ``(n,)`` meet predictions ``(n, 1)`` as ``(n, 1)``; ``(n, t, 1)`` meets ``(n, t)`` as ``(n, t)``.
    Tensors that differ otherwise are returned as they are.
    """
    difference = len(first.shape) - len(second.shape)
    if difference == 1 and first.shape[-1] == 1:
        if len(second.shape) == 1:
            return first, ops.expand_dims(second, -1)
        return ops.squeeze(first, -1), second
    if difference == -1 and second.shape[-1] == 1:
        if len(first.shape) == 1:
            return ops.expand_dims(first, -1), second
        return first, ops.squeeze(second, -1)
    return first, second


def align_weights(values, weights):
    """``align_ranks``, then axes of size one at the end of ``weights``: a weight a sample counts for all its values."""
    values, weights = align_ranks(values, weights)
    for _ in range(len(values.shape) - len(weights.shape)):
        weights = ops.expand_dims(weights, -1)
    return values, weights


def apply_mask(sample_weight, mask, dtype, reduction):
    """Weights with the masked places set to zero; for means, scaled so that only unmasked places are averaged over."""
    if mask is None:
        return sample_weight
    mask = ops.cast(mask, dtype)
    if reduction in ("mean", "sum_over_batch_size"):
        places = 1.0
        for size in mask.shape:
            places *= size
        mask = mask * (places / ops.maximum(ops.sum(mask), config.epsilon()))
    if sample_weight is None:
        return mask
    mask, sample_weight = align_weights(mask, ops.cast(sample_weight, dtype))
    return sample_weight * mask


def divide_no_nan(numerator, denominator):
    """``numerator / denominator``, zero where the denominator is zero."""
    empty = ops.equal(denominator, 0)
    return ops.where(empty, 0.0, numerator / ops.where(empty, 1.0, denominator))


def reduce_values(values, sample_weight, reduction):
    """Mean, sum or none of ``values``, which already carry ``sample_weight``."""
    if reduction in ("none", None) or tuple(values.shape) in ((), (0,)):
        return values
    if reduction == "sum":
        return ops.sum(values)
    if reduction == "mean_with_sample_weight" and sample_weight is not None:
        return divide_no_nan(ops.sum(values), ops.sum(sample_weight))
    return ops.mean(values)


def reduce_weighted_values(values, sample_weight=None, mask=None, reduction="sum_over_batch_size", dtype=None):
    """Reduce the losses of a batch to what is minimised.

    ``sum_over_batch_size`` divides the weighted sum by the number of values (not by the sum of the weights);
    ``mean_with_sample_weight`` divides by the sum of the weights as they are given (a weight for a whole sample counts
    once, as in Keras).

    Args:
        values: tensor of shape ``(n, ...)``, one loss a sample (and a time step, a pixel, ...).
        sample_weight: scalar, ``(n,)`` or a shape that broadcasts to that of ``values``.
        mask: boolean tensor; False takes the place out of sum and mean.
        reduction: ``"sum_over_batch_size"``, ``"sum"``, ``"mean"``, ``"mean_with_sample_weight"``, ``"none"`` or None.
        dtype: dtype of the computation.
    """
    dtype = compute_dtype(dtype)
    values = ops.cast(values, dtype)
    if sample_weight is not None:
        sample_weight = ops.cast(ops.convert_to_tensor(sample_weight), dtype)
    sample_weight = apply_mask(sample_weight, mask, dtype, reduction)
    if sample_weight is not None:
        values, sample_weight = align_weights(values, sample_weight)
        values = values * sample_weight
    return reduce_values(values, sample_weight, reduction)
