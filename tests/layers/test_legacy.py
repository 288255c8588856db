"""What only Keras 2's layers answered to, and calls without state."""

import numpy as np
import pytest

import pykeras
from pykeras import Input, layers


def test_calls_of_a_shared_layer():
    shared, a, b = layers.Dense(2), Input((3,)), Input((3,))
    first, second = shared(a), shared(b)
    assert shared.get_input_at(1) is b and shared.get_output_at(0) is first and shared.get_output_at(1) is second
    assert shared.get_input_shape_at(0) == (None, 3) and shared.get_output_shape_at(1) == (None, 2)
    assert len(shared.inbound_nodes) == 2 and shared.get_input_mask_at(0) is None
    with pytest.raises(ValueError, match=r'Dense "dense.*": get_output_at\(2\): it was called 2 times'):
        shared.get_output_at(2)


def test_masks_of_a_call():
    layer = layers.Masking()
    layer(Input((4, 2)))
    assert layer.input_mask is None and layer.output_mask.shape == (None, 4)


def test_small_things():
    model = pykeras.Sequential([layers.Dense(2, input_shape=(3,)), layers.Dense(1)])
    assert set(model.layers) <= set(model.submodules) and not model.stateful and not model.dynamic
    ran = []
    model.add_update([lambda: ran.append(1)])
    with model.layers[0].name_scope() as name:
        assert ran == [1] and name == model.layers[0].name and model.updates == []
    assert model.compute_output_signature(Input((3,))).shape == (None, 1)

    class Own(layers.Layer):
        def __init__(self):
            super().__init__()
            self.submodules, self.updates = [layers.Dense(2)], 3

    assert Own().updates == 3 and len(Own().submodules) == 1


def test_add_metric_and_add_variable():
    class Watched(layers.Layer):
        def build(self, input_shape):
            self.scale = self.add_variable(shape=(), initializer="ones", name="scale")

        def call(self, inputs):
            self.add_metric(pykeras.ops.mean(inputs), name="level")
            return inputs * self.scale

    x = np.arange(12.0).reshape(6, 2)
    model = pykeras.Sequential([Input((2,)), Watched(), layers.Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit(x, np.zeros(6), epochs=2, batch_size=2, verbose=0, shuffle=False).history
    np.testing.assert_allclose(history["level"], [5.5, 5.5], rtol=1e-6)
    with pytest.raises(ValueError, match="expected a name"):
        model.layers[0].add_metric(1.0)


def test_stateless_call():
    layer = layers.BatchNormalization(momentum=0.5)
    x = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")
    with pytest.raises(ValueError, match="build it first"):
        layer.stateless_call([], [], x)
    layer.build((None, 3))
    trainable, rest = ([v.value for v in group] for group in (layer.trainable_variables, layer.non_trainable_variables))
    outputs, after, losses = layer.stateless_call(trainable, rest, x, training=True, return_losses=True)
    np.testing.assert_allclose(after[0], x.mean(0) / 2, rtol=1e-5, atol=1e-6)
    assert losses == [] and not np.any(layer.moving_mean.numpy())
    np.testing.assert_allclose(layer(x, training=True), outputs, rtol=1e-6)
    with pytest.raises(ValueError, match="trainable_variables: expected 2 values, got 1"):
        layer.stateless_call(trainable[:1], rest, x)


def test_one_initializer_for_both_kernels_of_a_separable_convolution():
    layer = layers.SeparableConv2D(4, 3, kernel_initializer="ones", kernel_regularizer="l2")
    layer.build((None, 8, 8, 2))
    assert all((kernel.numpy() == 1).all() for kernel in (layer.depthwise_kernel, layer.pointwise_kernel))
    assert len(layer.losses) == 2


def test_lists_of_own_weights():
    layer = layers.BatchNormalization()
    layer.build((None, 3))
    assert [w.name for w in layer._trainable_weights] == ["gamma", "beta"]
    assert [w.name for w in layer._non_trainable_weights] == ["moving_mean", "moving_variance"]
