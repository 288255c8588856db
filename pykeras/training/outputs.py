"""The outputs of a model by place and by name, and labels and weights in the form of the outputs."""

from pykeras import tree
from pykeras.registry import suggest


class Outputs:
    """Names and places of a model's outputs.

    Args:
        y_pred: outputs (or their shapes' holders): a tensor, or a structure of them.
        names: names that the model gives its outputs, in order.
    """

    def __init__(self, y_pred, names=None):
        leaves = tree.flatten(y_pred)
        self.form = tree.map_structure(lambda _: None, y_pred)
        self.count = len(leaves)
        self.single = self.count == 1
        # neither nested in one another nor alone
        self.flat = isinstance(y_pred, (list, tuple, dict)) and len(y_pred) == self.count
        self.shapes = [tuple(leaf.shape) for leaf in leaves]
        if isinstance(y_pred, dict) and self.flat:
            self.names = [path[0] for path, _ in tree.flatten_with_path(y_pred)]
        else:
            self.names = list(names) if names and len(names) == self.count else [None] * self.count

    def label(self, place):
        """How a message calls an output."""
        name = self.names[place]
        return f"output {name!r}" if name else ("the output" if self.single else f"output {place}")

    def labels(self):
        """How a message calls all of them."""
        return ", ".join(self.label(place) for place in range(self.count))

    def by_name(self, values, what, missing=None, error=ValueError):
        """Values of a dict by output name, in the order of the outputs.

        Raises:
            ValueError: for a name that is no output's (or the ``error`` given).
        """
        for name in values:
            if name not in self.names:
                near = suggest(str(name), [n for n in self.names if n])
                hint = f" Did you mean {near[0]!r}?" if near else ""
                raise error(
                    f"Invalid `{what}`: {what} names the output {name!r}, but the model's outputs are "
                    f"{', '.join(repr(n) for n in self.names if n) or 'not named: use a list'}.{hint}"
                )
        return [values.get(name, missing) for name in self.names]

    def arrays(self, values, what, wanted=None):
        """One array (or None) for each output, from labels or weights in the form the user has.

        Args:
            values: an array, or a structure: that of the outputs, with parts left out of dictionaries; a dict by name;
                a list of one for each output, or for each that is wanted.
            what: what messages call them.
            wanted: whether each output needs one.

        Raises:
            ValueError: for values that fit in none of these ways.
        """
        if values is None:
            return [None] * self.count
        if not tree.is_nested(values):
            if self.single:
                return [values]
            values_shape = f"one array of shape {tuple(values.shape)}" if hasattr(values, "shape") else repr(values)
            if wanted is None or sum(wanted) != 1:
                raise ValueError(
                    f"{what}: got {values_shape} for {self.count} outputs ({self.labels()}): pass a list or dict of arrays"
                )
            return [values if each else None for each in wanted]
        flat = self._named(values, what)
        if flat is None:
            flat = tree.flatten(values) if self.single else _in_form(self.form, values)
        if flat is None and all(not tree.is_nested(value) for value in _children(values)):
            flat = _children(values)
            if len(flat) != self.count and wanted is not None and len(flat) == sum(wanted):
                given = iter(flat)
                flat = [next(given) if each else None for each in wanted]
        if flat is None or len(flat) != self.count:
            raise ValueError(
                f"{what} and y_pred have different structures: {what} is {drawn(values)}, the outputs are "
                f"{drawn(self.form)}: {what} has {len(tree.flatten(values))} entries, but the model has "
                f"{self.count} outputs ({self.labels()})"
            )
        return flat

    def _named(self, values, what):
        """The values of a dict by output name; None when it is no such dict."""
        if not isinstance(values, dict) or isinstance(self.form, dict) and not self.flat:
            return None
        if self.single and self.names == [None]:
            return tree.flatten(values)
        return self.by_name(values, what)

    def weights(self, values):
        """Sample weights: as :meth:`arrays`, but one array stands for all outputs."""
        if values is None or tree.is_nested(values):
            return self.arrays(values, "sample_weight")
        return [values] * self.count


def _children(values):
    return [values[key] for key in sorted(values)] if isinstance(values, dict) else list(values)


def _in_form(form, values):
    """Leaves of the values in the order of the form's, None for those left out; None where they do not fit."""
    if not tree.is_nested(form):
        return None if tree.is_nested(values) else [values]
    if values is None:
        return [None] * len(tree.flatten(form))
    if isinstance(form, dict):
        if not isinstance(values, dict) or not set(values) <= set(form):
            return None
        parts = [_in_form(form[key], values.get(key)) for key in sorted(form)]
    elif isinstance(values, (list, tuple)) and len(values) == len(form):
        parts = [_in_form(child, value) for child, value in zip(form, values, strict=True)]
    else:
        return None
    return None if any(part is None for part in parts) else [leaf for part in parts for leaf in part]


def drawn(structure):
    """A structure for messages: stars for its leaves."""
    return tree.map_structure(lambda _: "*", structure)
