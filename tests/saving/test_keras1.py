"""Files of Keras 1, made by hand from its documented layout: no library that writes them can be had today.

Configurations hold the constructors' arguments of Keras 1.2.2 under their names; files of weights have ``layer_names``
and ``weight_names`` as those of Keras 2, and no ``keras_version`` before 1.1. Recurrent layers keep W, U, b for each
gate (LSTM: i, c, f, o; GRU: z, r, h); what they compute is checked against the equations, written out in NumPy.
"""

import json

import h5py
import numpy as np
import pytest

from pykeras import models

RNG = np.random.default_rng(0)


def array(*shape):
    return RNG.normal(size=shape).astype("float32")


def write(path, layers, weights, version=None, backend=None, training=None):
    """A file of a Sequential model of Keras 1; ``weights`` maps layers' names to arrays in Keras 1's order."""
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": layers}).encode()
        if training:
            file.attrs["training_config"] = json.dumps(training).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = np.array([layer["config"]["name"].encode() for layer in layers])
        for key, value in (("keras_version", version), ("backend", backend)):
            if value:
                group.attrs[key] = value.encode()
                file.attrs[key] = value.encode()
        for layer in layers:
            name = layer["config"]["name"]
            inner = group.create_group(name)
            arrays = weights.get(name, [])
            names = [f"{name}_{number}" for number in range(len(arrays))]
            inner.attrs["weight_names"] = np.array([each.encode() for each in names])
            for each, value in zip(names, arrays, strict=True):
                inner[each] = value


def dense(name, units, **extra):
    return {"class_name": "Dense", "config": {
        "name": name, "output_dim": units, "init": "glorot_uniform", "activation": "linear", "W_regularizer": None,
        "b_regularizer": None, "activity_regularizer": None, "W_constraint": None, "b_constraint": None, "bias": True,
        "trainable": True, **extra}}  # fmt: skip


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def hard_sigmoid(x):
    return np.clip(0.2 * x + 0.5, 0, 1)


def test_dense_compiled(tmp_path):
    w, b, w2, b2 = array(3, 4), array(4), array(4, 2), array(2)
    layers = [
        dense("a", 4, batch_input_shape=[None, 3], input_dtype="float32", input_dim=3, init="uniform", activation="relu",
              W_regularizer={"name": "WeightRegularizer", "l1": 0.0, "l2": 0.01},
              W_constraint={"name": "MaxNorm", "m": 2, "axis": 0}),
        {"class_name": "Dropout", "config": {"name": "d", "p": 0.5, "trainable": True}},
        dense("b", 2, activation="softmax"),
    ]  # fmt: skip
    optimizer = {"class_name": "SGD", "config": {"lr": 0.05, "momentum": 0.9, "decay": 1e-6, "nesterov": True}}
    training = {"optimizer_config": optimizer, "loss": "categorical_crossentropy", "metrics": ["accuracy"],
                "sample_weight_mode": None, "loss_weights": None}  # fmt: skip
    write(tmp_path / "m.h5", layers, {"a": [w, b], "b": [w2, b2]}, "1.2.2", "tensorflow", training)
    model = models.load_model(tmp_path / "m.h5")
    first = model.layers[0]
    assert first.kernel_regularizer.get_config()["l2"] == pytest.approx(0.01)
    assert first.kernel_constraint.max_value == 2 and model.layers[1].rate == 0.5
    assert (
        float(model.optimizer.learning_rate.numpy()) == pytest.approx(0.05) and model.loss == "categorical_crossentropy"
    )
    x = array(5, 3)
    y = np.maximum(x @ w + b, 0) @ w2 + b2
    wanted = np.exp(y) / np.exp(y).sum(-1, keepdims=True)
    np.testing.assert_allclose(model.predict(x, verbose=0), wanted, rtol=1e-5, atol=1e-6)
    model.train_on_batch(x, np.eye(2)[[0, 1, 0, 1, 0]])


@pytest.mark.parametrize("backend", ["tensorflow", "theano"])
@pytest.mark.parametrize("order", ["tf", "th"])
def test_convolution(tmp_path, order, backend):
    kernel, bias = array(3, 2, 2, 4), array(4)  # (rows, columns, in, out), as today
    config = {"name": "c", "nb_filter": 4, "nb_row": 3, "nb_col": 2, "init": "he_normal", "activation": "linear",
              "border_mode": "valid", "subsample": [1, 1], "dim_ordering": order, "W_regularizer": None, "bias": True,
              "batch_input_shape": [None, 5, 5, 2] if order == "tf" else [None, 2, 5, 5], "trainable": True}  # fmt: skip
    stored = kernel[::-1, ::-1] if backend == "theano" else kernel
    stored = stored.transpose(3, 2, 0, 1) if order == "th" else stored
    write(
        tmp_path / "m.h5", [{"class_name": "Convolution2D", "config": config}], {"c": [stored, bias]}, "1.2.2", backend
    )
    model = models.load_model(tmp_path / "m.h5", compile=False)
    assert model.layers[0].data_format == {"tf": "channels_last", "th": "channels_first"}[order]
    x = array(2, 5, 5, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 2), (1, 2))  # (n, 3, 4, channels, 3, 2)
    wanted = np.einsum("nrcihw,hwio->nrco", windows, kernel) + bias
    given = x if order == "tf" else x.transpose(0, 3, 1, 2)
    got = model.predict(given, verbose=0)
    np.testing.assert_allclose(got if order == "tf" else got.transpose(0, 2, 3, 1), wanted, rtol=1e-4, atol=1e-5)


def test_convolution_1d(tmp_path):
    kernel, bias = array(3, 2, 4), array(4)
    config = {"name": "c", "nb_filter": 4, "filter_length": 3, "border_mode": "valid", "subsample_length": 1,
              "init": "uniform", "activation": "linear", "bias": True, "batch_input_shape": [None, 6, 2],
              "input_dim": 2, "input_length": 6}  # fmt: skip
    pool = {
        "class_name": "MaxPooling1D",
        "config": {"name": "p", "pool_length": 2, "stride": 2, "border_mode": "valid"},
    }
    write(tmp_path / "m.h5", [{"class_name": "Convolution1D", "config": config}, pool], {"c": [kernel[:, None], bias]})
    model = models.load_model(tmp_path / "m.h5", compile=False)
    x = array(2, 6, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, 3, 1)
    wanted = (np.einsum("ntch,hco->nto", windows, kernel) + bias).reshape(2, 2, 2, 4).max(2)
    np.testing.assert_allclose(model.predict(x, verbose=0), wanted, rtol=1e-4, atol=1e-5)


def recurrent(kind, **extra):
    return {"class_name": kind, "config": {
        "name": "r", "output_dim": 3, "init": "glorot_uniform", "inner_init": "orthogonal", "activation": "tanh",
        "inner_activation": "hard_sigmoid", "W_regularizer": None, "U_regularizer": None, "b_regularizer": None,
        "dropout_W": 0.0, "dropout_U": 0.0, "return_sequences": False, "go_backwards": False, "stateful": False,
        "unroll": False, "consume_less": "cpu", "input_dim": 2, "input_length": 4, "batch_input_shape": [None, 4, 2],
        **extra}}  # fmt: skip


def test_lstm(tmp_path):
    gates = {gate: (array(2, 3), array(3, 3), array(3)) for gate in "icfo"}
    write(
        tmp_path / "m.h5",
        [recurrent("LSTM", forget_bias_init="one")],
        {"r": [a for gate in "icfo" for a in gates[gate]]},
    )
    model = models.load_model(tmp_path / "m.h5", compile=False)
    assert model.layers[0].unit_forget_bias
    x, h, c = array(5, 4, 2), np.zeros((5, 3)), np.zeros((5, 3))
    for t in range(4):
        i, g, f, o = (x[:, t] @ w + h @ u + b for w, u, b in (gates[gate] for gate in "icfo"))
        c = hard_sigmoid(f) * c + hard_sigmoid(i) * np.tanh(g)
        h = hard_sigmoid(o) * np.tanh(c)
    np.testing.assert_allclose(model.predict(x, verbose=0), h, rtol=1e-4, atol=1e-5)


def test_gru(tmp_path):
    gates = [(array(2, 3), array(3, 3), array(3)) for _ in range(3)]
    write(tmp_path / "m.h5", [recurrent("GRU")], {"r": [a for gate in gates for a in gate]}, "1.0.7")
    model = models.load_model(tmp_path / "m.h5", compile=False)
    assert not model.layers[0].reset_after
    x, h = array(5, 4, 2), np.zeros((5, 3))
    (wz, uz, bz), (wr, ur, br), (wh, uh, bh) = gates
    for t in range(4):
        z, r = hard_sigmoid(x[:, t] @ wz + h @ uz + bz), hard_sigmoid(x[:, t] @ wr + h @ ur + br)
        h = z * h + (1 - z) * np.tanh(x[:, t] @ wh + (r * h) @ uh + bh)
    np.testing.assert_allclose(model.predict(x, verbose=0), h, rtol=1e-4, atol=1e-5)


def test_embedding_and_merge_of_a_functional_model(tmp_path):
    """Calls are lists of three here, without the keyword arguments of Keras 2."""
    table = array(6, 3)

    def at(name):
        return [[name, 0, 0]]

    layers = [
        {"class_name": "InputLayer", "name": "x", "inbound_nodes": [],
         "config": {"name": "x", "batch_input_shape": [None, 2], "input_dtype": "int32", "sparse": False}},
        {"class_name": "Embedding", "name": "e", "inbound_nodes": [at("x")],
         "config": {"name": "e", "input_dim": 6, "output_dim": 3, "init": "uniform", "input_length": 2, "mask_zero": False,
                    "W_regularizer": None, "W_constraint": None, "activity_regularizer": None, "dropout": 0.0}},
        {"class_name": "Flatten", "name": "f", "inbound_nodes": [at("e")], "config": {"name": "f"}},
        {"class_name": "Merge", "name": "m", "inbound_nodes": [[["f", 0, 0], ["f", 0, 0]]],
         "config": {"name": "m", "mode": "concat", "concat_axis": -1, "dot_axes": -1, "mode_type": "raw"}},
        {"class_name": "Merge", "name": "s", "inbound_nodes": [[["m", 0, 0], ["m", 0, 0]]],
         "config": {"name": "s", "mode": "sum", "mode_type": "raw"}},
    ]  # fmt: skip
    config = {"name": "g", "layers": layers, "input_layers": [["x", 0, 0]], "output_layers": [["s", 0, 0]]}
    write(tmp_path / "m.h5", layers, {"e": [table]}, "1.2.2")
    with h5py.File(tmp_path / "m.h5", "a") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Model", "config": config}).encode()
    model = models.load_model(tmp_path / "m.h5", compile=False)
    x = np.array([[0, 5], [2, 3]], "int32")
    flat = table[x].reshape(2, 6)
    np.testing.assert_allclose(model.predict(x, verbose=0), 2 * np.concatenate([flat, flat], -1), rtol=1e-6)


def test_modes_without_a_counterpart():
    for layer, message in (
        ({"class_name": "BatchNormalization", "config": {"name": "n", "mode": 1, "beta_init": "zero"}}, "mode=1"),
        ({"class_name": "Merge", "config": {"name": "m", "mode": "cos", "mode_type": "raw"}}, "'cos'"),
    ):
        with pytest.raises(ValueError, match=message):
            models.model_from_config({"class_name": "Sequential", "config": [layer]})
