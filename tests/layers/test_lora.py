"""Low-rank adaptation: what it refuses, and what goes on around it (its numbers: tests/parity/test_lora.py)."""

import numpy as np
import pytest

import pykeras
from pykeras import layers, models

X = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")


def adaptable(constraint=None, **more):
    return [
        (layers.Dense(3, kernel_constraint=constraint, **more), (None, 4)),
        (layers.EinsumDense("ab,bc->ac", 3, kernel_constraint=constraint, **more), (None, 4)),
        (layers.Embedding(5, 3, embeddings_constraint=constraint, **more), (None, 4)),
        (layers.Conv1D(3, 2, kernel_constraint=constraint, **more), (None, 4, 2)),
        (layers.Conv2D(3, 2, kernel_constraint=constraint, **more), (None, 4, 4, 2)),
        (layers.Conv3D(3, 2, kernel_constraint=constraint, **more), (None, 4, 4, 4, 2)),
    ]


def test_what_cannot_be_adapted_is_refused():
    for layer, shape in adaptable():
        with pytest.raises(ValueError, match=f"{layer.name}\".*isn't yet built"):
            layer.enable_lora(2)
        with pytest.raises(AttributeError, match=f'{layer.name}".*build the layer first'):
            getattr(layer, layer._adapted)
        layer.build(shape)
        with pytest.raises(ValueError, match="rank: expected a positive integer, got 0"):
            layer.enable_lora(0)
        layer.enable_lora(2)
        with pytest.raises(ValueError, match="already enabled, with rank 2"):
            layer.enable_lora(2)
    for layer, shape in adaptable("max_norm"):
        layer.build(shape)
        with pytest.raises(
            ValueError, match=f"incompatible with (kernel|embedding) constraints: leave {layer._adapted}_constraint out"
        ):
            layer.enable_lora(2)
        assert not layer.lora_enabled and not [w.name for w in layer.weights if "lora" in w.name]


def test_configurations_tell_rank_and_alpha():
    for layer, shape in adaptable(lora_rank=2):
        twin = type(layer).from_config(layer.get_config())
        assert (twin.lora_rank, twin.lora_alpha, twin.lora_enabled) == (2, 2, False)
        twin.build(shape)
        assert twin.lora_enabled and len(twin.non_trainable_weights) == 1
    for layer, shape in adaptable():
        layer.build(shape)
        assert "lora_rank" not in layer.get_config()
        layer.enable_lora(3, lora_alpha=1.5)
        assert (layer.get_config()["lora_rank"], layer.get_config()["lora_alpha"]) == (3, 1.5)
    assert layers.Dense(2, lora_rank=0).get_config().get("lora_rank") is None


def test_the_factors_are_float32_and_the_sum_is_the_layers_dtype():
    dense = layers.Dense(3, dtype="float64")
    dense.build((None, 4))
    dense.enable_lora(2, b_initializer="ones")
    assert (dense.lora_kernel_a.dtype, dense.kernel.dtype) == ("float32", "float64")
    a, b = (np.asarray(w, "float64") for w in (dense.lora_kernel_a, dense.lora_kernel_b))
    np.testing.assert_allclose(dense.kernel, dense._kernel.numpy() + a @ b, rtol=1e-6)


def test_recorded_steps_notice_what_was_added():
    model = models.Sequential([layers.Input((4,)), layers.Dense(3), layers.Dense(2)])
    model.compile("sgd", "mse")
    before = [model.predict(X, verbose=0) for _ in range(3)][-1]
    loss = [model.evaluate(X, X[:, :2], verbose=0) for _ in range(3)][-1]
    model.layers[0].enable_lora(2, b_initializer="ones")
    after = model.predict(X, verbose=0)
    assert np.abs(after - before).max() > 1e-3
    np.testing.assert_allclose(after, model(X), rtol=1e-5, atol=1e-6)
    assert abs(model.evaluate(X, X[:, :2], verbose=0) - loss) > 1e-4


def test_only_the_factors_and_the_bias_move():
    model = models.Sequential([layers.Input((4,)), layers.Dense(3), layers.Dense(2)])
    model.layers[1].trainable = False
    model.layers[0].enable_lora(2)
    before = {w.path: w.numpy() for w in model.weights}
    model.compile("adam", "mse")
    model.fit(X, X[:, :2], epochs=3, verbose=0)
    moved = {w.name for w in model.weights if not np.array_equal(w.numpy(), before[w.path])}
    assert moved == {"bias", "lora_kernel_a", "lora_kernel_b"}


def test_names_of_factors_lead_through_the_layers_around():
    class Outer(models.Model):
        def __init__(self):
            super().__init__(name="outer")
            self.inner = layers.Dense(3, name="inner")

        def build(self, input_shape):
            self.inner.build(input_shape)

        def call(self, inputs):
            return self.inner(inputs)

    model = Outer()
    model.build((None, 4))
    model.inner.enable_lora(1)
    assert model.inner.lora_kernel_b.path == "outer/inner/lora_kernel_b"


def test_attention_computes_with_adapted_projections():
    attention = layers.MultiHeadAttention(2, 3)
    x = np.random.default_rng(1).normal(size=(2, 5, 4)).astype("float32")
    before = attention(x, x).numpy()
    attention.query_dense.enable_lora(2, b_initializer="ones")
    after = attention(x, x).numpy()
    assert np.abs(after - before).max() > 1e-4
    merged = layers.MultiHeadAttention(2, 3)
    merged(x, x)
    attention.query_dense.save_own_variables(store := {})
    merged.query_dense.load_own_variables(store)
    for part in ("key_dense", "value_dense", "output_dense"):
        getattr(merged, part).set_weights(getattr(attention, part).get_weights())
    np.testing.assert_allclose(merged(x, x), after, rtol=1e-5, atol=1e-6)


def test_loading_sets_the_change_to_zero_and_says_what_is_missing():
    layer = layers.Dense(2)
    layer.build((None, 3))
    layer.enable_lora(1, b_initializer="ones")
    layer.load_own_variables({"0": np.ones((3, 2)), "1": np.zeros(2)})
    np.testing.assert_array_equal(layer.kernel, np.ones((3, 2)))
    with pytest.raises(ValueError, match="has 2 weights of its own .kernel, bias., the saved state 1"):
        layer.load_own_variables({"0": np.ones((3, 2))})


def test_weights_without_adaptation_are_plain_variables():
    dense = layers.Dense(2)
    dense.build((None, 3))
    assert isinstance(dense.kernel, pykeras.Variable) and dense.kernel is dense.weights[0]
    dense.kernel = dense.kernel  # as subclasses of Keras 2 do in build
    assert dense.kernel is dense.weights[0]
