"""Finding the variables and layers that an object holds: in attributes, and in lists, tuples and dictionaries there."""

from __future__ import annotations

from typing import Any

from pykeras import _core
from pykeras.random import SeedGenerator
from pykeras.variables import Variable

# Attributes that lead elsewhere than to what a layer owns.
_NOT_OWNED = frozenset(
    {"_inbound_nodes", "_outbound_nodes", "_losses", "_metrics_called", "_init_arguments", "_build_shapes", "optimizer",
     "_compile_loss", "_compile_metrics", "_loss_tracker", "history", "_parent"}
)  # fmt: skip


def held(owner: Any, kinds: tuple) -> list[Any]:
    """What ``owner`` holds of these kinds, in the order in which attributes were first set; each thing once."""
    own = getattr(type(owner), "_not_tracked", None)
    return _core.held(owner.__dict__, kinds, _NOT_OWNED | own if own else _NOT_OWNED)


def variables_of(owner: Any) -> list[Variable]:
    return held(owner, (Variable,))


def seeds_of(owner: Any) -> list[SeedGenerator]:
    return held(owner, (SeedGenerator,))


def unique(items: Any) -> list:
    """The items without repetitions, by identity."""
    seen: set[int] = set()
    return [item for item in items if not (id(item) in seen or seen.add(id(item)))]  # type: ignore[func-returns-value]
