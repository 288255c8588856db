"""Where random numbers start: a state (seed, counter) that every draw moves on."""

from __future__ import annotations

import random as python_random
from typing import Any

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import auto_name
from pykeras.registry import Registry
from pykeras.variables import Variable

_REGISTRY = Registry("seed generator", "random")


@_REGISTRY.register
class SeedGenerator:
    """A stream of states for random draws. Its ``state`` is a variable, so that recorded steps move it on as well.

    Arguments:
        seed: an integer; drawn from Python's ``random`` when ``None``.
        name: of the state variable's owner.

    >>> generator = SeedGenerator(1)
    >>> generator.next().tolist(), generator.next().tolist()
    ([1, 0], [1, 1])
    """

    def __init__(self, seed: int | None = None, name: str | None = None, **kwargs):
        if kwargs:
            raise ValueError(f"SeedGenerator: unrecognized keyword arguments: {', '.join(kwargs)}")
        if seed is None:
            seed = python_random.randint(0, 2**31 - 1)
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
            raise ValueError(f"SeedGenerator: seed: must be an integer >= 0, got {seed!r}")
        self.name = name or auto_name("seed_generator")
        self._initial_seed = int(seed)
        self.state = Variable(
            np.array([seed % 2**32, 0], "uint32"), dtype="uint32", trainable=False, name="seed_generator_state"
        )

    def next(self, ordered: bool = True) -> _core.Tensor:
        """The present state; the counter moves on by one."""
        state = self.state.read()
        self.state.write(_core.op.add(state, _ONE))
        return state

    def get_config(self) -> dict:
        return {"seed": self._initial_seed, "name": self.name}

    @classmethod
    def from_config(cls, config: dict) -> SeedGenerator:
        return cls(**config)


_ONE = _core.tensor(np.array([0, 1], "uint32"))
_global: SeedGenerator | None = None


def global_seed_generator() -> SeedGenerator:
    """The stream that draws without a seed of their own share."""
    global _global
    if _global is None:
        _global = SeedGenerator(name="global_seed_generator")
    return _global


def set_global_seed(seed: int | None) -> None:
    """Starts the shared stream anew."""
    global _global
    _global = None if seed is None else SeedGenerator(seed, name="global_seed_generator")


def draw_state(seed: Any) -> _core.Tensor:
    """The state for one draw: an integer is the same state each time, a generator moves on, ``None`` shares."""
    if seed is None:
        return global_seed_generator().next()
    if isinstance(seed, SeedGenerator):
        return seed.next()
    if isinstance(seed, (int, np.integer)) and not isinstance(seed, bool):
        return _core.tensor(np.array([int(seed) % 2**32, 0], "uint32"))
    raise ValueError(f"seed must be an integer, a SeedGenerator or None, got {seed!r} of type {type(seed).__name__}")
