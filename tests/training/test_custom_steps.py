"""Models with steps, losses and metrics of their own."""

import numpy as np
import pytest

import pykeras
from pykeras import layers, metrics, ops

RANDOM = np.random.default_rng(4)
X = RANDOM.uniform(-1, 1, (40, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


class Net(pykeras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(1)

    def call(self, inputs, training=None):
        return self.dense(inputs)


class OwnTrainStep:
    def train_step(self, data):
        x, y = data
        with pykeras.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {metric.name: metric.result() for metric in self.metrics}


class OwnStep(OwnTrainStep, Net):
    pass


def test_train_step_of_keras3():
    model = OwnStep()
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    history = model.fit(X, Y, epochs=20, batch_size=8, verbose=0).history
    assert set(history) == {"loss", "mae"}
    assert history["loss"][-1] < history["loss"][0]
    assert model.train_function.programs()


def test_train_step_of_keras2():
    class Old(Net):
        def train_step(self, data):
            x, y = data
            with pykeras.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = self.compiled_loss(y, y_pred, regularization_losses=self.losses)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
            self.compiled_metrics.update_state(y, y_pred)
            return {m.name: m.result() for m in self.metrics}

    model = Old()
    model.compile("sgd", "mse", metrics=["mae"])
    assert model.fit(X, Y, epochs=3, verbose=0).history["loss"][-1] > 0


def test_metrics_and_optimizer_of_its_own():
    class Own(Net):
        def __init__(self):
            super().__init__()
            self.loss_tracker = metrics.Mean(name="loss")

        def compile(self, own_optimizer):
            super().compile()
            self.own_optimizer = own_optimizer

        @property
        def metrics(self):
            return [self.loss_tracker]

        def train_step(self, data):
            x, y = data
            with pykeras.GradientTape() as tape:
                loss = ops.mean(ops.square(self(x) - y))
            gradients = tape.gradient(loss, self.trainable_weights)
            self.own_optimizer.apply(gradients, self.trainable_weights)
            self.loss_tracker.update_state(loss)
            return {"loss": self.loss_tracker.result()}

    model = Own()
    model.compile(pykeras.optimizers.SGD(0.1))
    losses = model.fit(X, Y, epochs=10, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_compute_loss():
    class Own(Net):
        def compute_loss(self, x, y, y_pred, sample_weight):
            return 10.0 * super().compute_loss(x, y, y_pred, sample_weight)

    plain, own = Net(), Own()
    for model in (plain, own):
        model.compile("sgd", "mse")
        model(X)
    own.set_weights(plain.get_weights())
    assert own.evaluate(X, Y, verbose=0) == pytest.approx(10 * plain.evaluate(X, Y, verbose=0), rel=1e-5)


def test_compute_metrics():
    class Own(Net):
        def compute_metrics(self, x, y, y_pred, sample_weight):
            return {**super().compute_metrics(x, y, y_pred, sample_weight), "mean_input": ops.mean(x)}

    model = Own()
    model.compile("sgd", "mse")
    history = model.fit(X, Y, batch_size=40, verbose=0).history
    assert history["mean_input"] == [pytest.approx(float(X.mean()), abs=1e-6)]
    named = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert set(named) == {"loss", "mean_input"}


def test_predict_and_test_steps():
    class Own(Net):
        def test_step(self, data):
            return {"answer": ops.convert_to_tensor(42.0)}

        def predict_step(self, data):
            return {"twice": 2 * self(data[0])}

    model = Own()
    model.compile("sgd", "mse")
    assert model.evaluate(X, Y, verbose=0) == 42.0
    np.testing.assert_allclose(model.predict(X, verbose=0)["twice"], 2 * np.asarray(model(X)), rtol=1e-6)


def test_a_step_that_reads_values_runs_eagerly_and_says_so():
    class Reads(Net):
        def train_step(self, data):
            logs = super().train_step(data)
            self.seen = float(logs["loss"])
            return logs

    model = Reads()
    model.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="will run eagerly"):
        losses = model.fit(X, Y, epochs=4, batch_size=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_metrics_of_layers_are_reported():
    class Watching(layers.Layer):
        def __init__(self):
            super().__init__()
            self.mean = metrics.Mean(name="mean_output")

        def call(self, inputs):
            self.mean.update_state(inputs)
            return inputs

    model = pykeras.Sequential([layers.Input((3,)), Watching(), layers.Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit(X, Y, verbose=0).history
    assert history["mean_output"][0] == pytest.approx(float(X.mean()), abs=1e-5)


def test_changed_optimizer_is_used():
    model = Net()
    model.compile("sgd", "mse")
    model.fit(X, Y, epochs=2, verbose=0)
    before = model.get_weights()
    model.optimizer = pykeras.optimizers.SGD(0.0)
    model.fit(X, Y, epochs=2, verbose=0)
    np.testing.assert_array_equal(before[0], model.get_weights()[0])


def test_a_functional_model_with_a_step_of_its_own_knows_its_metrics():
    class Own(OwnTrainStep, pykeras.Model):
        pass

    inputs = pykeras.Input((3,))
    model = Own(inputs, pykeras.layers.Dense(1)(inputs))
    model.compile("sgd", "mse", metrics=["mae"])
    history = model.fit(np.ones((8, 3)), np.ones((8, 1)), epochs=3, verbose=0).history
    assert set(history) == {"loss", "mae"} and history["mae"][2] < history["mae"][0]
