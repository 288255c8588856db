"""Bidirectional, TimeDistributed, Wrapper."""

import numpy as np
import pytest

import pykeras
from pykeras import Input, Model, Sequential, layers, ops

X = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")


def distance(a, b):
    return np.abs(np.asarray(a) - np.asarray(b)).max()


def test_bidirectional_weights():
    source = layers.Bidirectional(layers.LSTM(3))
    source(X)
    twin = layers.Bidirectional(layers.LSTM(3), weights=source.get_weights())
    np.testing.assert_array_equal(twin(X), source(X))
    assert twin.get_config()["layer"]["config"]["name"].startswith("forward_lstm")


def test_bidirectional_initial_state_in_a_list():
    layer = layers.Bidirectional(layers.GRU(3))
    states = [np.full((2, 3), 0.5, "float32"), np.full((2, 3), -0.5, "float32")]
    inputs = [Input((5, 3)), Input((3,)), Input((3,))]
    model = Model(inputs, layer(inputs))
    np.testing.assert_allclose(model.predict([X, *states], verbose=0), layer(X, initial_state=states), rtol=1e-5)
    assert distance(layer(X, initial_state=states), layer(X)) > 1e-3


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Bidirectional(3), "layer: expected a layer"),
        (lambda: layers.Bidirectional(layers.GRU(3), merge_mode="min"), "merge_mode"),
        (lambda: layers.Bidirectional(layers.GRU(3), backward_layer=layers.GRU(3)), "go_backwards is False for both"),
        (lambda: layers.Bidirectional(layers.GRU(3), backward_layer=layers.GRU(3, go_backwards=True, stateful=True)),
         "stateful is False"),
        (lambda: layers.Bidirectional(layers.GRU(3))(X, initial_state=[X[:, 0]]), "list of even length"),
        (lambda: layers.TimeDistributed("dense"), "layer: expected a layer"),
        (lambda: layers.TimeDistributed(layers.Dense(2))(X[0]), "at least three axes"),
        (lambda: layers.TimeDistributed(layers.LSTM(2))(X[:, :, None], mask=np.ones((2, 4), bool)), "expected a mask"),
    ],
)  # fmt: skip
def test_bad_input(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_reset_state_of_bidirectional():
    with pytest.raises(AttributeError, match="not stateful"):
        layers.Bidirectional(layers.GRU(3)).reset_state()
    layer = layers.Bidirectional(layers.GRU(3, stateful=True))
    first = layer(X)
    assert len(layer.states) == 2 and distance(layer(X), first) > 1e-4
    layer.reset_states()
    np.testing.assert_array_equal(layer(X), first)


def test_time_distributed_moments_of_each_step():
    """Batch normalization looks at one step at a time, so that the moving mean moves once a step."""
    layer = layers.TimeDistributed(layers.BatchNormalization(momentum=0.5))
    outputs = np.asarray(layer(X, training=True))
    np.testing.assert_allclose(outputs.mean(0), 0, atol=1e-5)
    moving = np.zeros(3)
    for t in range(5):
        moving = moving * 0.5 + X[:, t].mean(0) * 0.5
    np.testing.assert_allclose(layer.layer.moving_mean, moving, rtol=1e-4, atol=1e-6)


def test_time_distributed_model_with_any_time():
    inner = Sequential([layers.Dense(4, activation="relu"), layers.Dense(2)])
    inputs = Input((None, 3))
    model = Model(inputs, layers.TimeDistributed(inner)(inputs))
    assert model.output_shape == (None, None, 2)
    np.testing.assert_allclose(model.predict(X, verbose=0)[:, 2], inner(X[:, 2]), rtol=1e-5, atol=1e-6)
    model.compile("sgd", "mse")
    assert np.isfinite(model.fit(X, X[..., :2], verbose=0).history["loss"][0])


def test_a_layer_of_ones_own_is_called_step_by_step():
    seen = []

    class Spy(layers.Layer):
        def call(self, inputs):
            seen.append(inputs.shape)
            return inputs - ops.mean(inputs, axis=0, keepdims=True)

    np.testing.assert_allclose(layers.TimeDistributed(Spy())(X), X - X.mean(0), rtol=1e-5, atol=1e-6)
    assert seen == [(2, 3)] * 5


def test_wrapper():
    class Twice(layers.Wrapper):
        def call(self, inputs):
            return self.layer(self.layer(inputs))

    layer = Twice(layers.Dense(3, use_bias=False))
    layer(X)
    kernel = layer.layer.kernel.numpy()
    np.testing.assert_allclose(layer(X), X @ kernel @ kernel, rtol=1e-4, atol=1e-5)
    assert layer.weights[0].path == f"{layer.name}/{layer.layer.name}/kernel"
    assert Twice.from_config(layer.get_config()).layer.units == 3
    assert pykeras.layers.Wrapper.from_config(layers.Wrapper(layers.Dense(3)).get_config()).layer.units == 3
