"""CompileLoss: the loss of a model, from what ``compile`` was told of each output."""

from pykeras import losses, ops, tree
from pykeras.metrics import Mean
from pykeras.training import label_checks
from pykeras.training.outputs import Outputs


class CompileLoss:
    """Weighted sum of the losses of all outputs.

    Args:
        loss: name, function, :class:`~pykeras.losses.Loss`, or a list or dict of them by output; None for no loss.
            One loss stands for all outputs.
        loss_weights: numbers by output, list or dict.
        output_names: names of the model's outputs.

    Raises:
        ValueError: for unknown names of losses and outputs, and lists of the wrong length.
    """

    def __init__(self, loss, loss_weights=None, output_names=None):
        self.loss, self.loss_weights, self.output_names = loss, loss_weights, output_names
        self.outputs = None
        self.losses = []
        self.metrics = []
        for identifier in _identifiers(loss):
            losses.get(identifier)

    @property
    def built(self):
        return self.outputs is not None

    def build(self, y_pred):
        """Settle which loss belongs to which output, now that the outputs are known."""
        self.outputs = Outputs(y_pred, self.output_names)
        found = [losses.names.as_loss(identifier) for identifier in self.outputs.spread(self.loss, "loss")]
        self.losses = found
        self.weights = self.outputs.spread(self.loss_weights, "loss_weights")
        self.trackers = [None] * len(found)
        if sum(loss is not None for loss in found) > 1:
            for place, loss in enumerate(found):
                if loss is not None:
                    self.trackers[place] = Mean(name=f"{self.outputs.names[place] or loss.name}_loss")
        self.metrics = [tracker for tracker in self.trackers if tracker is not None]

    def __call__(self, y_true, y_pred, sample_weight=None):
        """The total loss; the loss of each output goes to its tracker.

        Args:
            y_true, sample_weight: arrays by output.
            y_pred: the model's outputs.

        Returns:
            Scalar tensor, or None when no output has a loss.

        Raises:
            ValueError: when labels are missing or their shape does not fit the output's.
        """
        if not self.built:
            self.build(y_pred)
        predictions = tree.flatten(y_pred)
        labels = self.outputs.arrays(y_true, "y")
        sample_weights = self.outputs.weights(sample_weight)
        total = None
        for place, loss in enumerate(self.losses):
            if loss is None:
                continue
            where = self.outputs.label(place)
            if labels[place] is None:
                raise ValueError(f"{where} has the loss {loss.name!r}, but there are no labels for it: y is None there")
            label_checks.check_shapes(loss, labels[place].shape, predictions[place].shape, where)
            value = loss(labels[place], predictions[place], sample_weights[place])
            if len(value.shape):
                value = ops.mean(value)
            if self.trackers[place] is not None:
                self.trackers[place].update_state(value, sample_weight=float(predictions[place].shape[0]))
            if self.weights[place] is not None:
                value = value * float(self.weights[place])
            total = value if total is None else total + value
        return total

    def check_values(self, y_true):
        """Raise ValueError for labels that are no class numbers; reads the labels, so it belongs outside of a step."""
        if self.built and y_true is not None:
            for place, labels in enumerate(self.outputs.arrays(y_true, "y")):
                where = self.outputs.label(place)
                label_checks.check_values(self.losses[place], labels, self.outputs.shapes[place], where)


def _identifiers(loss):
    if isinstance(loss, dict) and "class_name" not in loss:
        return [item for value in loss.values() for item in _identifiers(value)]
    if isinstance(loss, (list, tuple)):
        return [item for value in loss for item in _identifiers(value)]
    return [loss]
