"""Keras's ``ops.numpy``: the functions of ``pykeras.ops`` that NumPy has, too."""

from pykeras.ops.arithmetic import *  # noqa: F403
from pykeras.ops.arranging import *  # noqa: F403
from pykeras.ops.core import ndim, size  # noqa: F401
from pykeras.ops.derivatives import vectorize  # noqa: F401
from pykeras.ops.diagonals import *  # noqa: F403
from pykeras.ops.einsum import einsum, inner, kron, vdot  # noqa: F401
from pykeras.ops.elementary import *  # noqa: F403
from pykeras.ops.indexing import *  # noqa: F403
from pykeras.ops.linalg import slogdet  # noqa: F401
from pykeras.ops.making import *  # noqa: F403
from pykeras.ops.movement import *  # noqa: F403
from pykeras.ops.nans import *  # noqa: F403
from pykeras.ops.products import dot, matmul, outer, tensordot  # noqa: F401
from pykeras.ops.ranges import *  # noqa: F403
from pykeras.ops.reduction import *  # noqa: F403
from pykeras.ops.sorting import argsort, searchsorted, sort  # noqa: F401
from pykeras.ops.statistics import *  # noqa: F403
from pykeras.ops.vectors import corrcoef, correlate, cross, trapezoid  # noqa: F401
