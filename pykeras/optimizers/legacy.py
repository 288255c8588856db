"""``optimizers.legacy``: the names that tf.keras kept for its older optimizers.

They are the optimizers of today, which take the older arguments too and come to the same weights (but for the place of
``epsilon`` in a root); Nadam's momentum has the slower schedule it had.
"""

from pykeras.optimizers import nadam
from pykeras.optimizers.adadelta import Adadelta
from pykeras.optimizers.adagrad import Adagrad
from pykeras.optimizers.adam import Adam
from pykeras.optimizers.adamax import Adamax
from pykeras.optimizers.ftrl import Ftrl
from pykeras.optimizers.optimizer import Optimizer
from pykeras.optimizers.rmsprop import RMSprop
from pykeras.optimizers.sgd import SGD


class Nadam(nadam.Nadam):
    """Nadam of Keras 2: ``schedule_decay`` is 0.004."""

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, **options):
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **{"schedule_decay": 0.004, **options})


__all__ = ["SGD", "Adadelta", "Adagrad", "Adam", "Adamax", "Ftrl", "Nadam", "Optimizer", "RMSprop"]
