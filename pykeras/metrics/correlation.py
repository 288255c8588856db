"""Correlations of labels and predictions."""

from pykeras import config, ops
from pykeras.losses.loss import as_pair
from pykeras.metrics.mean import MeanMetricWrapper
from pykeras.metrics.names import registry


@registry.function
def pearson_correlation(y_true, y_pred, axis=-1):
    """``mean((y_true - mean)·(y_pred - mean)) / (std·std)`` along ``axis``, from -1 to 1; NaN for constants.

    Args:
        y_true, y_pred: tensors of one shape, with more than one value along ``axis``.
        axis: the axis along which values are compared.

    Example:
        >>> import pykeras
        >>> round(float(pykeras.metrics.pearson_correlation([[0.0, 1.0, 0.5]], [[0.1, 0.9, 1.0]])[0]), 4)
        0.8109
    """
    y_true, y_pred = (_scaled(y, axis) for y in as_pair(y_true, y_pred))
    return ops.mean(y_true * y_pred, axis=axis)


def _scaled(x, axis):
    x = x - ops.mean(x, axis=axis, keepdims=True)
    return x / ops.std(x, axis=axis, keepdims=True)


@registry.function
def concordance_correlation(y_true, y_pred, axis=-1):
    """``mean(2·(y_true - m_pred)·(y_pred - m_pred)) / (var + var + (m_true - m_pred)² + ε)`` along ``axis``.

    Like Pearson's it is 1 for equal values, but falls with a difference in mean or scale, too.

    Args:
        y_true, y_pred: tensors of one shape, with more than one value along ``axis``.
        axis: the axis along which values are compared.

    Source: L. I-K. Lin, "A Concordance Correlation Coefficient to Evaluate Reproducibility", 1989.

    Example:
        >>> import pykeras
        >>> round(float(pykeras.metrics.concordance_correlation([[0.0, 1.0, 0.5]], [[0.1, 0.9, 1.0]])[0]), 4)
        0.7477
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    true_mean, mean = (ops.mean(y, axis=axis, keepdims=True) for y in (y_true, y_pred))
    spread = ops.var(y_true, axis=axis, keepdims=True) + ops.var(y_pred, axis=axis, keepdims=True)
    shared = 2.0 * (y_true - mean) * (y_pred - mean)
    return ops.mean(shared / (spread + ops.square(true_mean - mean) + config.epsilon()), axis=axis)


@registry.register
class PearsonCorrelation(MeanMetricWrapper):
    """Mean correlation of the samples; see :func:`pearson_correlation`."""

    def __init__(self, name="pearson_correlation", dtype=None, axis=-1):
        super().__init__(pearson_correlation, name=name, dtype=dtype, axis=axis)


@registry.register
class ConcordanceCorrelation(MeanMetricWrapper):
    """Mean concordance of the samples; see :func:`concordance_correlation`."""

    def __init__(self, name="concordance_correlation", dtype=None, axis=-1):
        super().__init__(concordance_correlation, name=name, dtype=dtype, axis=axis)
