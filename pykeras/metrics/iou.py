"""Intersection over union of classes, for segmentation."""

import warnings

from pykeras import check, config, ops
from pykeras.metrics.counting import sum_by_number
from pykeras.metrics.metric import Metric
from pykeras.metrics.names import registry


@registry.register
class IoU(Metric):
    """Mean over some classes of ``right / (labelled + predicted - right)``.

    Args:
        num_classes: number of classes.
        target_class_ids: the classes that count.
        name: name of the metric.
        dtype: dtype of the counts, ``int32`` by default; weights are brought to it.
        ignore_class: label whose places do not count (say -1 or 255).
        sparse_y_true, sparse_y_pred: whether labels and predictions are class numbers; otherwise the largest of the
            class axis is taken.
        axis: the class axis.

    Labels and predictions outside of the classes do not count. Classes that do not occur are left out of the mean.

    Raises:
        ValueError: when a target is no class.

    Example:
        >>> import pykeras
        >>> metric = pykeras.metrics.IoU(num_classes=2, target_class_ids=[0])
        >>> round(float(metric([0, 0, 1, 1], [0, 1, 0, 1])), 4)
        0.3333
    """

    own_arguments: tuple = (
        "num_classes",
        "target_class_ids",
        "ignore_class",
        "sparse_y_true",
        "sparse_y_pred",
        "axis",
    )

    def __init__(
        self,
        num_classes,
        target_class_ids,
        name=None,
        dtype=None,
        ignore_class=None,
        sparse_y_true=True,
        sparse_y_pred=True,
        axis=-1,
    ):
        super().__init__(name=name, dtype=dtype or "int32")
        self.num_classes = check.positive_int("num_classes", num_classes)
        self.target_class_ids = list(target_class_ids)
        if any(not 0 <= target < num_classes for target in self.target_class_ids):
            raise ValueError(f"target_class_ids: expected classes from 0 to {num_classes - 1}, got {target_class_ids}")
        self.ignore_class = ignore_class
        self.sparse_y_true, self.sparse_y_pred = sparse_y_true, sparse_y_pred
        self.axis = axis
        self.total_cm = self.add_variable((num_classes, num_classes), "zeros", name="total_confusion_matrix")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch of labels and predictions of any shape, and a weight for each place (or one for all)."""
        y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
        if not self.sparse_y_true:
            y_true = ops.argmax(y_true, axis=self.axis)
        if not self.sparse_y_pred:
            y_pred = ops.argmax(y_pred, axis=self.axis)
        y_true, y_pred = (ops.reshape(ops.cast(y, "int32"), (-1,)) for y in (y_true, y_pred))
        counted = ops.logical_and(y_true >= 0, y_true < self.num_classes)
        counted = ops.logical_and(counted, ops.logical_and(y_pred >= 0, y_pred < self.num_classes))
        if self.ignore_class is not None:
            counted = ops.logical_and(counted, ops.not_equal(y_true, self.ignore_class))
        weight = ops.cast(counted, "float32")
        if sample_weight is not None:
            weight = weight * ops.cast(self._weights(sample_weight), "float32")
        place = ops.where(counted, y_true * self.num_classes + y_pred, 0)
        sums = sum_by_number(weight, place, self.num_classes**2)
        self.total_cm.assign_add(ops.cast(ops.reshape(sums, self.total_cm.shape), self.total_cm.dtype))

    def _weights(self, sample_weight):
        """Weights in the metric's dtype: of whole numbers, fractions are cut off as in Keras."""
        sample_weight = ops.convert_to_tensor(sample_weight)
        if "float" in str(sample_weight.dtype) and "int" in self.dtype:
            warnings.warn(
                f"{self.name}: float weights lose their fraction in a metric of dtype {self.dtype}; give it "
                'dtype="float32"',
                stacklevel=4,
            )
        weights = ops.cast(sample_weight, self.dtype)
        return ops.reshape(weights, (-1,)) if len(weights.shape) > 1 else weights

    def result(self):
        totals = ops.cast(self.total_cm.value, "float32")
        right = ops.diag(totals)
        union = ops.sum(totals, axis=0) + ops.sum(totals, axis=1) - right
        right, union = (ops.take(each, self.target_class_ids, axis=0) for each in (right, union))
        occurs = union > 1e-9
        shares = ops.where(occurs, right / (union + config.epsilon()), 0.0)
        return ops.sum(shares) / (ops.sum(ops.cast(occurs, "float32")) + config.epsilon())

    def get_config(self):
        return {**super().get_config(), **{name: getattr(self, name) for name in self.own_arguments}}


@registry.register
class BinaryIoU(IoU):
    """Intersection over union of yes and no.

    Args:
        target_class_ids: 0, 1 or both.
        threshold: from it on a probability means yes.
        name, dtype: as in :class:`IoU`.

    Example:
        >>> import pykeras
        >>> round(float(pykeras.metrics.BinaryIoU(threshold=0.3)([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7])), 4)
        0.3333
    """

    own_arguments = ("target_class_ids", "threshold")

    def __init__(self, target_class_ids=(0, 1), threshold=0.5, name=None, dtype=None):
        super().__init__(2, target_class_ids, name=name, dtype=dtype)
        self.threshold = threshold

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_pred = ops.cast(ops.convert_to_tensor(y_pred), "float32") >= self.threshold
        super().update_state(y_true, ops.cast(y_pred, "int32"), sample_weight)


@registry.register
class MeanIoU(IoU):
    """Mean intersection over union of all classes; arguments as in :class:`IoU`.

    Example:
        >>> import pykeras
        >>> round(float(pykeras.metrics.MeanIoU(num_classes=2)([0, 0, 1, 1], [0, 1, 0, 1])), 4)
        0.3333
    """

    own_arguments: tuple = ("num_classes", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis")

    def __init__(
        self,
        num_classes,
        name=None,
        dtype=None,
        ignore_class=None,
        sparse_y_true=True,
        sparse_y_pred=True,
        axis=-1,
    ):
        targets = range(check.positive_int("num_classes", num_classes))
        super().__init__(num_classes, targets, name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)


@registry.register
class OneHotIoU(IoU):
    """Intersection over union of some classes with one-hot labels; arguments as in :class:`IoU`."""

    own_arguments = ("num_classes", "target_class_ids", "ignore_class", "sparse_y_pred", "axis")

    def __init__(
        self,
        num_classes,
        target_class_ids,
        name=None,
        dtype=None,
        ignore_class=None,
        sparse_y_pred=False,
        axis=-1,
    ):
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)


@registry.register
class OneHotMeanIoU(MeanIoU):
    """Mean intersection over union of all classes with one-hot labels; arguments as in :class:`IoU`."""

    own_arguments = ("num_classes", "ignore_class", "sparse_y_pred", "axis")

    def __init__(self, num_classes, name=None, dtype=None, ignore_class=None, sparse_y_pred=False, axis=-1):
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)
