"""The table from classes of layers to what makes ONNX nodes of a call of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pykeras.export.builder import Graph

LAYERS: dict[str, tuple[Callable, bool]] = {}


class Call:
    """One call of a layer.

    Attributes:
        g: graph that the nodes go into.
        layer: that is called.
        args, kwargs: of the call, with names of values in place of tensors.
        inputs, shapes: names and shapes of all tensors among them, in order; ``x`` and ``shape`` are the first.
        out_shapes: shapes of the outputs; ``out_shape`` is the first.
        mask: name of the mask of the first input, afterwards of the output; None without.
    """

    def __init__(self, g: Graph, layer: Any, args: tuple, kwargs: dict, inputs: list, shapes: list, out_shapes: list):
        self.g, self.layer, self.args, self.kwargs = g, layer, args, kwargs
        self.inputs, self.shapes, self.out_shapes = inputs, shapes, out_shapes
        self.mask = g.masks.get(inputs[0]) if inputs else None

    @property
    def x(self) -> str:
        return self.inputs[0]

    @property
    def shape(self) -> tuple:
        return self.shapes[0]

    @property
    def out_shape(self) -> tuple:
        return self.out_shapes[0]


def layer(*names: str, masks: bool = True) -> Callable:
    """Decorates what makes the nodes of these classes and returns the outputs' names.

    Arguments:
        names: of classes.
        masks: whether the mask of the first input is that of the output; what is decorated may set ``call.mask``.
    """

    def register(function: Callable) -> Callable:
        for name in names:
            LAYERS[name] = function, masks
        return function

    return register


def joined_mask(call: Call) -> str | None:
    """The mask of merged inputs: where all that have one are not masked."""
    masks = [call.g.masks[x] for x in call.inputs if x in call.g.masks]
    if not masks:
        return None
    joined = masks[0]
    for each in masks[1:]:
        joined = call.g.add("And", joined, each)
    return joined
