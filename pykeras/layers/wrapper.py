"""Layers around a layer."""

from __future__ import annotations

from typing import Any

from pykeras import _core, registry
from pykeras.layers.context import context
from pykeras.layers.layer import REGISTRY, Layer


def build_inner(layer: Any, *shapes: Any) -> None:
    """Builds a layer that another one holds and will not call on its own, so that its weights' paths name both."""
    if not isinstance(layer, Layer) or layer.built:
        return
    context.names.append(layer.name)
    try:
        with _core.Unrecorded():
            layer.build(*shapes)
    finally:
        context.names.pop()
    layer._build_shapes = {"inputs": shapes[0]}
    layer.built = True
    if layer._initial_weights is not None:
        layer.set_weights(layer._initial_weights)


def copy_layer(layer: Layer, **changes: Any) -> Layer:
    """A layer made from the configuration of another one, with changes; user-written classes inside are known."""
    parts = [*layer._flatten_layers(), *(inner for part in layer._flatten_layers() for inner in _cells(part))]
    known = {registry.get_registered_name(type(part)): type(part) for part in parts}
    known.update({type(part).__name__: type(part) for part in parts if type(part) not in REGISTRY})
    with registry.custom_object_scope(known):
        return type(layer).from_config({**layer.get_config(), **changes})


def _cells(layer: Any) -> list:
    cell = getattr(layer, "cell", None)
    return [] if cell is None else [cell, *getattr(cell, "cells", ())]


def layer_from(config: Any) -> Any:
    """A layer from its configuration; anything else as it is."""
    return REGISTRY.deserialize(config) if isinstance(config, dict) else config


@REGISTRY.register
class Wrapper(Layer):
    """A layer that holds another one in ``layer``: the base of layers that change what a layer does.

    Arguments:
        layer: the layer.

    Subclasses write ``call``. Raises ``ValueError`` for what is no layer.

    >>> import pykeras
    >>> class Twice(Wrapper):
    ...     def call(self, inputs):
    ...         return self.layer(self.layer(inputs))
    >>> Twice(pykeras.layers.Dense(2, kernel_initializer="ones"))([[1.0, 2.0]]).tolist()
    [[6.0, 6.0]]
    """

    def __init__(self, layer, **kwargs):
        if not isinstance(layer, Layer):
            raise ValueError(f"{type(self).__name__}: layer: expected a layer, got {layer!r}")
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape=None):
        build_inner(self.layer, input_shape)
        self.built = True

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "layer": layer_from(config["layer"])})
