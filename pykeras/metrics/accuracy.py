"""Share of right predictions: for equal values, yes-or-no labels, one-hot labels, class numbers, and the best k."""

from pykeras import config, ops
from pykeras.losses.crossentropy import class_numbers
from pykeras.losses.loss import as_pair
from pykeras.metrics.mean import MeanMetricWrapper
from pykeras.metrics.names import registry


@registry.function
def accuracy(y_true, y_pred):
    """1 where ``y_pred`` equals ``y_true``, else 0; the tensors' common shape."""
    y_true, y_pred = as_pair(y_true, y_pred)
    return ops.cast(ops.equal(y_true, y_pred), config.floatx())


@registry.function
def binary_accuracy(y_true, y_pred, threshold=0.5):
    """1 where ``y_pred > threshold`` equals ``y_true``, else 0.

    Args:
        y_true: labels 0 or 1, shape ``(n, ...)``.
        y_pred: probabilities, the same shape.
        threshold: above it the prediction is 1.

    Raises:
        ValueError: when the threshold is not between 0 and 1.

    Example:
        >>> import pykeras
        >>> pykeras.metrics.binary_accuracy([[1.0], [0.0]], [[0.6], [0.7]]).numpy().tolist()
        [[1.0], [0.0]]
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    return ops.cast(ops.equal(y_true, ops.cast(y_pred > threshold, y_true.dtype)), config.floatx())


@registry.function
def categorical_accuracy(y_true, y_pred):
    """1 where the largest of ``y_pred`` stands where the largest of ``y_true`` does: ``(n, ..., k)`` to ``(n, ...)``.

    Example:
        >>> import pykeras
        >>> pykeras.metrics.categorical_accuracy([[0, 1], [1, 0]], [[0.1, 0.9], [0.2, 0.8]]).numpy().tolist()
        [1.0, 0.0]
    """
    right = ops.equal(ops.argmax(ops.convert_to_tensor(y_true), axis=-1), ops.argmax(ops.convert_to_tensor(y_pred), -1))
    return ops.cast(right, config.floatx())


@registry.function
def sparse_categorical_accuracy(y_true, y_pred):
    """1 where the largest of ``y_pred`` stands at place ``y_true``.

    Args:
        y_true: class numbers, shape ``(n, ...)`` or ``(n, ..., 1)``.
        y_pred: scores or probabilities, shape ``(n, ..., k)``.

    Returns:
        Tensor of shape ``(n, ...)``.

    Example:
        >>> import pykeras
        >>> pykeras.metrics.sparse_categorical_accuracy([1, 0], [[0.1, 0.9], [0.2, 0.8]]).numpy().tolist()
        [1.0, 0.0]
    """
    y_pred = ops.convert_to_tensor(y_pred)
    best = ops.argmax(y_pred, axis=-1)
    return ops.cast(ops.equal(ops.cast(class_numbers(y_true, y_pred), best.dtype), best), config.floatx())


@registry.function
def sparse_top_k_categorical_accuracy(y_true, y_pred, k=5, from_sorted_ids=False):
    """1 where the class ``y_true`` is among the ``k`` best of ``y_pred``.

    Args:
        y_true: class numbers, shape ``(n, ...)`` or ``(n, ..., 1)``.
        y_pred: scores, shape ``(n, ..., classes)``; with ``from_sorted_ids`` class numbers, best first.
        k: how many of the best count.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.cast(class_numbers(y_true, y_pred), "int32")
    shape = tuple(y_true.shape)
    if from_sorted_ids:
        hits = ops.equal(ops.expand_dims(y_true, -1), ops.cast(y_pred[..., :k], "int32"))
        return ops.cast(ops.any(hits, axis=-1), config.floatx())
    hits = ops.in_top_k(ops.reshape(y_true, (-1,)), ops.reshape(y_pred, (-1, y_pred.shape[-1])), k)
    return ops.reshape(ops.cast(hits, config.floatx()), shape)


@registry.function
def top_k_categorical_accuracy(y_true, y_pred, k=5):
    """1 where the class of the one-hot ``y_true`` is among the ``k`` best of ``y_pred``, else 0.

    Example:
        >>> import pykeras
        >>> pykeras.metrics.top_k_categorical_accuracy([[0, 0, 1]], [[0.5, 0.3, 0.2]], k=2).numpy().tolist()
        [0.0]
    """
    return sparse_top_k_categorical_accuracy(ops.argmax(ops.convert_to_tensor(y_true), axis=-1), y_pred, k=k)


@registry.register("acc")
class Accuracy(MeanMetricWrapper):
    """How often predictions equal labels exactly.

    Example:
        >>> import pykeras
        >>> float(pykeras.metrics.Accuracy()([1, 2, 3, 4], [0, 2, 3, 4]))
        0.75
    """

    def __init__(self, name="accuracy", dtype=None):
        super().__init__(accuracy, name=name, dtype=dtype)


@registry.register
class BinaryAccuracy(MeanMetricWrapper):
    """How often probabilities, cut at ``threshold``, equal labels 0 and 1; see :func:`binary_accuracy`."""

    def __init__(self, name="binary_accuracy", dtype=None, threshold=0.5):
        if threshold is not None and not 0 < threshold < 1:
            raise ValueError(f"BinaryAccuracy: expected a threshold between 0 and 1, got {threshold}")
        super().__init__(binary_accuracy, name=name, dtype=dtype, threshold=threshold)


@registry.register
class CategoricalAccuracy(MeanMetricWrapper):
    """How often the best score is that of the one-hot label; see :func:`categorical_accuracy`."""

    def __init__(self, name="categorical_accuracy", dtype=None):
        super().__init__(categorical_accuracy, name=name, dtype=dtype)


@registry.register
class SparseCategoricalAccuracy(MeanMetricWrapper):
    """How often the best score is that of the labelled class; see :func:`sparse_categorical_accuracy`."""

    def __init__(self, name="sparse_categorical_accuracy", dtype=None):
        super().__init__(sparse_categorical_accuracy, name=name, dtype=dtype)


@registry.register
class TopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the one-hot label is among the best ``k``; see :func:`top_k_categorical_accuracy`."""

    def __init__(self, k=5, name="top_k_categorical_accuracy", dtype=None):
        super().__init__(top_k_categorical_accuracy, name=name, dtype=dtype, k=k)


@registry.register
class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the labelled class is among the best ``k``; see :func:`sparse_top_k_categorical_accuracy`."""

    def __init__(self, k=5, name="sparse_top_k_categorical_accuracy", dtype=None, from_sorted_ids=False):
        super().__init__(
            sparse_top_k_categorical_accuracy, name=name, dtype=dtype, k=k, from_sorted_ids=from_sorted_ids
        )
