"""Cases of every op: inputs, attributes, a NumPy reference. They serve values, gradients, shapes, replay and
benches."""

from . import (
    activations,
    arithmetic,
    attention,
    conv,
    matmul,
    movement,
    normalization,
    optimizer,
    patches,
    random,
    recurrent,
    reduce,
)
from .case import CASES, Case

__all__ = [
    "CASES", "Case", "activations", "arithmetic", "attention", "conv", "matmul", "movement", "normalization",
    "optimizer", "patches", "random",
    "recurrent", "reduce",
]  # fmt: skip
