"""Losses, labels and metrics in the structure of nested outputs."""

from collections import namedtuple

import numpy as np
import pytest

import pykeras
from pykeras import layers

RANDOM = np.random.default_rng(8)
X, Y, Z = RANDOM.normal(size=(12, 3)).astype("float32"), RANDOM.normal(size=(12, 1)), RANDOM.normal(size=(12, 1))
Pair = namedtuple("Pair", ["one", "two"])


def heads(*names):
    inputs = layers.Input((3,))
    return inputs, [layers.Dense(1, name=name)(inputs) for name in names]


def distance(y_true, y_pred):
    """A loss of several outputs together."""
    pairs = zip(pykeras.tree.flatten(y_true), pykeras.tree.flatten(y_pred), strict=True)
    return sum(pykeras.ops.mean(pykeras.ops.abs(t - p), axis=-1) for t, p in pairs)


def names(model, y, loss, **options):
    model.compile("sgd", loss, **options)
    return list(model.fit(X, y, epochs=2, batch_size=4, verbose=0).history)


@pytest.mark.filterwarnings("ignore:No gradient for")
def test_a_loss_for_each_place_of_a_tree():
    inputs, (a, b, c) = heads("a", "b", "c")
    model = pykeras.Model(inputs, {"pair": (a, b), "last": {"c": c}})
    y = {"pair": (Y, Z), "last": {"c": Y}}
    loss = {"pair": ("mse", None), "last": {"c": "mae"}}
    got = names(model, y, loss, loss_weights={"pair": (2.0, None), "last": {"c": 0.5}})
    assert got == ["loss", "pair/a_loss", "last/c_loss"]
    values = model.evaluate(X, y, verbose=0, return_dict=True)
    got = model.predict(X, verbose=0)
    mse, mae = np.mean((got["pair"][0] - Y) ** 2), np.mean(abs(got["last"]["c"] - Y))
    np.testing.assert_allclose(values["loss"], 2 * mse + 0.5 * mae, rtol=1e-5)
    np.testing.assert_allclose([values["pair/a_loss"], values["last/c_loss"]], [mse, mae], rtol=1e-5)


@pytest.mark.parametrize("container", [list, tuple, Pair])
def test_losses_of_outputs_together(container):
    inputs, outputs = heads("a", "b")
    structure = Pair(*outputs) if container is Pair else container(outputs)
    labels = Pair(Y, Z) if container is Pair else container([Y, Z])
    each = Pair("mse", "mae") if container is Pair else container(["mse", "mae"])
    model = pykeras.Model(inputs, structure)
    loss = (distance, each) if container is list else [distance, each]
    assert sorted(names(model, labels, loss)) == ["a_b_loss", "a_loss", "b_loss", "loss"]


def test_several_losses_of_one_output():
    inputs, (a,) = heads("a")
    model = pykeras.Model(inputs, a)
    model.compile("sgd", ["mse", "mae"], loss_weights=[1.0, 3.0])
    value = model.evaluate(X, Y, verbose=0, return_dict=True)["loss"]
    error = model.predict(X, verbose=0) - Y
    np.testing.assert_allclose(value, np.mean(error**2) + 3 * np.mean(abs(error)), rtol=1e-5)


@pytest.mark.filterwarnings("ignore:No gradient for")
def test_labels_for_the_outputs_that_have_a_loss():
    inputs, outputs = heads("a", "b", "c")
    model = pykeras.Model(inputs, outputs)
    assert names(model, [Y, Z], ["mse", None, "mae"]) == ["loss", "a_loss", "c_loss"]
    assert names(model, Y, [None, "mse", None]) == ["loss"]
    with pytest.raises(ValueError, match="y and y_pred have different structures.*2 entries.*3 outputs"):
        names(model, [Y, Z], "mse")


@pytest.mark.parametrize("name", ["crossentropy", "ce"])
@pytest.mark.parametrize(("units", "labels", "same"), [
    (1, Y > 0, "binary_crossentropy"),
    (4, np.arange(12) % 4, "sparse_categorical_crossentropy"),
    (4, np.eye(4)[np.arange(12) % 4], "categorical_crossentropy"),
])  # fmt: skip
def test_crossentropy_is_chosen_from_shapes(name, units, labels, same):
    model = pykeras.Sequential([layers.Dense(units, activation="softmax" if units > 1 else "sigmoid", input_dim=3)])
    values = []
    for loss in (name, same):
        model.compile("sgd", loss)
        values.append(model.evaluate(X, labels, verbose=0))
    assert values[0] == values[1]


def test_metrics_in_the_structure_of_the_outputs():
    inputs, (a, b, c) = heads("a", "b", "c")
    model = pykeras.Model(inputs, {"pair": [a, b], "last": c})
    y = {"pair": [Y, Z], "last": Y}
    got = names(model, y, "mse", metrics={"pair": [["mae"], ["mae", "mse"]], "last": None})
    assert [name for name in got if not name.endswith("loss")] == ["a_mae", "b_mae", "b_mse"]
    with pytest.raises(ValueError, match="Invalid `metrics`"):
        names(model, y, "mse", metrics={"pair": ["mae"], "other": ["mae"]})


def test_places_that_are_not_there():
    inputs, outputs = heads("a", "b")
    with pytest.raises(KeyError, match="can't be found in the model's output"):
        names(pykeras.Model(inputs, dict(zip("ab", outputs, strict=True))), {"a": Y, "b": Z}, {"a": "mse", "z": "mse"})
    with pytest.raises(KeyError, match=r"The place \(2,\)"):
        names(pykeras.Model(inputs, outputs), [Y, Z], ["mse"] * 3)
    with pytest.raises(ValueError, match="loss_weights: expected a number"):
        pykeras.Model(inputs, outputs).compile("sgd", "mse", loss_weights="half")


def test_a_loss_that_splits_the_outputs_itself():
    class Split(pykeras.Model):
        def compute_loss(self, x, y, y_pred, sample_weight=None, **kwargs):
            return super().compute_loss(x, y, (y_pred[:, :1], y_pred[:, 1:]), sample_weight, **kwargs)

    inputs = layers.Input((3,))
    model = Split(inputs, layers.Dense(2)(inputs))
    assert sorted(names(model, (Y, Z), ["mse", "mae"])) == ["loss", "mae_loss", "mse_loss"]
