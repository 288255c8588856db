"""Focal cross-entropies: examples that are right already count little, hard ones in full."""

from pykeras import config, ops
from pykeras.losses.crossentropy import _smoothing
from pykeras.losses.loss import LossFunctionWrapper, as_pair
from pykeras.losses.names import registry


def _focus(distance, gamma):
    """``distance^gamma``; the square without a logarithm, whose gradient at 0 would not be finite."""
    return ops.square(distance) if gamma == 2 else ops.power(distance, gamma)


@registry.register
def binary_focal_crossentropy(
    y_true,
    y_pred,
    apply_class_balancing=False,
    alpha=0.25,
    gamma=2.0,
    from_logits=False,
    label_smoothing=0.0,
    axis=-1,
):
    """``mean((1 - pₜ)^γ · crossentropy)`` over ``axis``, ``pₜ`` being the probability given to the right answer.

    Args:
        y_true: labels 0 or 1, shape ``(n, ..., k)``.
        y_pred: predicted probabilities, the same shape; scores before the sigmoid with ``from_logits``.
        apply_class_balancing: weigh label 1 with ``alpha`` and label 0 with ``1 - alpha``.
        alpha: that weight.
        gamma: how much less right answers count.
        from_logits: whether ``y_pred`` holds scores.
        label_smoothing: s turns labels into ``y·(1 - s) + s/2``.
        axis: axis of the mean.

    Returns:
        Tensor of shape ``(n, ...)``.

    Source: T.-Y. Lin et al., "Focal Loss for Dense Object Detection", 2017.

    Example:
        >>> import pykeras
        >>> round(float(pykeras.losses.binary_focal_crossentropy([[1.0, 0.0]], [[0.5, 0.5]])[0]), 4)
        0.1733
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    if from_logits:
        y_pred = ops.sigmoid(y_pred)
    given = y_true * y_pred + (1.0 - y_true) * (1.0 - y_pred)
    values = _focus(1.0 - given, gamma) * ops.binary_crossentropy(y_true, y_pred)
    if apply_class_balancing:
        values = values * (y_true * alpha + (1.0 - y_true) * (1.0 - alpha))
    return ops.mean(values, axis=axis)


@registry.register
def categorical_focal_crossentropy(
    y_true, y_pred, alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0, axis=-1
):
    """``-sum(alpha · (1 - p)^γ · y · log(p))`` over ``axis``, with ``p`` scaled to sum to one.

    Args:
        y_true: one-hot labels, shape ``(n, ..., classes)``.
        y_pred: predicted probabilities, the same shape; scores before the softmax with ``from_logits``.
        alpha: weight of the classes: a number, or one for each class.
        gamma: how much less right answers count.
        from_logits: whether ``y_pred`` holds scores.
        label_smoothing: s turns labels into ``y·(1 - s) + s/classes``.
        axis: the class axis.

    Returns:
        Tensor of shape ``(n, ...)``.

    Source: T.-Y. Lin et al., "Focal Loss for Dense Object Detection", 2017.

    Example:
        >>> import pykeras
        >>> round(float(pykeras.losses.categorical_focal_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])[0]), 4)
        0.0433
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + label_smoothing / y_true.shape[-1]
    if from_logits:
        y_pred = ops.softmax(y_pred, axis=axis)
    y_pred = y_pred / ops.sum(y_pred, axis=axis, keepdims=True)
    y_pred = ops.clip(y_pred, config.epsilon(), 1.0 - config.epsilon())
    weight = _focus(1.0 - y_pred, gamma) * (alpha if isinstance(alpha, (int, float)) else ops.cast(alpha, y_pred.dtype))
    return -ops.sum(weight * y_true * ops.log(y_pred), axis=axis)


@registry.register
class BinaryFocalCrossentropy(LossFunctionWrapper):
    """Focal cross-entropy of yes-or-no labels; see :func:`binary_focal_crossentropy`.

    Example:
        >>> import pykeras
        >>> loss = pykeras.losses.BinaryFocalCrossentropy(gamma=1.0)
        >>> round(float(loss([[0.0], [1.0]], [[0.5], [0.5]])), 4)
        0.3466
    """

    def __init__(
        self,
        apply_class_balancing=False,
        alpha=0.25,
        gamma=2.0,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="binary_focal_crossentropy",
        dtype=None,
    ):
        super().__init__(
            binary_focal_crossentropy,
            reduction=reduction,
            name=name,
            dtype=dtype,
            apply_class_balancing=apply_class_balancing,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=_smoothing(label_smoothing),
            axis=axis,
        )


@registry.register
class CategoricalFocalCrossentropy(LossFunctionWrapper):
    """Focal cross-entropy of one-hot labels; see :func:`categorical_focal_crossentropy`."""

    def __init__(
        self,
        alpha=0.25,
        gamma=2.0,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="categorical_focal_crossentropy",
        dtype=None,
    ):
        super().__init__(
            categorical_focal_crossentropy,
            reduction=reduction,
            name=name,
            dtype=dtype,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=_smoothing(label_smoothing),
            axis=axis,
        )
