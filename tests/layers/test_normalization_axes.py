"""The order in which Keras keeps the weights of LayerNormalization over several axes."""

import numpy as np
import pytest

from pykeras import layers


@pytest.mark.parametrize("axis", [[1, -1], [-1, 1]])
def test_sizes_of_axes_counted_from_the_end_come_first(axis):
    draw = np.random.default_rng(0)
    x, gamma = draw.normal(size=(2, 6, 5, 3)).astype("f4"), draw.normal(size=(3, 6)).astype("f4")
    layer = layers.LayerNormalization(axis=axis, epsilon=1e-3)
    layer.build(x.shape)
    assert layer.gamma.shape == layer.beta.shape == (3, 6) and layer.get_config()["axis"] == [-1, 1]
    layer.set_weights([gamma, np.zeros((3, 6), "f4")])
    normal = (x - x.mean((1, 3), keepdims=True)) / np.sqrt(x.var((1, 3), keepdims=True) + 1e-3)
    np.testing.assert_allclose(layer(x).numpy(), normal * gamma.reshape(1, 6, 1, 3), rtol=1e-5, atol=1e-5)
