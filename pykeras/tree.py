"""Nested structures of lists, tuples, named tuples and dictionaries. Dictionaries are walked in the order of their
keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def is_nested(structure: Any) -> bool:
    """Whether ``structure`` is a list, tuple or dictionary.

    >>> is_nested([1]), is_nested(1)
    (True, False)
    """
    return isinstance(structure, (list, tuple, dict))


def flatten(structure: Any) -> list:
    """The leaves, in order.

    >>> flatten({"b": [2, 3], "a": 1})
    [1, 2, 3]
    """
    leaves: list = []
    _collect(structure, leaves)
    return leaves


def _collect(structure: Any, leaves: list) -> None:
    if isinstance(structure, dict):
        for key in _keys(structure):
            _collect(structure[key], leaves)
    elif isinstance(structure, (list, tuple)):
        for child in structure:
            _collect(child, leaves)
    else:
        leaves.append(structure)


def _keys(structure: dict) -> list:
    try:
        return sorted(structure)
    except TypeError:
        return list(structure)


def map_structure(function: Callable, *structures: Any, none_is_leaf: bool = True) -> Any:
    """The same structure with ``function`` applied to its leaves (of several structures in parallel).

    >>> map_structure(lambda x, y: x + y, (1, [2]), (10, [20]))
    (11, [22])
    """
    first = structures[0]
    if isinstance(first, dict):
        for other in structures[1:]:
            if not isinstance(other, dict) or set(other) != set(first):
                raise ValueError(f"the structures do not match: {first!r} and {other!r}")
        return type(first)((k, map_structure(function, *(s[k] for s in structures))) for k in first)
    if isinstance(first, (list, tuple)):
        for other in structures[1:]:
            if not isinstance(other, (list, tuple)) or len(other) != len(first):
                raise ValueError(f"the structures do not match: {first!r} and {other!r}")
        mapped = [map_structure(function, *children) for children in zip(*structures)]
        if hasattr(first, "_fields"):
            return type(first)(*mapped)
        return type(first)(mapped)
    return function(*structures)


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
            return type(part)((key, built[key]) for key in part)
        if isinstance(part, (list, tuple)):
            children = [build(child) for child in part]
            return type(part)(*children) if hasattr(part, "_fields") else type(part)(children)
        return next(values)

    return build(structure)


def assert_same_structure(a: Any, b: Any) -> None:
    """Raises ``ValueError`` unless ``a`` and ``b`` have the same form.

    >>> assert_same_structure([1, 2], [3, 4])
    """
    map_structure(lambda *_: None, a, b)
    map_structure(lambda *_: None, b, a)
