"""The coefficient of determination."""

from pykeras import check, ops
from pykeras.losses.reduction import align_ranks
from pykeras.metrics.metric import Metric
from pykeras.metrics.names import registry

_AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")


@registry.register
class R2Score(Metric):
    """``1 - sum((y_true - y_pred)²) / sum((y_true - mean)²)`` of each output.

    Args:
        class_aggregation: ``"uniform_average"`` of the outputs, ``"variance_weighted_average"`` or None for one score
            an output.
        num_regressors: number of inputs of the model, for the adjusted score ``1 - (1 - R²)·(n - 1)/(n - p - 1)``; as
            long as there are too few samples for it, the plain one stands.
        name, dtype: as in :class:`~pykeras.metrics.Metric`.

    Raises:
        ValueError: for an unknown aggregation or a negative number.

    Example:
        >>> import pykeras
        >>> metric = pykeras.metrics.R2Score()
        >>> round(float(metric([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]])), 4)
        0.5714
    """

    def __init__(self, class_aggregation="uniform_average", num_regressors=0, name="r2_score", dtype=None):
        super().__init__(name=name, dtype=dtype)
        if class_aggregation not in _AGGREGATIONS:
            raise ValueError(f"class_aggregation: expected one of {_AGGREGATIONS}, got {class_aggregation!r}")
        self.class_aggregation = class_aggregation
        self.num_regressors = check.non_negative_int("num_regressors", num_regressors)
        self.num_samples = self.add_variable((), "zeros", name="num_samples")
        self._built = False

    def _build(self, outputs):
        self.squared_sum = self.add_variable((outputs,), "zeros", name="squared_sum")
        self.sum = self.add_variable((outputs,), "zeros", name="sum")
        self.total_mse = self.add_variable((outputs,), "zeros", name="residual")
        self.count = self.add_variable((outputs,), "zeros", name="count")
        self._built = True

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true, y_pred: shape ``(n, outputs)``.
            sample_weight: a number, ``(n,)`` or ``(n, outputs)``.

        Raises:
            ValueError: for other shapes.
        """
        y_true, y_pred = (ops.cast(ops.convert_to_tensor(y), self.dtype) for y in (y_true, y_pred))
        y_true, y_pred = align_ranks(y_true, y_pred)
        if len(y_true.shape) != 2 or len(y_pred.shape) != 2:
            raise ValueError(
                f"{self.name}: expected labels and predictions of shape (samples, outputs), got "
                f"{tuple(y_true.shape)} and {tuple(y_pred.shape)}"
            )
        if not self._built:
            self._build(y_pred.shape[-1])
        weight = ops.cast(ops.convert_to_tensor(1.0 if sample_weight is None else sample_weight), self.dtype)
        if len(weight.shape) == 1:
            weight = ops.expand_dims(weight, 1)
        weight = ops.broadcast_to(weight, y_true.shape)
        self.sum.assign_add(ops.sum(y_true * weight, axis=0))
        self.squared_sum.assign_add(ops.sum(ops.square(y_true) * weight, axis=0))
        self.total_mse.assign_add(ops.sum(ops.square(y_true - y_pred) * weight, axis=0))
        self.count.assign_add(ops.sum(weight, axis=0))
        self.num_samples.assign_add(float(y_true.shape[0] * y_true.shape[1]))

    def result(self):
        if not self._built:
            return ops.zeros((), self.dtype)
        total = self.squared_sum - self.sum * (self.sum / self.count)
        scores = 1.0 - self.total_mse / total
        scores = ops.where(ops.isinf(scores), 0.0, scores)
        if self.class_aggregation == "uniform_average":
            scores = ops.mean(scores)
        elif self.class_aggregation == "variance_weighted_average":
            scores = ops.sum(total * scores) / ops.sum(total)
        if not self.num_regressors:
            return scores
        left = self.num_samples - (self.num_regressors + 1.0)
        enough = left > 0.0
        adjusted = 1.0 - (1.0 - scores) * ((self.num_samples - 1.0) / ops.where(enough, left, 1.0))
        return ops.where(enough, adjusted, scores)

    def get_config(self):
        own = {"class_aggregation": self.class_aggregation, "num_regressors": self.num_regressors}
        return {**super().get_config(), **own}
