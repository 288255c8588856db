"""Random numbers: pure functions of a seed's state, the same for eager and replayed steps and any number of threads."""

from pykeras.random.draws import (
    bernoulli,
    beta,
    binomial,
    categorical,
    dropout,
    exponential,
    gamma,
    normal,
    poisson,
    randint,
    shuffle,
    truncated_normal,
    uniform,
)  # fmt: skip
from pykeras.random.seed import SeedGenerator, global_seed_generator, set_global_seed

__all__ = [
    "SeedGenerator", "bernoulli", "beta", "binomial", "categorical", "dropout", "exponential", "gamma",
    "global_seed_generator", "normal", "poisson", "randint", "set_global_seed", "shuffle", "truncated_normal",
    "uniform",
]  # fmt: skip
