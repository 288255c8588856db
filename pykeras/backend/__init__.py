"""Keras 2's ``backend`` (``K``), on top of :mod:`pykeras.ops`, so that layers, losses and metrics written for it run.

New code is better served by :mod:`pykeras.ops`.

>>> from pykeras import backend as K
>>> K.int_shape(K.zeros((2, 3)))
(2, 3)
"""

from pykeras import old_paths
from pykeras.backend.arithmetic import *  # noqa: F403
from pykeras.backend.images import *  # noqa: F403
from pykeras.backend.sequences import *  # noqa: F403
from pykeras.backend.state import *  # noqa: F403
from pykeras.backend.values import *  # noqa: F403


def __getattr__(name):
    return old_paths.attribute(__name__, name)
