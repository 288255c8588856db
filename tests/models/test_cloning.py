"""``clone_model`` with functions that copy and call."""

import numpy as np
import pytest

import pykeras
from pykeras import layers, models


def nested():
    a = pykeras.Input((3,), name="a")
    inner = models.Sequential([pykeras.Input((3,)), layers.Dense(3, name="deep")], name="inner")
    return models.Model(a, layers.Dense(2, name="out")(layers.Dropout(0.5)(inner(a) + a)))


def wider(layer):
    config = layer.get_config()
    return type(layer).from_config({**config, "use_bias": False} if "use_bias" in config else config)


def test_a_function_makes_the_copies_inside_too_when_asked():
    clone = models.clone_model(nested(), clone_function=wider, recursive=True)
    assert [w.path.split("/")[-1] for w in clone.weights] == ["kernel", "kernel"]
    assert clone.get_layer("inner").get_layer("deep").use_bias is False
    outer = models.clone_model(nested(), clone_function=lambda layer: wider(layer) if layer.name == "out" else layer)
    assert len(outer.weights) == 3


def test_a_function_calls_the_copies():
    called = []

    def call(layer, *args, **kwargs):
        called.append(layer.name)
        return args[0] if isinstance(layer, layers.Dropout) else layer(*args, **kwargs)

    clone = models.clone_model(nested(), call_function=call)
    assert {"inner", "out"} <= set(called)
    assert not any(isinstance(layer, layers.Dropout) for layer in clone.layers)
    assert clone.predict(np.ones((2, 3), "f4"), verbose=0).shape == (2, 2)


def test_functions_need_a_graph():
    class Own(models.Model):
        def call(self, x):
            return x

    with pytest.raises(ValueError, match="Sequential or functional"):
        models.clone_model(Own(), recursive=True)
    with pytest.raises(ValueError, match="needs a functional model"):
        models.clone_model(models.Sequential([layers.Dense(2)]), call_function=lambda layer, x: layer(x))


def test_shards_are_refused(tmp_path):
    model = nested()
    with pytest.raises(ValueError, match="one file"):
        model.save_weights(tmp_path / "m.weights.h5", max_shard_size=1)
    with pytest.raises(ValueError, match="zipped=False"):
        model.save(tmp_path / "m.keras", zipped=False)
    assert pykeras.legacy.saving.serialize_keras_object(layers.Dense(2))["class_name"] == "Dense"
