"""Cross-entropies: binary, categorical (one-hot labels) and sparse categorical (class numbers)."""

from pykeras import ops
from pykeras.losses.loss import LossFunctionWrapper, as_pair
from pykeras.losses.names import WRAPPERS, registry


def _smoothing(value):
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"label_smoothing must lie between 0 and 1, got {value}")
    return value


@registry.register("bce", "BCE")
def binary_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """``-mean(y·log(p) + (1 - y)·log(1 - p))`` over ``axis``.

    Args:
        y_true: labels 0 or 1 (or probabilities), shape ``(n, ..., k)``.
        y_pred: predicted probabilities, the same shape; scores before the sigmoid with ``from_logits``.
        from_logits: whether ``y_pred`` holds scores. What a sigmoid made is computed from its scores anyway.
        label_smoothing: s turns labels into ``y·(1 - s) + s/2``.
        axis: axis of the mean.

    Returns:
        Tensor of shape ``(n, ...)``.

    Example:
        >>> import pykeras
        >>> round(float(pykeras.losses.binary_crossentropy([[1.0, 0.0]], [[0.5, 0.5]])[0]), 4)
        0.6931
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    return ops.mean(ops.binary_crossentropy(y_true, y_pred, from_logits=from_logits), axis=axis)


@registry.register
def categorical_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """``-sum(y·log(p))`` over ``axis``, with ``p`` scaled to sum to one.

    Args:
        y_true: one-hot labels or distributions, shape ``(n, ..., classes)``.
        y_pred: predicted probabilities, the same shape; scores before the softmax with ``from_logits``.
        from_logits: whether ``y_pred`` holds scores. What a softmax made is computed from its scores anyway.
        label_smoothing: s turns labels into ``y·(1 - s) + s/classes``.
        axis: the class axis.

    Returns:
        Tensor of shape ``(n, ...)``.

    Raises:
        ValueError: when labels and predictions differ in shape.

    Example:
        >>> import pykeras
        >>> round(float(pykeras.losses.categorical_crossentropy([[0.0, 1.0]], [[0.2, 0.8]])[0]), 4)
        0.2231
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + label_smoothing / y_pred.shape[axis]
    return ops.categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)


def class_numbers(y_true, y_pred):
    """Labels as integers without the last axis of one that the predictions' class axis would meet."""
    y_true = ops.convert_to_tensor(y_true)
    if len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == 1:
        y_true = ops.squeeze(y_true, -1)
    return y_true if "int" in str(y_true.dtype) else ops.cast(y_true, "int32")


@registry.register
def sparse_categorical_crossentropy(y_true, y_pred, from_logits=False, ignore_class=None, axis=-1):
    """``-log(p[y])``: cross-entropy with the right class given by its number.

    Args:
        y_true: class numbers, shape ``(n, ...)`` or ``(n, ..., 1)``.
        y_pred: predicted probabilities, shape ``(n, ..., classes)``; scores before the softmax with ``from_logits``.
        from_logits: whether ``y_pred`` holds scores. What a softmax made is computed from its scores anyway.
        ignore_class: class number whose places have no loss (say -1, or 255 in segmentation).
        axis: the class axis.

    Returns:
        Tensor of shape ``(n, ...)``.

    Raises:
        ValueError: when the shapes do not fit or a label is no class number.

    Example:
        >>> import pykeras
        >>> round(float(pykeras.losses.sparse_categorical_crossentropy([1], [[0.2, 0.8]])[0]), 4)
        0.2231
    """
    y_pred = ops.convert_to_tensor(y_pred)
    if "float" not in str(y_pred.dtype):
        y_pred = ops.cast(y_pred, "float32")
    y_true = class_numbers(y_true, y_pred)
    if ignore_class is None:
        return ops.sparse_categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)
    counted = ops.not_equal(y_true, ignore_class)
    values = ops.sparse_categorical_crossentropy(
        ops.where(counted, y_true, ops.zeros_like(y_true)), y_pred, from_logits=from_logits, axis=axis
    )
    values = ops.where(counted, values, ops.zeros_like(values))
    values._keras_mask = counted
    return values


@registry.register
class BinaryCrossentropy(LossFunctionWrapper):
    """Cross-entropy of yes-or-no labels; see :func:`binary_crossentropy`.

    Example:
        >>> import pykeras
        >>> loss = pykeras.losses.BinaryCrossentropy(from_logits=True)
        >>> round(float(loss([[0.0], [1.0]], [[0.0], [0.0]])), 4)
        0.6931
    """

    def __init__(
        self,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="binary_crossentropy",
        dtype=None,
    ):
        options = {"from_logits": from_logits, "label_smoothing": _smoothing(label_smoothing), "axis": axis}
        super().__init__(binary_crossentropy, reduction=reduction, name=name, dtype=dtype, **options)


@registry.register
class CategoricalCrossentropy(LossFunctionWrapper):
    """Cross-entropy of one-hot labels; see :func:`categorical_crossentropy`."""

    def __init__(
        self,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="categorical_crossentropy",
        dtype=None,
    ):
        options = {"from_logits": from_logits, "label_smoothing": _smoothing(label_smoothing), "axis": axis}
        super().__init__(categorical_crossentropy, reduction=reduction, name=name, dtype=dtype, **options)


@registry.register
class SparseCategoricalCrossentropy(LossFunctionWrapper):
    """Cross-entropy of class numbers; see :func:`sparse_categorical_crossentropy`.

    With ``ignore_class`` the mean is taken over the places that count.
    """

    def __init__(
        self,
        from_logits=False,
        ignore_class=None,
        reduction="sum_over_batch_size",
        axis=-1,
        name="sparse_categorical_crossentropy",
        dtype=None,
    ):
        options = {"from_logits": from_logits, "ignore_class": ignore_class, "axis": axis}
        super().__init__(sparse_categorical_crossentropy, reduction=reduction, name=name, dtype=dtype, **options)

    def convert_labels(self, y_true):
        return ops.convert_to_tensor(y_true)

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred, **self._fn_kwargs)


WRAPPERS[sparse_categorical_crossentropy] = SparseCategoricalCrossentropy
