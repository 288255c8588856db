"""What a case of an op is. Floating inputs are float64 here; the tests bring them to the dtype they try."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np


@dataclasses.dataclass(frozen=True)
class Case:
    """One call of an op.

    ``inputs`` are NumPy arrays, ``None`` for an optional input left out; for an op that takes any number of tensors
    they
    are all of them. ``reference(*inputs, **attributes)`` computes the result in NumPy. ``smooth`` says that no input
    lies
    near a kink or jump, so that finite differences find the slope. ``large()`` gives inputs (and, in a second place,
    attributes) of a size worth splitting over threads.
    """

    op: str
    inputs: tuple
    reference: Callable
    attributes: dict[str, Any]
    smooth: bool = True
    tolerance: float = 1.0  # multiplies the tolerance of the harness
    large: Callable[[], tuple] | None = None

    @property
    def name(self):
        shapes = "_".join(
            "none" if x is None else f"{x.dtype.kind}{list(x.shape)}".replace(" ", "") for x in self.inputs
        )
        given = ",".join(f"{k}={v}" for k, v in self.attributes.items()).replace(" ", "")
        return f"{self.op}-{shapes}" + (f"-{given}" if given else "")


CASES: list[Case] = []


def case(op, inputs, reference, smooth=True, tolerance=1.0, large=None, **attributes):
    """Adds a case."""
    inputs = tuple(None if x is None else np.asarray(x) for x in inputs)
    CASES.append(Case(op, inputs, reference, attributes, smooth, tolerance, large))


def numbers(*shape, low=-2.0, high=2.0, seed=0):
    """Repeatable uniform numbers; shapes of one size differ in their values by ``seed``."""
    rng = np.random.default_rng([seed, *shape])
    return rng.uniform(low, high, shape)


def apart(*shape, gap=0.15, low=-2.0, high=2.0, seed=0):
    """Numbers of both signs, none within ``gap`` of 0."""
    x = numbers(*shape, low=low, high=high, seed=seed)
    return np.where(x < 0, np.minimum(x, -gap), np.maximum(x, gap))


def distinct(*shape, seed=0):
    """Numbers of which no two lie within 0.02 of each other: no ties for extremes and orders."""
    size = int(np.prod(shape))
    return (np.random.default_rng([seed, *shape]).permutation(size) - size / 3).reshape(shape) * 0.05 + 0.013


def integers(*shape, low=0, high=5, dtype="int64", seed=0):
    return np.random.default_rng([seed, *shape]).integers(low, high, shape).astype(dtype)


def truths(*shape, seed=0):
    return integers(*shape, high=2, seed=seed).astype(bool)
