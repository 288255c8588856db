"""How a layer's ``call`` and ``build`` take their arguments."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from pykeras import tree


def parameters_of(method: Callable, skip_first: bool = True) -> list[inspect.Parameter]:
    """The parameters of a method found on its class, without the first one, whatever its name."""
    parameters = list(inspect.signature(method).parameters.values())
    named = parameters and parameters[0].kind in (inspect.Parameter.POSITIONAL_ONLY,
                                                  inspect.Parameter.POSITIONAL_OR_KEYWORD)  # fmt: skip
    return parameters[1:] if skip_first and named else parameters


class CallSignature:
    """What a ``call`` accepts."""

    def __init__(self, parameters: list[inspect.Parameter]):
        self.any_keyword = any(p.kind is p.VAR_KEYWORD for p in parameters)
        self.names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        by_name = {p.name: p for p in parameters}
        #: arguments that masks are passed along with, and under which names
        self.masks_of = {name: f"{name}_mask" for name in self.names if f"{name}_mask" in self.names}
        self.training = "training" in by_name
        self.mask = "mask" in by_name
        default = by_name["training"].default if self.training else None
        self.default_training = default if isinstance(default, bool) else None

    def bound(self, args: tuple) -> dict[str, Any]:
        """The positional arguments by name."""
        return dict(zip(self.names, args))

    def bound_training(self, args: tuple) -> bool | None:
        return self.bound(args).get("training") if self.training else None


@functools.cache
def _signature_of_class(cls: Any) -> CallSignature:
    return CallSignature(parameters_of(cls.call, not isinstance(inspect.getattr_static(cls, "call"), staticmethod)))


def signature_of(layer: Any) -> CallSignature:
    own = layer.__dict__.get("call")
    return CallSignature(parameters_of(own, False)) if own is not None else _signature_of_class(type(layer))  # type: ignore[arg-type]


class Arguments:
    """The arguments of one call of a layer."""

    def __init__(self, layer: Any, takes: CallSignature, args: tuple, kwargs: dict):
        self.layer = layer
        self.takes = takes
        self.args = args
        self.kwargs = kwargs

    @property
    def first(self) -> Any:
        """The inputs: the first argument."""
        if self.args:
            return self.args[0]
        for name in self.takes.names:
            if name in self.kwargs:
                return self.kwargs[name]
        return next(iter(self.kwargs.values()), None)

    def shapes(self) -> dict[str, Any]:
        """Shapes of the arguments that are (structures of) tensors, by the argument's name."""
        named = {**self.takes.bound(self.args), **self.kwargs}
        if self.args and not self.takes.names:
            named = {"inputs": self.args[0], **named}
        found = {}
        for name, value in named.items():
            if name in ("mask", "training"):
                continue
            leaves = tree.flatten(value)
            if (
                leaves
                and all(hasattr(leaf, "shape") for leaf in leaves if leaf is not None)
                and any(leaf is not None for leaf in leaves)
            ):
                found[name] = tree.map_structure(lambda leaf: None if leaf is None else tuple(leaf.shape), value)
        return found

    def build_arguments(self, build: Callable, shapes: dict[str, Any]) -> dict[str, Any]:
        """``build``'s arguments: one input shape, or ``<argument>_shape`` for each argument it names."""
        parameters = parameters_of(build)
        names = [p.name for p in parameters if p.kind is not p.VAR_KEYWORD and p.kind is not p.VAR_POSITIONAL]
        if not names:
            return {}
        by_name = {f"{name}_shape": shape for name, shape in shapes.items()}
        if len(names) > 1 and all(name in by_name or p.default is not p.empty for name, p in zip(names, parameters)):
            return {name: by_name[name] for name in names if name in by_name}
        required = [p for p in parameters if p.name in names and p.default is p.empty]
        if len(required) > 1:
            wrong = next(p.name for p in required if p.name not in by_name)
            raise ValueError(
                f"{self.layer._label}: build: expected '<argument of call>_shape' as the name of each of its arguments, got "
                f"{wrong!r}; call was given {', '.join(shapes)}"
            )
        if names[0] in by_name:
            return {names[0]: by_name[names[0]]}
        return {names[0]: next(iter(shapes.values()), None)}

    def shape_text(self) -> str:
        """The shapes of the inputs, for messages."""
        shapes = tree.map_structure(lambda leaf: getattr(leaf, "shape", type(leaf).__name__), self.first)
        return str(shapes)
