"""Optimizers: how gradients change weights."""

from pykeras.optimizers import legacy, schedules
from pykeras.optimizers.adam import Adam
from pykeras.optimizers.names import deserialize, get, serialize
from pykeras.optimizers.optimizer import Optimizer
from pykeras.optimizers.rmsprop import RMSprop
from pykeras.optimizers.sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer", "RMSprop", "deserialize", "get", "legacy", "schedules", "serialize"]
