"""Metrics see the mask of the outputs in fit as they do in evaluate.

The numbers are those of Keras 3.15 on TensorFlow. On JAX its fit loses the mask on the way out of the gradient function
and averages over masked steps, too, while its evaluate does not: an accident that is not followed.
"""

import numpy as np
import pytest

import pykeras
from pykeras import layers

DRAW = np.random.RandomState(0)
X = DRAW.randint(0, 5, (6, 4))
X[:, 2:] *= DRAW.rand(6, 2) > 0.5
X[0] = 0
Y = DRAW.rand(6, 4, 1).astype("float32")
DRAW.rand(6)
WEIGHTS = DRAW.rand(6, 4).astype("float32")
WANTED = {
    False: {"loss": 0.05755, "mae": 0.217526, "mse": 0.05755},
    True: {"loss": 0.013667, "mae": 0.217526, "mse": 0.036031},
}


def model(functional):
    parts = [layers.Embedding(5, 3, mask_zero=True), layers.Dense(1)]
    if functional:
        inputs = pykeras.Input((4,))
        made = pykeras.Model(inputs, parts[1](parts[0](inputs)))
    else:
        made = pykeras.Sequential([pykeras.Input((4,)), *parts])
    made.set_weights([np.random.RandomState(1).rand(5, 3), np.random.RandomState(2).rand(3, 1), np.array([0.1])])
    made.compile(pykeras.optimizers.SGD(0.0), "mse", metrics=["mae"], weighted_metrics=["mse"])
    return made


@pytest.mark.parametrize("functional", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_fit_masks_metrics_as_evaluate_does(functional, weighted):
    made = model(functional)
    arguments = {"sample_weight": WEIGHTS if weighted else None, "batch_size": 6, "verbose": 0}
    evaluated = made.evaluate(X, Y, return_dict=True, **arguments)
    history = made.fit(X, Y, epochs=3, shuffle=False, **arguments).history  # eager, recorded, replayed
    for name, value in WANTED[weighted].items():
        np.testing.assert_allclose(evaluated[name], value, atol=2e-6)
        np.testing.assert_allclose(history[name], [value] * 3, atol=2e-6)
