"""Low-rank adaptation computes, trains and saves as real Keras does (see ``record_lora.py``)."""

import pathlib
import zipfile

import numpy as np
import pytest
from parity import lora_cases, packed

import pykeras
from pykeras import ops

FIXTURES = pathlib.Path(__file__).parent / "fixtures"
RECORDED = packed.load(FIXTURES / "lora.npz")


def close(got, wanted):
    np.testing.assert_allclose(np.asarray(got), wanted, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("by_constructor", [False, True])
@pytest.mark.parametrize("name", lora_cases.CASES)
def test_a_layer_agrees_with_keras(name, by_constructor):
    wanted = RECORDED["layers"][name]
    layer = lora_cases.adapted(pykeras, name, by_constructor)
    assert [w.name for w in layer.weights] == wanted["weights"]
    assert [w.name for w in layer.trainable_weights] == wanted["trainable"]
    with pykeras.GradientTape() as tape:
        outputs = layer(lora_cases.inputs(name))
        losses = layer.losses
        total = ops.sum(ops.square(outputs)) + sum(losses)
    close(outputs, wanted["outputs"])
    close(losses, wanted["losses"])
    for slope, expected in zip(tape.gradient(total, layer.trainable_variables), wanted["gradients"], strict=True):
        np.testing.assert_allclose(np.asarray(slope), expected, rtol=1e-4, atol=1e-5)
    store = {}
    layer.save_own_variables(store)
    for number, expected in enumerate(wanted["saved"]):
        close(store.pop(str(number)), expected)
    assert not store
    config = layer.get_config()
    assert {key: config[key] for key in wanted["config"]} == wanted["config"]
    assert type(layer).from_config(config).lora_alpha == wanted["config"]["lora_alpha"]


def test_training_a_model_ends_where_keras_ends():
    wanted = RECORDED["model"]
    model = lora_cases.model(pykeras)
    x, y = lora_cases.numbers()
    model.compile("sgd", "mse")
    close(model.predict(x, verbose=0), wanted["before"])
    history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
    close(history.history["loss"], wanted["losses"])
    for weight, expected in zip(model.weights, wanted["trained"], strict=True):
        close(weight, expected)


def test_files_of_keras_open(tmp_path):
    wanted = RECORDED["model"]
    x, y = lora_cases.numbers()
    with zipfile.ZipFile(FIXTURES / "lora.zip") as archive:
        archive.extractall(tmp_path)
    opened = pykeras.models.load_model(tmp_path / "m.keras")
    assert [layer.lora_rank for layer in opened.layers if getattr(layer, "lora_enabled", False)] == [2] * 4
    plain, adapted = lora_cases.model(pykeras, lora=False), lora_cases.model(pykeras)
    for model in (plain, adapted):
        model.load_weights(tmp_path / "m.weights.h5")
    for model in (opened, plain, adapted):
        close(model.predict(x, verbose=0), wanted["after"])
    # The sum is in the main weight now, and the change is zero.
    close(adapted.get_layer("out")._kernel, plain.get_layer("out").kernel)
    assert not np.any(adapted.get_layer("words").lora_embeddings_a.numpy())


def test_our_files_open_here_again(tmp_path):
    model = lora_cases.model(pykeras)
    x, y = lora_cases.numbers()
    wanted = model.predict(x, verbose=0)
    model.save(tmp_path / "m.keras")
    model.save_weights(tmp_path / "m.weights.h5")
    model.save(tmp_path / "m.h5")
    for name in ("m.keras", "m.h5"):
        again = pykeras.models.load_model(tmp_path / name, compile=False)
        close(again.predict(x, verbose=0), wanted)
        assert again.get_layer("mixed").lora_enabled and again.get_layer("mixed").lora_alpha == 3
    plain = lora_cases.model(pykeras, lora=False)
    plain.load_weights(tmp_path / "m.weights.h5")
    close(plain.predict(x, verbose=0), wanted)
    close(pykeras.models.clone_model(model).get_layer("out").lora_alpha, 3)
    too_big = pykeras.Sequential([pykeras.Input((6,)), pykeras.layers.Dense(9, name="words", lora_rank=1)])
    with pytest.raises(ValueError, match="words"):
        too_big.load_weights(tmp_path / "m.weights.h5")
