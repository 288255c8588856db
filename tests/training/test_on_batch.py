"""One batch at a time, and the short ways that programs take which serve or train by single batches."""

import numpy as np
import pytest

import pykeras
from pykeras import layers


@pytest.fixture
def model():
    pykeras.utils.set_random_seed(0)
    model = pykeras.Sequential([pykeras.Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(2)])
    model.compile("sgd", "mse", metrics=["mae"])
    return model


def test_predict_of_single_samples_stays_right(model):
    x = np.linspace(-1, 1, 12, dtype="f4").reshape(4, 3)
    whole = model.predict(x, verbose=0)
    for _ in range(3):
        singles = [model.predict(x[i : i + 1], verbose=0) for i in range(4)]
        np.testing.assert_array_equal(np.concatenate(singles), whole)
    first, again = model.predict(x[:1], verbose=0), model.predict(x[:1], verbose=0)
    first[:] = 0  # results are fresh arrays
    np.testing.assert_array_equal(again, whole[:1])
    np.testing.assert_array_equal(model.predict(x[:1].astype("f8"), verbose=0), whole[:1])
    np.testing.assert_array_equal(model.predict(x[::-1][3:], verbose=0), whole[:1])


def test_predict_of_single_samples_sees_new_weights(model):
    x = np.ones((1, 3), "f4")
    for _ in range(3):
        model.predict(x, verbose=0)
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    np.testing.assert_array_equal(model.predict(x, verbose=0), np.zeros((1, 2)))


def test_train_on_batch_sees_frozen_layers(model):
    x, y = np.ones((2, 3), "f4"), np.ones((2, 2), "f4")
    for _ in range(3):
        model.train_on_batch(x, y)
    first, second = model.layers
    first.trainable = False
    kernel, other = first.kernel.numpy(), second.kernel.numpy()
    model.train_on_batch(x, y)
    np.testing.assert_array_equal(first.kernel.numpy(), kernel)
    assert (second.kernel.numpy() != other).any()
    first.kernel.trainable = True
    first.trainable = True
    model.train_on_batch(x, y)
    assert (first.kernel.numpy() != kernel).any()


def test_names_follow_the_results_of_a_step(model):
    x, y = np.ones((2, 3), "f4"), np.ones((2, 2), "f4")
    for _ in range(3):
        assert set(model.train_on_batch(x, y, return_dict=True)) == {"loss", "mae"}
        assert len(model.train_on_batch(x, y)) == 2
    assert model.metrics_names == ["loss", "mae"]
    model.compile("sgd", "mse")
    assert isinstance(model.train_on_batch(x, y), float)


def test_a_batch_is_reported_alone():
    model = pykeras.Sequential([pykeras.Input((3,)), layers.Dense(2, kernel_initializer="ones")])
    model.compile(pykeras.optimizers.SGD(0.1), "mse")
    x, y = np.ones((4, 3), "f4"), np.zeros((4, 2), "f4")
    # the same numbers from Keras 3.15 and tf_keras 2.21
    np.testing.assert_allclose([model.train_on_batch(x, y) for _ in range(3)], [9.0, 3.24, 1.1664], rtol=1e-5)
    alone = [model.test_on_batch(x, y) for _ in range(2)]
    assert alone[0] == alone[1]
    model.train_on_batch(x, y)
    both = model.train_on_batch(x, y, reset_metrics=False)
    assert both > model.test_on_batch(x, y)
