"""Keras's ops: on tensors, arrays and numbers (eagerly), on symbolic tensors (as nodes of a model), inside layers,
losses and metrics (recorded and replayed), with gradients."""

from typing import TYPE_CHECKING, Any

from pykeras.ops import image, nn, numpy, operators  # noqa: F401
from pykeras.ops.activations import *  # noqa: F403
from pykeras.ops.arithmetic import *  # noqa: F403
from pykeras.ops.arranging import *  # noqa: F403
from pykeras.ops.attention import *  # noqa: F403
from pykeras.ops.blocks import *  # noqa: F403
from pykeras.ops.convolution import *  # noqa: F403
from pykeras.ops.core import *  # noqa: F403
from pykeras.ops.crossentropy import *  # noqa: F403
from pykeras.ops.ctc import *  # noqa: F403
from pykeras.ops.derivatives import *  # noqa: F403
from pykeras.ops.diagonals import *  # noqa: F403
from pykeras.ops.einsum import *  # noqa: F403
from pykeras.ops.elementary import *  # noqa: F403
from pykeras.ops.encoding import *  # noqa: F403
from pykeras.ops.indexing import *  # noqa: F403
from pykeras.ops.linalg import *  # noqa: F403
from pykeras.ops.loops import *  # noqa: F403
from pykeras.ops.making import *  # noqa: F403
from pykeras.ops.movement import *  # noqa: F403
from pykeras.ops.nans import *  # noqa: F403
from pykeras.ops.normalization import *  # noqa: F403
from pykeras.ops.pooling import *  # noqa: F403
from pykeras.ops.products import *  # noqa: F403
from pykeras.ops.ranges import *  # noqa: F403
from pykeras.ops.recurrent import *  # noqa: F403
from pykeras.ops.reduction import *  # noqa: F403
from pykeras.ops.signal import *  # noqa: F403
from pykeras.ops.sorting import *  # noqa: F403
from pykeras.ops.statistics import *  # noqa: F403
from pykeras.ops.vectors import *  # noqa: F403

operators.install()

if TYPE_CHECKING:  # many functions are made from tables

    def __getattr__(name: str) -> Any: ...
