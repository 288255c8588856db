"""Axes in another order, and vectors repeated."""

from __future__ import annotations

from pykeras import check, ops
from pykeras.layers.input_spec import InputSpec
from pykeras.layers.layer import REGISTRY, Layer


@REGISTRY.register
class Permute(Layer):
    """Axes in another order; the batch stays first.

    Arguments:
        dims: the axes of the output, counted from 1: ``(2, 1)`` exchanges the first two after the batch.

    Raises ``ValueError`` unless ``dims`` holds each of 1, 2, ... once.

    >>> Permute((2, 1))(ops.zeros((3, 10, 64))).shape
    (3, 64, 10)
    """

    def __init__(self, dims, **kwargs):
        super().__init__(**kwargs)
        self.dims = tuple(check.positive_int("dims", d) for d in dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(f"dims: expected each of 1 to {len(self.dims)} once, got {self.dims}")
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def call(self, inputs):
        return ops.transpose(inputs, (0, *self.dims))


@REGISTRY.register
class RepeatVector(Layer):
    """Each vector ``n`` times: ``(batch, features)`` to ``(batch, n, features)``.

    >>> RepeatVector(3)([[1.0, 2.0]]).tolist()
    [[[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]]
    """

    def __init__(self, n, **kwargs):
        super().__init__(**kwargs)
        if not hasattr(n, "__index__"):
            raise TypeError(f"n: expected an integer, got {n!r}")
        self.n = check.positive_int("n", n)
        self.input_spec = InputSpec(ndim=2)

    def call(self, inputs):
        return ops.tile(ops.expand_dims(inputs, 1), (1, self.n, 1))
