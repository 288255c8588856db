"""The weights of a layer: made, found in what it holds, counted, read and set."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import numpy as np

from pykeras import constraints, initializers, regularizers
from pykeras.keras_tensor import Operation
from pykeras.layers import tracking
from pykeras.layers.context import context
from pykeras.variables import Variable


class Weights(Operation):
    """The part of Layer that has to do with weights."""

    built: bool
    _trainable: bool
    dtype_policy: Any

    def add_weight(self, *args, **kwargs) -> Variable:
        """A new weight of this layer.

        Keras 3's order: ``add_weight(shape, initializer, dtype, trainable, autocast, regularizer, constraint,
        aggregation,
        name)``; Keras 2's and ours: ``add_weight(name, shape, ...)``. What is not given is looked up by name: weight
        ``kernel`` takes the layer's ``kernel_initializer``, ``kernel_regularizer`` and ``kernel_constraint``.
        """
        order: tuple[str, ...] = (
            "shape", "initializer", "dtype", "trainable", "autocast", "regularizer", "constraint", "aggregation",
            "name",
        )  # fmt: skip
        if args and (isinstance(args[0], str) or args[0] is None and len(args) > 1):
            order = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "constraint")
        given = dict(zip(order, args))
        for key in given:
            if key in kwargs:
                raise TypeError(f"{self._label}: add_weight: {key} is given twice")
        return self._new_weight(**given, **kwargs)

    def _new_weight(self, shape=None, initializer=None, dtype=None, trainable=True, autocast=True, regularizer=None,
                    constraint=None, aggregation="none", name=None, synchronization="auto",
                    overwrite_with_gradient=False,
                    layout=None, experimental_autocast=None, use_resource=None, getter=None,
                    collections=None, partitioner=None) -> Variable:  # fmt: skip
        if "_inbound_nodes" not in self.__dict__:
            raise RuntimeError(f"{type(self).__name__}: call super().__init__() before adding weights")
        name = name or "variable"
        own = functools.partial(getattr, self)
        initializer = initializers.get(own(f"{name}_initializer", None) if initializer is None else initializer)
        dtype = dtype or self.dtype_policy.of(self).variable_dtype
        if initializer is None:
            initializer = initializers.get("glorot_uniform" if dtype.startswith("float") else "zeros")
        shape = () if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
        variable = Variable(initializer, shape, dtype, trainable and self._trainable, autocast, aggregation, name=name)
        variable.path = "/".join([*self._path_names(), name])
        variable.regularizer = regularizers.get(
            own(f"{name}_regularizer", None) if regularizer is None else regularizer
        )
        variable.constraint = constraints.get(own(f"{name}_constraint", None) if constraint is None else constraint)
        variable.overwrite_with_gradient = overwrite_with_gradient
        variable._declared_trainable = bool(trainable)  # type: ignore[attr-defined]
        self.__dict__.setdefault("_own_weights", []).append(variable)
        return variable

    # What it takes by name, for readers and tools; the order of positions depends on the first (see above).
    add_weight.__signature__ = inspect.signature(_new_weight)  # type: ignore[attr-defined]

    def _path_names(self) -> list[str]:
        if self.__dict__.get("_path"):
            return self._path.split("/")  # type: ignore[attr-defined]
        names = list(context.names)
        return names if names and names[-1] == self.name else [*names, self.name]

    def _sublayers(self) -> list[Any]:
        return [layer for layer in tracking.held(self, (Weights,)) if layer is not self]

    def _own_variables(self) -> list[Variable]:
        """The weights of this layer alone, trainable ones (as declared) first."""
        found = tracking.unique([*self.__dict__.get("_own_weights", []), *tracking.variables_of(self)])
        declared = [getattr(v, "_declared_trainable", v.trainable) for v in found]
        return [v for v, d in zip(found, declared) if d] + [v for v, d in zip(found, declared) if not d]

    @property
    def path(self) -> str:
        """The names of the layers around this one when it was built, and its own, between slashes."""
        return self.__dict__.get("_path") or self.name  # type: ignore[has-type]

    @property
    def metrics(self) -> list[Any]:
        """The metrics that this layer and its sublayers hold."""
        from pykeras.metrics import Metric

        return tracking.unique([m for layer in self._flatten_layers() for m in tracking.held(layer, (Metric,))])

    @property
    def metrics_variables(self) -> list[Variable]:
        """The variables of those metrics."""
        return [variable for metric in self.metrics for variable in metric.variables]

    @property
    def weights(self) -> list[Variable]:
        """All weights: this layer's, then those of its sublayers in the order they were set."""
        self._check_has_weights()
        return self._weights_so_far()

    def _weights_so_far(self) -> list[Variable]:
        return tracking.unique(
            [*self._own_variables(), *(w for layer in self._sublayers() for w in layer._weights_so_far())]
        )

    def _check_has_weights(self) -> None:
        """Overridden by models that do not know their weights yet."""

    @property
    def variables(self) -> list[Variable]:
        """The weights and the states of seed generators and metrics."""
        seeds = [s.state for layer in self._flatten_layers() for s in tracking.seeds_of(layer)]
        return tracking.unique([*self._weights_so_far(), *seeds])

    @property
    def trainable_weights(self) -> list[Variable]:
        return [w for w in self.weights if w.trainable] if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Variable]:
        return [w for w in self.weights if not w.trainable] if self.trainable else self.weights

    @property
    def trainable_variables(self) -> list[Variable]:
        return [w for w in self._weights_so_far() if w.trainable] if self.trainable else []

    @property
    def non_trainable_variables(self) -> list[Variable]:
        trainable = {id(v) for v in self.trainable_variables}
        return [v for v in self.variables if id(v) not in trainable]

    @property
    def trainable(self) -> bool:
        """Whether training changes this layer's weights; setting it sets it for all sublayers."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        for variable in self._own_variables():
            if getattr(variable, "_declared_trainable", True):
                variable.trainable = self._trainable
        for layer in self._sublayers():
            layer.trainable = value

    def count_params(self) -> int:
        """The number of values in all weights."""
        if not self.built:
            raise ValueError(f"{self._label}: has no weights yet: build it or call it first")
        return sum(w.size for w in self.weights)

    def get_weights(self) -> list[np.ndarray]:
        """Copies of the weights as NumPy arrays."""
        return [w.numpy() for w in self.weights]

    def set_weights(self, weights: list) -> None:
        """Sets all weights; arrays in the order and shapes of ``get_weights``."""
        own = self.weights
        if len(weights) != len(own):
            raise ValueError(f"{self._label}: set_weights: expected {len(own)} arrays, got {len(weights)}")
        self._assign_all(own, weights)

    def save_own_variables(self, store: Any) -> None:
        """Puts this layer's own weights (not those of sublayers) into a mapping, as ``"0"``, ``"1"``, ..."""
        for number, variable in enumerate(self._kept_variables()):
            store[str(number)] = self._kept_value(variable)

    def load_own_variables(self, store: Any) -> None:
        """Sets this layer's own weights from what ``save_own_variables`` put into a mapping."""
        own = self._kept_variables()
        if len(store) != len(own):
            names = ", ".join(v.name for v in own)
            raise ValueError(
                f"{self._label}: has {len(own)} weights of its own ({names}), the saved state {len(store)}"
            )
        self._assign_all(own, [store[str(number)] for number in range(len(own))])

    def _kept_variables(self) -> list[Variable]:
        """The weights of this layer's own that files hold."""
        return self._own_variables()

    def _kept_value(self, variable: Variable) -> np.ndarray:
        return variable.numpy()

    def _assign_all(self, variables: list[Variable], values: list) -> None:
        """Sets each variable, or none when a shape is wrong."""
        for variable, value in zip(variables, values):
            if tuple(np.shape(value)) != variable.shape:
                raise ValueError(
                    f"{self._label}: weight {variable.path!r} has shape {variable.shape}, the value given for it "
                    f"{tuple(np.shape(value))}"
                )
        for variable, value in zip(variables, values):
            variable.assign(value)

    def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> list[Any]:
        inner = self._sublayers()
        if recursive:
            inner = [deeper for layer in inner for deeper in layer._flatten_layers()]
        return tracking.unique([self, *inner] if include_self else inner)
