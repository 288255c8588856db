"""The configuration of one's own layers, and of what layers are given."""

import numpy as np
import pytest

import pykeras
from pykeras import initializers, layers

X = np.arange(12, dtype="float32").reshape(4, 3) / 10


class Given(layers.Layer):
    """Keeps its arguments under other names than the constructor's."""

    def __init__(self, units, act="relu", start=None, **kwargs):
        super().__init__(**kwargs)
        self._size = units * 2
        self._act = pykeras.activations.get(act)
        self._start = start

    def call(self, inputs):
        return self._act(inputs)


class Asking(layers.Layer):
    """Keras's idiom: the base's configuration and one's own."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self._units = units

    def get_config(self):
        return {**super().get_config(), "units": self._units}


class Narrow(layers.Layer):
    """A constructor that does not take what every layer has."""

    def __init__(self, units):
        super().__init__()
        self.units = units


class TwoUnits(layers.Dense):
    def __init__(self, **kwargs):
        super().__init__(units=2, **kwargs)


def test_configuration_of_ones_own_layers():
    layer = Given(3, start=initializers.Constant(2.0), name="given", trainable=False, dtype="float64")
    config = layer.get_config()
    assert (config["units"], config["act"], config["name"], config["trainable"]) == (3, "relu", "given", False)
    twin = Given.from_config(config)
    assert twin._size == 6 and twin.dtype == "float64" and not twin.trainable
    asking = Asking(4, name="asking")
    assert set(asking.get_config()) == {"name", "trainable", "dtype", "units"}
    assert Asking.from_config(asking.get_config())._units == 4
    narrow = Narrow(5)
    narrow.trainable = False
    twin = Narrow.from_config(narrow.get_config())
    assert twin.units == 5 and twin.name == narrow.name and not twin.trainable
    config = TwoUnits(activation="tanh").get_config()
    assert config["activation"] == "tanh" and "units" not in config
    assert TwoUnits.from_config(config).activation is pykeras.activations.tanh


def test_configuration_that_cannot_be_known():
    class Positional(layers.Layer):
        def __init__(self, *sizes):
            super().__init__()

    assert "sizes" not in Positional(1, 2).get_config()

    class Lost(layers.Layer):
        def __init__(self, units):
            super().__init__()

        def get_config(self):
            return super().get_config()

    with pytest.raises(TypeError, match="Lost cannot be made from its configuration.*units"):
        Lost.from_config(Lost(3).get_config())


def double(x):
    return x * 2


def ones_like_shape(shape, dtype=None):
    return np.ones(shape, dtype or "float32")


def test_configuration_of_wrapped_activations_and_initializers():
    layer = layers.Dense(2, activation=layers.LeakyReLU(0.2), kernel_initializer=initializers.Zeros)
    config = layer.get_config()
    assert config["activation"]["class_name"] == "LeakyReLU"
    assert config["kernel_initializer"]["class_name"] == "Zeros"
    twin = layers.Dense.from_config(config)
    assert twin.activation.negative_slope == 0.2
    np.testing.assert_array_equal(twin(X), np.zeros((4, 2)))
    nested = layers.Activation(layers.Activation("tanh"))
    np.testing.assert_allclose(layers.Activation.from_config(nested.get_config())(X), np.tanh(X), rtol=1e-6)

    layer = layers.Dense(2, activation=double, kernel_initializer=ones_like_shape, use_bias=False)
    config = layer.get_config()
    with pytest.raises(TypeError, match="double"):
        layers.Dense.from_config(config)
    with pykeras.utils.custom_object_scope({"double": double, "ones_like_shape": ones_like_shape}):
        twin = layers.Dense.from_config(config)
    np.testing.assert_allclose(twin(X), np.repeat(X.sum(-1, keepdims=True) * 2, 2, -1), rtol=1e-6)

    layer = layers.Dense(2, activation=lambda x: x + 1)
    with pytest.raises(ValueError, match="safe_mode|lambda"):
        layers.deserialize(layers.serialize(layer))
