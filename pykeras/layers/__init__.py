"""Layers."""

from pykeras.layers.activation import ELU, Activation, Identity, LeakyReLU, PReLU, ReLU, Softmax
from pykeras.layers.batch_normalization import BatchNormalization
from pykeras.layers.conv import Conv2D, Convolution2D
from pykeras.layers.dense import Dense
from pykeras.layers.dropout import Dropout
from pykeras.layers.input_layer import Input, InputLayer
from pykeras.layers.input_spec import InputSpec
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.masking import Masking
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
from pykeras.layers.pooling import (
    AveragePooling2D,
    AvgPool2D,
    GlobalAveragePooling2D,
    GlobalAvgPool2D,
    GlobalMaxPool2D,
    GlobalMaxPooling2D,
    MaxPool2D,
    MaxPooling2D,
)  # fmt: skip
from pykeras.layers.recurrent import *  # noqa: F403
from pykeras.layers.recurrent import __all__ as _recurrent
from pykeras.layers.shaping import Flatten, Reshape
from pykeras.layers.wrapper import Wrapper

serialize = REGISTRY.serialize
deserialize = REGISTRY.deserialize

__all__ = [
    "Activation", "Add", "Average", "AveragePooling2D", "AvgPool2D", "BatchNormalization", "Concatenate", "Conv2D",
    "Convolution2D", "Dense", "Dropout", "ELU", "Flatten", "GlobalAveragePooling2D", "GlobalAvgPool2D",
    "GlobalMaxPool2D",
    "GlobalMaxPooling2D", "Identity", "Input", "InputLayer", "InputSpec", "Layer", "LeakyReLU", "MaxPool2D",
    "MaxPooling2D",
    "Maximum", "Minimum", "Multiply", "PReLU", "ReLU", "Reshape", "Softmax", "Subtract", "add", "average",
    "concatenate",
    "deserialize", "maximum", "minimum", "multiply", "serialize", "subtract",
    "Masking", "Wrapper", *_recurrent,
]  # fmt: skip
