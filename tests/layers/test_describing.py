"""Layers that compute with sizes: described for unknown ones, run with real ones."""

import numpy as np
import pytest

import pykeras
from pykeras import backend as K
from pykeras import layers, ops


class SplitHeads(layers.Layer):
    def __init__(self, heads=4, **kwargs):
        super().__init__(**kwargs)
        self.heads = heads

    def call(self, inputs):
        batch, steps, width = ops.shape(inputs)
        split = ops.reshape(inputs, (batch, steps, self.heads, width // self.heads))
        return ops.reshape(ops.transpose(split, (0, 2, 1, 3)), (batch * self.heads, steps, width // self.heads))


def test_a_layer_that_multiplies_sizes():
    inputs = pykeras.Input((None, 8))
    outputs = SplitHeads()(inputs)
    assert outputs.shape == (None, None, 2)
    x = np.arange(2 * 5 * 8, dtype="float32").reshape(2, 5, 8)
    result = pykeras.Model(inputs, outputs).predict(x, verbose=0)
    np.testing.assert_array_equal(result, x.reshape(2, 5, 4, 2).transpose(0, 2, 1, 3).reshape(8, 5, 2))


FUNCTIONS = [
    (lambda x: K.reshape(x, (K.shape(x)[0] * K.shape(x)[1], 8)), (None, 8)),
    (lambda x: x * K.random_bernoulli(K.shape(x), 0.5), (None, None, 8)),
    (lambda x: K.concatenate([x, K.ones((K.shape(x)[0], 1, 8))], axis=1), (None, None, 8)),
    (lambda x: K.expand_dims(K.arange(0, K.shape(x)[1]), 0), (1, None)),
    (lambda x: x[:, : K.shape(x)[1] // 2], (None, None, 8)),
    (lambda x: ops.zeros((ops.shape(x)[0], 3)), (None, 3)),
    (lambda x: ops.ones((2, 3)), (2, 3)),
]


@pytest.mark.parametrize("function, shape", FUNCTIONS, ids=range(len(FUNCTIONS)))
def test_functions_of_sizes(function, shape):
    inputs = pykeras.Input((None, 8))
    outputs = layers.Lambda(function)(inputs)
    assert isinstance(outputs, pykeras.KerasTensor) and outputs.shape == shape
    result = pykeras.Model(inputs, outputs).predict_on_batch(np.ones((4, 6, 8), "float32"))
    assert len(result.shape) == len(shape)
    assert all(known in (None, size) for known, size in zip(shape, result.shape))


def test_an_upper_bound_on_a_size():
    class Positions(layers.Layer):
        def build(self, shape):
            self.table = self.add_weight(shape=(10, shape[-1]), name="table")

        def call(self, inputs):
            return inputs + self.table[: ops.shape(inputs)[1]]

    assert Positions()(pykeras.Input((None, 3))).shape == (None, None, 3)


def test_a_layer_that_hands_out_its_weight():
    class Returning(layers.Embedding):
        def call(self, inputs):
            return super().call(inputs), self.embeddings

    inputs = pykeras.Input((None,), dtype="int32")
    embedded, weight = Returning(20, 4)(inputs)
    assert isinstance(weight, pykeras.KerasTensor) and weight.shape == (20, 4)
    model = pykeras.Model(inputs, ops.matmul(embedded, ops.transpose(weight)))
    assert model.predict(np.ones((2, 3), "int32"), verbose=0).shape == (2, 3, 20)


def test_errors_are_those_of_the_first_look():
    inputs = pykeras.Input((None, 8))
    with pytest.raises(ValueError, match="Lambda.*invalid literal"):
        layers.Lambda(lambda x: ops.reshape(x, (3, "a")))(inputs)
    with pytest.raises(ValueError, match="Lambda.*cannot"):
        layers.Lambda(lambda x: ops.reshape(x, (ops.shape(x)[0], 7)) + ops.ones((5,)))(pykeras.Input((8,)))
    with pytest.raises(ValueError, match="unroll"):
        layers.LSTM(3, unroll=True)(inputs)


def test_outside_of_layers_unknown_sizes_stay_unknown():
    assert ops.shape(pykeras.Input((None, 8))) == (None, None, 8)


def test_an_embedding_first_is_enough_to_build():
    model = pykeras.Sequential([layers.Embedding(5, 3), layers.GRU(2)])
    model.build()
    assert model.output_shape == (None, 2)
