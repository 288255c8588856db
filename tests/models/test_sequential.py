"""Sequential: a stack of layers."""

import numpy as np
import pytest

import pykeras
from pykeras import layers, models

X = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")


@pytest.mark.parametrize(
    "first",
    [
        lambda: [layers.Dense(2, input_dim=3)],
        lambda: [layers.Dense(2, input_shape=(3,))],
        lambda: [layers.Dense(2, batch_input_shape=(None, 3))],
        lambda: [layers.Input((3,)), layers.Dense(2)],
        lambda: [layers.InputLayer((3,)), layers.Dense(2)],
        lambda: [pykeras.Sequential([layers.Dense(2, input_shape=(3,))])],
    ],
    ids=["input_dim", "input_shape", "batch_input_shape", "Input", "InputLayer", "model"],
)
def test_ways_to_say_the_input(first):
    model = pykeras.Sequential(first())
    assert model.built and model.input_shape == (None, 3) and model.output_shape == (None, 2)
    assert len(model.layers) == 1 and model.count_params() == 8


def test_building_waits_for_the_input():
    model = pykeras.Sequential([layers.Dense(2), layers.Dense(1)], name="late")
    assert not model.built and [layer.built for layer in model.layers] == [False, False]
    for ask in (lambda: model.weights, model.count_params, model.get_weights):
        with pytest.raises(ValueError, match='Sequential "late": has no weights yet'):
            ask()
    with pytest.raises(AttributeError, match='"late": has no output shape yet'):
        _ = model.output_shape
    assert model.compute_output_shape((None, 3)) == (None, 1)
    assert model(X).shape == (4, 1)
    assert model.built and model.input_shape == (None, 3), "any number of samples"
    other = pykeras.Sequential([layers.Dense(2)])
    other.build((None, 5))
    assert other.count_params() == 12
    with pytest.raises(ValueError, match="no layers"):
        pykeras.Sequential()(X)


def test_add_and_pop():
    model = pykeras.Sequential()
    model.add(layers.Input((3,)))
    model.add(layers.Dense(4, name="one"))
    model.add(layers.Dense(2, name="two"))
    kernel = model.layers[0].kernel
    before = model(X)
    top = model.pop()
    assert top.name == "two" and model.output_shape == (None, 4) and model(X).shape == (4, 4)
    model.add(top)
    assert model.layers[0].kernel is kernel
    np.testing.assert_array_equal(model(X), before)
    model.pop()
    model.pop()
    with pytest.raises(TypeError, match="no layers to take off"):
        model.pop()


def test_what_cannot_be_added():
    model = pykeras.Sequential([layers.Dense(2, name="one", input_shape=(3,))], name="stack")
    with pytest.raises(ValueError, match='Sequential "stack": add: expected a layer, got function'):
        model.add(lambda x: x)
    with pytest.raises(ValueError, match="\"stack\": there is a layer named 'one' already"):
        model.add(layers.Dense(1, name="one"))
    with pytest.raises(ValueError, match="an Input comes first"):
        model.add(layers.Input((3,)))

    class Two(layers.Layer):
        def call(self, inputs):
            return inputs, inputs

    with pytest.raises(ValueError, match='layer "pair" has several outputs'):
        model.add(Two(name="pair"))
    with pytest.raises(ValueError, match='Conv2D "flat": expected 4 axes'):
        model.add(layers.Conv2D(1, 1, name="flat"))
    assert [layer.name for layer in model.layers] == ["one"] and model(X).shape == (4, 2), "as it was"


def test_layers_are_called_once_however_they_are_added():
    model = pykeras.Sequential()
    added = [layers.Dense(2, name=f"d{i}") for i in range(4)]
    model.add(layers.Input((3,)))
    for layer in added:
        model.add(layer)
    assert [len(layer._inbound_nodes) for layer in added] == [1] * 4
    tail = pykeras.Model(added[1].output, model.output)
    assert tail(X[:, :2]).shape == (4, 2)
    waiting = pykeras.Sequential()
    waiting.add(layers.Input((3,)), rebuild=False)
    waiting.add(layers.Dense(2), rebuild=False)
    assert not waiting.built and waiting(X).shape == (4, 2)
    waiting.add(layers.Dense(1), rebuild=False)
    waiting.pop(rebuild=False)
    waiting.build()
    assert waiting.output_shape == (None, 2)


def test_a_layer_that_does_not_fit_says_so():
    with pytest.raises(ValueError, match=r'Conv2D "c": expected 4 axes, got 2 \(inputs \(None, 2\)\)'):
        pykeras.Sequential([layers.Dense(2, input_shape=(3,)), layers.Conv2D(1, 1, name="c")])
    model = pykeras.Sequential([layers.Dense(2, input_shape=(3,))])
    with pytest.raises(ValueError, match=r"expects shape \(None, 3\), got \(4, 2\)"):
        model(X[:, :2])
    with pytest.raises(ValueError, match="expected 1 input"):
        model([X, X])


def test_configuration():
    model = pykeras.Sequential([layers.Dense(2, input_shape=(3,)), layers.Dropout(0.5)], name="whole")
    twin = pykeras.Sequential.from_config(model.get_config())
    assert (
        twin.built and twin.name == "whole" and [type(layer) for layer in twin.layers] == [layers.Dense, layers.Dropout]
    )
    assert twin.get_config() == model.get_config()
    late = pykeras.Sequential([layers.Dense(2)])
    assert not pykeras.Sequential.from_config(late.get_config()).built
    late(X)
    twin = pykeras.Sequential.from_config(late.get_config())
    assert twin.built and twin.input_shape == (None, 3)
    assert not pykeras.Sequential([layers.Dense(1, input_dim=1)], trainable=False).trainable_weights


def test_clone():
    model = pykeras.Sequential([layers.Dense(2, input_shape=(3,)), pykeras.Sequential([layers.Dense(1)])])
    clone = models.clone_model(model)
    assert clone.weights[0] is not model.weights[0] and len(clone.weights) == 4
    clone.set_weights(model.get_weights())
    np.testing.assert_array_equal(clone(X), model(X))
    seen = []
    models.clone_model(
        model, clone_function=lambda layer: seen.append(layer) or type(layer).from_config(layer.get_config())
    )
    assert seen == model.layers


def test_training_and_masks_pass_through():
    model = pykeras.Sequential([layers.Dropout(0.5, seed=1), layers.Activation("linear")])
    ones = np.ones((20, 20), "float32")
    assert (np.asarray(model(ones, training=True)) == 0).any()
    np.testing.assert_array_equal(model(ones), ones)  # though it was built by a training call
    model = pykeras.Sequential([layers.Masking(), layers.Dense(2)])
    assert model(np.zeros((2, 3, 4)))._keras_mask.tolist() == [[False] * 3] * 2
