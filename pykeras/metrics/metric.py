"""Metric: a quantity gathered over batches in variables, so that a replayed step can update it."""

import functools
import operator

from pykeras import initializers
from pykeras.keras_tensor import any_symbolic, auto_name
from pykeras.losses.reduction import compute_dtype
from pykeras.variables import Variable, temporarily


class Metric:
    """Base class of metrics.

    Subclass it with ``update_state(...)``, written in ops on variables made by ``add_weight`` or ``add_variable``, and
    ``result()``, a tensor (or a dictionary of them). Variables start at zero again at each epoch.

    Args:
        dtype: dtype of the variables, ``floatx`` by default.
        name: name of the metric, by default that of its class.

    Example:
        >>> import pykeras
        >>> class Largest(pykeras.metrics.Metric):
        ...     def __init__(self, name="largest", **options):
        ...         super().__init__(name=name, **options)
        ...         self.value = self.add_weight(name="value", initializer="zeros")
        ...     def update_state(self, y_true, y_pred, sample_weight=None):
        ...         self.value.assign(pykeras.ops.maximum(self.value, pykeras.ops.max(y_pred)))
        ...     def result(self):
        ...         return self.value.value
        >>> metric = Largest()
        >>> metric.update_state([0.0], [3.0])
        >>> metric.update_state([0.0], [2.0])
        >>> float(metric.result())
        3.0
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "update_state" in vars(cls):
            cls.update_state = _only_with_values(cls.update_state)

    def __init__(self, dtype=None, name=None):
        self.name = name or auto_name(type(self))
        self._dtype = compute_dtype(dtype)
        self._own_variables = []

    @property
    def dtype(self):
        return self._dtype

    @property
    def variables(self):
        """Variables that hold the metric's state, those of metrics it contains included."""
        return functools.reduce(operator.add, (metric.variables for metric in self._held(Metric)), self._held(Variable))

    weights = non_trainable_variables = variables

    def _held(self, kind):
        """Variables or metrics that are attributes, or stand in lists and dictionaries there; each once."""
        found, seen = {}, set()
        places = [self._own_variables, *vars(self).values()]
        for place in places:
            if isinstance(place, kind):
                found[id(place)] = place
            elif isinstance(place, (list, tuple, dict)) and id(place) not in seen:
                seen.add(id(place))
                children = place.values() if isinstance(place, dict) else place
                places.extend(child for child in children if not isinstance(child, (int, float, str)))
        return list(found.values())

    def add_variable(self, shape, initializer, dtype=None, aggregation="sum", name=None):
        """A new variable of the metric's state.

        Args:
            shape: its shape.
            initializer: initial values; a name, an initializer, an array, ``"zeros"`` for None.
            dtype: its dtype, the metric's by default.
            name: its name.
        """
        variable = Variable(
            initializer if hasattr(initializer, "shape") else initializers.get(initializer or "zeros"),
            shape=tuple(shape),
            dtype=dtype or self.dtype,
            trainable=False,
            aggregation=aggregation,
            name=name,
        )
        variable.path = f"{self.name}/{variable.name}"
        self._own_variables.append(variable)
        return variable

    def add_weight(self, shape=(), initializer=None, dtype=None, name=None):
        """``add_variable`` with a scalar for a default; ``add_weight("total")`` of Keras 2 works too."""
        if isinstance(shape, str):
            shape, name = (), shape
        return self.add_variable(shape=shape, initializer=initializer, dtype=dtype, name=name)

    def reset_state(self):
        """Set every variable of the metric back to zero."""
        for variable in self._held(Variable):
            variable.assign(initializers.get("zeros")(variable.shape, dtype=variable.dtype))
        for metric in self._held(Metric):
            metric.reset_state()

    def reset_states(self):
        """Keras 2's name of :meth:`reset_state`."""
        self.reset_state()

    def update_state(self, *args, **kwargs):
        raise NotImplementedError(f"{type(self).__name__} has no update_state()")

    def result(self):
        raise NotImplementedError(f"{type(self).__name__} has no result()")

    def merge_state(self, metrics):
        """Add the state of other metrics of this kind to this one's (sums of sums and counts).

        Raises:
            ValueError: when a metric has other variables.
        """
        for metric in metrics:
            shapes, theirs = ([tuple(v.shape) for v in m.variables] for m in (self, metric))
            if shapes != theirs:
                raise ValueError(f"Cannot merge {metric.name} into {self.name}: variables {theirs} against {shapes}")
            for mine, other in zip(self.variables, metric.variables, strict=True):
                mine.assign_add(other.value)

    def stateless_update_state(self, metric_variables, *args, **kwargs):
        """``update_state`` as a function: values of ``variables`` in, new ones out; the metric stays as it was."""
        with temporarily(self.variables, self._checked(metric_variables)):
            self.update_state(*args, **kwargs)
            return [variable.value for variable in self.variables]

    def stateless_result(self, metric_variables):
        """``result`` for these values of ``variables``."""
        with temporarily(self.variables, self._checked(metric_variables)):
            return self.result()

    def stateless_reset_state(self):
        """The values of ``variables`` after ``reset_state``; the metric stays as it was."""
        variables = self.variables
        with temporarily(variables, [variable.value for variable in variables]):
            self.reset_state()
            return [variable.value for variable in variables]

    def _checked(self, values):
        if len(values) != len(self.variables):
            raise ValueError(f"{self.name}: expected values of {len(self.variables)} variables, got {len(values)}")
        return values

    def __call__(self, *args, **kwargs):
        """Update with a batch, return the result over all batches so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def get_config(self):
        """Constructor arguments, enough to make the metric again with ``from_config``."""
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def __repr__(self):
        return f"<{type(self).__name__} name={self.name}>"


def _only_with_values(update_state):
    """The method, doing nothing for symbolic tensors: a layer that holds a metric is being described, not run."""

    @functools.wraps(update_state)
    def wrapper(self, *args, **kwargs):
        if not any_symbolic(args, kwargs):
            update_state(self, *args, **kwargs)

    return wrapper
