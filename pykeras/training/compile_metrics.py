"""CompileMetrics: the metrics of a model, from what ``compile`` was told of each output."""

from pykeras import losses, metrics, tree
from pykeras.metrics.mean import MeanMetricWrapper
from pykeras.training import label_checks
from pykeras.training.outputs import Outputs, drawn

# names whose meaning depends on labels and outputs: binary, sparse (class numbers), categorical (one-hot)
_BY_SHAPE = {
    "accuracy": (metrics.BinaryAccuracy, metrics.SparseCategoricalAccuracy, metrics.CategoricalAccuracy),
    "crossentropy": (
        metrics.BinaryCrossentropy,
        metrics.SparseCategoricalCrossentropy,
        metrics.CategoricalCrossentropy,
    ),
}
_BY_SHAPE["acc"] = _BY_SHAPE["accuracy"]
_BY_SHAPE["ce"] = _BY_SHAPE["crossentropy"]


class CompileMetrics:
    """Metrics of all outputs.

    Args:
        metrics: metrics that take no sample weights: a name, function or :class:`~pykeras.metrics.Metric`, a list of
            them, or lists or a dict of lists by output.
        weighted_metrics: metrics that do.
        output_names: names of the model's outputs.

    Raises:
        ValueError: for unknown names of metrics and outputs.
    """

    def __init__(self, metrics=None, weighted_metrics=None, output_names=None):
        self.plain, self.weighted, self.output_names = metrics, weighted_metrics, output_names
        self.entries = []
        self.outputs = None
        for identifier in (*_identifiers(metrics), *_identifiers(weighted_metrics)):
            if not (isinstance(identifier, str) and identifier in _BY_SHAPE):
                resolve(identifier, None, None)

    @property
    def built(self):
        return self.outputs is not None

    @property
    def asked(self):
        """Whether any metric was asked for."""
        return bool(self.plain or self.weighted)

    @property
    def metrics(self):
        """The metric objects, in the order of their logs."""
        return [entry.metric for entry in self.entries]

    def build(self, y_true, y_pred):
        """Settle metrics and their names in the logs, now that labels and outputs are known."""
        self.outputs = Outputs(y_pred, self.output_names)
        self.entries = []
        if not self.asked:
            return
        labels = self.outputs.arrays(y_true, "y")
        predictions = tree.flatten(y_pred)
        taken = set()
        for weighted, given in ((False, self.plain), (True, self.weighted)):
            what = "weighted_metrics" if weighted else "metrics"
            for place, identifiers in enumerate(self._by_output(given, what)):
                if identifiers and labels[place] is None:
                    raise ValueError(f"{self.outputs.label(place)} has metrics, but there are no labels for it")
                for identifier in identifiers:
                    metric, name = resolve(identifier, labels[place], predictions[place])
                    name = self._free_name(name, place, weighted, taken)
                    if metric is not identifier:
                        metric.name = name
                    self.entries.append(_Entry(metric, name, place, weighted))

    def _by_output(self, given, what):
        """For each output the list of its metrics."""
        outputs = self.outputs
        if given is None:
            return [[]] * outputs.count
        if outputs.single:
            return [_identifiers(given)]
        if isinstance(given, dict) and (outputs.flat or not isinstance(outputs.form, dict)):
            return [_identifiers(value) for value in outputs.by_name(given, what)]
        given = given if tree.is_nested(given) else [given]
        if (
            not isinstance(given, dict)
            and not any(tree.is_nested(value) for value in given)
            and len(given) != outputs.count
        ):
            return [_identifiers(given)] * outputs.count
        if outputs.flat and len(given) == outputs.count:
            return [_identifiers(value) for value in given]
        found = []
        try:
            tree.map_structure_up_to(outputs.form, lambda value: found.append(_identifiers(value)), given)
        except ValueError:
            raise ValueError(
                f"Invalid `{what}`: {what} has {len(given)} entries, which are neither by output ({outputs.labels()}) "
                f"nor in the structure of the outputs, {drawn(outputs.form)}: {given!r}"
            ) from None
        return found

    def _free_name(self, name, place, weighted, taken):
        """Keras's name in the logs: the output's before the metric's, made single where it is taken."""
        prefix = f"{self.outputs.names[place]}_" if not self.outputs.single and self.outputs.names[place] else ""
        chosen = f"{prefix}{name}"
        if chosen in taken and weighted:
            chosen = f"{prefix}weighted_{name}"
        base, number = chosen, 0
        while chosen in taken:
            number += 1
            chosen = f"{base}_{number}"
        taken.add(chosen)
        return chosen

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch to each metric.

        Args:
            y_true, sample_weight: arrays by output.
            y_pred: the model's outputs.
        """
        if not self.built:
            self.build(y_true, y_pred)
        if not self.entries:
            return
        labels = self.outputs.arrays(y_true, "y")
        predictions = tree.flatten(y_pred)
        weights = self.outputs.weights(sample_weight)
        for entry in self.entries:
            weight = weights[entry.place] if entry.weighted else None
            entry.metric.update_state(labels[entry.place], predictions[entry.place], sample_weight=weight)

    def result(self):
        """Name to value of every metric."""
        results = {}
        for entry in self.entries:
            value = entry.metric.result()
            results.update(value if isinstance(value, dict) else {entry.name: value})
        return results

    def reset_state(self):
        """Set every metric back to zero."""
        for entry in self.entries:
            entry.metric.reset_state()


class _Entry:
    def __init__(self, metric, name, place, weighted):
        self.metric, self.name, self.place, self.weighted = metric, name, place, weighted


def _identifiers(given):
    """All that was asked for in a structure of metrics, where a configuration is one."""
    if isinstance(given, dict) and "class_name" not in given:
        return [item for value in given.values() for item in _identifiers(value)]
    if isinstance(given, (list, tuple)):
        return [item for value in given for item in _identifiers(value)]
    return [] if given is None else [given]


def resolve(identifier, y_true, y_pred):
    """The metric object of an identifier, and its name in the logs (as it was asked for by).

    Args:
        identifier: name, function, metric or configuration.
        y_true, y_pred: labels and output, which say what ``"accuracy"`` means.

    Raises:
        ValueError: for an unknown name.
    """
    if isinstance(identifier, str) and identifier in _BY_SHAPE:
        metric = _BY_SHAPE[identifier][label_checks.kind_of_labels(y_true.shape, y_pred.shape)]()
        return metric, identifier
    found = metrics.get(identifier) if not isinstance(identifier, losses.Loss) else identifier
    if not isinstance(found, metrics.Metric):
        found = MeanMetricWrapper(found, name=getattr(found, "name", None) or losses.names.function_name(found))
    return found, identifier if isinstance(identifier, str) else found.name
