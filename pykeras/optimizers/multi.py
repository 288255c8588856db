"""Several optimizers for one model: OptimizerMap says which weight is whose, MultiOptimizer runs them."""

import re
from collections.abc import MutableMapping

from pykeras.optimizers.loss_scale import LossScaleOptimizer
from pykeras.optimizers.names import registry
from pykeras.optimizers.optimizer import Optimizer


@registry.register
class OptimizerMap(MutableMapping):
    """Regular expressions for paths of weights, each with its optimizer, and one for all other weights.

    Args:
        default_optimizer: optimizer of the weights that no expression matches as a whole.
        optimizer_map: dictionary from regular expression to optimizer.

    Raises:
        TypeError: for anything that is no optimizer or no dictionary.
        ValueError: when two expressions match a weight, an expression is set twice, or an optimizer is itself one that
            holds others.

    Example:
        >>> import pykeras
        >>> chosen = pykeras.optimizers.OptimizerMap(pykeras.optimizers.Adam())
        >>> chosen[".*/bias"] = pykeras.optimizers.SGD(name="slow")
        >>> chosen["dense/bias"].name
        'slow'
    """

    def __init__(self, default_optimizer, optimizer_map=None):
        if not isinstance(default_optimizer, Optimizer):
            raise TypeError(f"OptimizerMap: expected an Optimizer as default_optimizer, got {default_optimizer!r}")
        if optimizer_map is not None and not isinstance(optimizer_map, dict):
            raise TypeError(f"OptimizerMap: expected a dictionary as optimizer_map, got {optimizer_map!r}")
        self.default_optimizer = default_optimizer
        self._map = {}
        for pattern, optimizer in (optimizer_map or {}).items():
            self[pattern] = optimizer

    def __getitem__(self, key):
        if key in self._map:
            return self._map[key]
        matching = [pattern for pattern in self._map if re.fullmatch(pattern, key)]
        if len(matching) > 1:
            raise ValueError(f"OptimizerMap: {key!r} is matched by {matching}; it can have one optimizer only")
        return self._map[matching[0]] if matching else self.default_optimizer

    def __setitem__(self, key, optimizer):
        if not isinstance(key, str):
            raise ValueError(f"OptimizerMap: expected a regular expression as key, got {key!r}")
        if key in self._map:
            raise ValueError(f"OptimizerMap: {key!r} has an optimizer already: {self._map[key]!r}")
        self._map[key] = _alone(optimizer, f"OptimizerMap: {key!r}")

    def __delitem__(self, key):
        del self._map[key]

    def __len__(self):
        return len(self._map)

    def __iter__(self):
        return iter(self._map)

    def __call__(self, variable):
        """The optimizer of a weight, by its path."""
        return self[variable.path]

    def get_config(self):
        return {
            "default_optimizer": registry.serialize(self.default_optimizer),
            "optimizer_map": {pattern: registry.serialize(optimizer) for pattern, optimizer in self._map.items()},
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        made = {
            pattern: registry.deserialize(inner, custom_objects) for pattern, inner in config["optimizer_map"].items()
        }
        return cls(registry.deserialize(config["default_optimizer"], custom_objects), made)


def _alone(optimizer, where):
    if not isinstance(optimizer, Optimizer):
        raise ValueError(f"{where}: expected an Optimizer, got {optimizer!r}")
    if isinstance(optimizer, (LossScaleOptimizer, MultiOptimizer)):
        raise ValueError(f"{where}: a {type(optimizer).__name__} cannot be one of several optimizers")
    return optimizer


@registry.register
class MultiOptimizer(Optimizer):
    """One optimizer for each group of weights.

    Args:
        optimizer_map: an :class:`OptimizerMap`, or a function from weight to optimizer.
        loss_scale_factor: as in :class:`~pykeras.optimizers.Optimizer`; it holds for all of them.
        name: name of the optimizer.

    The learning rates are those of the optimizers, in ``optimizers``; there is none for all together.

    Example:
        >>> import pykeras
        >>> slow, fast = pykeras.optimizers.SGD(0.25), pykeras.optimizers.SGD(1.0)
        >>> chosen = pykeras.optimizers.OptimizerMap(slow, {"bias": fast})
        >>> weights = [pykeras.Variable(1.0, name="kernel"), pykeras.Variable(1.0, name="bias")]
        >>> pykeras.optimizers.MultiOptimizer(chosen).apply([pykeras.ops.ones(())] * 2, weights)
        >>> [float(weight) for weight in weights]
        [0.75, 0.0]
    """

    def __init__(self, optimizer_map, loss_scale_factor=None, name=None):
        if not callable(optimizer_map):
            raise TypeError(f"MultiOptimizer: expected an OptimizerMap or a function, got {optimizer_map!r}")
        self._optimizers = []
        super().__init__(0.0, loss_scale_factor=loss_scale_factor, name=name)
        self._optimizer_map = optimizer_map
        if isinstance(optimizer_map, OptimizerMap):
            for optimizer in (*optimizer_map.values(), optimizer_map.default_optimizer):
                self._place(optimizer)

    def _place(self, optimizer):
        """Number of an optimizer among all of them; a new one joins."""
        for place, known in enumerate(self._optimizers):
            if known is optimizer:
                return place
        _alone(optimizer, self.name).loss_scale_factor = self.loss_scale_factor
        self._optimizers.append(optimizer)
        return len(self._optimizers) - 1

    @property
    def optimizers(self):
        """The optimizers, the default one last."""
        return list(self._optimizers)

    @property
    def variables(self):
        return [*self._variables, *(variable for optimizer in self._optimizers for variable in optimizer.variables)]

    weights = variables

    @property
    def loss_scale_factor(self):
        return self._loss_scale_factor

    @loss_scale_factor.setter
    def loss_scale_factor(self, value):
        self._loss_scale_factor = value
        for optimizer in self._optimizers:
            optimizer.loss_scale_factor = value

    @property
    def learning_rate(self):
        raise AttributeError("A MultiOptimizer has no learning rate of its own: see those of its .optimizers")

    @learning_rate.setter
    def learning_rate(self, value):
        raise AttributeError("A MultiOptimizer has no learning rate of its own: set those of its .optimizers")

    def build(self, variables):
        variables = list(variables)
        if self.built:
            return super().build(variables)
        chosen = [self._place(self._optimizer_map(variable)) for variable in variables]
        for place, optimizer in enumerate(self._optimizers):
            own = [variable for variable, number in zip(variables, chosen, strict=True) if number == place]
            if own:
                optimizer.build(own)
        super().build(variables)
        self._chosen = chosen

    def _groups(self, variables):
        """Each optimizer with the places of its weights in ``variables``."""
        places_of = [[] for _ in self._optimizers]
        for place, variable in enumerate(variables):
            places_of[self._chosen[self._get_variable_index(variable)]].append(place)
        return [(optimizer, own) for optimizer, own in zip(self._optimizers, places_of, strict=True) if own]

    def _step(self, grads, variables):
        for optimizer, own in self._groups(variables):
            optimizer.apply([grads[place] for place in own], [variables[place] for place in own])
        self._iterations.assign_add(1)

    def exclude_from_weight_decay(self, var_list=None, var_names=None):
        for optimizer in self._optimizers:
            optimizer.exclude_from_weight_decay(var_list, var_names)

    def finalize_variable_values(self, var_list):
        for optimizer, own in self._groups(var_list) if self.built else ():
            optimizer.finalize_variable_values([var_list[place] for place in own])

    def get_config(self):
        chosen = self._optimizer_map
        return {
            "optimizer_map": registry.serialize(chosen),
            "loss_scale_factor": self.loss_scale_factor,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(**{**config, "optimizer_map": registry.deserialize(config["optimizer_map"], custom_objects)})
