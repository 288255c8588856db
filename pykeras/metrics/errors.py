"""Losses as metrics: the mean over samples of what the loss function of the same name says."""

from pykeras import losses, ops
from pykeras.losses.divergence import unit_vectors
from pykeras.losses.loss import as_pair
from pykeras.losses.reduction import divide_no_nan
from pykeras.metrics.mean import Mean, MeanMetricWrapper
from pykeras.metrics.names import registry


@registry.register("mse", "MSE")
class MeanSquaredError(MeanMetricWrapper):
    """Mean of squared errors; see :func:`pykeras.losses.mean_squared_error`.

    Example:
        >>> import pykeras
        >>> float(pykeras.metrics.MeanSquaredError()([[0.0], [0.0]], [[1.0], [3.0]]))
        5.0
    """

    def __init__(self, name="mean_squared_error", dtype=None):
        super().__init__(losses.mean_squared_error, name=name, dtype=dtype)


@registry.register("rmse", "RMSE")
class RootMeanSquaredError(Mean):
    """Square root of the mean of squared errors.

    Example:
        >>> import pykeras
        >>> float(pykeras.metrics.RootMeanSquaredError()([[0.0], [0.0]], [[3.0], [3.0]]))
        3.0
    """

    def __init__(self, name="root_mean_squared_error", dtype=None):
        super().__init__(name=name, dtype=dtype)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch of labels and predictions, both of shape ``(n, ...)``, times ``sample_weight``."""
        y_true, y_pred = as_pair(y_true, y_pred)
        super().update_state(ops.square(y_pred - y_true), sample_weight)

    def result(self):
        return ops.sqrt(super().result())


@registry.register("mae", "MAE")
class MeanAbsoluteError(MeanMetricWrapper):
    """Mean of absolute errors; see :func:`pykeras.losses.mean_absolute_error`."""

    def __init__(self, name="mean_absolute_error", dtype=None):
        super().__init__(losses.mean_absolute_error, name=name, dtype=dtype)


@registry.register("mape", "MAPE")
class MeanAbsolutePercentageError(MeanMetricWrapper):
    """Mean of relative errors in per cent; see :func:`pykeras.losses.mean_absolute_percentage_error`."""

    def __init__(self, name="mean_absolute_percentage_error", dtype=None):
        super().__init__(losses.mean_absolute_percentage_error, name=name, dtype=dtype)


@registry.register("msle", "MSLE")
class MeanSquaredLogarithmicError(MeanMetricWrapper):
    """Mean of squared differences of logarithms; see :func:`pykeras.losses.mean_squared_logarithmic_error`."""

    def __init__(self, name="mean_squared_logarithmic_error", dtype=None):
        super().__init__(losses.mean_squared_logarithmic_error, name=name, dtype=dtype)


@registry.register("logcosh", "log_cosh")
class LogCoshError(MeanMetricWrapper):
    """Mean of the logarithm of the error's hyperbolic cosine; see :func:`pykeras.losses.log_cosh`."""

    def __init__(self, name="logcosh", dtype=None):
        super().__init__(losses.log_cosh, name=name, dtype=dtype)


@registry.function
def cosine_similarity(y_true, y_pred, axis=-1):
    """Cosine of the angle between labels and predictions: 1 for the same direction (the loss has the opposite sign)."""
    y_true, y_pred = as_pair(y_true, y_pred)
    return ops.sum(unit_vectors(y_true, axis) * unit_vectors(y_pred, axis), axis=axis)


@registry.register("cosine_proximity")
class CosineSimilarity(MeanMetricWrapper):
    """Mean cosine of the angle between labels and predictions; see :func:`cosine_similarity`."""

    def __init__(self, name="cosine_similarity", dtype=None, axis=-1):
        super().__init__(cosine_similarity, name=name, dtype=dtype, axis=axis)


@registry.register
class Hinge(MeanMetricWrapper):
    """Mean margin loss; see :func:`pykeras.losses.hinge`."""

    def __init__(self, name="hinge", dtype=None):
        super().__init__(losses.hinge, name=name, dtype=dtype)


@registry.register
class SquaredHinge(MeanMetricWrapper):
    """Mean squared margin loss; see :func:`pykeras.losses.squared_hinge`."""

    def __init__(self, name="squared_hinge", dtype=None):
        super().__init__(losses.squared_hinge, name=name, dtype=dtype)


@registry.register
class CategoricalHinge(MeanMetricWrapper):
    """Mean margin between the right class and the best wrong one; see :func:`pykeras.losses.categorical_hinge`."""

    def __init__(self, name="categorical_hinge", dtype=None):
        super().__init__(losses.categorical_hinge, name=name, dtype=dtype)


@registry.register
class MeanRelativeError(Mean):
    """Mean of ``|y_true - y_pred| / normalizer``, zero where the normalizer is zero (Keras 2).

    Args:
        normalizer: numbers that broadcast to labels and predictions.
        name, dtype: as in :class:`~pykeras.metrics.Metric`.

    Example:
        >>> import pykeras
        >>> metric = pykeras.metrics.MeanRelativeError(normalizer=[1.0, 3.0, 2.0, 3.0])
        >>> metric.update_state([1.0, 3.0, 2.0, 3.0], [2.0, 4.0, 6.0, 8.0])
        >>> round(float(metric.result()), 4)
        1.25
    """

    def __init__(self, normalizer, name=None, dtype=None):
        super().__init__(name=name or "mean_relative_error", dtype=dtype)
        self.normalizer = ops.cast(ops.convert_to_tensor(normalizer), self.dtype)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch of labels and predictions, both of shape ``(n, ...)``, times ``sample_weight``."""
        y_true, y_pred = as_pair(y_true, y_pred)
        super().update_state(divide_no_nan(ops.abs(y_true - y_pred), self.normalizer), sample_weight)

    def get_config(self):
        return {**super().get_config(), "normalizer": self.normalizer.numpy().tolist()}
