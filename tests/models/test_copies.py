"""``pickle`` and ``copy`` of models, layers and optimizers."""

import copy
import pickle

import numpy as np
import pytest

import pykeras
from pykeras import layers

X = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")
Y = np.random.default_rng(1).normal(size=(16, 2)).astype("float32")


def stack():
    return pykeras.Sequential([layers.Dense(3, activation="relu", input_shape=(4,)), layers.Dropout(0.2, seed=1),
                               layers.Dense(2)])  # fmt: skip


def late():
    return pykeras.Sequential([layers.Dense(3), layers.Dense(2)])


def graph():
    inputs = pykeras.Input((4,), name="x")
    shared = layers.Dense(4, name="shared")
    x = layers.BatchNormalization()(shared(shared(inputs)) + inputs * 2.0)
    inner = pykeras.Sequential([layers.Dense(2, input_shape=(4,))], name="inner")
    return pykeras.Model({"x": inputs}, inner(x))


class Written(pykeras.Model):
    def __init__(self, units=3):
        super().__init__()
        self.parts = {"first": layers.Dense(units)}
        self.last = [layers.Dense(2, kernel_regularizer="l2")]

    def call(self, inputs, training=None):
        return self.last[0](self.parts["first"](inputs))


class Ready(pykeras.Model):
    def __init__(self):
        inputs = pykeras.Input((4,))
        super().__init__(inputs, layers.Dense(2)(inputs))


def by_pickle(thing):
    return pickle.loads(pickle.dumps(thing))


WAYS = pytest.mark.parametrize("copied", [by_pickle, copy.deepcopy], ids=["pickle", "deepcopy"])
MODELS = pytest.mark.parametrize("make", [stack, late, graph, Written, Ready])


def inputs_of(model):
    return {"x": X} if isinstance(getattr(model, "input", None), dict) else X


@WAYS
@MODELS
def test_models(make, copied):
    model = make()
    twin = copied(model)
    assert type(twin).__name__ == type(model).__name__ and twin.name == model.name and not twin.compiled
    assert isinstance(twin, Written) == isinstance(model, Written)
    model(inputs_of(model))
    twin = copied(model)
    np.testing.assert_array_equal(twin(inputs_of(twin)), model(inputs_of(model)))
    assert [w.path for w in twin.weights] == [w.path for w in model.weights]
    assert not set(map(id, twin.weights)) & set(map(id, model.weights))
    assert twin.get_config() == model.get_config()
    twin.weights[0].assign(twin.weights[0] + 1.0)
    assert not np.array_equal(twin(inputs_of(twin)), model(inputs_of(model)))


@WAYS
@MODELS
def test_training_goes_on_where_it_was(make, copied):
    model = make()
    model.compile("adam", "mse", metrics=["mae"])
    x = inputs_of(model)
    model.fit(x, Y, epochs=2, shuffle=False, verbose=0)
    twin = copied(model)
    assert twin.optimizer is not model.optimizer and int(twin.optimizer.iterations) == int(model.optimizer.iterations)
    expected = model.fit(x, Y, epochs=3, shuffle=False, verbose=0).history
    assert twin.fit(x, Y, epochs=3, shuffle=False, verbose=0).history == expected
    for ours, theirs in zip(twin.weights, model.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for ours, theirs in zip(twin.optimizer.variables, model.optimizer.variables, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@WAYS
def test_layers(copied):
    layer = layers.Dense(3, activation="tanh", kernel_regularizer="l2", name="own")
    twin = copied(layer)
    assert not twin.built and twin.get_config() == layer.get_config()
    layer(X)
    twin = copied(layer)
    np.testing.assert_array_equal(twin(X), layer(X))
    assert twin.kernel is not layer.kernel and len(twin.losses) == 1 and len(twin.weights) == 2
    inside = copied(graph().get_layer("shared"))
    assert inside(X).shape == (16, 4) and inside._inbound_nodes == []
    entry = copied(layers.InputLayer((4,), name="x"))
    assert entry.output.shape == (None, 4) and pykeras.Model(entry.output, entry.output * 2.0)(X).shape == (16, 4)


@WAYS
def test_models_that_share_layers_still_do(copied):
    inputs = pykeras.Input((4,))
    code = layers.Dense(2, name="code")(inputs)
    pair = {"encoder": pykeras.Model(inputs, code), "whole": pykeras.Model(inputs, layers.Dense(4)(code))}
    twins = copied(pair)
    assert twins["encoder"].get_layer("code") is twins["whole"].get_layer("code")
    assert len(twins["encoder"].get_layer("code")._inbound_nodes) == 1
    twins["encoder"].set_weights([w + 1 for w in twins["encoder"].get_weights()])
    assert not np.array_equal(twins["whole"](X), pair["whole"](X))
    head = pykeras.Model(twins["encoder"].output, twins["whole"].output)
    np.testing.assert_array_equal(head(twins["encoder"](X)), twins["whole"](X))
    for name, twin in twins.items():
        assert twin.get_config() == pair[name].get_config()


@WAYS
@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adam"])
def test_optimizers(name, copied):
    def step(optimizer, variable):
        optimizer.apply([np.array([0.1, 0.2], "float32")], [variable])

    for schedule in (0.1, pykeras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)):
        options = {"momentum": 0.9} if name == "SGD" else {}
        optimizer = getattr(pykeras.optimizers, name)(schedule, **options)
        variable = pykeras.Variable([1.0, 2.0])
        step(optimizer, variable)
        other, variable_copy = copied((optimizer, variable))
        assert other.get_config() == optimizer.get_config()
        for _ in range(3):
            step(optimizer, variable)
            step(other, variable_copy)
        np.testing.assert_array_equal(variable_copy, variable)


def test_deep_models():
    x = inputs = pykeras.Input((2,))
    for _ in range(400):
        x = layers.Activation("linear")(x)
    model = pykeras.Model(inputs, x)
    assert by_pickle(model)(X[:, :2]).shape == (16, 2) and copy.deepcopy(model)(X[:, :2]).shape == (16, 2)


def test_shallow_copies_share_weights():
    layer = layers.Dense(2)
    layer(X)
    assert copy.copy(layer).kernel is layer.kernel
    variable = pykeras.Variable([1.0], name="v", trainable=False)
    twin = by_pickle(variable)
    assert twin.path == "v" and not twin.trainable and twin.numpy().tolist() == [1.0]


def test_lambdas_cannot_be_pickled_but_copied():
    model = pykeras.Sequential([layers.Dense(2, activation=lambda x: x * 2, input_shape=(4,))])
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(model)
    np.testing.assert_array_equal(copy.deepcopy(model)(X), model(X))
