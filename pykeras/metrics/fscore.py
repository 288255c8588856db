"""F-scores: precision and recall in one number."""

from pykeras import check, config, ops
from pykeras.metrics.metric import Metric
from pykeras.metrics.names import registry

_AVERAGES = (None, "micro", "macro", "weighted")


@registry.register
class FBetaScore(Metric):
    """``(1 + β²)·precision·recall / (β²·precision + recall)`` of each class.

    Args:
        average: ``"macro"`` for the mean over the classes, ``"weighted"`` with the number of their labels as weights,
            ``"micro"`` for the score of all predictions together, None for one score a class.
        beta: above 0; how much more recall counts.
        threshold: above it a prediction is yes, 0 < threshold <= 1; None takes the best class of each sample.
        name, dtype: as in :class:`~pykeras.metrics.Metric`.

    Raises:
        ValueError: for a value out of its range.

    Example:
        >>> import pykeras
        >>> metric = pykeras.metrics.FBetaScore(beta=2.0, threshold=0.8)
        >>> metric([[1, 1], [1, 0], [1, 1]], [[0.2, 0.9], [0.9, 0.9], [0.9, 0.1]]).numpy().round(3).tolist()[1]
        0.5
    """

    def __init__(self, average=None, beta=1.0, threshold=None, name="fbeta_score", dtype=None):
        super().__init__(name=name, dtype=dtype)
        if average not in _AVERAGES:
            raise ValueError(f"average: expected one of {_AVERAGES}, got {average!r}")
        if threshold is not None and not (isinstance(threshold, float) and 0 < threshold <= 1):
            raise ValueError(f"threshold: expected a float above 0 and up to 1, got {threshold!r}")
        if not isinstance(beta, float):
            raise ValueError(f"beta: expected a float above 0, got {beta!r}")
        self.average = average
        self.axis = None if average == "micro" else 0
        self.beta = check.positive_float("beta", beta)
        self.threshold = threshold
        self._built = False

    def _build(self, classes):
        shape = () if self.average == "micro" else (classes,)
        self.true_positives = self.add_variable(shape, "zeros", name="true_positives")
        self.false_positives = self.add_variable(shape, "zeros", name="false_positives")
        self.false_negatives = self.add_variable(shape, "zeros", name="false_negatives")
        self.intermediate_weights = self.add_variable(shape, "zeros", name="intermediate_weights")
        self._built = True

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: labels 0 or 1, shape ``(n, classes)``.
            y_pred: scores or probabilities of the same shape.
            sample_weight: None, a number, ``(n,)`` or ``(n, classes)``.

        Raises:
            ValueError: for other shapes.
        """
        y_true, y_pred = (ops.cast(ops.convert_to_tensor(y), self.dtype) for y in (y_true, y_pred))
        if len(y_true.shape) != 2 or len(y_pred.shape) != 2:
            raise ValueError(
                f"{self.name}: expected labels and predictions of shape (samples, classes), got "
                f"{tuple(y_true.shape)} and {tuple(y_pred.shape)}"
            )
        if not self._built:
            self._build(y_pred.shape[-1])
        if self.threshold is None:
            best = ops.max(y_pred, axis=-1, keepdims=True)
            chosen = ops.logical_and(y_pred >= best, ops.abs(y_pred) > 1e-9)
        else:
            chosen = y_pred > self.threshold
        chosen = ops.cast(chosen, self.dtype)
        weight = None
        if sample_weight is not None:
            weight = ops.cast(ops.convert_to_tensor(sample_weight), self.dtype)
            weight = weight if len(weight.shape) == 2 else ops.reshape(weight, (-1, 1))
        for variable, values in (
            (self.true_positives, chosen * y_true),
            (self.false_positives, chosen * (1.0 - y_true)),
            (self.false_negatives, (1.0 - chosen) * y_true),
            (self.intermediate_weights, y_true),
        ):
            values = values if weight is None else values * weight
            variable.assign_add(ops.sum(values, axis=None if self.average == "micro" else 0))

    def result(self):
        if not self._built:
            return ops.zeros((), self.dtype)
        hits, epsilon = ops.convert_to_tensor(self.true_positives), config.epsilon()
        precision = hits / (hits + self.false_positives + epsilon)
        recall = hits / (hits + self.false_negatives + epsilon)
        squared = self.beta**2
        scores = (1.0 + squared) * (precision * recall / (squared * precision + recall + epsilon))
        if self.average == "weighted":
            weights = ops.convert_to_tensor(self.intermediate_weights)
            return ops.sum(scores * weights / (ops.sum(weights) + epsilon))
        return scores if self.average is None else ops.mean(scores)

    def get_config(self):
        return {**super().get_config(), "average": self.average, "beta": self.beta, "threshold": self.threshold}


@registry.register
class F1Score(FBetaScore):
    """Harmonic mean of precision and recall: :class:`FBetaScore` with ``beta`` 1.

    Example:
        >>> import pykeras
        >>> metric = pykeras.metrics.F1Score(average="micro", threshold=0.5)
        >>> round(float(metric([[1, 1, 0], [1, 0, 0]], [[0.2, 0.6, 0.7], [0.8, 0.1, 0.1]])), 4)
        0.6667
    """

    def __init__(self, average=None, threshold=None, name="f1_score", dtype=None):
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self):
        config = super().get_config()
        del config["beta"]
        return config
