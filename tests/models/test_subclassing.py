"""Models written as classes."""

import numpy as np
import pytest

import pykeras
from pykeras import layers, models, ops

X = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")


class Blocks(pykeras.Model):
    def __init__(self, width=4, depth=2, **kwargs):
        super().__init__(**kwargs)
        self.blocks = [layers.Dense(width, activation="relu") for _ in range(depth)]
        self.heads = {"mean": layers.Dense(1), "scale": layers.Dense(1)}
        self.dropout = layers.Dropout(0.5, seed=1)

    def call(self, inputs, training=None):
        for block in self.blocks:
            inputs = block(inputs)
        inputs = self.dropout(inputs, training=training)
        return {name: head(inputs) for name, head in self.heads.items()}


def test_layers_in_lists_and_dictionaries_are_found():
    model = Blocks()
    assert [type(layer) for layer in model.layers] == [layers.Dense] * 4 + [layers.Dropout]
    with pytest.raises(ValueError, match='Blocks "blocks.*has no weights yet'):
        _ = model.weights
    made = model(X)
    assert {name: value.shape for name, value in made.items()} == {"mean": (8, 1), "scale": (8, 1)}
    assert len(model.weights) == 8 and model.built
    assert model.get_layer(index=0) is model.blocks[0]


def test_training_argument():
    model = Blocks()
    rest = np.asarray(model(X)["mean"])
    np.testing.assert_array_equal(model(X, training=False)["mean"], rest)
    assert not np.array_equal(model(X, training=True)["mean"], rest)
    np.testing.assert_array_equal(model.predict(X, verbose=0)["mean"], rest)


def test_build_by_shape():
    model = Blocks()
    model.build((None, 3))
    assert model.built and len(model.weights) == 8
    weights = [w.numpy() for w in model.weights]
    model(X)
    for weight, before in zip(model.weights, weights, strict=True):
        np.testing.assert_array_equal(weight, before)


def test_training_it():
    pykeras.utils.set_random_seed(2)
    model = Blocks(width=16)
    model.compile(pykeras.optimizers.Adam(0.02), {"mean": "mse", "scale": "mae"})
    y = {"mean": X[:, :1], "scale": X[:, 1:2]}
    history = model.fit(X, y, epochs=30, verbose=0, batch_size=4)
    assert history.history["loss"][-1] < history.history["loss"][0]


def test_configuration_is_what_it_was_given():
    model = Blocks(width=6, name="six")
    model(X)
    config = model.get_config()
    assert (config["width"], config["depth"], config["name"]) == (6, 2, "six")
    clone = models.clone_model(model)
    clone(X)
    assert [w.shape for w in clone.weights] == [w.shape for w in model.weights] and clone.name == "six"
    clone.set_weights(model.get_weights())
    np.testing.assert_array_equal(clone(X)["mean"], model(X)["mean"])
    with pytest.raises(ValueError, match="clone_function, .* need a Sequential or functional model"):
        models.clone_model(model, clone_function=lambda layer: layer)


def test_several_inputs():
    class Merging(pykeras.Model):
        def __init__(self):
            super().__init__()
            self.left, self.right = layers.Dense(2), layers.Dense(2)

        def call(self, inputs, factor=1.0):
            left, right = inputs
            return self.left(left) + self.right(right) * factor

    model = Merging()
    one, two = model([X, X]), model((X, X), factor=2.0)
    assert one.shape == (8, 2) and not np.array_equal(one, two)
    model = Merging()
    model.build([(None, 3), (None, 5)])
    assert [w.shape for w in model.weights] == [(3, 2), (2,), (5, 2), (2,)]


def test_functional_model_in_a_class():
    class Ready(pykeras.Model):
        def __init__(self, units):
            inputs = pykeras.Input((3,))
            self.hidden = layers.Dense(units)
            super().__init__(inputs, layers.Dense(1)(self.hidden(inputs)), name="ready")

        def score(self, x):
            return float(ops.mean(self(x)))

    model = Ready(4)
    assert isinstance(model, Ready) and model.built and model.output_shape == (None, 1)
    assert len(model.weights) == 4 and np.isfinite(model.score(X))
    assert model.get_config()["units"] == 4 and "inputs" not in model.get_config()
    twin = Ready.from_config(model.get_config())
    assert isinstance(twin, Ready) and len(twin.weights) == 4


def test_subclassed_layers_in_functional_models():
    class Residual(layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.dense = layers.Dense(units)

        def call(self, inputs):
            return inputs + self.dense(inputs)

    inputs = pykeras.Input((3,))
    model = pykeras.Model(inputs, Residual(3, name="residual")(inputs))
    assert [w.path for w in model.weights] == ["residual/dense/kernel", "residual/dense/bias"] or len(
        model.weights
    ) == 2
    twin = pykeras.Model.from_config(model.get_config(), custom_objects={"Residual": Residual})
    twin.set_weights(model.get_weights())
    np.testing.assert_array_equal(twin(X), model(X))
    with pytest.raises(TypeError, match='"Residual".*custom_objects'):
        pykeras.Model.from_config(model.get_config())


def test_models_hold_models():
    class Coder(pykeras.Model):
        def __init__(self):
            super().__init__()
            self.encoder = pykeras.Sequential([layers.Dense(2)])
            self.decoder = Blocks()

        def call(self, inputs):
            return sum(self.decoder(self.encoder(inputs)).values())

    model = Coder()
    model.compile("sgd", "mse")
    model.fit(X, X[:, :1], verbose=0)
    assert len(model.weights) == 10
    assert model.layers == [model.encoder, model.decoder]
