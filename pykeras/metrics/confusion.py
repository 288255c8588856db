"""Right and wrong yes-or-no predictions: counted, and as precision and recall."""

from pykeras import ops
from pykeras.losses.reduction import divide_no_nan
from pykeras.metrics.counting import LOWEST, confusion_counts, parse_thresholds
from pykeras.metrics.metric import Metric
from pykeras.metrics.names import registry


class Counted(Metric):
    """Base of metrics made of counts at thresholds, which are named in ``counts``."""

    counts: tuple = ()
    top_k = class_id = None

    def _make_counts(self, thresholds):
        self._thresholds = thresholds
        for name in self.counts:
            setattr(self, name, self.add_variable((len(thresholds),), "zeros", name=name))

    @property
    def thresholds(self):
        return list(self._thresholds.values)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: labels 0 or 1, shape ``(n, ...)``.
            y_pred: probabilities, the same shape.
            sample_weight: a number, ``(n,)`` or the shape of ``y_pred``.
        """
        counted = confusion_counts(
            y_true, y_pred, self._thresholds, sample_weight, top_k=self.top_k, class_id=self.class_id
        )
        for name in self.counts:
            getattr(self, name).assign_add(counted[name])

    def _single(self, values):
        """One number for one threshold, else one for each."""
        return values[0] if len(self._thresholds) == 1 else ops.convert_to_tensor(values)


class Count(Counted):
    """Base of the metrics that are one count."""

    counted = ""

    def __init__(self, thresholds=None, name=None, dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self._thresholds = parse_thresholds(type(self).__name__, thresholds)
        self.accumulator = self.add_variable((len(self._thresholds),), "zeros", name="accumulator")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch; labels 0 or 1 and probabilities of one shape."""
        self.accumulator.assign_add(confusion_counts(y_true, y_pred, self._thresholds, sample_weight)[self.counted])

    def result(self):
        return self._single(self.accumulator.value)

    def get_config(self):
        return {**super().get_config(), "thresholds": self.init_thresholds}


@registry.register
class TruePositives(Count):
    """Number of labels 1 with predictions above the threshold.

    Args:
        thresholds: a number or a list of numbers between 0 and 1; 0.5 by default.
        name, dtype: as in :class:`~pykeras.metrics.Metric`.

    Example:
        >>> import pykeras
        >>> float(pykeras.metrics.TruePositives()([0, 1, 1, 1], [0.9, 0.8, 0.6, 0.1]))
        2.0
    """

    counted = "true_positives"


@registry.register
class TrueNegatives(Count):
    """Number of labels 0 with predictions not above the threshold; arguments as in :class:`TruePositives`."""

    counted = "true_negatives"


@registry.register
class FalsePositives(Count):
    """Number of labels 0 with predictions above the threshold; arguments as in :class:`TruePositives`."""

    counted = "false_positives"


@registry.register
class FalseNegatives(Count):
    """Number of labels 1 with predictions not above the threshold; arguments as in :class:`TruePositives`."""

    counted = "false_negatives"


class Rate(Counted):
    """Base of precision and recall: true positives over them and the second count."""

    def __init__(self, thresholds=None, top_k=None, class_id=None, name=None, dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds, self.top_k, self.class_id = thresholds, top_k, class_id
        default = 0.5 if top_k is None else LOWEST
        self._make_counts(parse_thresholds(type(self).__name__, thresholds, default))

    def result(self):
        hits, others = (getattr(self, name) for name in self.counts)
        return self._single(divide_no_nan(ops.convert_to_tensor(hits), hits + others))

    def get_config(self):
        own = {"thresholds": self.init_thresholds, "top_k": self.top_k, "class_id": self.class_id}
        return {**super().get_config(), **own}


@registry.register
class Precision(Rate):
    """Share of the predictions above the threshold whose label is 1.

    Args:
        thresholds: a number or a list of numbers between 0 and 1; 0.5 by default, none with ``top_k``.
        top_k: only the ``k`` best classes of each sample count as predicted.
        class_id: the one class that counts.
        name, dtype: as in :class:`~pykeras.metrics.Metric`.

    Example:
        >>> import pykeras
        >>> float(pykeras.metrics.Precision()([0, 1, 1, 1], [0.9, 0.8, 0.1, 0.1]))
        0.5
    """

    counts = ("true_positives", "false_positives")


@registry.register
class Recall(Rate):
    """Share of the labels 1 whose prediction is above the threshold; arguments as in :class:`Precision`.

    Example:
        >>> import pykeras
        >>> float(pykeras.metrics.Recall()([0, 1, 1, 1, 1], [0.9, 0.8, 0.6, 0.7, 0.1]))
        0.75
    """

    counts = ("true_positives", "false_negatives")
