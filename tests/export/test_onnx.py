"""ONNX files compute in onnxruntime what the model computes here."""

import numpy as np
import pytest
from parity import file_models

import pykeras
from pykeras import layers, models, ops

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


def agree(model, x, path):
    """Exports, runs and compares, with another batch size than the model saw before."""
    from pykeras.export.model import flat_inputs

    model.export(path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = session.run(None, flat_inputs(model, x))
    for a, b in zip(found, file_models.predict(model, x), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("name", file_models.MODELS)
def test_models_of_every_family(name, tmp_path):
    model = file_models.MODELS[name](pykeras)
    x, y = file_models.data(model)
    file_models.train(model, x, y)
    agree(model, x, tmp_path / "m.onnx")


X = layers.Input
CASES = {
    "dot normalized": lambda a: layers.Dot(1, normalize=True)([layers.Dense(3)(a), layers.Dense(3)(a)]),
    "average and broadcast": lambda a: layers.Average()([a, layers.Dense(1)(a)]),
    "softmax layers": lambda a: layers.Softmax()(layers.ThresholdedReLU(0.3)(layers.Dense(4)(a))),
    "einsum": lambda a: layers.EinsumDense("...x,xy->...y", output_shape=5, bias_axes="y", activation="gelu")(a),
    "ops": lambda a: ops.sum(ops.exp(a) * ops.sqrt(ops.abs(a) + 1.0), axis=-1, keepdims=True) - ops.mean(a),
    "slices": lambda a: ops.concatenate([a[:, ::2], a[:, 1:2], ops.expand_dims(a[:, -1], 1)], axis=1),
    "rms": lambda a: layers.LayerNormalization(rms_scaling=True)(layers.RMSNormalization()(a)),
}
SEQUENCES = {
    "stacked cells": lambda a: layers.RNN([layers.GRUCell(3), layers.SimpleRNNCell(2)], go_backwards=True)(a),
    "states": lambda a: layers.GRU(3, return_state=True, recurrent_activation="hard_sigmoid")(a),
    "relu lstm": lambda a: layers.LSTM(3, activation="relu", use_bias=False, return_sequences=True)(a),
    "both ways": lambda a: layers.Bidirectional(layers.SimpleRNN(2, return_sequences=True), merge_mode="mul")(a),
    "both states": lambda a: layers.Bidirectional(layers.LSTM(2, return_state=True), merge_mode=None)(a),
    "zero output": lambda a: layers.RNN(layers.LSTMCell(2), zero_output_for_mask=True)(layers.Masking(0.0)(a)),
    "masked mean": lambda a: layers.GlobalAveragePooling1D()(layers.Masking(0.0)(a)),
    "inside steps": lambda a: layers.TimeDistributed(models.Sequential([layers.Dense(3), layers.Dropout(0.5)]))(a),
    "attention": lambda a: layers.Attention(score_mode="concat", use_scale=True)([a, a], use_causal_mask=True),
    "heads": lambda a: layers.MultiHeadAttention(2, 3, value_dim=4, output_shape=5)(a, value=a, use_causal_mask=True),
    "bilinear": lambda a: layers.UpSampling1D(3)(layers.Conv1D(3, 2, padding="causal", dilation_rate=2)(a)),
}
IMAGES = {
    "bilinear": lambda a: layers.UpSampling2D((2, 3), interpolation="bilinear")(a),
    "resizing": lambda a: layers.Resizing(5, 9)(a),
    "strided": lambda a: layers.Conv2D(4, 3, strides=2, padding="same", activation="softmax")(a),
    "transposed": lambda a: layers.Conv2DTranspose(4, 2, strides=3, padding="valid")(a),
    "transposed, same": lambda a: layers.Conv2DTranspose(4, 3, strides=2, padding="same")(a),
    "same pools": lambda a: layers.AveragePooling2D(3, 2, "same")(layers.MaxPooling2D(2, 1, "same")(a)),
    "axis 1": lambda a: layers.BatchNormalization(axis=1)(layers.GroupNormalization(-1, axis=2)(a)),
    "global": lambda a: layers.GlobalAveragePooling1D(keepdims=True)(layers.ConvLSTM1D(2, 2)(a)),
}


@pytest.mark.parametrize("shape, call", [
    *[pytest.param((6,), call, id=name) for name, call in CASES.items()],
    *[pytest.param((5, 4), call, id=name) for name, call in SEQUENCES.items()],
    *[pytest.param((6, 8, 2), call, id=f"image {name}") for name, call in IMAGES.items()],
])  # fmt: skip
def test_options_of_layers(shape, call, tmp_path):
    a = X(shape)
    model = models.Model(a, call(a))
    x = np.random.default_rng(0).normal(size=(3, *shape)).astype("f4")
    x[0, 2:] = 0.0  # masked, where something masks
    agree(model, [x], tmp_path / "m.onnx")


NUMBERS = np.array([[0, 1, 1], [3, 0, 9], [2, 2, 2], [-1, 3, 1]])
TEXTS = np.array([["a", "b", ""], ["zz", "b", "a"], ["a", "a", "a"], ["q", "", "b"]], object)
FLOATS = np.random.default_rng(3).normal(size=(4, 3)).astype("f4") * 3
MODES = ("int", "one_hot", "multi_hot", "count")
PREPARING = {
    "normalized": (lambda: layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 4.0, 9.0]), FLOATS),
    "inverse": (lambda: layers.Normalization(mean=0.5, variance=4.0, invert=True, axis=None), FLOATS),
    "weighted": (
        lambda: layers.StringLookup(vocabulary=["a", "b"], output_mode="tf_idf", idf_weights=[0.5, 0.75]),
        TEXTS,
    ),
    "numbers back": (lambda: layers.IntegerLookup(vocabulary=[7, 8], invert=True), NUMBERS),
    **{f"bins {m}": (lambda m=m: layers.Discretization([-1.0, 0.0, 2.0], output_mode=m), FLOATS) for m in MODES},
    **{f"codes {m}": (lambda m=m: layers.CategoryEncoding(4, output_mode=m), NUMBERS) for m in MODES[1:]},
    **{f"numbers {m}": (lambda m=m: layers.IntegerLookup(vocabulary=[3, 1], output_mode=m, mask_token=0), NUMBERS)
       for m in MODES},
    **{f"texts {m}": (lambda m=m: layers.StringLookup(vocabulary=["a", "b"], output_mode=m, mask_token=""), TEXTS)
       for m in MODES},
}  # fmt: skip


@pytest.mark.parametrize("name", PREPARING)
def test_preprocessing(name, tmp_path):
    make, x = PREPARING[name]
    a = X(x.shape[1:], dtype={"f": "float32", "i": "int64", "O": "string"}[x.dtype.kind])
    model = models.Model(a, make()(a))
    agree(model, [x], tmp_path / "m.onnx")


def test_numbers_back_to_texts(tmp_path):
    from pykeras.export.model import flat_inputs

    a = X((3,), dtype="int64")
    model = models.Model(a, layers.StringLookup(vocabulary=["a", "b"], invert=True)(a))
    model.export(tmp_path / "m.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "m.onnx"), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, flat_inputs(model, [np.array([[0, 1, 2], [9, 2, 1]])]))
    assert found.tolist() == [["[UNK]", "a", "b"], ["[UNK]", "b", "a"]]


@pytest.mark.parametrize(("make", "dtype", "match"), [
    (lambda: layers.TextVectorization(vocabulary=["a"], name="own"), "string", 'TextVectorization "own".*cuts texts up'),
    (lambda: layers.Hashing(3, name="own"), "int64", 'Hashing "own".*hashes'),
    (lambda: layers.StringLookup(vocabulary=["a"], num_oov_indices=2), "string", "StringLookup.*num_oov_indices=2"),
])  # fmt: skip
def test_preprocessing_that_cannot_is_named(make, dtype, match, tmp_path):
    a = X((1,), dtype=dtype)
    with pytest.raises(ValueError, match=match):
        models.Model(a, make()(a)).export(tmp_path / "m.onnx")


def test_open_lengths(tmp_path):
    a = X((None, 4))
    y = layers.LSTM(3, return_sequences=True)(layers.Masking(0.0)(a))
    y = layers.MultiHeadAttention(2, 2)(layers.TimeDistributed(layers.Dense(3))(layers.Dense(4)(a)), layers.Dense(3)(a))
    model = models.Model(a, layers.GlobalMaxPooling1D()(y))
    for length in (3, 7):
        agree(model, [np.ones((2, length, 4), "f4")], tmp_path / "m.onnx")


def test_the_layer_that_cannot_is_named(tmp_path):
    path = tmp_path / "m.onnx"
    a = X((4,))
    for layer, match in ((layers.Lambda(lambda x: x, name="own"), 'Lambda "own".*no row for Lambda'),
                         (layers.Activation("sparsemax", name="rare"), 'Activation "rare".*sparsemax')):  # fmt: skip
        with pytest.raises(ValueError, match=match):
            models.Model(a, layer(a)).export(path)
    inner = models.Sequential([X((4,)), layers.Activation("sparsemax", name="deep")], name="inner")
    with pytest.raises(ValueError, match='"deep"'):
        models.Model(a, inner(a)).export(path)
    with pytest.raises(ValueError, match="FunctionOperation.*sort"):
        models.Model(a, ops.sort(a)).export(path)
    words = X((5,))
    masked = layers.Embedding(7, 4, mask_zero=True)(words)
    with pytest.raises(ValueError, match="MultiHeadAttention.*a mask"):
        models.Model(words, layers.MultiHeadAttention(1, 2)(masked, masked)).export(path)
    assert not path.exists()


def test_what_is_no_graph(tmp_path):
    class Own(models.Model):
        def call(self, x):
            return x

    with pytest.raises(ValueError, match="subclassed"):
        Own().export(tmp_path / "m.onnx")
    with pytest.raises(ValueError, match="no input shape"):
        models.Sequential([layers.Dense(2)]).export(tmp_path / "m.onnx")
    model = models.Sequential([X((3,)), layers.Dense(2)])
    for options, match in (({"format": "tf_saved_model"}, "needs TensorFlow"), ({"format": "x"}, "expected 'onnx'"),
                           ({"input_signature": []}, "input_signature")):  # fmt: skip
        with pytest.raises(ValueError, match=match):
            model.export(tmp_path / "m.onnx", **options)
    with pytest.raises(ValueError, match="the suffix"):
        model.export(tmp_path / "m.pb")


def test_export_archive_and_convert(tmp_path, capsys):
    model = models.Sequential([X((3,)), layers.Dense(2)])
    archive = pykeras.export.ExportArchive()
    with pytest.raises(ValueError, match="track a model first"):
        archive.write_out(tmp_path / "a.onnx")
    archive.track(model)
    archive.add_endpoint("serve", model)
    archive.write_out(tmp_path / "a.onnx")
    assert "bytes of ONNX" in capsys.readouterr().out
    from pykeras.__main__ import main

    model.save(tmp_path / "m.keras")
    assert main(["convert", str(tmp_path / "m.keras"), str(tmp_path / "b.onnx")]) == 0
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()
