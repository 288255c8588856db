"""How a layer is built: once, for the shapes of its first inputs, or for those that a file tells."""

from __future__ import annotations

from typing import Any

from pykeras import _core
from pykeras.layers.shapes import Arguments, parameters_of
from pykeras.layers.weights import Weights


class Building(Weights):
    """The part of a layer that has to do with being built."""

    _build_shapes: dict | None
    _initial_weights: list | None

    def build(self, input_shape: Any) -> None:
        """Creates the weights; written by subclasses that have any."""
        self.built = True

    def _build_at_init(self) -> None:
        """To be called at the end of a constructor: a layer without a ``build`` of its own has nothing left to build."""
        if type(self).build is Building.build:
            self.built = True

    def _build_once(self, arguments: Arguments) -> None:
        if "_path" not in self.__dict__:
            self._path = "/".join(self._path_names())
        shapes = arguments.shapes()
        self._build_shapes = shapes
        with _core.Unrecorded():
            self.build(**arguments.build_arguments(type(self).build, shapes))
        self.built = True
        if self._initial_weights is not None:
            self.set_weights(self._initial_weights)

    def get_build_config(self) -> dict | None:
        """The shapes this layer was built with."""
        if not self._build_shapes:
            return None
        if len(self._build_shapes) == 1:
            return {"input_shape": next(iter(self._build_shapes.values()))}
        return {"shapes_dict": {f"{key}_shape": shape for key, shape in self._build_shapes.items()}}

    def build_from_config(self, config: dict | None) -> None:
        """Builds the layer for shapes given by ``get_build_config``."""
        if not config or self.built:
            return
        if "shapes_dict" in config:
            shapes = {key: _as_shape(shape) for key, shape in config["shapes_dict"].items()}
            self._build_shapes = {key.removesuffix("_shape"): shape for key, shape in shapes.items()}
            taken = parameters_of(type(self).build)
            if all(parameter.kind is not parameter.VAR_KEYWORD for parameter in taken):
                shapes = {name: shapes[name] for name in (parameter.name for parameter in taken) if name in shapes}
            self.build(**shapes)
        elif config.get("input_shape") is not None:
            self._build_shapes = {"inputs": _as_shape(config["input_shape"])}
            self.build(self._build_shapes["inputs"])
        self.built = True


def _as_shape(shape: Any) -> Any:
    """A shape from JSON, which has no tuples; structures of shapes stay what they are."""
    if isinstance(shape, dict):
        return {key: _as_shape(each) for key, each in shape.items()}
    if isinstance(shape, (list, tuple)) and any(isinstance(each, (list, tuple, dict)) for each in shape):
        return [_as_shape(each) for each in shape]
    return tuple(shape) if isinstance(shape, list) else shape
