"""Models of attention, embedding and normalization layers in files of both dialects."""

import json

import h5py
import numpy as np
import pytest

import pykeras
from pykeras import layers


def attending():
    words, memory = layers.Input((4,), dtype="int32", name="words"), layers.Input((3, 6), name="memory")
    x = layers.Embedding(7, 6, mask_zero=True, name="embedded")(words)
    x = layers.MultiHeadAttention(2, 3, value_dim=2, name="own")(x, x)
    mixed = layers.EinsumDense("abc,cd->abd", (None, 6), bias_axes="d", name="mix")(x)
    x = layers.LayerNormalization(name="norm")(layers.Add()([x, mixed]))
    x = layers.MultiHeadAttention(2, 3, output_shape=5, use_bias=False, name="other")(x, memory, memory)
    y = layers.Attention(use_scale=True)([x, layers.Dense(5)(memory)])
    z = layers.Dot((2, 2), normalize=True)([layers.AdditiveAttention()([x, y]), y])
    return pykeras.Model([words, memory], layers.Dense(2)(layers.Flatten()(layers.SpatialDropout1D(0.1)(z))))


@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_round_trip(tmp_path, suffix):
    model = attending()
    inputs = [np.array([[1, 2, 0, 0], [3, 1, 6, 5]]), np.random.default_rng(0).random((2, 3, 6)).astype("float32")]
    path = tmp_path / f"model.{suffix}"
    model.compile("sgd", "mse")
    model.save(path)
    again = pykeras.models.load_model(path)
    np.testing.assert_array_equal(again.predict(inputs, verbose=0), model.predict(inputs, verbose=0))


def test_configuration_of_keras2(tmp_path):
    """What tf_keras 2.21 needs to open the file: checked with it by hand, held here."""
    path = tmp_path / "model.h5"
    model = attending()
    model.compile("sgd", "mse")
    model.save(path)
    with h5py.File(path) as file:
        config = json.loads(file.attrs["model_config"])
        names = [n.decode() for n in file["model_weights/own"].attrs["weight_names"]]
    entries = {entry["name"]: entry for entry in config["config"]["layers"]}
    heads = entries["other"]["config"]
    assert heads["query_shape"] == [None, 4, 6] and heads["value_shape"] == heads["key_shape"] == [None, 3, 6]
    assert not {"use_gate", "sliding_window", "seed"} & set(heads) and "rms_scaling" not in entries["norm"]["config"]
    assert entries["other"]["inbound_nodes"] == [[["norm", 0, 0, {"value": ["memory", 0, 0], "key": ["memory", 0, 0]}]]]
    assert names[:2] == ["own/query/kernel:0", "own/query/bias:0"] and names[-1] == "own/attention_output/bias:0"


def test_lambda_of_keras2(tmp_path):
    path = tmp_path / "model.h5"
    model = pykeras.Sequential([pykeras.Input((2,)), layers.Lambda(lambda x: x * 3.0), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.save(path)
    with pytest.raises(ValueError, match="safe_mode=False"):
        pykeras.models.load_model(path)
    again = pykeras.models.load_model(path, safe_mode=False)
    np.testing.assert_array_equal(again(np.ones((1, 2))).numpy(), model(np.ones((1, 2))).numpy())
