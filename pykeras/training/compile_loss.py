"""CompileLoss: the loss of a model, from what ``compile`` was told of each output."""

import numbers

import numpy as np

from pykeras import losses, ops, tree
from pykeras.metrics import Mean
from pykeras.training import label_checks
from pykeras.training.outputs import Outputs, drawn

_BY_SHAPE = (losses.binary_crossentropy, losses.sparse_categorical_crossentropy, losses.categorical_crossentropy)


class CompileLoss:
    """Weighted sum of the losses of all outputs.

    Args:
        loss: name, function, :class:`~pykeras.losses.Loss`, or a structure of them like that of the outputs (a dict by
            name does for a list of outputs); None for no loss. Below a place of that structure, one loss stands for
            all outputs there when the place is the top, and takes them together in their structure otherwise; a list
            that is not of the outputs' form there holds losses of the same outputs, which are added.
        loss_weights: numbers in the structure of ``loss``, or a flat list of them.
        output_names: names of the model's outputs.

    Raises:
        ValueError: for unknown names of losses and outputs, and lists of the wrong length.
        KeyError: for a loss at a place that the outputs do not have.
    """

    def __init__(self, loss, loss_weights=None, output_names=None):
        if loss_weights is not None and not isinstance(loss_weights, (list, tuple, dict, numbers.Number)):
            raise ValueError(f"loss_weights: expected a number, or a list or dict of them, got {loss_weights!r}")
        self.loss, self.loss_weights, self.output_names = _resolved(loss), loss_weights, output_names
        self.outputs = None
        self.terms = []
        self.metrics = []

    @property
    def built(self):
        return self.outputs is not None

    def build(self, y_true, y_pred):
        """Settle which losses belong to which outputs, now that these and their labels are known."""
        outputs = Outputs(y_pred, self.output_names)
        loss = self._in_form(outputs)
        weights = self._weights_like(loss, outputs)
        names = tree.pack_sequence_as(y_pred, outputs.names)
        self.terms = []
        self._settle(loss, weights, y_pred, names, ())
        places = tree.pack_sequence_as(y_pred, range(outputs.count))
        for term in self.terms:
            term.places = tree.flatten(at(places, term.path))
        self.wanted = [any(place in term.places for term in self.terms) for place in range(outputs.count)]
        labels = outputs.arrays(y_true, "y", self.wanted)
        predictions = tree.flatten(y_pred)
        for term in self.terms:
            term.resolve(labels, predictions)
        if len(self.terms) > 1:
            for term in self.terms:
                term.tracker = Mean(name=f"{term.name or term.loss_name}_loss")
        self.metrics = [term.tracker for term in self.terms if term.tracker is not None]
        self.outputs = outputs

    def _in_form(self, outputs):
        """``loss`` with its dict by output name, or its one loss for all outputs, in the outputs' structure."""
        form, loss = outputs.form, self.loss
        if isinstance(loss, dict) and not isinstance(form, dict):
            if outputs.single and len(loss) == 1 and outputs.names == [None]:
                return next(iter(loss.values()))
            return tree.pack_sequence_as(form, outputs.by_name(loss, "loss"))
        return loss if tree.is_nested(loss) else tree.map_structure(lambda _: loss, form)

    def _weights_like(self, loss, outputs):
        """``loss_weights`` in the structure of ``loss``, None where there is none."""
        weights = self.loss_weights
        if weights is None:
            return tree.map_structure(lambda _: None, loss)
        if isinstance(weights, dict) and not isinstance(outputs.form, dict):
            single = outputs.single and len(weights) == 1 and outputs.names == [None]
            flat = list(weights.values()) if single else outputs.by_name(weights, "loss_weights")
        elif isinstance(weights, dict) and outputs.flat:
            outputs.by_name(weights, "loss_weights")
            flat = tree.flatten({key: weights.get(key) for key in loss} if isinstance(loss, dict) else weights)
        else:
            flat = tree.flatten(weights)
        count = len(tree.flatten(loss))
        if len(flat) != count:
            raise ValueError(
                f"loss_weights has {len(flat)} entries and must match the number of losses, {count}, "
                f"of the model's outputs ({outputs.labels()})"
            )
        return tree.pack_sequence_as(loss, flat)

    def _settle(self, loss, weight, y_pred, names, path):
        """Add the terms of what is said of the outputs at ``path``."""
        if loss is None:
            return
        if not tree.is_nested(loss):
            self.terms.append(_Term(path, loss, weight, _term_name(names, path)))
            return
        flat = isinstance(loss, (list, tuple)) and not any(tree.is_nested(each) for each in loss)
        if flat and len(loss) == len(tree.flatten(y_pred)):
            loss, weight = tree.pack_sequence_as(y_pred, loss), tree.pack_sequence_as(y_pred, weight)
            if not tree.is_nested(loss):
                self._settle(loss, weight, y_pred, names, path)
                return
        elif isinstance(loss, (list, tuple)) and not isinstance(y_pred, type(loss)):
            for each, factor in zip(loss, weight, strict=True):
                self._settle(each, factor, y_pred, names, path)
            return
        for key in _keys(loss):
            if loss[key] is None:
                continue
            if isinstance(loss, dict) != isinstance(y_pred, dict) or key not in _keys(y_pred):
                raise KeyError(
                    f"The place {(*path, key)} in the `loss` argument can't be found in the model's output, which is "
                    f"{drawn(y_pred)} there"
                )
            self._settle(loss[key], weight[key], y_pred[key], names[key], (*path, key))

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
            self.build(y_true, y_pred)
        form = self.outputs.form
        labels = tree.pack_sequence_as(form, self.outputs.arrays(y_true, "y", self.wanted))
        weights = tree.pack_sequence_as(form, self.outputs.weights(sample_weight))
        predictions = tree.pack_sequence_as(form, tree.flatten(y_pred))
        total = None
        for term in self.terms:
            value = term(*(at(part, term.path) for part in (labels, predictions, weights)), self.outputs)
            total = value if total is None else total + value
        return total

    def check_values(self, y_true):
        """Raise ValueError for labels that are no class numbers; reads the labels, so it belongs outside of a step."""
        if self.built and y_true is not None:
            labels = self.outputs.arrays(y_true, "y", self.wanted)
            for term in self.terms:
                if len(term.places) == 1:
                    place = term.places[0]
                    where = self.outputs.label(place)
                    label_checks.check_values(term.loss, labels[place], self.outputs.shapes[place], where)


class _Term:
    """A loss, its factor, and the path to the outputs that it takes."""

    def __init__(self, path, given, weight, name):
        self.path, self.given, self.weight, self.name = path, given, weight, name
        self.places, self.loss, self.tracker = [], None, None

    def resolve(self, labels, predictions):
        """Make the loss from what was given; ``"crossentropy"`` is the one that labels and output fit."""
        given = self.given
        if is_crossentropy(given):
            place = self.places[0]
            if labels[place] is None:
                raise ValueError(f"The loss {given!r} needs labels, but y is None")
            given = _BY_SHAPE[label_checks.kind_of_labels(labels[place].shape, predictions[place].shape)]
        self.loss = losses.names.as_loss(given)
        self.loss_name = self.given if isinstance(self.given, str) and losses.get(given) is not None else self.loss.name

    def __call__(self, labels, predictions, weights, outputs):
        where = outputs.label(self.places[0])
        if all(leaf is None for leaf in tree.flatten(labels)):
            raise ValueError(
                f"{where} has the loss {self.loss.name!r}, but there are no labels for it: y is None there"
            )
        if len(self.places) == 1 and not tree.is_nested(predictions):
            label_checks.check_shapes(self.loss, labels.shape, predictions.shape, where)
        flat = tree.flatten(weights)
        if all(leaf is flat[0] for leaf in flat):
            weights = flat[0]
        value = self.loss(labels, predictions, weights)
        if len(value.shape):
            value = ops.mean(value)
        if self.tracker is not None:
            self.tracker.update_state(value, sample_weight=float(tree.flatten(predictions)[0].shape[0]))
        return (
            value if self.weight is None else value * (float(self.weight) if np.ndim(self.weight) == 0 else self.weight)
        )


def at(structure, path):
    """The part of a structure that the path leads to."""
    for key in path:
        structure = structure[key]
    return structure


def _keys(structure):
    return structure if isinstance(structure, dict) else range(len(structure) if tree.is_nested(structure) else 0)


def is_crossentropy(identifier):
    return isinstance(identifier, str) and identifier.lower() in ("crossentropy", "ce")


def _term_name(names, path):
    """What logs call the loss of the outputs at ``path``: their place, with names instead of last numbers."""
    if tree.is_nested(names):
        return "/".join(map(str, path)) or "_".join(str(name) for name in tree.flatten(names) if name)
    if not path or isinstance(path[-1], int):
        path = (*path[:-1], names) if names else ()
    return "/".join(map(str, path))


def _resolved(loss):
    """The structure of losses with objects for configurations; every name is known.

    Raises:
        ValueError: for an unknown name.
    """
    found = tree.traverse(
        lambda each: losses.get(each) if isinstance(each, dict) and "class_name" in each else None, loss
    )
    for identifier in tree.flatten(found):
        if not is_crossentropy(identifier):
            losses.get(identifier)
    return found
