"""Finding the variables and layers that an object holds: in attributes, and in lists, tuples and dictionaries there."""

from __future__ import annotations

from typing import Any

from pykeras.random import SeedGenerator
from pykeras.variables import Variable

# Attributes that lead elsewhere than to what a layer owns.
_NOT_OWNED = frozenset(
    {"_inbound_nodes", "_outbound_nodes", "_losses", "_metrics_called", "_init_arguments", "_build_shapes", "optimizer",
     "_compile_loss", "_compile_metrics", "_loss_tracker", "history", "_parent"}
)  # fmt: skip


# Values that hold nothing, the most common first: layers have many of them, and are walked often.
_PLAIN = frozenset({str, int, float, bool, type(None), bytes, complex})


def held(owner: Any, kinds: tuple) -> list[Any]:
    """What ``owner`` holds of these kinds, in the order in which attributes were first set; each thing once."""
    found: dict[int, Any] = {}
    seen: set[int] = set()
    skipped = _NOT_OWNED | getattr(type(owner), "_not_tracked", frozenset())
    for name, value in owner.__dict__.items():
        if type(value) not in _PLAIN and name not in skipped:
            _collect(value, kinds, found, seen)
    return list(found.values())


def _collect(value: Any, kinds: tuple, found: dict[int, Any], seen: set[int]) -> None:
    if isinstance(value, kinds):
        found.setdefault(id(value), value)
    elif isinstance(value, (list, tuple, dict)) and id(value) not in seen:
        seen.add(id(value))  # a list may hold itself
        for child in value.values() if isinstance(value, dict) else value:
            if type(child) not in _PLAIN:
                _collect(child, kinds, found, seen)


def variables_of(owner: Any) -> list[Variable]:
    return held(owner, (Variable,))


def seeds_of(owner: Any) -> list[SeedGenerator]:
    return held(owner, (SeedGenerator,))


def unique(items: Any) -> list:
    """The items without repetitions, by identity."""
    seen: set[int] = set()
    return [item for item in items if not (id(item) in seen or seen.add(id(item)))]  # type: ignore[func-returns-value]
