"""Sums and means over samples, and the mean of what a function says of each sample."""

from pykeras import ops
from pykeras.losses.reduction import align_ranks, apply_mask, divide_no_nan, get_mask
from pykeras.metrics.metric import Metric
from pykeras.metrics.names import registry
from pykeras.registry import deserialize


def reduce_to_samples(values, sample_weight, reduce, dtype):
    """One weighted value a sample, and one weight a sample.

    Args:
        values: tensor of shape ``(n, ...)`` or a scalar.
        sample_weight: None, a scalar, ``(n,)`` or what can be broadcast to the first axes of ``values``.
        reduce: ``ops.mean`` or ``ops.sum``, over the axes after the samples.
        dtype: dtype of the computation.

    Returns:
        Weighted values and weights (or None), shape ``(n,)`` each.
    """
    mask = get_mask(values)
    values = ops.cast(ops.convert_to_tensor(values), dtype)
    if sample_weight is not None:
        sample_weight = ops.cast(ops.convert_to_tensor(sample_weight), dtype)
        sample_weight = apply_mask(sample_weight, mask, dtype, "sum")
        values, sample_weight = align_ranks(values, sample_weight)
        values = reduce_from(len(sample_weight.shape), values, reduce)
        if tuple(sample_weight.shape) not in ((), tuple(values.shape)):
            sample_weight = ops.broadcast_to(sample_weight, values.shape)
        values = values * sample_weight
        sample_weight = reduce_from(1, sample_weight, reduce)
    return reduce_from(1, values, reduce), sample_weight


def reduce_from(axis, tensor, reduce):
    """Reduce over all axes from ``axis`` on."""
    axes = tuple(range(axis, len(tensor.shape)))
    return reduce(tensor, axis=axes) if axes else tensor


@registry.register
class Sum(Metric):
    """(Weighted) sum of all values.

    Example:
        >>> import pykeras
        >>> metric = pykeras.metrics.Sum()
        >>> metric.update_state([1.0, 2.0])
        >>> metric.update_state([3.0])
        >>> float(metric.result())
        6.0
    """

    def __init__(self, name="sum", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), "zeros", name="total")

    def update_state(self, values, sample_weight=None):
        """Add values of shape ``(n, ...)``, times ``sample_weight``."""
        values, _ = reduce_to_samples(values, sample_weight, ops.sum, self.dtype)
        self.total.assign_add(ops.sum(values))

    def result(self):
        return ops.convert_to_tensor(self.total)


@registry.register
class Mean(Metric):
    """(Weighted) mean over samples: ``sum(weights · values) / sum(weights)``, zero before the first batch.

    Example:
        >>> import pykeras
        >>> metric = pykeras.metrics.Mean()
        >>> metric.update_state([1.0, 3.0, 5.0, 7.0], sample_weight=[1, 1, 0, 0])
        >>> float(metric.result())
        2.0
    """

    def __init__(self, name="mean", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(self, values, sample_weight=None):
        """Add values of shape ``(n, ...)`` (the mean of each sample counts), or a scalar for one sample."""
        values, weights = reduce_to_samples(values, sample_weight, ops.mean, self.dtype)
        self.total.assign_add(ops.sum(values))
        if weights is not None:
            self.count.assign_add(ops.sum(weights))
        else:
            self.count.assign_add(float(values.shape[0]) if len(values.shape) else 1.0)

    def result(self):
        return divide_no_nan(ops.convert_to_tensor(self.total), ops.convert_to_tensor(self.count))


def function_of(identifier):
    """The function or loss that a configuration stands for: one of ours (losses first) or the caller's own."""
    if isinstance(identifier, str):  # Keras 2's form
        identifier = {"module": "builtins", "class_name": "function", "config": identifier}
    return deserialize(identifier)


@registry.register
class MeanMetricWrapper(Mean):
    """Mean of ``fn(y_true, y_pred, **kwargs)`` over samples.

    Args:
        fn: function that returns one value a sample (a loss function, for instance).
        name: name of the metric.
        dtype: dtype of its variables.
        **kwargs: passed to ``fn`` at each call.

    Example:
        >>> import pykeras
        >>> metric = pykeras.metrics.MeanMetricWrapper(pykeras.losses.mean_squared_error, name="error")
        >>> float(metric([[0.0], [0.0]], [[1.0], [3.0]]))
        5.0
    """

    def __init__(self, fn, name=None, dtype=None, **kwargs):
        super().__init__(name=name, dtype=dtype)
        self._fn = fn
        self._fn_kwargs = kwargs
        if type(self) is not MeanMetricWrapper:
            vars(self).update(kwargs)  # a metric's own options can be read: ``metric.threshold``

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch of labels and predictions, both of shape ``(n, ...)``, times ``sample_weight``."""
        mask = get_mask(y_pred)
        values = self._fn(ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred), **self._fn_kwargs)
        super().update_state(values, apply_mask(sample_weight, mask, self.dtype, "sum"))

    def get_config(self):
        config = {**super().get_config(), **self._fn_kwargs}
        if type(self) is MeanMetricWrapper:
            config["fn"] = registry.serialize(self._fn)
        return config

    @classmethod
    def from_config(cls, config):
        if "fn" in config:
            config = {**config, "fn": function_of(config["fn"])}
        return cls(**config)
