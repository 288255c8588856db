"""Counts of right and wrong yes-or-no predictions at one or more thresholds."""

import numpy as np

from pykeras import _core, config, ops
from pykeras.losses.reduction import align_ranks

# scores that top_k leaves out; the threshold that lets all others through
LOWEST = -1e10


def sum_by_number(values, numbers, count):
    """Sums of the values that have one number: 1-D tensors of values and integers to a tensor of shape ``(count,)``."""
    return _core.op.take_grad(values, ops.cast(numbers, "int64"), 0, count)


class Thresholds:
    """Thresholds in rising order, and what belongs to counting with them.

    Args:
        values: numbers.

    Evenly spaced ones from 0 to 1 (the ends may be ε outside) need no comparison of every prediction with every
    threshold: a prediction's place among them is computed.
    """

    def __init__(self, values):
        self.values = [float(value) for value in values]
        count = len(self.values)
        spaced = np.arange(count, dtype="float32") / max(count - 1, 1)
        self.even = count > 2 and bool(np.allclose(self.values, spaced, atol=config.epsilon()))
        self._zero_counts = self.values[0] < 0.0
        # row i picks the buckets above threshold i
        self._above = np.triu(np.ones((count, count), "float32"), 1) if self.even else None

    def __len__(self):
        return len(self.values)

    def count_above(self, y_pred, weights):
        """For each threshold the weights of the predictions above it.

        Args:
            y_pred: shape ``(n, labels)``.
            weights: list of tensors of that shape.

        Returns:
            List of tensors of shape ``(thresholds, labels)``.
        """
        if not self.even:
            thresholds = ops.convert_to_tensor(np.array(self.values, y_pred.dtype).reshape(-1, 1, 1))
            above = ops.cast(ops.expand_dims(y_pred, 0) > thresholds, y_pred.dtype)
            return [ops.sum(above * ops.expand_dims(weight, 0), axis=1) for weight in weights]
        count, labels = len(self), y_pred.shape[1]
        # number of thresholds that lie below the prediction
        bucket = ops.ceil(ops.clip(y_pred, 0.0, 1.0) * float(count - 1))
        if self._zero_counts:
            bucket = ops.maximum(bucket, 1.0)
        place = ops.cast(bucket, "int32") * labels + ops.arange(labels, dtype="int32")
        place = ops.reshape(place, (-1,))
        sums = [sum_by_number(ops.reshape(weight, (-1,)), place, count * labels) for weight in weights]
        above = ops.convert_to_tensor(self._above.astype(y_pred.dtype))
        return [ops.matmul(above, ops.reshape(each, (count, labels))) for each in sums]


def parse_thresholds(name, thresholds, default=0.5):
    """Thresholds from a number, a list of them or None.

    Raises:
        ValueError: for one outside of [0, 1].
    """
    if thresholds is None:
        return Thresholds([default])
    values = list(thresholds) if isinstance(thresholds, (list, tuple, np.ndarray)) else [thresholds]
    wrong = [value for value in values if value is None or not 0 <= value <= 1]
    if wrong or not values:
        raise ValueError(f"{name}: expected thresholds between 0 and 1, got {thresholds}")
    return Thresholds(values)


def even_thresholds(count):
    """``count`` thresholds from 0 to 1; 0.5 alone for one."""
    return [0.5] if count == 1 else [number / (count - 1) for number in range(count)]


def best_k(y_pred, k):
    """Scores with all but the ``k`` largest of the last axis at ``LOWEST``."""
    _, places = ops.top_k(y_pred, k)
    kept = ops.sum(ops.one_hot(places, y_pred.shape[-1], dtype=y_pred.dtype), axis=-2)
    return y_pred * kept + LOWEST * (1.0 - kept)


def align_sample_weight(sample_weight, y_pred):
    """A weight for each prediction, from one a sample, one a prediction, or a number."""
    weight = ops.expand_dims(ops.cast(ops.convert_to_tensor(sample_weight), y_pred.dtype), -1)
    if len(weight.shape) == len(y_pred.shape) + 1:
        weight = ops.squeeze(weight, -1)
    return ops.broadcast_to(weight, y_pred.shape)


def confusion_counts(
    y_true, y_pred, thresholds, sample_weight=None, *, top_k=None, class_id=None, by_label=False, label_weights=None
):
    """Counts at each threshold, weighted.

    Args:
        y_true: labels, 0 or not, shape ``(n, ...)``.
        y_pred: probabilities of the same shape.
        thresholds: a :class:`Thresholds`.
        sample_weight: a number, ``(n,)`` or the shape of ``y_pred``.
        top_k: predictions beside the ``k`` best of the last axis count as negative.
        class_id: place of the one class on the last axis that counts.
        by_label: count for each place of the last axis alone.
        label_weights: weights of the last axis.

    Returns:
        Dictionary of ``true_positives``, ``false_positives``, ``true_negatives`` and ``false_negatives``, shape
        ``(thresholds,)`` each, ``(thresholds, labels)`` with ``by_label``.

    Raises:
        ValueError: when ``class_id`` is asked of predictions without a class axis.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    dtype = y_pred.dtype if "float" in str(y_pred.dtype) else config.floatx()
    y_pred, y_true = align_ranks(ops.cast(y_pred, dtype), ops.cast(ops.convert_to_tensor(y_true), dtype))
    y_true = ops.cast(ops.not_equal(y_true, 0.0), dtype)
    if top_k is not None:
        y_pred = best_k(y_pred, top_k)
    if class_id is not None:
        if len(y_pred.shape) < 2:
            raise ValueError(f"class_id: expected predictions of shape (samples, classes), got {tuple(y_pred.shape)}")
        y_true, y_pred = y_true[..., class_id, None], y_pred[..., class_id, None]
    positive, negative = y_true, 1.0 - y_true
    weight = None if sample_weight is None else align_sample_weight(sample_weight, y_pred)
    if label_weights is not None:
        label_weights = ops.cast(ops.convert_to_tensor(label_weights), dtype)
        weight = ops.broadcast_to(label_weights, y_pred.shape) if weight is None else weight * label_weights
    if weight is not None:
        positive, negative = positive * weight, negative * weight
    shape = (-1, y_pred.shape[-1]) if by_label else (-1, 1)
    y_pred, positive, negative = (ops.reshape(each, shape) for each in (y_pred, positive, negative))
    hits, alarms = thresholds.count_above(y_pred, [positive, negative])
    counts = {
        "true_positives": hits,
        "false_positives": alarms,
        "true_negatives": ops.sum(negative, axis=0) - alarms,
        "false_negatives": ops.sum(positive, axis=0) - hits,
    }
    return counts if by_label else {name: ops.squeeze(count, -1) for name, count in counts.items()}
