"""Finding the variables and layers that an object holds: in attributes, and in lists, tuples and dictionaries there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pykeras.random import SeedGenerator
from pykeras.variables import Variable

# Attributes that lead elsewhere than to what a layer owns.
_NOT_OWNED = frozenset(
    {"_inbound_nodes", "_outbound_nodes", "_losses", "_metrics_called", "_init_arguments", "_build_shapes", "optimizer",
     "_compile_loss", "_compile_metrics", "_loss_tracker", "history", "_parent"}
)  # fmt: skip


def held(owner: Any, kinds: tuple) -> Iterator[Any]:
    """What ``owner`` holds of these kinds, in the order in which attributes were first set; each thing once."""
    seen: set[int] = set()
    skipped = _NOT_OWNED | getattr(type(owner), "_not_tracked", frozenset())
    for name, value in owner.__dict__.items():
        if name not in skipped:
            yield from _walk(value, kinds, seen)


def _walk(value: Any, kinds: tuple, seen: set[int]) -> Iterator[Any]:
    if isinstance(value, kinds):
        if id(value) not in seen:
            seen.add(id(value))
            yield value
    elif isinstance(value, (list, tuple)):
        for child in value:
            yield from _walk(child, kinds, seen)
    elif isinstance(value, dict):
        for child in value.values():
            yield from _walk(child, kinds, seen)


def variables_of(owner: Any) -> list[Variable]:
    return list(held(owner, (Variable,)))


def seeds_of(owner: Any) -> list[SeedGenerator]:
    return list(held(owner, (SeedGenerator,)))


def unique(items: Any) -> list:
    """The items without repetitions, by identity."""
    seen: set[int] = set()
    return [item for item in items if not (id(item) in seen or seen.add(id(item)))]  # type: ignore[func-returns-value]
