"""The best of one rate where another is high enough: at some operating point of a yes-or-no classifier."""

from pykeras import check, ops
from pykeras.losses.reduction import divide_no_nan
from pykeras.metrics.confusion import Counted
from pykeras.metrics.counting import Thresholds, even_thresholds
from pykeras.metrics.names import registry


class AtRate(Counted):
    """Base: the largest ``wanted`` over the thresholds where ``bounded`` is at least the argument's value."""

    counts = ("true_positives", "false_positives", "true_negatives", "false_negatives")
    argument = bounded = wanted = ""

    def _set_up(self, value, num_thresholds, class_id, name, dtype):
        super().__init__(name=name, dtype=dtype)
        setattr(self, self.argument, check.fraction(self.argument, value))
        self.num_thresholds = check.positive_int("num_thresholds", num_thresholds)
        self.class_id = class_id
        self._make_counts(Thresholds(even_thresholds(self.num_thresholds)))

    def _rates(self):
        hits, alarms, passes, misses = (ops.convert_to_tensor(getattr(self, name)) for name in self.counts)
        return {
            "sensitivity": divide_no_nan(hits, hits + misses),
            "specificity": divide_no_nan(passes, passes + alarms),
            "precision": divide_no_nan(hits, hits + alarms),
            "recall": divide_no_nan(hits, hits + misses),
        }

    def result(self):
        rates = self._rates()
        feasible = rates[self.bounded] >= getattr(self, self.argument)
        return ops.max(ops.where(feasible, rates[self.wanted], 0.0))

    def get_config(self):
        own = {"class_id": self.class_id, "num_thresholds": self.num_thresholds}
        return {**super().get_config(), **own, self.argument: getattr(self, self.argument)}


@registry.register
class SensitivityAtSpecificity(AtRate):
    """Largest share of found positives where at least ``specificity`` of the negatives are passed.

    Args:
        specificity: between 0 and 1.
        num_thresholds: number of thresholds, evenly spaced from 0 to 1.
        class_id: the one class that counts.
        name, dtype: as in :class:`~pykeras.metrics.Metric`.

    Example:
        >>> import pykeras
        >>> metric = pykeras.metrics.SensitivityAtSpecificity(0.5)
        >>> float(metric([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8]))
        0.5
    """

    argument, bounded, wanted = "specificity", "specificity", "sensitivity"

    def __init__(self, specificity, num_thresholds=200, class_id=None, name=None, dtype=None):
        self._set_up(specificity, num_thresholds, class_id, name, dtype)


@registry.register
class SpecificityAtSensitivity(AtRate):
    """Largest share of passed negatives where at least ``sensitivity`` of the positives are found.

    Arguments as in :class:`SensitivityAtSpecificity`.
    """

    argument, bounded, wanted = "sensitivity", "sensitivity", "specificity"

    def __init__(self, sensitivity, num_thresholds=200, class_id=None, name=None, dtype=None):
        self._set_up(sensitivity, num_thresholds, class_id, name, dtype)


@registry.register
class PrecisionAtRecall(AtRate):
    """Largest precision where recall is at least ``recall``; arguments as in :class:`SensitivityAtSpecificity`."""

    argument, bounded, wanted = "recall", "recall", "precision"

    def __init__(self, recall, num_thresholds=200, class_id=None, name=None, dtype=None):
        self._set_up(recall, num_thresholds, class_id, name, dtype)


@registry.register
class RecallAtPrecision(AtRate):
    """Largest recall where precision is at least ``precision``; arguments as in :class:`SensitivityAtSpecificity`."""

    argument, bounded, wanted = "precision", "precision", "recall"

    def __init__(self, precision, num_thresholds=200, class_id=None, name=None, dtype=None):
        self._set_up(precision, num_thresholds, class_id, name, dtype)
