"""Initializers: the first values of weights."""

import numpy as np

from pykeras import ops
from pykeras.initializers.constant import STFT, Constant, Identity, Ones, Zeros
from pykeras.initializers.distributions import RandomNormal, RandomUniform, TruncatedNormal
from pykeras.initializers.initializer import REGISTRY, Initializer, RandomInitializer
from pykeras.initializers.orthogonal import Orthogonal
from pykeras.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)

IdentityInitializer = identity = Identity
OrthogonalInitializer = orthogonal = Orthogonal
STFTInitializer = stft = STFT
constant = Constant
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
he_normal = HeNormal
he_uniform = HeUniform
lecun_normal = LecunNormal
lecun_uniform = LecunUniform
ones = Ones
random_normal = RandomNormal
random_uniform = RandomUniform
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
zeros = Zeros


def get(identifier):
    """The initializer of a name, configuration, class, callable or array; None for None.

    Arguments:
        identifier: name such as "he_normal", configuration dictionary, class, ``fn(shape, dtype)``, initializer, or
            an array or tensor of the weight's shape, which becomes its first value.

    Raises:
        ValueError: an unknown name (near ones are suggested), or something that is none of these.

    Example:
        >>> from pykeras import initializers
        >>> type(initializers.get("he_normal")).__name__
        'HeNormal'
    """
    if ops.is_tensor(identifier) or isinstance(identifier, np.ndarray):
        found = Constant(identifier)
        found.exact_shape = True
        return found
    return REGISTRY.get(identifier)


def serialize(initializer):
    """The configuration of an initializer, see ``registry.serialize``."""
    return REGISTRY.serialize(initializer)


def deserialize(config, custom_objects=None):
    """The initializer of a configuration or name.

    Arguments:
        config: what ``serialize`` gave.
        custom_objects: dict from name to the caller's class; comes first.
    """
    return REGISTRY.deserialize(config, custom_objects)


__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "IdentityInitializer",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "OrthogonalInitializer",
    "RandomInitializer",
    "RandomNormal",
    "RandomUniform",
    "STFT",
    "STFTInitializer",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "constant",
    "deserialize",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "serialize",
    "stft",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]
