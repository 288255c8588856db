"""Margin losses for labels -1 and 1 (or 0 and 1, which are turned into them) and for one-hot labels."""

from pykeras import ops
from pykeras.losses.loss import LossFunctionWrapper, as_pair
from pykeras.losses.names import registry


def signed_labels(y_true):
    """Labels 0 and 1 as -1 and 1; a batch that holds anything else is left as it is."""
    binary = ops.all(ops.logical_or(ops.equal(y_true, 0), ops.equal(y_true, 1)))
    return ops.where(binary, 2.0 * y_true - 1.0, y_true)


@registry.register
def hinge(y_true, y_pred):
    """``mean(max(0, 1 - y_true · y_pred))`` over the last axis: shapes ``(n, ..., k)`` to ``(n, ...)``.

    Example:
        >>> import pykeras
        >>> pykeras.losses.hinge([[-1.0, 1.0]], [[0.5, 0.5]]).numpy().tolist()
        [1.0]
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    return ops.mean(ops.maximum(1.0 - signed_labels(y_true) * y_pred, 0.0), axis=-1)


@registry.register
def squared_hinge(y_true, y_pred):
    """``mean(max(0, 1 - y_true · y_pred)²)`` over the last axis: shapes ``(n, ..., k)`` to ``(n, ...)``.

    Example:
        >>> import pykeras
        >>> pykeras.losses.squared_hinge([[-1.0, 1.0]], [[0.5, 0.5]]).numpy().tolist()
        [1.25]
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    return ops.mean(ops.square(ops.maximum(1.0 - signed_labels(y_true) * y_pred, 0.0)), axis=-1)


@registry.register
def categorical_hinge(y_true, y_pred):
    """``max(0, 1 + best wrong score - right score)`` over the last axis, with ``y_true`` one-hot.

    Example:
        >>> import pykeras
        >>> pykeras.losses.categorical_hinge([[0.0, 1.0]], [[0.5, 0.25]]).numpy().tolist()
        [1.25]
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    right = ops.sum(y_true * y_pred, axis=-1)
    wrong = ops.max((1.0 - y_true) * y_pred, axis=-1)
    return ops.maximum(wrong - right + 1.0, 0.0)


@registry.register
class Hinge(LossFunctionWrapper):
    """Margin loss; see :func:`hinge`."""

    def __init__(self, reduction="sum_over_batch_size", name="hinge", dtype=None):
        super().__init__(hinge, reduction=reduction, name=name, dtype=dtype)


@registry.register
class SquaredHinge(LossFunctionWrapper):
    """Squared margin loss; see :func:`squared_hinge`."""

    def __init__(self, reduction="sum_over_batch_size", name="squared_hinge", dtype=None):
        super().__init__(squared_hinge, reduction=reduction, name=name, dtype=dtype)


@registry.register
class CategoricalHinge(LossFunctionWrapper):
    """Margin between the right class and the best wrong one; see :func:`categorical_hinge`."""

    def __init__(self, reduction="sum_over_batch_size", name="categorical_hinge", dtype=None):
        super().__init__(categorical_hinge, reduction=reduction, name=name, dtype=dtype)
