"""Losses between real numbers: squared, absolute, relative and logarithmic errors, Huber and log-cosh."""

import math

from pykeras import config, ops
from pykeras.losses.loss import LossFunctionWrapper, as_pair
from pykeras.losses.names import registry


@registry.register("mse", "MSE")
def mean_squared_error(y_true, y_pred):
    """``mean((y_true - y_pred)²)`` over the last axis.

    Args:
        y_true: labels, shape ``(n, ..., k)``.
        y_pred: predictions, the same shape.

    Returns:
        Tensor of shape ``(n, ...)``.

    Example:
        >>> import pykeras
        >>> pykeras.losses.mean_squared_error([[0.0, 2.0]], [[1.0, 5.0]]).numpy().tolist()
        [5.0]
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    return ops.mean(ops.square(y_true - y_pred), axis=-1)


@registry.register("mae", "MAE")
def mean_absolute_error(y_true, y_pred):
    """``mean(|y_true - y_pred|)`` over the last axis: shapes ``(n, ..., k)`` to ``(n, ...)``.

    Example:
        >>> import pykeras
        >>> pykeras.losses.mean_absolute_error([[0.0, 2.0]], [[1.0, 5.0]]).numpy().tolist()
        [2.0]
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    return ops.mean(ops.abs(y_true - y_pred), axis=-1)


@registry.register("mape", "MAPE")
def mean_absolute_percentage_error(y_true, y_pred):
    """``100 · mean(|y_true - y_pred| / max(|y_true|, ε))`` over the last axis: shapes ``(n, ..., k)`` to ``(n, ...)``.

    Example:
        >>> import pykeras
        >>> pykeras.losses.mean_absolute_percentage_error([[2.0, 4.0]], [[1.0, 5.0]]).numpy().tolist()
        [37.5]
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    return 100.0 * ops.mean(ops.abs((y_true - y_pred) / ops.maximum(ops.abs(y_true), config.epsilon())), axis=-1)


@registry.register("msle", "MSLE")
def mean_squared_logarithmic_error(y_true, y_pred):
    """``mean((log(1 + y_true) - log(1 + y_pred))²)`` over the last axis; values below ε are taken as ε.

    Example:
        >>> import pykeras
        >>> values = pykeras.losses.mean_squared_logarithmic_error([[0.0, 1.0]], [[1.0, 1.0]])
        >>> round(float(values[0]), 4)
        0.2402
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    first, second = (ops.log(ops.maximum(y, config.epsilon()) + 1.0) for y in (y_pred, y_true))
    return ops.mean(ops.square(first - second), axis=-1)


@registry.register("huber_loss")
def huber(y_true, y_pred, delta=1.0):
    """Squared error near zero, absolute error beyond ``delta``; mean over the last axis.

    ``½e²`` where ``|e| ≤ delta``, else ``delta·|e| - ½delta²``, with ``e = y_true - y_pred``.

    Source: P. J. Huber, "Robust Estimation of a Location Parameter", 1964.

    Example:
        >>> import pykeras
        >>> pykeras.losses.huber([[0.0, 0.0]], [[0.5, 3.0]]).numpy().tolist()
        [1.3125]
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    error = ops.abs(y_true - y_pred)
    return ops.mean(ops.where(error <= delta, 0.5 * ops.square(error), delta * error - 0.5 * delta * delta), axis=-1)


@registry.register("logcosh")
def log_cosh(y_true, y_pred):
    """``mean(log(cosh(y_pred - y_true)))`` over the last axis, computed without overflow.

    Example:
        >>> import pykeras
        >>> round(float(pykeras.losses.log_cosh([[0.0]], [[1.0]])[0]), 4)
        0.4338
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    error = y_pred - y_true
    # log cosh x = x + log(1 + exp(-2x)) - log 2
    return ops.mean(error + ops.softplus(-2.0 * error) - math.log(2.0), axis=-1)


@registry.register
class MeanSquaredError(LossFunctionWrapper):
    """Mean of squared errors; see :func:`mean_squared_error`.

    Args:
        reduction, name, dtype: as in :class:`~pykeras.losses.Loss`.

    Example:
        >>> import pykeras
        >>> float(pykeras.losses.MeanSquaredError()([[0.0, 2.0]], [[1.0, 5.0]]))
        5.0
    """

    def __init__(self, reduction="sum_over_batch_size", name="mean_squared_error", dtype=None):
        super().__init__(mean_squared_error, reduction=reduction, name=name, dtype=dtype)


@registry.register
class MeanAbsoluteError(LossFunctionWrapper):
    """Mean of absolute errors; see :func:`mean_absolute_error`."""

    def __init__(self, reduction="sum_over_batch_size", name="mean_absolute_error", dtype=None):
        super().__init__(mean_absolute_error, reduction=reduction, name=name, dtype=dtype)


@registry.register
class MeanAbsolutePercentageError(LossFunctionWrapper):
    """Mean of relative errors in per cent; see :func:`mean_absolute_percentage_error`."""

    def __init__(self, reduction="sum_over_batch_size", name="mean_absolute_percentage_error", dtype=None):
        super().__init__(mean_absolute_percentage_error, reduction=reduction, name=name, dtype=dtype)


@registry.register
class MeanSquaredLogarithmicError(LossFunctionWrapper):
    """Mean of squared differences of logarithms; see :func:`mean_squared_logarithmic_error`."""

    def __init__(self, reduction="sum_over_batch_size", name="mean_squared_logarithmic_error", dtype=None):
        super().__init__(mean_squared_logarithmic_error, reduction=reduction, name=name, dtype=dtype)


@registry.register
class Huber(LossFunctionWrapper):
    """Quadratic near zero, linear beyond ``delta``; see :func:`huber`."""

    def __init__(self, delta=1.0, reduction="sum_over_batch_size", name="huber_loss", dtype=None):
        super().__init__(huber, reduction=reduction, name=name, dtype=dtype, delta=delta)


@registry.register
class LogCosh(LossFunctionWrapper):
    """Logarithm of the hyperbolic cosine of the error; see :func:`log_cosh`."""

    def __init__(self, reduction="sum_over_batch_size", name="log_cosh", dtype=None):
        super().__init__(log_cosh, reduction=reduction, name=name, dtype=dtype)
