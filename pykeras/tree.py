"""Nested structures of lists, tuples, named tuples and dictionaries. Dictionaries are walked in the order of their
keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any


def is_nested(structure: Any) -> bool:
    """Whether ``structure`` is a list, tuple or dictionary.

    >>> is_nested([1]), is_nested(1)
    (True, False)
    """
    return isinstance(structure, _NESTED)


def flatten(structure: Any) -> list:
    """The leaves, in order.

    >>> flatten({"b": [2, 3], "a": 1})
    [1, 2, 3]
    """
    if not isinstance(structure, _NESTED):
        return [structure]
    leaves: list = []
    _collect(structure, leaves)
    return leaves


_NESTED = (list, tuple, dict)


def _collect(structure: Any, leaves: list) -> None:
    children = [structure[key] for key in _keys(structure)] if isinstance(structure, dict) else structure
    for child in children:
        if isinstance(child, _NESTED):
            _collect(child, leaves)
        else:
            leaves.append(child)


def _keys(structure: dict) -> list:
    try:
        return sorted(structure)
    except TypeError:
        return list(structure)


def map_structure(func: Callable, *structures: Any, none_is_leaf: bool = True) -> Any:
    """The same structure with ``func`` applied to its leaves (of several structures in parallel).

    ``None`` is a leaf like others, or stays with ``none_is_leaf=False``.

    >>> map_structure(lambda x, y: x + y, (1, [2]), (10, [20]))
    (11, [22])
    """
    first = structures[0]
    if not isinstance(first, _NESTED):
        return None if first is None and not none_is_leaf else func(*structures)
    if isinstance(first, dict):
        for other in structures[1:]:
            if not isinstance(other, dict) or set(other) != set(first):
                raise ValueError(f"the structures do not match: {first!r} and {other!r}")
        return _like(first, ((k, map_structure(func, *(s[k] for s in structures), none_is_leaf=none_is_leaf))
                             for k in first))  # fmt: skip
    for other in structures[1:]:
        if not isinstance(other, (list, tuple)) or len(other) != len(first):
            raise ValueError(f"the structures do not match: {first!r} and {other!r}")
    return _like(first, [map_structure(func, *parts, none_is_leaf=none_is_leaf) for parts in zip(*structures)])


def _like(container: Any, items: Any) -> Any:
    """A container of the same kind with these items (pairs for a dictionary)."""
    if isinstance(container, defaultdict):
        return type(container)(container.default_factory, items)
    kind = type(container)
    return kind(items) if kind is tuple or not hasattr(container, "_fields") else kind(*items)


def pack_sequence_as(structure: Any, flat_sequence: list) -> Any:
    """``flat_sequence`` in the form of ``structure``.

    >>> pack_sequence_as({"a": 0, "b": [0, 0]}, [1, 2, 3])
    {'a': 1, 'b': [2, 3]}
    """
    flat = list(flat_sequence)
    count = len(flatten(structure))
    if len(flat) != count:
        raise ValueError(f"pack_sequence_as: expected {count} leaves, got {len(flat)}")
    values = iter(flat)

    def build(part):
        if isinstance(part, dict):
            built = {key: build(part[key]) for key in _keys(part)}
            return _like(part, ((key, built[key]) for key in part))
        if isinstance(part, (list, tuple)):
            return _like(part, [build(child) for child in part])
        return next(values)

    return build(structure)


def assert_same_structure(a: Any, b: Any, check_types: bool | None = None) -> None:
    """Raises ``ValueError`` unless ``a`` and ``b`` have the same form; with ``check_types`` ``TypeError`` for
    containers of different types.

    >>> assert_same_structure([1, 2], [3, 4])
    """
    map_structure(lambda *_: None, a, b)
    map_structure(lambda *_: None, b, a)
    if check_types:
        _assert_same_types(a, b)


def _assert_same_types(a: Any, b: Any) -> None:
    if is_nested(a):
        if type(a) is not type(b):
            raise TypeError(f"the structures differ in type: {type(a).__name__} and {type(b).__name__}")
        for x, y in zip([a[k] for k in _keys(a)] if isinstance(a, dict) else a,
                        [b[k] for k in _keys(b)] if isinstance(b, dict) else b):  # fmt: skip
            _assert_same_types(x, y)


def flatten_with_path(structure: Any) -> list[tuple[tuple, Any]]:
    """The leaves with the keys and numbers that lead to them.

    >>> flatten_with_path({"a": [1, 2]})
    [(('a', 0), 1), (('a', 1), 2)]
    """
    found: list[tuple[tuple, Any]] = []

    def walk(part: Any, path: tuple) -> None:
        if isinstance(part, dict):
            for key in _keys(part):
                walk(part[key], (*path, key))
        elif isinstance(part, (list, tuple)):
            for place, child in zip(getattr(part, "_fields", range(len(part))), part):
                walk(child, (*path, place))
        else:
            found.append((path, part))

    walk(structure, ())
    return found


def assert_same_paths(a: Any, b: Any) -> None:
    """Raises ``ValueError`` unless the same keys and numbers lead to the leaves of ``a`` and ``b``.

    >>> assert_same_paths([0, 1], (2, 3))
    """
    first, second = ({path for path, _ in flatten_with_path(x)} for x in (a, b))
    if first != second:
        raise ValueError(f"the paths differ: only one has {sorted(map(str, first ^ second))}")


def lists_to_tuples(structure: Any) -> Any:
    """The structure with tuples in place of lists.

    >>> lists_to_tuples([1, [2]])
    (1, (2,))
    """
    return traverse(lambda part: tuple(part) if type(part) is list else None, structure, top_down=False)


class MAP_TO_NONE:
    """What the function of :func:`traverse` returns to have ``None`` in the place of a part."""


def traverse(func: Callable, structure: Any, top_down: bool = True) -> Any:
    """The structure with every part ``p`` replaced by ``func(p)`` unless that is ``None``.

    Arguments:
        func: takes a part (container or leaf); ``None`` keeps it, ``MAP_TO_NONE`` puts ``None`` there.
        top_down: containers before what they hold; what replaces a container is then not entered.

    >>> traverse(lambda x: x + 1 if isinstance(x, int) else None, [1, (2,)])
    [2, (3,)]
    """
    if top_down:
        new = func(structure)
        if new is not None:
            return None if new is MAP_TO_NONE else new
    made = structure
    if isinstance(structure, dict):
        made = _like(structure, ((key, traverse(func, value, top_down)) for key, value in structure.items()))
    elif isinstance(structure, (list, tuple)):
        made = _like(structure, [traverse(func, child, top_down) for child in structure])
    if not top_down:
        new = func(made)
        if new is not None:
            return None if new is MAP_TO_NONE else new
    return made


def map_structure_up_to(shallow_structure: Any, func: Callable, *structures: Any) -> Any:
    """``func`` of the parts of the structures that stand where ``shallow_structure`` has leaves.

    >>> map_structure_up_to([0, 0], len, [[1, 2], [3]])
    [2, 1]
    """
    flat = [_flatten_up_to(shallow_structure, structure) for structure in structures]
    return pack_sequence_as(shallow_structure, [func(*parts) for parts in zip(*flat)])


def _flatten_up_to(shallow: Any, deep: Any) -> list:
    if isinstance(shallow, dict):
        if not isinstance(deep, dict) or set(deep) != set(shallow):
            raise ValueError(f"the structures do not match: {shallow!r} and {deep!r}")
        return [part for key in _keys(shallow) for part in _flatten_up_to(shallow[key], deep[key])]
    if isinstance(shallow, (list, tuple)):
        if not isinstance(deep, (list, tuple)) or len(deep) != len(shallow):
            raise ValueError(f"the structures do not match: {shallow!r} and {deep!r}")
        return [part for a, b in zip(shallow, deep) for part in _flatten_up_to(a, b)]
    return [deep]


def map_shape_structure(func: Callable, structure: Any) -> Any:
    """``func`` of each shape: lists and tuples of integers and None count as leaves.

    >>> map_shape_structure(len, {"a": (None, 3), "b": [(2,), (2, 2)]})
    {'a': 2, 'b': [1, 2]}
    """
    if isinstance(structure, (list, tuple)) and all(size is None or isinstance(size, int) for size in structure):
        return func(tuple(structure))
    if isinstance(structure, dict):
        return {key: map_shape_structure(func, value) for key, value in structure.items()}
    if isinstance(structure, (list, tuple)):
        return type(structure)(map_shape_structure(func, value) for value in structure)
    raise ValueError(f"map_shape_structure: expected shapes, got {structure!r}")
