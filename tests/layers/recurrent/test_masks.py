"""Masks on their way through layers and models."""

import numpy as np
import pytest

from pykeras import Input, Model, Sequential, layers, ops

X = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
X[0, 2] = X[1, 1:] = 0.0
MASK = [[True, True, False, True], [True, False, False, False]]


def mask_of(tensor):
    mask = getattr(tensor, "_keras_mask", None)
    return None if mask is None else mask.tolist()


def test_masking():
    masked = layers.Masking()(X)
    assert mask_of(masked) == MASK
    np.testing.assert_array_equal(masked, X)
    other = X.copy()
    other[~np.array(MASK)] = [1.0, 2.0, 3.0]
    layer = layers.Masking(mask_value=np.array([1.0, 2.0, 3.0]))
    assert mask_of(layer(other)) == MASK
    np.testing.assert_array_equal(layer(other), X)
    assert mask_of(layers.Masking.from_config(layer.get_config())(other)) == MASK


@pytest.mark.parametrize("layer", [layers.Dense(2), layers.Dropout(0.5), layers.Activation("relu"),
                                   layers.BatchNormalization(), layers.TimeDistributed(layers.Dense(2)),
                                   layers.Bidirectional(layers.GRU(2, return_sequences=True))])  # fmt: skip
def test_layers_pass_masks_on(layer):
    assert mask_of(layer(layers.Masking()(X))) == MASK


def test_layers_that_end_masks_say_so():
    with pytest.warns(UserWarning, match='Flatten "[a-z_0-9]*": its inputs carry a mask'):
        assert mask_of(layers.Flatten()(layers.Masking()(X))) is None
    assert mask_of(layers.LSTM(2)(layers.Masking()(X))) is None


def test_states_carry_no_mask():
    outputs, *states = layers.LSTM(2, return_sequences=True, return_state=True)(layers.Masking()(X))
    assert mask_of(outputs) == MASK and [mask_of(s) for s in states] == [None, None]
    first, second = layers.Bidirectional(layers.GRU(2, return_sequences=True), merge_mode=None)(layers.Masking()(X))
    assert mask_of(first) == mask_of(second) == MASK


class Shift(layers.Layer):
    """Has a mask of its own: that of the inputs, one step later."""

    def call(self, inputs, mask=None):
        self.seen = mask
        return ops.concatenate([inputs[:, :1], inputs[:, :-1]], 1)

    def compute_mask(self, inputs, mask=None):
        return ops.concatenate([mask[:, :1], mask[:, :-1]], 1)


def test_a_layer_with_its_own_compute_mask():
    layer = Shift()
    assert layer.supports_masking
    outputs = layer(layers.Masking()(X))
    assert layer.seen.tolist() == MASK
    assert mask_of(outputs) == [[True, True, True, False], [True, True, False, False]]


def test_masks_for_several_arguments():
    class Two(layers.Layer):
        def call(self, first, second, first_mask=None, second_mask=None):
            self.seen = first_mask, second_mask
            return first + second

    layer = Two()
    masked = layers.Masking()(X)
    layer.supports_masking = True
    layer(X, masked)
    assert layer.seen[0] is None and layer.seen[1].tolist() == MASK
    layer(masked, X, first_mask=masked._keras_mask[:, ::-1])
    assert layer.seen[0].tolist() == [row[::-1] for row in MASK] and layer.seen[1] is None


def test_masks_through_nested_models():
    inner = Sequential([Input((4, 3)), layers.Dense(3), layers.SimpleRNN(2, return_sequences=True)])
    inputs = Input((4, 3))
    model = Model(inputs, inner(layers.Masking()(inputs)))
    assert mask_of(model(X)) == MASK
    assert mask_of(inner(X)) is None
    plain = inner(X, mask=ops.convert_to_tensor(MASK))
    np.testing.assert_allclose(model(X), plain, rtol=1e-5)
    assert len(model.operations) == 3, "masks are no ops of the graph"
    explicit = Input((4,), dtype="bool")
    given = Model([inputs, explicit], layers.GRU(2)(inputs, mask=explicit))
    zeros = np.zeros((2, 4), bool)
    np.testing.assert_array_equal(given.predict([X, zeros], verbose=0), 0)


def test_masked_steps_change_nothing():
    """What stands at masked steps has no part in outputs, loss and gradients."""
    model = Sequential([Input((4, 3)), layers.Masking(mask_value=9.0), layers.LSTM(3, return_sequences=True),
                        layers.Dense(1)])  # fmt: skip
    model.compile("sgd", "mse", metrics=["mae"])
    x, y = X.copy(), np.ones((2, 4, 1), "float32")
    x[~np.array(MASK)] = 9.0
    y_other = y.copy()
    y_other[~np.array(MASK)] = -1000.0
    assert model.evaluate(x, y, verbose=0) == model.evaluate(x, y_other, verbose=0)


def test_mask_of_words_in_sentences():
    """A step of several values counts when one of them does."""
    x = np.random.default_rng(1).normal(size=(2, 3, 4, 2)).astype("float32")
    mask = np.array([[[1, 1, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]], [[0, 0, 1, 1], [1, 1, 1, 1], [0, 0, 0, 0]]], bool)
    words = layers.TimeDistributed(layers.LSTM(3))
    sentences = layers.GRU(2)
    tensor = ops.convert_to_tensor(x)
    tensor._keras_mask = ops.convert_to_tensor(mask)
    output = sentences(words(tensor))
    np.testing.assert_allclose(output, sentences(words(x, mask=mask), mask=mask.any(-1)), rtol=1e-5, atol=1e-6)


def test_masked_steps_of_convolutional_lstms_are_skipped():
    x = np.random.default_rng(2).normal(size=(1, 4, 3, 3, 1)).astype("float32")
    layer = layers.ConvLSTM2D(2, 2, return_sequences=True)
    outputs = np.asarray(layer(x, mask=np.array([[True, False, True, False]])))
    np.testing.assert_allclose(outputs[:, ::2], layer(x[:, ::2]), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(outputs[:, 1::2], outputs[:, ::2])
