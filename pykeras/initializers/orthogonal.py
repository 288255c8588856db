"""Random orthogonal matrices."""

import math

import numpy as np

from pykeras import check, ops, random
from pykeras.initializers.initializer import REGISTRY, RandomInitializer, float_dtype, sizes


@REGISTRY.register("OrthogonalInitializer")
class Orthogonal(RandomInitializer):
    """A random matrix with orthonormal rows or columns, whichever there are fewer of, times ``gain``.

    All axes but the last are taken as one. The matrix is the Q of the QR decomposition of a matrix of normal values,
    with signs such that R has a positive diagonal, which makes it uniform over the orthogonal matrices.

    Arguments:
        gain: factor.
        seed: see ``RandomInitializer``.

    Shape: rank 2 or more.

    Raises:
        ValueError: a shape of rank below 2, or a dtype that holds no fractions.

    Source: Saxe, McClelland and Ganguli, "Exact Solutions to the Nonlinear Dynamics of Learning in Deep Linear Neural
    Networks", ICLR 2014.

    Example:
        >>> import numpy as np
        >>> from pykeras import initializers
        >>> q = initializers.Orthogonal(seed=1)((3, 5)).numpy()
        >>> bool(np.allclose(q @ q.T, np.eye(3), atol=1e-6))
        True
    """

    def __init__(self, gain=1.0, seed=None):
        super().__init__(seed)
        self.gain = check.number("gain", gain)

    def __call__(self, shape, dtype=None, **kwargs):
        shape, dtype = sizes(shape), float_dtype(self, dtype)
        if len(shape) < 2:
            raise ValueError(f"Orthogonal: expected a shape of rank 2 or more, got {shape}")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        tall = (max(rows, columns), min(rows, columns))
        normal = ops.convert_to_numpy(random.normal(tall, dtype="float64", seed=self.seed))
        q, r = np.linalg.qr(normal)
        q = q * np.where(np.diag(r) < 0, -1.0, 1.0)
        values = q if rows >= columns else q.T
        return ops.convert_to_tensor(np.ascontiguousarray(self.gain * values).reshape(shape).astype(dtype))

    def get_config(self):
        return {**super().get_config(), "gain": self.gain}
