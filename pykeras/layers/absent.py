"""What is not here, and why: layers that wrap other frameworks, adapters and quantization."""

from __future__ import annotations

from pykeras.layers.layer import REGISTRY, Layer


def no_quantization(layer: Layer, config) -> None:
    """Raises when quantization is asked for."""
    if config is not None:
        raise NotImplementedError(
            f"{layer._label}: quantization_config: quantized layers are not supported; weights are float32 or float64"
        )


class _Foreign(Layer):
    """A layer whose work another framework would do."""

    _reason = ""

    def _refuse(self) -> None:
        raise NotImplementedError(f"{type(self).__name__}: {self._reason}")


_BACKEND = (
    "pykeras runs on its own engine, which can neither trace nor differentiate {what}. Rewrite it as a Layer with "
    "pykeras.ops"
)


@REGISTRY.register
class JaxLayer(_Foreign):
    """Not available: needs Keras's JAX backend. Constructing one raises ``NotImplementedError`` that says so."""

    _reason = _BACKEND.format(what="JAX functions")

    def __init__(self, call_fn, init_fn=None, params=None, state=None, seed=None, native_serialization_platforms=None,
                 **kwargs):  # fmt: skip
        self._refuse()


@REGISTRY.register
class FlaxLayer(_Foreign):
    """Not available: needs Keras's JAX backend. Constructing one raises ``NotImplementedError`` that says so."""

    _reason = _BACKEND.format(what="Flax modules")

    def __init__(self, module, method=None, variables=None, **kwargs):
        self._refuse()


@REGISTRY.register
class TorchModuleWrapper(_Foreign):
    """Not available: needs Keras's PyTorch backend. Constructing one raises ``NotImplementedError`` that says so."""

    _reason = _BACKEND.format(what="PyTorch modules")

    def __init__(self, module, name=None, output_shape=None, **kwargs):
        self._refuse()


@REGISTRY.register
class TFSMLayer(_Foreign):
    """Not available: a SavedModel holds a TensorFlow graph. Constructing one raises ``NotImplementedError``."""

    _reason = (
        "a SavedModel holds a graph that only TensorFlow runs. Save the model as .keras or .h5 where TensorFlow is, "
        "and load that with pykeras.models.load_model"
    )

    def __init__(self, filepath, call_endpoint="serve", call_training_endpoint=None, trainable=True, name=None,
                 dtype=None):  # fmt: skip
        self._refuse()


@REGISTRY.register
class DenseFeatures(_Foreign):
    """Not available: TensorFlow's feature columns. Constructing one raises ``NotImplementedError`` that says so."""

    _reason = (
        "feature columns belong to TensorFlow. Use Normalization, Discretization, CategoryEncoding, StringLookup and "
        "Embedding instead"
    )

    def __init__(self, feature_columns, trainable=True, name=None, **kwargs):
        self._refuse()
