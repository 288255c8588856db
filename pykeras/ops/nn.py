"""Keras's ``ops.nn``: what networks are made of."""

from pykeras.ops.activations import *  # noqa: F403
from pykeras.ops.attention import dot_product_attention  # noqa: F401
from pykeras.ops.blocks import *  # noqa: F403
from pykeras.ops.convolution import *  # noqa: F403
from pykeras.ops.crossentropy import *  # noqa: F403
from pykeras.ops.ctc import *  # noqa: F403
from pykeras.ops.elementary import polar  # noqa: F401
from pykeras.ops.encoding import *  # noqa: F403
from pykeras.ops.normalization import *  # noqa: F403
from pykeras.ops.pooling import *  # noqa: F403
from pykeras.ops.products import dense  # noqa: F401
from pykeras.ops.reduction import moments  # noqa: F401
