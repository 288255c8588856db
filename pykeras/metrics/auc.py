"""Area under the ROC, precision-recall or precision-recall-gain curve."""

from pykeras import check, config, ops
from pykeras.losses.reduction import divide_no_nan
from pykeras.metrics.counting import Thresholds, confusion_counts, even_thresholds
from pykeras.metrics.metric import Metric
from pykeras.metrics.names import registry
from pykeras.registry import deserialize

_COUNTS = ("true_positives", "false_positives", "true_negatives", "false_negatives")
_CURVES = ("ROC", "PR", "PRGAIN")
_METHODS = ("interpolation", "majoring", "minoring")


@registry.register
class AUC(Metric):
    """Approximate area under a curve, from counts at some thresholds.

    Args:
        num_thresholds: number of thresholds, evenly spaced from 0 to 1; above 1.
        curve: ``"ROC"`` (recall over the share of false alarms), ``"PR"`` (precision over recall) or ``"PRGAIN"``.
        summation_method: ``"interpolation"`` between thresholds (for PR as Davis and Goadrich do), or the smaller or
            larger end of each piece: ``"minoring"``, ``"majoring"``.
        name, dtype: as in :class:`~pykeras.metrics.Metric`.
        thresholds: thresholds of your own between 0 and 1; 0 and 1 are added.
        multi_label: mean of the areas of the labels on the last axis, in place of one area of all predictions.
        num_labels: their number, where the variables are wanted before the first batch.
        label_weights: weights of the labels.
        from_logits: whether predictions are scores before the sigmoid.

    Raises:
        ValueError: for an unknown curve or method, thresholds outside of [0, 1], and ``num_labels`` without
            ``multi_label``.

    Source: J. Davis and M. Goadrich, "The Relationship Between Precision-Recall and ROC Curves", 2006; P. Flach and
    M. Kull, "Precision-Recall-Gain Curves", 2015.

    Example:
        >>> import pykeras
        >>> round(float(pykeras.metrics.AUC(num_thresholds=3)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])), 4)
        0.75
    """

    def __init__(
        self,
        num_thresholds=200,
        curve="ROC",
        summation_method="interpolation",
        name=None,
        dtype=None,
        thresholds=None,
        multi_label=False,
        num_labels=None,
        label_weights=None,
        from_logits=False,
    ):
        super().__init__(name=name, dtype=dtype)
        self.curve = check.one_of("curve", str(curve).upper(), _CURVES)
        self.summation_method = check.one_of("summation_method", str(summation_method).lower(), _METHODS)
        self._given = None if thresholds is None else sorted(thresholds)
        if self._given is None:
            if check.positive_int("num_thresholds", num_thresholds) < 2:
                raise ValueError(f"num_thresholds: expected more than 1, got {num_thresholds}")
            inner = even_thresholds(num_thresholds)[1:-1]
        else:
            if any(not 0 <= value <= 1 for value in self._given):
                raise ValueError(f"AUC: expected thresholds between 0 and 1, got {thresholds}")
            inner = self._given
        # 0 and 1 themselves lie inside
        self._thresholds = Thresholds([-config.epsilon(), *inner, 1.0 + config.epsilon()])
        self.num_thresholds = len(self._thresholds)
        if num_labels and not multi_label:
            raise ValueError(f"num_labels: expected None without multi_label, got {num_labels}")
        self.multi_label, self.num_labels, self.from_logits = multi_label, num_labels, from_logits
        self.label_weights = None if label_weights is None else [float(weight) for weight in label_weights]
        self._built = False
        if num_labels or not multi_label:
            self._build(num_labels)

    @property
    def thresholds(self):
        return list(self._thresholds.values)

    def _build(self, labels):
        shape = (self.num_thresholds, labels) if self.multi_label else (self.num_thresholds,)
        for name in _COUNTS:
            setattr(self, name, self.add_variable(shape, "zeros", name=name))
        self._built = True

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: labels 0 or 1, shape ``(n, ...)``, ``(n, labels)`` with ``multi_label``.
            y_pred: probabilities of the same shape, scores with ``from_logits``.
            sample_weight: a number, ``(n,)`` or the shape of ``y_pred``.

        Raises:
            ValueError: when shapes do not fit ``multi_label`` or ``label_weights``.
        """
        y_pred = ops.convert_to_tensor(y_pred)
        if self.multi_label and len(y_pred.shape) != 2:
            raise ValueError(
                f"{self.name}: multi_label expects predictions (samples, labels), got {tuple(y_pred.shape)}"
            )
        if self.label_weights is not None and y_pred.shape[-1] != len(self.label_weights):
            raise ValueError(
                f"{self.name}: {len(self.label_weights)} label_weights for predictions of shape {tuple(y_pred.shape)}"
            )
        if not self._built:
            self._build(y_pred.shape[1])
        counted = confusion_counts(
            y_true,
            ops.sigmoid(y_pred) if self.from_logits else y_pred,
            self._thresholds,
            sample_weight,
            by_label=self.multi_label,
            label_weights=None if self.multi_label else self.label_weights,
        )
        for name in _COUNTS:
            getattr(self, name).assign_add(counted[name])

    def result(self):
        if not self._built:
            return ops.zeros((), self.dtype)
        hits, alarms, passes, misses = (ops.convert_to_tensor(getattr(self, name)) for name in _COUNTS)
        if self.curve == "PR" and self.summation_method == "interpolation":
            return self._over_labels(ops.sum(_davis_goadrich(hits, alarms, misses), axis=0))
        recall = divide_no_nan(hits, hits + misses)
        if self.curve == "ROC":
            x, y = divide_no_nan(alarms, alarms + passes), recall
        elif self.curve == "PR":
            x, y = recall, divide_no_nan(hits, hits + alarms)
        else:
            odds = divide_no_nan(hits + misses, passes + alarms)
            none = ops.equal(hits, 0.0)
            x = ops.maximum(ops.where(none, 0.0, 1.0 - odds * divide_no_nan(misses, hits)), 0.0)
            y = ops.where(none, 1.0, 1.0 - odds * divide_no_nan(alarms, hits))
        if self.summation_method == "interpolation":
            heights = (y[:-1] + y[1:]) / 2.0
        else:
            heights = (ops.minimum if self.summation_method == "minoring" else ops.maximum)(y[:-1], y[1:])
        return self._over_labels(ops.sum((x[:-1] - x[1:]) * heights, axis=0))

    def _over_labels(self, areas):
        if not self.multi_label:
            return areas
        if self.label_weights is None:
            return ops.mean(areas)
        weights = ops.convert_to_tensor(self.label_weights, areas.dtype)
        return divide_no_nan(ops.sum(areas * weights), ops.sum(weights))

    def get_config(self):
        config = {
            **super().get_config(),
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": self.label_weights,
            "from_logits": self.from_logits,
        }
        return config if self._given is None else {**config, "thresholds": list(self._given)}

    @classmethod
    def from_config(cls, config):
        # Keras writes the weights as a tensor
        return cls(**{**config, "label_weights": deserialize(config.get("label_weights"))})


def _davis_goadrich(hits, alarms, misses):
    """Pieces of the area under the precision-recall curve, along which hits grow evenly with predicted positives.

    Between two thresholds ``hits = slope·p + intercept`` with p the number of predicted positives, so the integral of
    precision over recall is ``slope·(Δhits + intercept·log(p₁/p₂)) / positives``.
    """
    predicted = hits + alarms
    gained = hits[:-1] - hits[1:]
    slope = divide_no_nan(gained, ops.maximum(predicted[:-1] - predicted[1:], 0.0))
    intercept = hits[1:] - slope * predicted[1:]
    both = ops.logical_and(predicted[:-1] > 0.0, predicted[1:] > 0.0)
    ratio = ops.where(both, divide_no_nan(predicted[:-1], predicted[1:]), 1.0)
    return divide_no_nan(slope * (gained + intercept * ops.log(ratio)), ops.maximum(hits[1:] + misses[1:], 0.0))
