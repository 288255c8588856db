"""Recurrent layers in files: what Keras 2 calls by other names or keeps in other forms."""

import json

import h5py
import numpy as np
import pytest

import pykeras
from pykeras import activations, layers, models

X = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")


def rewrite(path, change_config, change_weights=lambda names, group: None):
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        change_config(config)
        file.attrs["model_config"] = json.dumps(config)
        change_weights(list(file["model_weights"]), file["model_weights"])


def to_cudnn(kernel, recurrent, bias, gates):
    """What tf_keras's CuDNN layers would hold for these weights (its conversion, the other way round)."""
    kernel = np.hstack([part.ravel(order="F").reshape(part.shape) for part in np.split(kernel, gates, 1)])
    recurrent = np.hstack([part.T for part in np.split(recurrent, gates, 1)])
    halves = bias if bias.ndim == 2 else np.stack([bias * 0.25, bias * 0.75])
    return kernel, recurrent, halves.ravel()


@pytest.mark.parametrize(("kind", "name", "gates"), [(layers.LSTM, "CuDNNLSTM", 4), (layers.GRU, "CuDNNGRU", 3)])
def test_cudnn_weights(kind, name, gates, tmp_path):
    model = pykeras.Sequential([kind(4, input_shape=(5, 3), bias_initializer="uniform"), layers.Dense(1)])
    path = tmp_path / "model.h5"
    model.save(path)

    def rename(config):
        entry = next(layer for layer in config["config"]["layers"] if layer["class_name"] == kind.__name__)
        entry["class_name"] = name
        for key in ("activation", "recurrent_activation", "use_bias", "dropout", "recurrent_dropout", "reset_after",
                    "unroll"):  # fmt: skip
            entry["config"].pop(key, None)

    def replace(names, group):
        layer = group[model.layers[0].name]
        members = [n.decode() if isinstance(n, bytes) else n for n in layer.attrs["weight_names"]]
        for member, value in zip(members, to_cudnn(*(layer[m][()] for m in members), gates)):
            del layer[member]
            layer.create_dataset(member, data=value)

    rewrite(path, rename, replace)
    twin = models.load_model(path, compile=False)
    assert type(twin.layers[0]) is kind
    for mine, other in zip(twin.get_weights(), model.get_weights()):
        np.testing.assert_allclose(mine, other, rtol=1e-6, atol=1e-7)


def test_conversion_of_a_cudnn_kernel():
    """Numbers of tf_keras 2.21's own conversion of a CuDNNLSTM with two units and three features."""
    from pykeras.saving import cudnn

    kernel = np.arange(24.0).reshape(3, 8)
    variable = pykeras.Variable(np.zeros((3, 8)), name="kernel")
    wanted = [[0, 9, 2, 11, 4, 13, 6, 15], [1, 16, 3, 18, 5, 20, 7, 22], [8, 17, 10, 19, 12, 21, 14, 23]]
    np.testing.assert_array_equal(cudnn.converted(variable, kernel, 4), wanted)


@pytest.mark.parametrize("suffix", ["h5", "keras"])
@pytest.mark.parametrize("function", ["hard_sigmoid", "keras2_hard_sigmoid"])
def test_hard_sigmoids_stay_what_they_are(function, suffix, tmp_path):
    model = pykeras.Sequential([layers.LSTM(2, recurrent_activation=function, input_shape=(5, 3)),
                                layers.Activation(function, name="hard_sigmoid")])  # fmt: skip
    path = tmp_path / f"model.{suffix}"
    model.save(path)
    twin = models.load_model(path, compile=False)
    assert twin.layers[0].recurrent_activation is getattr(activations, function)
    np.testing.assert_array_equal(twin.predict(X, verbose=0), model.predict(X, verbose=0))
    if suffix == "h5":
        with h5py.File(path) as file:
            config = json.loads(file.attrs["model_config"])["config"]["layers"][-1]["config"]
        assert config == {**config, "activation": "hard_sigmoid" if "2" in function else "keras3_hard_sigmoid",
                          "name": "hard_sigmoid"}  # fmt: skip


def test_names_of_weights(tmp_path):
    """Those of tf_keras."""
    model = pykeras.Sequential([layers.Bidirectional(layers.LSTM(2, name="a", seed=3), name="b", input_shape=(5, 3)),
                                layers.RepeatVector(2), layers.SimpleRNN(2, name="c", seed=3)])  # fmt: skip
    model.save(tmp_path / "model.h5")
    with h5py.File(tmp_path / "model.h5") as file:
        names = [n.decode() if isinstance(n, bytes) else n for layer in ("b", "c")
                 for n in file["model_weights"][layer].attrs["weight_names"]]  # fmt: skip
        text = file.attrs["model_config"]
    parts = ("kernel:0", "recurrent_kernel:0", "bias:0")
    assert names == [f"{prefix}/{part}" for prefix in ("b/forward_a/lstm_cell", "b/backward_a/lstm_cell",
                                                       "c/simple_rnn_cell") for part in parts]  # fmt: skip
    config = json.loads(text)["config"]["layers"]
    assert config[-1]["config"].keys().isdisjoint({"seed", "cell"})
    assert next(c for c in config if c["class_name"] == "Bidirectional")["config"]["layer"]["config"]["name"] == "a"
