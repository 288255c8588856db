"""Constants of recurrent layers, as Keras 2 has them. Numbers are those of tf_keras (checked by hand, too)."""

import numpy as np
import pytest

import pykeras
from pykeras import layers, ops


@pykeras.saving.register_keras_serializable("tests_constants")
class Gated(layers.Layer):
    """``out = tanh(x + state) * constant``."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight("kernel", (input_shape[-1], self.units), initializer="ones")
        self.built = True

    def call(self, inputs, states, constants):
        out = ops.tanh(ops.matmul(inputs, self.kernel) + states[0]) * constants[0]
        return out, [out]


@pykeras.saving.register_keras_serializable("tests_constants")
class Plain(Gated):
    def call(self, inputs, states):
        return super().call(inputs, states, [1.0])


X = np.linspace(-1, 1, 2 * 3 * 2, dtype="float32").reshape(2, 3, 2)
C = np.array([[1.0, 0.5], [2.0, -1.0]], "float32")


def expected(x, constant):
    state = np.zeros((2, 2))
    for t in range(3):
        state = np.tanh(x[:, t].sum(-1, keepdims=True) + state) * constant
    return state


def test_each_step_is_given_them():
    layer = layers.RNN(Gated(2))
    np.testing.assert_allclose(layer(X, constants=C), expected(X, C), rtol=1e-5)
    np.testing.assert_allclose(layer([X, C]), expected(X, C), rtol=1e-5)
    np.testing.assert_allclose(layer(X, initial_state=[np.zeros((2, 2))], constants=[C]), expected(X, C), rtol=1e-5)


def test_stacked_and_bidirectional():
    stacked = layers.RNN([Plain(2), Gated(2)], return_sequences=True)
    first = layers.RNN(Plain(2), return_sequences=True)(X)
    np.testing.assert_allclose(stacked(X, constants=C), layers.RNN(Gated(2), return_sequences=True)(first, constants=C),
                               rtol=1e-6)  # fmt: skip
    both = layers.Bidirectional(layers.RNN(Gated(2)))(X, constants=C)
    np.testing.assert_allclose(both, np.concatenate([expected(X, C), expected(X[:, ::-1], C)], 1), rtol=1e-5)


@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.parametrize("wrap", [False, True])
def test_in_a_model_that_is_trained_and_saved(suffix, wrap, tmp_path):
    x, constant = layers.Input((3, 2)), layers.Input((2,))
    layer = layers.RNN(Gated(2))
    layer = layers.Bidirectional(layer) if wrap else layer
    model = pykeras.Model([x, constant], layers.Dense(1)(layer(x, constants=constant)))
    model.compile("sgd", "mse")
    model.fit([X, C], np.ones((2, 1)), epochs=3, verbose=0)
    assert model.train_function.programs()
    model.save(tmp_path / f"model.{suffix}")
    again = pykeras.models.load_model(tmp_path / f"model.{suffix}")
    np.testing.assert_allclose(again.predict([X, C], verbose=0), model.predict([X, C], verbose=0), rtol=1e-6)
    assert layer.get_config()["num_constants"] == 1


def test_cells_without_constants_refuse_them():
    for layer in (layers.RNN(Plain(2)), layers.LSTM(2), layers.RNN([Plain(2)])):
        with pytest.raises(ValueError, match="constants: the call of .* does not take any"):
            layer(X, constants=C)
