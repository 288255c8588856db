"""A recurrent cell of one's own: minimal gated units (arXiv:1603.09420) learn to add the two marked numbers of a
sequence. Anything with `state_size` and `call(inputs, states)` is a cell: RNN runs it, Bidirectional turns it round,
and its steps are recorded and replayed like those of every other layer."""

import numpy as np

import pykeras
from pykeras import layers, ops


class MinimalGatedUnit(layers.Layer):
    """``f = sigmoid([x, h] W + b)``, ``g = tanh([x, f * h] U + d)``, ``h' = (1 - f) * h + f * g``."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        shape = (input_shape[-1] + self.units, self.units)
        self.gate = self.add_weight(name="gate", shape=shape, initializer="glorot_uniform")
        self.gate_bias = self.add_weight(name="gate_bias", shape=(self.units,), initializer="ones")
        self.candidate = self.add_weight(name="candidate", shape=shape, initializer="glorot_uniform")
        self.candidate_bias = self.add_weight(name="candidate_bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs, states):
        (h,) = states
        f = ops.sigmoid(ops.dense(ops.concatenate([inputs, h], -1), self.gate, self.gate_bias))
        g = ops.tanh(ops.dense(ops.concatenate([inputs, f * h], -1), self.candidate, self.candidate_bias))
        h = (1 - f) * h + f * g
        return h, [h]


def adding_problem(samples, steps, rng):
    """Random numbers and two marks a sequence; the sum of the marked numbers."""
    numbers = rng.uniform(size=(samples, steps)).astype("float32")
    marks = np.zeros_like(numbers)
    first = rng.integers(0, steps // 2, samples)
    second = rng.integers(steps // 2, steps, samples)
    marks[np.arange(samples), first] = marks[np.arange(samples), second] = 1
    return np.stack([numbers, marks], -1), (numbers * marks).sum(1, keepdims=True)


pykeras.utils.set_random_seed(1)
rng = np.random.default_rng(1)
x, y = adding_problem(2048, 12, rng)
x_test, y_test = adding_problem(512, 12, rng)

model = pykeras.Sequential([pykeras.Input((12, 2)), layers.RNN(MinimalGatedUnit(24)), layers.Dense(1)])
model.compile(pykeras.optimizers.Adam(0.01), "mse")
model.summary()
model.fit(x, y, batch_size=64, epochs=12, verbose=2)
print(f"test error: {model.evaluate(x_test, y_test, verbose=0):.4f} (guessing the mean: {y_test.var():.4f})")

config = model.get_config()
with pykeras.utils.custom_object_scope({"MinimalGatedUnit": MinimalGatedUnit}):
    twin = pykeras.Sequential.from_config(config)
twin.set_weights(model.get_weights())
print("twin equal:", np.array_equal(twin.predict(x_test, verbose=0), model.predict(x_test, verbose=0)))
