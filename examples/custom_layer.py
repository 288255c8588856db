"""Layers of one's own made of ops: Gaussians around learnt centres, and a gate over features.

The ops run eagerly on arrays, symbolically when the model is made, and recorded in ``fit``; gradients come with them. The
task: of points in the plane, tell those inside of a ring from those outside.
"""

import numpy as np

import pykeras
from pykeras import layers, ops


@pykeras.utils.register_keras_serializable("examples")
class Gaussians(layers.Layer):
    """``y_j = exp(-exp(s_j) |x - c_j|^2)``: how near ``x`` is to each of ``units`` centres, which are learnt."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        shape = (self.units, input_shape[-1])
        self.centres = self.add_weight(name="centres", shape=shape, initializer="random_normal")
        self.sharpness = self.add_weight(name="sharpness", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        distance = ops.sum(ops.square(ops.expand_dims(inputs, -2) - self.centres), axis=-1)
        return ops.exp(-ops.exp(self.sharpness) * distance)


@pykeras.utils.register_keras_serializable("examples")
class Gate(layers.Layer):
    """Weights each feature by what a small network says of all of them (arXiv:1709.01507)."""

    def __init__(self, ratio=2, **kwargs):
        super().__init__(**kwargs)
        self.ratio = ratio

    def build(self, input_shape):
        features = input_shape[-1]
        self.squeeze = layers.Dense(max(1, features // self.ratio), activation="relu")
        self.excite = layers.Dense(features, activation="sigmoid")
        self.squeeze.build(input_shape)
        self.excite.build((*input_shape[:-1], self.squeeze.units))

    def call(self, inputs, training=False):
        gate = self.excite(self.squeeze(inputs))
        self.add_loss(1e-4 * ops.mean(gate))  # the fewer features, the better
        return inputs * gate


def ring(count, rng):
    points = rng.normal(size=(count, 2)).astype("float32")
    return points, (np.abs(np.linalg.norm(points, axis=1) - 1.2) < 0.4).astype("float32")[:, None]


pykeras.utils.set_random_seed(6)
rng = np.random.default_rng(6)
x, y = ring(2000, rng)
x_test, y_test = ring(1000, rng)

model = pykeras.Sequential(
    [pykeras.Input((2,)), Gaussians(24), Gate(), layers.Dense(1, activation="sigmoid", name="inside")]
)
model.compile(pykeras.optimizers.Adam(0.03), "binary_crossentropy", metrics=["accuracy"])
model.summary()
model.fit(x, y, batch_size=50, epochs=15, verbose=0)
accuracy = model.evaluate(x_test, y_test, verbose=0)[1]
print(f"accuracy: {accuracy:.3f} (always the same answer: {max(y_test.mean(), 1 - y_test.mean()):.3f})")

eager = pykeras.models.clone_model(model)
eager.set_weights(model.get_weights())
print("layers alone equal the model:", np.allclose(model(x_test).numpy(), model.predict(x_test, verbose=0), atol=1e-6))
with pykeras.GradientTape() as tape:
    points = ops.convert_to_tensor(x_test[:4])
    tape.watch(points)
    total = ops.sum(eager(points))
print("gradient of the points:", tape.gradient(total, points).shape)
