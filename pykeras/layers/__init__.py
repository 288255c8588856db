"""Layers."""

from pykeras.layers import convolution, image, pooling, reshaping
from pykeras.layers.activation import ELU, Activation, Identity, LeakyReLU, PReLU, ReLU, Softmax
from pykeras.layers.batch_normalization import BatchNormalization
from pykeras.layers.convolution import *  # noqa: F403
from pykeras.layers.dense import Dense
from pykeras.layers.dropout import Dropout
from pykeras.layers.image import *  # noqa: F403
from pykeras.layers.input_layer import Input, InputLayer
from pykeras.layers.input_spec import InputSpec
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.merge import (
    Add,
    Average,
    Concatenate,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
    add,
    average,
    concatenate,
    maximum,
    minimum,
    multiply,
    subtract,
)  # fmt: skip
from pykeras.layers.pooling import *  # noqa: F403
from pykeras.layers.reshaping import *  # noqa: F403
from pykeras.layers.shaping import Flatten, Reshape

serialize = REGISTRY.serialize
deserialize = REGISTRY.deserialize

__all__ = [
    "Activation", "Add", "Average", "BatchNormalization", "Concatenate",
    "Dense", "Dropout", "ELU", "Flatten", "Identity", "Input", "InputLayer", "InputSpec", "Layer", "LeakyReLU",
    "Maximum", "Minimum", "Multiply", "PReLU", "ReLU", "Reshape", "Softmax", "Subtract", "add", "average",
    "concatenate",
    "deserialize", "maximum", "minimum", "multiply", "serialize", "subtract",
]  # fmt: skip
__all__ += [*convolution.__all__, *image.__all__, *pooling.__all__, *reshaping.__all__]
