"""The state of a model as a nested dictionary, and its loss as a function without state."""

import numpy as np

from pykeras.variables import temporarily

_FORMATS = ("backend_tensor", "numpy_array")


class StateTree:
    """The part of a model that hands its state out and takes it back."""

    def _state_groups(self):
        optimizer = self.optimizer.variables if self.compiled and self.optimizer is not None else []
        return {
            "trainable_variables": self.trainable_variables,
            "non_trainable_variables": self.non_trainable_variables,
            "optimizer_variables": list(optimizer),
            "metrics_variables": self.metrics_variables,
        }

    def get_state_tree(self, value_format="backend_tensor"):
        """Trainable and non-trainable variables, those of the optimizer and of the metrics, in nested dictionaries.

        Args:
            value_format: ``"backend_tensor"`` or ``"numpy_array"``.

        Returns:
            A dictionary with four entries; in each the parts of a variable's path are the keys.

        Raises:
            ValueError: for another format, and when two variables have one path.

        Example:
            >>> import pykeras
            >>> model = pykeras.Sequential([pykeras.layers.Dense(1, input_dim=2, name="out")], name="net")
            >>> model.get_state_tree("numpy_array")["trainable_variables"]["net"]["out"]["kernel"].shape
            (2, 1)
        """
        if value_format not in _FORMATS:
            raise ValueError(f"get_state_tree: value_format: expected one of {_FORMATS}, got {value_format!r}")
        trees = {}
        for group, variables in self._state_groups().items():
            trees[group] = {}
            for variable in variables:
                value = variable.value if value_format == "backend_tensor" else variable.numpy()
                _put(trees[group], self._state_path(variable), value)
        return trees

    def _state_path(self, variable):
        return variable.path.split("/")

    def set_state_tree(self, state_tree):
        """Set the variables that a dictionary as :meth:`get_state_tree` gives it names; others stay.

        Raises:
            ValueError: for an unknown group or path, or a value of another shape.
        """
        groups = self._state_groups()
        planned = []
        for group, values in state_tree.items():
            if group not in groups:
                raise ValueError(f"set_state_tree: expected the entries {', '.join(groups)}, got {group!r}")
            own = {tuple(self._state_path(variable)): variable for variable in groups[group]}
            for path, value in _leaves(values):
                variable = own.get(path)
                if variable is None:
                    known = ", ".join("/".join(each) for each in own)
                    raise ValueError(f"set_state_tree: {group} has no {'/'.join(path)!r}; it has {known}")
                if tuple(np.shape(value)) != tuple(variable.shape):
                    raise ValueError(
                        f"set_state_tree: {'/'.join(path)}: expected shape {tuple(variable.shape)}, got "
                        f"{tuple(np.shape(value))}"
                    )
                planned.append((variable, value))
        for variable, value in planned:
            variable.assign(value)

    def stateless_compute_loss(
        self,
        trainable_variables,
        non_trainable_variables,
        metrics_variables,
        x=None,
        y=None,
        y_pred=None,
        sample_weight=None,
        training=True,
    ):
        """:meth:`compute_loss` with these values of the variables; those of the model stay as they are.

        Returns:
            ``(loss, (trainable, non-trainable, metrics values afterwards))``.
        """
        groups = self.trainable_variables, self.non_trainable_variables, self.metrics_variables
        given = trainable_variables, non_trainable_variables, metrics_variables
        for name, own, values in zip(("trainable", "non_trainable", "metrics"), groups, given, strict=True):
            if len(own) != len(values):
                raise ValueError(
                    f"stateless_compute_loss: {name}_variables: expected {len(own)} values, got {len(values)}"
                )
        with temporarily([v for group in groups for v in group], [v for values in given for v in values]):
            loss = self._total_loss(x, y, y_pred, sample_weight, training)
            after = tuple([variable.value for variable in group] for group in groups)
        return loss, after

    def compute_loss_and_updates(
        self,
        trainable_variables,
        non_trainable_variables,
        metrics_variables,
        x,
        y,
        sample_weight,
        training=False,
        optimizer_variables=None,
    ):
        """A call and its loss as a function of the variables' values.

        Returns:
            ``(scaled loss, (loss, outputs, non-trainable values, metrics values))``.
        """
        options = {"training": training} if getattr(self, "_call_has_training_arg", True) else {}
        y_pred, after = self.stateless_call(trainable_variables, non_trainable_variables, x, **options)
        loss, (_, after, measured) = self.stateless_compute_loss(
            trainable_variables, after, metrics_variables, x, y, y_pred, sample_weight, training
        )
        scaled = loss
        if training and self.optimizer is not None:
            own = self.optimizer.variables if optimizer_variables is not None else []
            with temporarily(own, optimizer_variables or []):
                scaled = self.optimizer.scale_loss(loss)
        return scaled, (loss, y_pred, after, measured)

    def jax_state_sync(self):
        """Nothing: the variables always hold the present values."""


def _put(into, path, value):
    for key in path[:-1]:
        into = into.setdefault(key, {})
        if not isinstance(into, dict):
            raise ValueError(f"get_state_tree: the path {'/'.join(path)!r} leads through another variable")
    if path[-1] in into:
        raise ValueError(f"get_state_tree: two variables have the path {'/'.join(path)!r}: name their layers apart")
    into[path[-1]] = value


def _leaves(values, path=()):
    if isinstance(values, dict):
        for key, value in values.items():
            yield from _leaves(value, (*path, key))
    else:
        yield path, values
