"""``optimizers.legacy``: the names that tf.keras kept for its older optimizers; here they are the same ones."""

from pykeras.optimizers.adam import Adam
from pykeras.optimizers.optimizer import Optimizer
from pykeras.optimizers.rmsprop import RMSprop
from pykeras.optimizers.sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer", "RMSprop"]
