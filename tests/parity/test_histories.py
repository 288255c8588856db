"""Three small trainings with given weights and without shuffling against real Keras (``record_training.py``)."""

import json
import pathlib

import numpy as np
import pytest

import pykeras
from pykeras import layers

FIXTURE = json.loads((pathlib.Path(__file__).parent / "fixtures" / "training_histories.json").read_text())
X, Y = np.array(FIXTURE["x"], "float32"), np.array(FIXTURE["y"], "float32")
LABELS, WEIGHTS = np.array(FIXTURE["labels"]), np.array(FIXTURE["weights"], "float32")
COMMON = {"batch_size": 8, "epochs": 4, "shuffle": False, "verbose": 0}


def regression(eagerly):
    model = pykeras.Sequential(
        [
            layers.Input((4,)),
            layers.Dense(8, activation="relu", kernel_regularizer=pykeras.regularizers.L2(0.01)),
            layers.Dense(1),
        ]
    )
    model.compile("adam", "mse", metrics=["mae"], run_eagerly=eagerly)
    return model, (X, Y), {"validation_split": 0.25}


def classes(eagerly):
    model = pykeras.Sequential(
        [layers.Input((4,)), layers.Dense(8, activation="tanh"), layers.Dense(3, activation="softmax")]
    )
    optimizer = pykeras.optimizers.SGD(0.1, momentum=0.9)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], run_eagerly=eagerly)
    return model, (X, LABELS), {"class_weight": {0: 1.0, 1: 2.0, 2: 0.5}}


def two_outputs(eagerly):
    inputs = layers.Input((4,))
    hidden = layers.Dense(6, activation="tanh")(inputs)
    value, kind = layers.Dense(1, name="value")(hidden), layers.Dense(3, activation="softmax", name="kind")(hidden)
    model = pykeras.Model(inputs, [value, kind])
    model.compile(
        pykeras.optimizers.RMSprop(0.01),
        {"value": "mse", "kind": "sparse_categorical_crossentropy"},
        loss_weights={"value": 0.5, "kind": 2.0},
        metrics={"value": "mae"},
        weighted_metrics={"kind": "accuracy"},
        run_eagerly=eagerly,
    )
    labels, weights = {"value": Y, "kind": LABELS}, {"value": WEIGHTS, "kind": WEIGHTS[::-1]}
    return model, (X, labels), {"sample_weight": weights}


@pytest.mark.parametrize("eagerly", [False, True], ids=["replayed", "eager"])
@pytest.mark.parametrize("make", [regression, classes, two_outputs], ids=lambda f: f.__name__)
def test_history(make, eagerly):
    name = make.__name__
    model, data, options = make(eagerly)
    model.set_weights([np.array(w, "float32") for w in FIXTURE["start"][name]])
    history = model.fit(*data, **options, **COMMON).history
    assert set(history) == set(FIXTURE["history"][name])
    for key, values in FIXTURE["history"][name].items():
        np.testing.assert_allclose(history[key], values, rtol=1e-5, err_msg=key)
    for got, expected in zip(model.get_weights(), FIXTURE["final"][name], strict=True):
        np.testing.assert_allclose(got, np.array(expected, "float32"), rtol=1e-4, atol=1e-6)
    if name == "two_outputs":
        measured = model.evaluate(*data, verbose=0, return_dict=True)
        for key, value in FIXTURE["evaluate"][name].items():
            assert measured[key] == pytest.approx(value, rel=1e-5), key
