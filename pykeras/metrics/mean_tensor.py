"""Keras 2's mean of tensors, element by element."""

from pykeras import ops
from pykeras.losses.reduction import align_weights, divide_no_nan
from pykeras.metrics.metric import Metric
from pykeras.metrics.names import registry


@registry.register
class MeanTensor(Metric):
    """(Weighted) mean of tensors of one shape, element by element.

    Args:
        name, dtype: as in :class:`~pykeras.metrics.Metric`.
        shape: the tensors' shape, where the variables are wanted before the first one.

    Example:
        >>> import pykeras
        >>> metric = pykeras.metrics.MeanTensor()
        >>> metric.update_state([0.0, 1.0, 2.0])
        >>> metric.update_state([4.0, 5.0, 6.0])
        >>> metric.result().numpy().tolist()
        [2.0, 3.0, 4.0]
    """

    def __init__(self, name="mean_tensor", dtype=None, shape=None):
        super().__init__(name=name, dtype=dtype)
        self._shape = None
        self.total = self.count = None
        if shape is not None:
            self._build(shape)

    def _build(self, shape):
        self._shape = tuple(shape)
        self.total = self.add_variable(self._shape, "zeros", name="total")
        self.count = self.add_variable(self._shape, "zeros", name="count")

    def update_state(self, values, sample_weight=None):
        """Add a tensor, times weights that broadcast to it.

        Raises:
            ValueError: when its shape is another than before.
        """
        values = ops.cast(ops.convert_to_tensor(values), self.dtype)
        if self._shape is None:
            self._build(values.shape)
        if tuple(values.shape) != self._shape:
            raise ValueError(f"{self.name}: expected tensors of shape {self._shape}, got {tuple(values.shape)}")
        counts = ops.ones_like(values)
        if sample_weight is not None:
            weights = ops.cast(ops.convert_to_tensor(sample_weight), self.dtype)
            values, weights = align_weights(values, weights)
            values, counts = values * weights, counts * weights
        self.total.assign_add(values)
        self.count.assign_add(counts)

    def result(self):
        """The means.

        Raises:
            ValueError: before the first tensor, when no shape was given.
        """
        if self._shape is None:
            raise ValueError(f"{self.name} has seen no tensor yet and was given no shape")
        return divide_no_nan(ops.convert_to_tensor(self.total), ops.convert_to_tensor(self.count))

    def get_config(self):
        return {**super().get_config(), "shape": self._shape}
