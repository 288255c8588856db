"""Losses of overlap, for segmentation: Dice and Tversky."""

from pykeras import config, ops
from pykeras.losses.loss import LossFunctionWrapper, as_pair
from pykeras.losses.names import registry


@registry.register
def dice(y_true, y_pred, axis=None):
    """``1 - 2·sum(y_true·y_pred) / (sum(y_true) + sum(y_pred) + ε)`` over ``axis``.

    Args:
        y_true, y_pred: areas as numbers from 0 to 1, one shape.
        axis: axes of the sums, None for all (one loss for the whole batch).

    Source: F. Milletari et al., "V-Net: Fully Convolutional Neural Networks for Volumetric Segmentation", 2016.

    Example:
        >>> import pykeras
        >>> round(float(pykeras.losses.dice([[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]])), 4)
        0.3333
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    both = ops.sum(y_true * y_pred, axis=axis)
    return 1.0 - 2.0 * both / (ops.sum(y_true, axis=axis) + ops.sum(y_pred, axis=axis) + config.epsilon())


@registry.register
def tversky(y_true, y_pred, alpha=0.5, beta=0.5, axis=None):
    """``1 - both / (both + alpha·missed + beta·added + ε)``: Dice with a weight for each kind of error.

    ``both = sum(y_true·y_pred)``, ``missed = sum(y_true·(1 - y_pred))``, ``added = sum((1 - y_true)·y_pred)``, all over
    ``axis`` (None for all axes). With both weights ½ it is Dice. The weights stand as in Keras 3; the paper's are
    the other way round.

    Source: S. S. M. Salehi et al., "Tversky loss function for image segmentation using 3D fully convolutional deep
    networks", 2017.

    Example:
        >>> import pykeras
        >>> round(float(pykeras.losses.tversky([[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]], alpha=1.0, beta=0.0)), 4)
        0.5
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    both = ops.sum(y_true * y_pred, axis=axis)
    missed = ops.sum(y_true * (1.0 - y_pred), axis=axis)
    added = ops.sum((1.0 - y_true) * y_pred, axis=axis)
    return 1.0 - both / (both + alpha * missed + beta * added + config.epsilon())


@registry.register
class Dice(LossFunctionWrapper):
    """Loss of overlap; see :func:`dice`."""

    def __init__(self, reduction="sum_over_batch_size", name="dice", axis=None, dtype=None):
        super().__init__(dice, reduction=reduction, name=name, dtype=dtype, axis=axis)


@registry.register
class Tversky(LossFunctionWrapper):
    """Loss of overlap with a weight for each kind of error; see :func:`tversky`."""

    def __init__(self, alpha=0.5, beta=0.5, reduction="sum_over_batch_size", name="tversky", axis=None, dtype=None):
        super().__init__(tversky, reduction=reduction, name=name, dtype=dtype, alpha=alpha, beta=beta, axis=axis)
