"""Optimizers: how gradients change weights."""

from pykeras import old_paths
from pykeras.optimizers.adadelta import Adadelta
from pykeras.optimizers.adafactor import Adafactor
from pykeras.optimizers.adagrad import Adagrad
from pykeras.optimizers.adam import Adam
from pykeras.optimizers.adamax import Adamax
from pykeras.optimizers.adamw import AdamW
from pykeras.optimizers.ftrl import Ftrl
from pykeras.optimizers.lamb import Lamb
from pykeras.optimizers.lion import Lion
from pykeras.optimizers.loss_scale import LossScaleOptimizer
from pykeras.optimizers.multi import MultiOptimizer, OptimizerMap
from pykeras.optimizers.muon import Muon
from pykeras.optimizers.nadam import Nadam
from pykeras.optimizers.names import deserialize, get, serialize
from pykeras.optimizers.optimizer import Optimizer
from pykeras.optimizers.rmsprop import RMSprop
from pykeras.optimizers.schedule_free import ScheduleFreeAdamW
from pykeras.optimizers.sgd import SGD

from pykeras.optimizers import legacy, schedules  # isort: skip

__all__ = [
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "LossScaleOptimizer",
    "MultiOptimizer",
    "Muon",
    "Nadam",
    "Optimizer",
    "OptimizerMap",
    "RMSprop",
    "ScheduleFreeAdamW",
    "deserialize",
    "get",
    "legacy",
    "schedules",
    "serialize",
]


def __getattr__(name):
    return old_paths.attribute(__name__, name)
