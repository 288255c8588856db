"""Layers."""

from pykeras import old_paths
from pykeras.layers import convolution, image, pooling, preprocessing, reshaping
from pykeras.layers.absent import DenseFeatures, FlaxLayer, JaxLayer, TFSMLayer, TorchModuleWrapper
from pykeras.layers.activation import ELU, Activation, Identity, LeakyReLU, PReLU, ReLU, Softmax, ThresholdedReLU
from pykeras.layers.activity_regularization import ActivityRegularization
from pykeras.layers.attention import AdditiveAttention, Attention
from pykeras.layers.batch_normalization import BatchNormalization
from pykeras.layers.convolution import *  # noqa: F403
from pykeras.layers.dense import Dense
from pykeras.layers.dropout import Dropout
from pykeras.layers.einsum_dense import EinsumDense
from pykeras.layers.embedding import Embedding, ReversibleEmbedding
from pykeras.layers.image import *  # noqa: F403
from pykeras.layers.input_layer import Input, InputLayer
from pykeras.layers.input_spec import InputSpec
from pykeras.layers.lambda_layer import Lambda
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.layer_normalization import (
    GroupNormalization,
    LayerNormalization,
    RMSNormalization,
    UnitNormalization,
)  # fmt: skip
from pykeras.layers.masking import Masking
from pykeras.layers.merge import (
    Add,
    Average,
    Concatenate,
    Dot,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
    add,
    average,
    concatenate,
    dot,
    maximum,
    minimum,
    multiply,
    subtract,
)  # fmt: skip
from pykeras.layers.multi_head_attention import GroupedQueryAttention, GroupQueryAttention, MultiHeadAttention
from pykeras.layers.noise import (
    AlphaDropout,
    GaussianDropout,
    GaussianNoise,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
)  # fmt: skip
from pykeras.layers.pipeline import Pipeline
from pykeras.layers.pooling import *  # noqa: F403
from pykeras.layers.preprocessing import *  # noqa: F403
from pykeras.layers.recurrent import *  # noqa: F403
from pykeras.layers.recurrent import __all__ as _recurrent
from pykeras.layers.reshaping import *  # noqa: F403
from pykeras.layers.shaping import Flatten, Reshape
from pykeras.layers.spectral_normalization import SpectralNormalization
from pykeras.layers.spectrogram import MelSpectrogram, STFTSpectrogram
from pykeras.layers.wrapper import Wrapper


def serialize(layer):
    """The configuration of a layer: Keras 3's form."""
    return REGISTRY.serialize(layer)


deserialize = REGISTRY.deserialize

__all__ = [
    "Activation", "ActivityRegularization", "Add", "AdditiveAttention", "AlphaDropout", "Attention", "Average",
    "BatchNormalization", "Concatenate", "Dense", "DenseFeatures", "Dot", "Dropout", "ELU", "EinsumDense",
    "Embedding", "Flatten", "FlaxLayer", "GaussianDropout", "GaussianNoise", "GroupNormalization",
    "GroupQueryAttention", "GroupedQueryAttention", "Identity", "Input", "InputLayer", "InputSpec", "JaxLayer",
    "Lambda", "Layer", "LayerNormalization", "LeakyReLU", "Masking", "Maximum", "MelSpectrogram", "Minimum",
    "MultiHeadAttention", "Multiply", "PReLU", "Pipeline", "RMSNormalization", "ReLU", "Reshape",
    "ReversibleEmbedding", "STFTSpectrogram", "Softmax", "SpatialDropout1D", "SpatialDropout2D",
    "SpatialDropout3D", "SpectralNormalization", "Subtract", "TFSMLayer", "ThresholdedReLU", "TorchModuleWrapper",
    "UnitNormalization", "Wrapper", "add", "average", "concatenate", "deserialize", "dot", "maximum", "minimum",
    "multiply", "serialize", "subtract", *_recurrent,
]  # fmt: skip
__all__ += [*convolution.__all__, *image.__all__, *pooling.__all__, *preprocessing.__all__, *reshaping.__all__]


def __getattr__(name):
    return old_paths.attribute(__name__, name)
