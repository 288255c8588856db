"""A layer whose kernel is kept at spectral norm 1."""

from __future__ import annotations

from pykeras import check, ops
from pykeras.layers.input_spec import InputSpec
from pykeras.layers.layer import REGISTRY
from pykeras.layers.wrapper import Wrapper


@REGISTRY.register
class SpectralNormalization(Wrapper):
    """While training, the kernel of the inner layer is divided by its largest singular value, which power iteration
    follows from call to call (arXiv:1802.05957).

    Arguments:
        layer: a layer with a ``kernel`` or ``embeddings``.
        power_iterations: steps of the iteration in each call.

    Weights: those of the layer and ``vector_u (1, columns of the kernel)``, which is not trained. Shapes: the layer's.
    """

    def __init__(self, layer, power_iterations=1, **kwargs):
        super().__init__(layer, **kwargs)
        self.power_iterations = check.positive_int("power_iterations", power_iterations)

    def build(self, input_shape):
        super().build(input_shape)
        self.input_spec = InputSpec(shape=[None, *input_shape[1:]])
        self.kernel = getattr(self.layer, "kernel", None)
        if self.kernel is None:
            self.kernel = getattr(self.layer, "embeddings", None)
        if self.kernel is None:
            raise ValueError(f"{self._label}: {type(self.layer).__name__} has neither kernel nor embeddings")
        self.vector_u = self.add_weight(
            "vector_u", (1, self.kernel.shape[-1]), initializer="truncated_normal", trainable=False
        )
        self.built = True

    def call(self, inputs, training=False):
        if training:
            self.normalize_weights()
        return self.layer(inputs)

    def normalize_weights(self):
        """One update of the vector and the kernel."""
        matrix = ops.stop_gradient(ops.reshape(self.kernel, (-1, self.kernel.shape[-1])))
        if not hasattr(matrix, "numpy"):
            return
        u = self.vector_u.read()
        for _ in range(self.power_iterations):
            v = ops.normalize(ops.matmul(u, ops.transpose(matrix)))
            u = ops.normalize(ops.matmul(v, matrix))
        u, v = ops.stop_gradient(u), ops.stop_gradient(v)
        sigma = ops.reshape(ops.matmul(ops.matmul(v, matrix), ops.transpose(u)), ())
        self.vector_u.assign(u)
        self.kernel.assign(self.kernel / sigma)

    def compute_output_shape(self, input_shape):
        return tuple(self.layer.compute_output_shape(input_shape))
