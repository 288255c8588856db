"""Learning rates that change with the number of steps."""

from pykeras.optimizers.schedules.cosine import CosineDecay, CosineDecayRestarts
from pykeras.optimizers.schedules.decay import ExponentialDecay, InverseTimeDecay, PolynomialDecay
from pykeras.optimizers.schedules.names import deserialize, serialize
from pykeras.optimizers.schedules.piecewise import PiecewiseConstantDecay
from pykeras.optimizers.schedules.schedule import LearningRateSchedule

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]
