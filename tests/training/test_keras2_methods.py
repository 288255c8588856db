"""Methods that Keras 2's models have beside Keras 3's, and Keras 3's state trees."""

import numpy as np
import pytest

import pykeras
from pykeras import layers, ops

X = np.random.default_rng(0).uniform(-1, 1, (20, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def linear():
    model = pykeras.Sequential([layers.Input((3,)), layers.Dense(1, name="out")], name="net")
    model.set_weights([np.ones((3, 1)), np.zeros(1)])
    model.compile(pykeras.optimizers.SGD(name="sgd"), "mse", metrics=["mae"])
    return model


def pairs():
    while True:
        for start in range(0, 20, 5):
            yield X[start : start + 5], Y[start : start + 5]


def test_generators_of_keras_2():
    first, second = linear(), linear()
    options = {"epochs": 3, "verbose": 0, "class_weight": {0: 1.0, 1: 2.0}, "validation_data": (X, Y)}
    got = first.fit_generator(pairs(), 4, initial_epoch=1, max_queue_size=2, workers=2, **options)
    expected = second.fit(X, Y, batch_size=5, shuffle=False, initial_epoch=1, **options)
    assert got.history == expected.history and got.epoch == [1, 2]
    assert first.evaluate_generator(pairs(), steps=4) == second.evaluate(X, Y, batch_size=5, verbose=0)
    np.testing.assert_array_equal(first.predict_generator(pairs(), 4), second.predict(X, batch_size=5, verbose=0))


def test_what_is_gone():
    model = linear()
    assert model.state_updates == [] and model.distribute_strategy is None
    assert model.distribute_reduction_method == "auto" and model.autotune_steps_per_execution is False
    model.autotune_steps_per_execution = False
    with pytest.raises(ValueError, match="nothing to tune"):
        model.autotune_steps_per_execution = True
    model.compile("sgd", "mse", steps_per_execution="auto", sample_weight_mode="temporal")
    assert model.steps_per_execution == 1
    with pytest.raises(ValueError, match="sample_weight_mode"):
        model.compile("sgd", "mse", sample_weight_mode="batch")


def test_weight_paths_are_those_of_tf_keras():
    model = pykeras.Sequential([layers.Input((3,)), layers.Dense(4, name="d"), layers.Dense(1, name="dense")])
    assert list(model.get_weight_paths()) == ["d.kernel", "d.bias", "dense.kernel", "dense.bias"]

    class Own(pykeras.Model):
        def __init__(self):
            super().__init__()
            self.d1 = layers.Dense(2)
            self.stack = [layers.Dense(1)]

        def call(self, x):
            return self.stack[0](self.d1(x))

    own = Own()
    assert own.save_spec() is None
    own(X)
    paths = own.get_weight_paths()
    assert list(paths) == ["d1.kernel", "d1.bias", "stack.0.kernel", "stack.0.bias"]
    assert paths["stack.0.kernel"] is own.stack[0].kernel
    (spec,), named = own.save_spec()
    assert spec.shape == (None, 3) and named == {} and own.save_spec(False)[0][0].shape == (20, 3)
    assert model.save_spec()[0][0].shape == (None, 3)


def test_state_trees():
    model = linear()
    model.fit(X, Y, verbose=0)
    tree = model.get_state_tree("numpy_array")
    assert list(tree) == ["trainable_variables", "non_trainable_variables", "optimizer_variables", "metrics_variables"]
    np.testing.assert_array_equal(tree["trainable_variables"]["net"]["out"]["kernel"], model.get_weights()[0])
    twin = linear()
    twin.fit(X, Y, verbose=0)
    twin.set_state_tree(tree)
    assert twin.get_weights()[0].tobytes() == model.get_weights()[0].tobytes()
    assert model.get_state_tree()["trainable_variables"]["net"]["out"]["bias"].shape == (1,)
    with pytest.raises(ValueError, match="value_format"):
        model.get_state_tree("lists")
    with pytest.raises(ValueError, match="has no 'net/in/kernel'"):
        model.set_state_tree({"trainable_variables": {"net": {"in": {"kernel": 1.0}}}})
    with pytest.raises(ValueError, match=r"expected shape \(1,\), got \(2,\)"):
        model.set_state_tree({"trainable_variables": {"net": {"out": {"bias": np.zeros(2)}}}})
    with pytest.raises(ValueError, match="'weights'"):
        model.set_state_tree({"weights": {}})


def test_losses_without_state():
    model = linear()
    model.fit(X, Y, verbose=0)
    before = model.get_weights()
    zeros = [np.zeros((3, 1), "float32"), np.zeros(1, "float32")]
    measured = [variable.numpy() for variable in model.metrics_variables]
    loss, (weights, others, after) = model.stateless_compute_loss(zeros, [], measured, X, Y, ops.zeros((20, 1)))
    np.testing.assert_allclose(loss, (Y**2).mean(), rtol=1e-6)
    assert len(weights) == 2 and others == [] and len(after) == len(measured)
    scaled, (loss, outputs, _, _) = model.compute_loss_and_updates(zeros, [], measured, X, Y, None, training=True)
    np.testing.assert_allclose([scaled, loss], [(Y**2).mean()] * 2, rtol=1e-6)
    np.testing.assert_array_equal(outputs, np.zeros((20, 1)))
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    with pytest.raises(ValueError, match="trainable_variables: expected 2 values, got 1"):
        model.stateless_compute_loss(zeros[:1], [], measured, X, Y, ops.zeros((20, 1)))


def test_layers_know_their_path_and_metrics():
    class Outer(layers.Layer):
        def __init__(self):
            super().__init__(name="outer")
            self.inner, self.mean = layers.Dense(2, name="inner"), pykeras.metrics.Mean()

        def call(self, x):
            return self.inner(x)

    outer = Outer()
    outer(X)
    assert (outer.path, outer.inner.path, layers.Dense(1, name="alone").path) == ("outer", "outer/inner", "alone")
    assert outer.metrics == [outer.mean] and len(outer.metrics_variables) == 2 and outer.inner.metrics == []


@pytest.mark.parametrize("eagerly", [False, True])
def test_gradients_of_gradients_in_a_step(eagerly):
    """A training step with nested tapes, a persistent one, a gradient of one's own, and stop_training."""

    @pykeras.ops.custom_gradient
    def halved(x):
        return x, lambda *args, upstream=None: (args[0] if upstream is None else upstream) * 0.5

    class Penalized(pykeras.Model):
        def __init__(self):
            super().__init__()
            self.out = layers.Dense(1, use_bias=False, kernel_initializer="ones")

        def call(self, x):
            return self.out(x)

        def train_step(self, data):
            x, y = data
            with pykeras.GradientTape(persistent=True) as outer:
                with pykeras.GradientTape() as inner:
                    inner.watch(x)
                    outputs = self(x) ** 2
                slope = inner.gradient(outputs, x)
                loss, penalty = ops.mean((outputs - y) ** 2), ops.mean(halved(slope) ** 2)
            weights = self.trainable_variables
            sums = [a + b for a, b in zip(outer.gradient(loss, weights), outer.gradient(penalty, weights), strict=True)]
            self.optimizer.apply(sums, weights)
            return {"loss": loss, "penalty": penalty}

    model = Penalized()
    model.compile(pykeras.optimizers.SGD(0.01), run_eagerly=eagerly)
    history = model.fit(X, Y, batch_size=20, shuffle=False, epochs=3, verbose=0).history
    w = np.ones((3, 1))
    for epoch in range(3):
        s = X @ w
        np.testing.assert_allclose(history["loss"][epoch], np.mean((s**2 - Y) ** 2), rtol=1e-5)
        np.testing.assert_allclose(history["penalty"][epoch], np.mean((2 * s * w.T) ** 2), rtol=1e-5)
        own = 4 * (X * (s * (s**2 - Y))).mean(axis=0)[:, None]
        # d mean((2 s w_j)²)/dw, halved by the gradient of one's own
        norm = (w**2).sum()
        pull = 0.5 * 8 * ((X * s).mean(axis=0)[:, None] * norm + (s**2).mean() * w) / 3
        w = w - 0.01 * (own + pull)
    np.testing.assert_allclose(model.get_weights()[0], w, rtol=1e-4)


def test_stop_training_in_the_middle_of_an_epoch():
    model = linear()
    stop = pykeras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: setattr(model, "stop_training", batch == 1)
    )
    history = model.fit(X, Y, batch_size=4, epochs=3, verbose=0, callbacks=[stop])
    assert history.epoch == [0] and int(model.optimizer.iterations) == 2


def test_functions_of_a_step_may_be_made_by_the_user():
    calls = []

    class Own(pykeras.Model):
        def __init__(self):
            super().__init__()
            self.out = layers.Dense(1)

        def call(self, x):
            return self.out(x)

        def make_train_function(self, force=False):
            function = super().make_train_function(force)
            return lambda batch: calls.append("train") or function(batch)

        def make_test_function(self, force=False):
            function = super().make_test_function(force)
            return lambda batch: calls.append("test") or function(batch)

        def make_predict_function(self, force=False):
            return lambda batch: calls.append("predict") or self(batch[0]) * 0 + 7

    model = Own()
    model.compile("sgd", "mse")
    model.fit(X, Y, batch_size=10, verbose=0)
    model.evaluate(X, Y, batch_size=10, verbose=0)
    assert calls == ["train"] * 2 + ["test"] * 2
    np.testing.assert_array_equal(model.predict(X, verbose=0), np.full((20, 1), 7))
