"""``optimizers.legacy``: the names that tf.keras kept for its older optimizers; here they are the same ones."""

from pykeras.optimizers.adadelta import Adadelta
from pykeras.optimizers.adagrad import Adagrad
from pykeras.optimizers.adam import Adam
from pykeras.optimizers.adamax import Adamax
from pykeras.optimizers.ftrl import Ftrl
from pykeras.optimizers.nadam import Nadam
from pykeras.optimizers.optimizer import Optimizer
from pykeras.optimizers.rmsprop import RMSprop
from pykeras.optimizers.sgd import SGD

__all__ = ["SGD", "Adadelta", "Adagrad", "Adam", "Adamax", "Ftrl", "Nadam", "Optimizer", "RMSprop"]
