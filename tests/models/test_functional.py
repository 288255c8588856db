"""Models made of the graph between symbolic tensors."""

import concurrent.futures
import json
import time

import numpy as np
import pytest

import pykeras
from pykeras import layers, models, ops

X = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
Y = np.random.default_rng(1).normal(size=(4, 3)).astype("float32")


def two_towers():
    """Two inputs, a shared layer, an op, two outputs; dictionaries in and out."""
    a, b = pykeras.Input((3,), name="a"), pykeras.Input((3,), name="b")
    shared = layers.Dense(2, name="shared")
    total = shared(a) + shared(b)
    return pykeras.Model(
        {"a": a, "b": b}, {"sum": total, "out": layers.Dense(1, name="head")(ops.tanh(total))}, name="two"
    )


def same(model, other, inputs):
    for one, two in zip(pykeras.tree.flatten(model(inputs)), pykeras.tree.flatten(other(inputs)), strict=True):
        np.testing.assert_array_equal(one, two)


def test_shared_layers_have_one_set_of_weights():
    model = two_towers()
    shared = model.get_layer("shared")
    assert [layer.name for layer in model.layers] == ["a", "b", "shared", "head"]
    assert model.count_params() == 3 * 2 + 2 + 2 + 1 and len(model.weights) == 4
    made = model({"a": X, "b": Y})
    np.testing.assert_allclose(made["sum"], np.asarray(shared(X)) + np.asarray(shared(Y)), rtol=1e-6)
    with pykeras.GradientTape() as tape:
        loss = ops.sum(model({"a": X, "b": Y})["sum"])
    gradient = tape.gradient(loss, shared.kernel)
    np.testing.assert_allclose(gradient, np.repeat((X + Y).sum(0)[:, None], 2, 1), rtol=1e-5)


def test_inputs_by_name_order_and_structure():
    model = two_towers()
    expected = model({"a": X, "b": Y})["out"]
    for other in ([X, Y], {"b": Y, "a": X, "more": X}):
        with pytest.warns(UserWarning, match="The structure of `inputs` doesn't match the expected structure"):
            np.testing.assert_array_equal(model(other)["out"], expected)
    np.testing.assert_array_equal(model.predict({"a": X, "b": Y}, verbose=0)["out"], expected)
    assert model.input_shape == {"a": (None, 3), "b": (None, 3)} and model.output_shape["out"] == (None, 1)
    assert model.input_names == ["a", "b"] and set(model.input) == {"a", "b"}
    with pytest.raises(ValueError, match=r"expected inputs \['a', 'b'\], got \['a'\]"):
        model({"a": X})
    model = pykeras.Model([model.inputs[0], model.inputs[1]], model.output)
    with pytest.raises(ValueError, match=r"expected 2 input\(s\) \['a', 'b'\], got 3"):
        model([X, Y, X])
    with pytest.raises(ValueError, match=r'input "b" expects shape \(None, 3\), got \(4, 2\)'):
        model([X, Y[:, :2]])


def test_lists_and_tuples_out():
    a, b = pykeras.Input((3,)), pykeras.Input((3,))
    model = pykeras.Model(inputs=[a, b], outputs=[a + b, (a, b * 2.0)])
    made = model([X, Y])
    assert isinstance(made, list) and isinstance(made[1], tuple)
    np.testing.assert_array_equal(made[1][1], Y * 2)
    assert isinstance(pykeras.Model(a, [a * 2.0])(X), list)
    assert not isinstance(pykeras.Model([a], a * 2.0)(X), list)


def test_values_are_brought_to_the_inputs_rank_and_dtype():
    inputs = pykeras.Input((1,))
    model = pykeras.Model(inputs, inputs * 2.0)
    assert model(np.ones(4)).shape == (4, 1)
    assert model(np.ones((4, 1), "int32")).dtype == "float32"
    flat = pykeras.Input(shape=(), dtype="int32")
    assert pykeras.Model(flat, flat + 1)(np.ones((4, 1))).shape == (4,)
    assert model([[1.0], [2.0]]).tolist() == [[2.0], [4.0]]


def test_models_are_layers():
    inner = pykeras.Sequential([layers.Dense(4, activation="relu", input_shape=(3,)), layers.Dense(3)], name="inner")
    a = pykeras.Input((3,))
    model = pykeras.Model(a, inner(inner(a)), name="outer")
    np.testing.assert_allclose(model(X), inner(inner(X)), rtol=1e-6)
    assert [layer.name for layer in model.layers][1:] == ["inner"]
    assert len(model.weights) == 4 and model.weights[0] is inner.layers[0].kernel
    inner.trainable = False
    assert model.trainable_weights == [] and model.count_params() == inner.count_params()
    deeper = pykeras.Sequential([model, layers.Dense(1)])
    assert deeper(X).shape == (4, 1)
    twin = pykeras.Model.from_config(model.get_config())
    twin.set_weights(model.get_weights())
    same(model, twin, X)


def test_parts_of_a_model_make_other_models():
    model = pykeras.Sequential([layers.Dense(5, input_shape=(3,), name="first"), layers.Dense(2, name="second")])
    features = pykeras.Model(model.inputs, model.get_layer("first").output)
    np.testing.assert_array_equal(features(X), model.layers[0](X))
    head = pykeras.Model(model.get_layer("first").output, model.output)
    np.testing.assert_array_equal(head(features(X)), model(X))
    both = pykeras.Model(model.input, [layer.output for layer in model.layers])
    assert [o.shape for o in both(X)] == [(4, 5), (4, 2)]
    assert both.weights[0] is model.weights[0]


def test_graphs_that_do_not_connect():
    a, b = pykeras.Input((3,), name="a"), pykeras.Input((3,), name="b")
    with pytest.raises(ValueError, match=r'the outputs depend on "b", which is not among the inputs \(a\)'):
        pykeras.Model(a, a + b)
    with pytest.raises(ValueError, match="expected symbolic tensors .*, got ndarray"):
        pykeras.Model(a, X)
    with pytest.raises(ValueError, match="was not made by a layer or op"):
        pykeras.Model(a, pykeras.KerasTensor((None, 3)))
    with pytest.raises(ValueError, match="the name 'twice' is used by 2 layers"):
        pykeras.Model(a, layers.Dense(1, name="twice")(layers.Dense(1, name="twice")(a)))
    with pytest.raises(TypeError, match="outputs"):
        pykeras.Model(inputs=a)
    unused = pykeras.Model([a, b], a * 2.0)
    assert [layer.name for layer in unused.layers] == ["a", "b"] and unused([X, Y]).shape == (4, 3)


def test_deep_graphs_do_not_recurse():
    x = inputs = pykeras.Input((2,))
    for _ in range(1500):
        x = x + 1.0
    model = pykeras.Model(inputs, x)
    assert model(np.zeros((1, 2), "float32")).tolist() == [[1500, 1500]]


def test_get_layer():
    model = two_towers()
    assert model.get_layer("head") is model.layers[3] is model.get_layer(index=-1)
    with pytest.raises(ValueError, match=r'Model "two": there is no layer \'heed\'; it has .*shared'):
        model.get_layer("heed")
    with pytest.raises(ValueError, match="there is no layer 9: it has 4"):
        model.get_layer(index=9)
    with pytest.raises(ValueError, match="a name or an index"):
        model.get_layer("head", 1)


def test_configuration_makes_the_same_model():
    model = two_towers()
    config = json.loads(json.dumps(model.get_config()))
    for twin in (
        pykeras.Model.from_config(config),
        models.Functional.from_config(model.get_config()),
        models.model_from_json(model.to_json()),
        models.clone_model(model),
    ):
        assert [layer.name for layer in twin.layers] == [layer.name for layer in model.layers]
        assert not set(map(id, twin.weights)) & set(map(id, model.weights))
        twin.set_weights(model.get_weights())
        same(model, twin, {"a": X, "b": Y})
        assert json.loads(json.dumps(twin.get_config())) == config
    with pytest.raises(ValueError, match="the inputs of layers .*head.* are never made"):
        broken = json.loads(json.dumps(config))
        broken["layers"][-1]["inbound_nodes"][0]["args"][0]["config"]["keras_history"] = ["gone", 0, 0]
        pykeras.Model.from_config(broken)


def test_constants_in_calls_are_part_of_the_configuration():
    inputs = pykeras.Input((3,))
    x = ops.clip(inputs, -0.5, 0.5) * 3.0 + np.array([1.0, 2.0, 3.0], "float32")
    model = pykeras.Model(inputs, ops.concatenate([x, inputs], axis=-1)[:, 1:4])
    twin = pykeras.Model.from_config(json.loads(json.dumps(model.get_config())))
    same(model, twin, X)


def test_clone_with_a_function_of_ones_own():
    model = two_towers()

    def frozen(layer):
        return type(layer).from_config({**layer.get_config(), "trainable": False})

    clone = models.clone_model(model, clone_function=frozen)
    assert clone.trainable_weights == [] and len(clone.weights) == 4
    clone.set_weights(model.get_weights())
    same(model, clone, {"a": X, "b": Y})
    onto = pykeras.Input((3,))
    sequential = pykeras.Sequential([layers.Dense(2, input_shape=(3,))])
    clone = models.clone_model(sequential, input_tensors=onto)
    assert clone.inputs[0] is onto and clone.weights[0] is not sequential.weights[0]


def test_trainable_of_a_model():
    inputs = pykeras.Input((3,))
    model = pykeras.Model(inputs, layers.Dense(2)(inputs), trainable=False)
    assert not model.trainable and model.trainable_weights == []
    model.trainable = True
    assert len(model.trainable_weights) == 2
    assert not pykeras.Model.from_config({**model.get_config(), "trainable": False}).trainable


def test_models_described_in_many_threads_at_once_keep_their_nodes():
    class Slow(layers.Layer):
        def call(self, inputs):
            time.sleep(0.002)  # another thread goes on meanwhile
            return ops.tanh(inputs)

    def build(width):
        inputs = pykeras.Input((width,))
        outputs = inputs
        for _ in range(8):
            outputs = ops.relu(Slow()(outputs)) + 1.0
        return pykeras.Model(inputs, outputs)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        models = list(pool.map(build, range(1, 9)))
    for width, model in enumerate(models, 1):
        assert len(model.operations) == 1 + 8 * 3
        assert model(np.ones((2, width), "f4")).shape == (2, width)
