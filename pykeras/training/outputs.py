"""The outputs of a model by place and by name, and what users say of each: losses, metrics, weights, labels."""

from pykeras import tree
from pykeras.registry import suggest


class Outputs:
    """Names and places of a model's outputs.

    Args:
        y_pred: outputs (or their shapes' holders): a tensor, or a list, tuple or dict of them.
        names: names that the model gives its outputs, in order.
    """

    def __init__(self, y_pred, names=None):
        leaves = tree.flatten(y_pred)
        self.single = len(leaves) == 1
        self.nested = isinstance(y_pred, (list, tuple, dict))
        self.shapes = [tuple(leaf.shape) for leaf in leaves]
        if isinstance(y_pred, dict) and all(not tree.is_nested(item) for item in y_pred.values()):
            self.names = [str(name) for name in sorted(y_pred)]
        else:
            self.names = list(names) if names and len(names) == len(leaves) else [None] * len(leaves)
        self.count = len(leaves)

    def label(self, place):
        """How a message calls an output."""
        name = self.names[place]
        return f"output {name!r}" if name else ("the output" if self.single else f"output {place}")

    def by_name(self, values, what, missing=None):
        """Values of a dict by output name, in the order of the outputs.

        Raises:
            ValueError: for a name that is no output's.
        """
        names = self.names
        for name in values:
            if name not in names:
                near = suggest(str(name), [n for n in names if n])
                hint = f" Did you mean {near[0]!r}?" if near else ""
                raise ValueError(
                    f"{what} names the output {name!r}, but the model's outputs are "
                    f"{', '.join(repr(n) for n in names if n) or 'not named: use a list'}.{hint}"
                )
        return [values.get(name, missing) for name in names]

    def spread(self, values, what, share=True):
        """One value for each output, from a dict by name, a list by place, or one value for all.

        Args:
            values: what the user passed.
            what: what messages call it.
            share: whether one value stands for all outputs.

        Raises:
            ValueError: for unknown names, and lists of another length.
        """
        if values is None:
            return [None] * self.count
        if isinstance(values, dict):
            if self.single and len(values) == 1 and self.names == [None]:
                return list(values.values())
            return self.by_name(values, what)
        if isinstance(values, (list, tuple)):
            flat = [item for value in values for item in tree.flatten(value)] if self.nested else list(values)
            if len(flat) != self.count:
                named = ", ".join(self.label(place) for place in range(self.count))
                raise ValueError(f"{what} has {len(flat)} entries, but the model has {self.count} outputs ({named})")
            return flat
        if not share and not self.single:
            raise ValueError(f"{what}: expected a list or dict with an entry for each of {self.count} outputs")
        return [values] * self.count

    def arrays(self, values, what):
        """One tensor (or None) for each output, from labels or weights in the form the user has."""
        if values is None:
            return [None] * self.count
        if isinstance(values, (dict, list, tuple)):
            return self.spread(values, what)
        if not self.single:
            raise ValueError(
                f"{what}: got one array of shape {tuple(values.shape)} for {self.count} outputs "
                f"({', '.join(self.label(place) for place in range(self.count))}): pass a list or dict of arrays"
            )
        return [values]

    def weights(self, values):
        """Sample weights: as :meth:`arrays`, but one array stands for all outputs."""
        if values is None or isinstance(values, (dict, list, tuple)):
            return self.arrays(values, "sample_weight")
        return [values] * self.count
