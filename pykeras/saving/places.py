"""Where each object of a model has its place in ``.keras`` and ``.weights.h5`` files: paths of attribute names.

Keras 3 and tf_keras both walk the attributes of the model, and of all that these lead to, and name a group after each
object's first place: ``layers/dense_1``, ``optimizer``, ``encoder/blocks/conv2d``. Inside lists and dictionaries the
name is that of the class, numbered. They differ in the order of the walk, and in whether what was met before counts
for the numbers.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, NamedTuple

from pykeras.keras_tensor import snake_case
from pykeras.layers import Layer
from pykeras.layers.tracking import _NOT_OWNED
from pykeras.metrics import Metric
from pykeras.models import Functional, Model, Sequential
from pykeras.optimizers import Optimizer
from pykeras.random import SeedGenerator


class Layout(NamedTuple):
    """How a family of files orders and numbers what it holds."""

    name: str
    private_last: bool
    numbers_met_before: bool
    kinds: tuple


KERAS3 = Layout("keras3", True, True, (Layer, Optimizer, SeedGenerator))
TF_KERAS = Layout("keras2", False, False, (Layer, Optimizer, SeedGenerator))
_CONTAINERS = (list, tuple, dict)


def places(root: Any, layout: Layout = KERAS3) -> list[tuple[str, Any]]:
    """Path and object of everything that has a state, the root first, with the path ``""``.

    Arguments:
        root: a model or layer.
        layout: ``KERAS3`` or ``TF_KERAS``.

    Example:
        >>> from pykeras import Sequential, layers
        >>> model = Sequential([layers.Dense(2, input_shape=(3,)), layers.Dense(1)])
        >>> [path for path, _ in places(model)]
        ['', 'layers/dense', 'layers/dense_1']
    """
    return list(_walk(root, "", layout, {}, {}))


# What was met is kept, by its identity: a list that a property made for this walk alone would leave its id to the next.
_Met = dict[int, Any]


def _walk(owner: Any, path: str, layout: Layout, met: _Met, containers: _Met) -> Iterator[tuple[str, Any]]:
    if id(owner) in met:
        return
    met[id(owner)] = owner
    yield path, owner
    for name, value in _attributes(owner, layout):
        inner = f"{path}/{name}" if path else name
        if isinstance(value, layout.kinds):
            yield from _walk(value, inner, layout, met, containers)
        elif isinstance(value, _CONTAINERS):
            yield from _walk_container(value, inner, layout, met, containers)


def _walk_container(
    container: Any, path: str, layout: Layout, met: _Met, containers: _Met
) -> Iterator[tuple[str, Any]]:
    if id(container) in containers:
        return
    containers[id(container)] = container
    used: dict[str, int] = {}

    def numbered(name: str) -> str:
        used[name] = used.get(name, -1) + 1
        return f"{path}/{name}_{used[name]}" if used[name] else f"{path}/{name}"

    for item in container.values() if isinstance(container, dict) else container:
        if isinstance(item, (*layout.kinds, Metric)):
            if id(item) in met and not layout.numbers_met_before:
                continue
            inner = numbered(snake_case(type(item).__name__))
            if isinstance(item, layout.kinds):
                yield from _walk(item, inner, layout, met, containers)
        elif isinstance(item, _CONTAINERS) and layout is KERAS3:
            yield from _walk_container(item, numbered("container"), layout, met, containers)


def _attributes(owner: Any, layout: Layout) -> Iterator[tuple[str, Any]]:
    """Name and value of the attributes that lead to what ``owner`` holds, in the layout's order."""
    if not isinstance(owner, Layer):
        return
    skipped = _skipped_in_models() if isinstance(owner, Model) else _skipped_in_layers()
    names = {*vars(owner), *_properties(type(owner))} - skipped - _NOT_OWNED  # type: ignore[arg-type]
    if isinstance(owner, Model):
        names |= {"layers", "optimizer"}
    if layout.private_last:
        order = sorted(names, key=lambda name: f"~{name}" if name.startswith("_") else name)
    else:
        # Keras 3 made some private attributes readable, MultiHeadAttention's layers among them; tf_keras had not.
        own = {} if isinstance(owner, Model) else vars(owner)
        order = sorted((name for name in names if f"_{name}" not in own), reverse=True)
    if isinstance(owner, (Functional, Sequential)) and layout is KERAS3:
        order.insert(0, order.pop(order.index("layers")))
    for name in order:
        try:
            value = getattr(owner, name)
        except Exception:  # noqa: S112 - a property that has no value now holds nothing to save
            continue
        yield name, value


@functools.lru_cache(maxsize=256)
def _properties(cls: type) -> frozenset[str]:
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        found.update(vars(base))
    kinds = (property, functools.cached_property)
    return frozenset(name for name, value in found.items() if isinstance(value, kinds))


@functools.cache
def _skipped_in_layers() -> frozenset[str]:
    return frozenset(dir(Layer()))


@functools.cache
def _skipped_in_models() -> frozenset[str]:
    """What every model has; what it holds is found through ``layers`` and the caller's own attributes."""
    graph = {"_graph", "_inputs_struct", "_outputs_struct", "_layers", "operations"}
    return frozenset({*dir(Model()), *dir(Sequential()), *dir(Functional), *graph})
