"""Keras 2's ``K``: values against NumPy, and the programs it was used for."""

import numpy as np
import pytest

import pykeras
from pykeras import backend as K
from pykeras import layers

X = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")

CASES = {
    "abs": ((X,), np.abs(X)),
    "mean": ((X, 0), X.mean(0)),
    "sum": ((X, 1, True), X.sum(1, keepdims=True)),
    "std": ((X,), X.std()),
    "clip": ((X, -0.5, 0.5), X.clip(-0.5, 0.5)),
    "relu": ((X, 0.1), np.where(X > 0, X, 0.1 * X)),
    "hard_sigmoid": ((X,), np.clip(0.2 * X + 0.5, 0, 1)),
    "l2_normalize": ((X, 1), X / np.linalg.norm(X, axis=1, keepdims=True)),
    "pow": ((np.abs(X), 1.5), np.abs(X) ** 1.5),
    "dot": ((X, X.T), X @ X.T),
    "batch_flatten": ((X.reshape(3, 2, 2),), X),
    "permute_dimensions": ((X, (1, 0)), X.T),
    "repeat": ((X, 2), np.repeat(X[:, None], 2, 1)),
    "repeat_elements": ((X, 2, 1), np.repeat(X, 2, 1)),
    "reverse": ((X, 1), X[:, ::-1]),
    "gather": ((X, np.array([2, 0])), X[[2, 0]]),
    "tile": ((X, (2, 1)), np.tile(X, (2, 1))),
    "stack": (([X, X],), np.stack([X, X])),
    "concatenate": (([X, X],), np.concatenate([X, X], -1)),
    "one_hot": ((np.array([1, 0]), 3), np.eye(3)[[1, 0]]),
    "switch": ((X > 0, X, -X), np.abs(X)),
    "map_fn": ((lambda row: row * 2, X), X * 2),
    "foldl": ((lambda total, row: total * 2 + row, X), (X[0] * 2 + X[1]) * 2 + X[2]),
    "foldr": ((lambda total, row: total * 2 + row, X), (X[2] * 2 + X[1]) * 2 + X[0]),
    "bias_add": ((X, X[0]), X + X[0]),
    "temporal_padding": ((X[None],), np.pad(X[None], ((0, 0), (1, 1), (0, 0)))),
    "constant": ((2.0, "float32", (2, 2)), np.full((2, 2), 2.0)),
    "cast_to_floatx": ((np.arange(3),), np.arange(3)),
    "resize_volumes": ((X[None, ..., None, None], 2, 1, 1, "channels_last"), np.repeat(X, 2, 0)[None, ..., None, None]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_values(name):
    arguments, want = CASES[name]
    np.testing.assert_allclose(K.get_value(getattr(K, name)(*arguments)), want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "left, right, axes",
    [((5, 4), (5, 4), None), ((5, 3, 4), (5, 4, 2), None), ((5, 3, 4), (5, 2, 4), 2), ((5, 4), (5, 6, 4), (1, 2)),
     ((5, 2, 3, 4), (5, 4, 6), (3, 1))],
)  # fmt: skip
def test_batch_dot(left, right, axes):
    a, b = np.random.default_rng(1).normal(size=left), np.random.default_rng(2).normal(size=right)
    if axes is None:
        pair = (a.ndim - 1, b.ndim - (1 if b.ndim == 2 else 2))
    else:
        pair = (axes, axes) if isinstance(axes, int) else axes
    want = np.stack([np.tensordot(x, y, (pair[0] - 1, pair[1] - 1)) for x, y in zip(a, b)])
    want = want[:, None] if want.ndim == 1 else want
    np.testing.assert_allclose(K.batch_dot(a, b, axes).numpy(), want, rtol=1e-9)


def test_variables():
    v = K.variable(X)
    K.set_value(v, X + 1)
    K.update_add(v, X)
    np.testing.assert_allclose(K.get_value(v), 2 * X + 1, rtol=1e-6)
    K.moving_average_update(v, K.zeros((3, 4)), 0.5)
    np.testing.assert_allclose(K.eval(v), X + 0.5, rtol=1e-6)
    K.batch_set_value([(v, X)])
    assert (K.batch_get_value([v])[0] == X).all() and K.int_shape(v) == (3, 4) and K.count_params(v) == 12


def test_function_of_inner_outputs():
    model = pykeras.Sequential([layers.Dense(5, activation="relu", input_shape=(4,)), layers.Dense(2)])
    inner, outer = K.function([model.input], [model.layers[0].output, model.output])([X])
    assert inner.shape == (3, 5) and np.array_equal(outer, model.predict(X, verbose=0))
    with pytest.raises(ValueError, match="expected 1 inputs, got 2"):
        K.function([model.input], [model.output])([X, X])
    with pytest.raises(RuntimeError, match="GradientTape"):
        K.gradients(model.output, model.input)


def test_losses_and_layers_written_for_keras2():
    def dice(y_true, y_pred):
        y_true, y_pred = K.flatten(y_true), K.flatten(y_pred)
        return 1 - (2 * K.sum(y_true * y_pred) + 1) / (K.sum(y_true) + K.sum(y_pred) + 1)

    def within(y_true, y_pred):
        return K.mean(K.less(K.abs(y_true - y_pred), 0.5))

    class Doubled(layers.Layer):
        def call(self, inputs, training=None):
            return K.in_train_phase(inputs * 2, inputs, training=training)

    model = pykeras.Sequential([layers.Dense(2, activation="sigmoid", input_shape=(4,)), Doubled()])
    model.compile("adam", dice, metrics=[within])
    history = model.fit(X, np.eye(2)[[0, 1, 0]], epochs=3, verbose=0).history
    assert history["loss"][2] < history["loss"][0] and 0 <= history["within"][0] <= 1


def test_learning_phase():
    assert K.learning_phase() == 0
    with K.learning_phase_scope(1):
        assert K.learning_phase() == 1 and K.in_train_phase(1, 2) == 1 and K.in_test_phase(1, 2) == 2
    assert K.learning_phase() == 0
    with pytest.raises(ValueError, match="0 or 1"):
        K.set_learning_phase(2)


def test_rnn_is_a_running_sum_with_a_mask():
    steps = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    mask = np.array([[1, 1, 0, 1], [1, 0, 0, 0]], bool)

    def add(x, states):
        return x + states[0], [x + states[0]]

    last, outputs, states = K.rnn(add, steps, [np.zeros((2, 3), "float32")], mask=mask)
    want = np.cumsum(steps * mask[..., None], axis=1)
    np.testing.assert_allclose(outputs.numpy(), want, rtol=1e-5)
    np.testing.assert_allclose(states[0].numpy(), want[:, -1], rtol=1e-5)
    np.testing.assert_allclose(last.numpy(), want[:, -1], rtol=1e-5)
