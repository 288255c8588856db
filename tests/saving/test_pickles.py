"""``cloudpickle``, ``pickle`` and ``deepcopy`` of what a model is made of; models themselves: tests/models/test_copies.py."""

import copy
import pickle

import numpy as np
import pytest
from parity import file_models

import pykeras
from pykeras import layers, losses, metrics, models, optimizers


def by_pickle(value):
    return pickle.loads(pickle.dumps(value))


@pytest.mark.parametrize("way", [by_pickle, copy.deepcopy])
@pytest.mark.parametrize("name", ["mlp", "graph", "operators", "recurrent", "attention", "words"])
def test_models_of_files_go_on_with_the_same_bits(name, way):
    model = file_models.MODELS[name](pykeras)
    x, y = file_models.data(model)
    file_models.train(model, x, y)
    again = way(model)
    for each in (model, again):
        file_models.train(each, x, y)
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("way", [by_pickle, copy.deepcopy])
def test_parts(way):
    dense = layers.Dense(2)
    dense(np.ones((1, 3), "f4"))
    np.testing.assert_array_equal(way(dense).get_weights()[0], dense.get_weights()[0])
    mean = metrics.MeanSquaredError()
    mean.update_state([1.0, 2.0], [0.0, 0.0])
    assert float(way(mean).result()) == float(mean.result()) == 2.5
    assert way(losses.Huber(0.5)).get_config() == losses.Huber(0.5).get_config()
    optimizer = optimizers.Adam(optimizers.schedules.ExponentialDecay(0.1, 5, 0.5))
    variable = pykeras.Variable([1.0, 2.0])
    optimizer.apply([np.ones(2, "f4")], [variable])
    again = way(optimizer)
    assert int(again.iterations.numpy()) == 1 and float(again.learning_rate) == float(optimizer.learning_rate)


def test_cloudpickle_carries_classes_and_functions_of_this_place():
    cloudpickle = pytest.importorskip("cloudpickle")

    class Twice(layers.Layer):
        def call(self, x):
            return 2.0 * x

    model = models.Sequential([layers.Input((3,)), Twice(), layers.Dense(2), layers.Lambda(lambda x: x + 1.0)])
    again = pickle.loads(cloudpickle.dumps(model))
    x = np.ones((2, 3), "f4")
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))
