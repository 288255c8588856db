"""What happens around a layer's constructor and ``build``: errors name the class, a caller's own classes remember what
they were given, so that ``get_config`` can say it, and what ``build`` made is known to be built."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from pykeras import dtype_policies
from pykeras.layers.context import context
from pykeras.layers.shapes import parameters_of

_PLAIN = (str, int, float, bool, type(None))


def watch(cls: type) -> None:
    """Wraps the constructor and the ``build`` that ``cls`` itself defines."""
    _watch_constructor(cls)
    build = cls.__dict__.get("build")
    if inspect.isfunction(build):
        cls.build = _watched_build(build, is_ours(cls))  # type: ignore[attr-defined]


def is_ours(cls: type) -> bool:
    return cls.__module__.split(".")[0] == "pykeras"


def _watched_build(build: Callable, ours: bool) -> Callable:
    @functools.wraps(build)
    def wrapped(self, *args, **kwargs):
        if self.__dict__.get("_build_shapes", ()) is None:
            names = [p.name.removesuffix("_shape") for p in parameters_of(build)]
            shapes = {**dict(zip(names, args)), **{key.removesuffix("_shape"): s for key, s in kwargs.items()}}
            self._build_shapes = {key: shape for key, shape in shapes.items() if shape is not None}
        nested = context.names[-1:] != [self.name]
        if nested:
            context.names.append(self.name)
        self.__dict__.setdefault("_path", "/".join(context.names))
        try:
            result = build(self, *args, **kwargs)
        finally:
            if nested:
                context.names.pop()
        if not ours:
            self.built = True
        return result

    return wrapped


def _watch_constructor(cls: type) -> None:
    constructor = cls.__dict__.get("__init__")
    if constructor is None or not inspect.isfunction(constructor):
        return
    ours = is_ours(cls)

    @functools.wraps(constructor)
    def construct(self, *args, **kwargs):
        if not ours and "_init_arguments" not in self.__dict__:
            self.__dict__["_init_arguments"] = (args, kwargs)
        try:
            constructor(self, *args, **kwargs)
        except (ValueError, TypeError) as error:
            if ours and type(error) in (ValueError, TypeError) and error.args:
                name = next(base.__name__ for base in type(self).__mro__ if is_ours(base))
                if not getattr(error, "_names_layer", False) and not str(error.args[0]).startswith(name):
                    error.args = (f"{name}: {error.args[0]}", *error.args[1:])
                error._names_layer = True  # type: ignore[union-attr]
            raise

    cls.__init__ = construct  # type: ignore[misc]


def given_arguments(layer: Any) -> dict[str, Any]:
    """The arguments that the constructor of a caller's own class was given, by name; defaults are filled in."""
    if "_init_arguments" not in layer.__dict__:
        return {}
    args, kwargs = layer.__dict__["_init_arguments"]
    signature = inspect.signature(type(layer).__init__)
    try:
        bound = signature.bind(layer, *args, **kwargs)
    except TypeError:  # a base's constructor was called with other arguments
        return {}
    bound.apply_defaults()
    named = {}
    for name, value in list(bound.arguments.items())[1:]:
        kind = signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_KEYWORD:
            named.update(value)
        elif kind is not inspect.Parameter.VAR_POSITIONAL:
            named[name] = value
    return named


def is_plain(value: Any) -> bool:
    """Whether a configuration can hold the value as it is."""
    if isinstance(value, (list, tuple)):
        return all(map(is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_plain(item) for key, item in value.items())
    return isinstance(value, _PLAIN)


def configured_class(layer: Any) -> type:
    """The class whose constructor's arguments ``Layer.get_config`` tells: the layer's own, or, when the caller's class
    writes ``get_config`` itself and asks its base for the rest, the nearest one of ours."""
    cls = type(layer)
    writer = next(base for base in cls.__mro__ if "get_config" in base.__dict__)
    return cls if is_ours(writer) else next(base for base in cls.__mro__ if is_ours(base))


def revive(cls: type, config: dict) -> Any:
    """``cls(**config)``; what every layer has (name, trainable, dtype) is set afterwards on one whose constructor does not
    take it. Raises ``TypeError`` naming the class and the arguments."""
    parameters = inspect.signature(cls.__init__).parameters.values()  # type: ignore[misc]
    late: dict[str, Any] = {}
    if not any(p.kind is p.VAR_KEYWORD for p in parameters):
        names = {p.name for p in parameters}
        late = {key: config[key] for key in ("name", "trainable", "dtype") if key in config and key not in names}
    try:
        layer = cls(**{key: value for key, value in config.items() if key not in late})
    except TypeError as error:
        if getattr(error, "_names_layer", False):
            raise
        raise TypeError(
            f"{cls.__name__} cannot be made from its configuration {config}: {error}. get_config() must return what the "
            "constructor takes"
        ) from error
    if "name" in late:
        layer.name = late["name"]
    if late.get("dtype") is not None:
        layer.dtype_policy = dtype_policies.get(late["dtype"])
    if late.get("trainable") is False:
        layer.trainable = False
    return layer
