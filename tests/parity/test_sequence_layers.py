"""Attention, embedding, normalization, merging and noise layers against the numbers of Keras 3."""

import json
import pathlib

import numpy as np
import pytest
from parity.sequence_cases import CASES, call_of, inputs_of, weight_values

import pykeras
from pykeras import layers, ops

FIXTURES = pathlib.Path(__file__).parent / "fixtures"
FACTS = json.loads((FIXTURES / "sequence_layers.json").read_text(encoding="utf-8"))
NUMBERS = np.load(FIXTURES / "sequence_layers.npz")
# What configurations hold that only one side knows.
OURS_ONLY = {"flash_attention", "activity_regularizer"}


def made(name, **more):
    spec = CASES[name]
    config = dict(spec["config"])
    if isinstance(config.get("layer"), dict):
        inner = dict(config["layer"])
        config["layer"] = getattr(layers, inner.pop("class_name"))(**inner, name="inner", **more)
    return getattr(layers, spec["layer"])(**config, name="tested", **more)


def call(layer, name, values, **more):
    given = {**call_of(name), **more}
    if name.startswith("*"):
        return layer(*values, **given)
    return layer(values[0] if len(values) == 1 else list(values), **given)


def ready(name, dtype="float32"):
    """The layer with its weights, and its inputs."""
    layer = made(name, dtype=dtype)
    inputs = [x.astype(dtype) if x.dtype.kind == "f" else x for x in inputs_of(name)]
    call(layer, name, inputs)
    for weight in layer.weights:
        weight.assign(weight_values(name, weight.path, weight.shape))
    return layer, [ops.convert_to_tensor(x) for x in inputs]


def close(got, name, kind, dtype):
    stem = f"{name}/{kind}"
    want = [NUMBERS[key] for key in NUMBERS.files if key.startswith(stem) and key[len(stem) :].isdigit()]
    if kind == "after":  # Keras counts the states of seed generators, too
        want = [w for w in want if w.shape != (2,)]
    assert len(got) == len(want)
    tolerance = 2e-5 * CASES[name]["tolerance"]
    for g, w in zip(got, want):
        assert g.shape == w.shape and g.dtype == dtype
        np.testing.assert_allclose(g.numpy(), w, rtol=tolerance * 10, atol=tolerance * max(1, np.abs(w).max()))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values_and_gradients(name, dtype):
    layer, inputs = ready(name, dtype)
    assert [[w.path, list(w.shape)] for w in layer.weights] == FACTS[name]["weights"]
    reals = [x for x in inputs if x.dtype == dtype]
    with pykeras.GradientTape() as tape:
        tape.watch(reals)
        outputs = call(layer, name, inputs)
        first = outputs[0] if isinstance(outputs, (tuple, list)) else outputs
        weights = np.cos(np.arange(first.size)).reshape(first.shape).astype(dtype)
        total = ops.sum(first * weights)
    trainable = layer.trainable_variables
    slopes = tape.gradient(total, [*trainable, *reals], unconnected_gradients="zero")
    close(pykeras.tree.flatten(outputs), name, "out", dtype)
    close([w.read() for w in layer.non_trainable_weights], name, "after", dtype)
    if name != "spectral_normalization":  # Keras differentiates through the division of the kernel
        close(slopes[: len(trainable)], name, "dw", dtype)
    close(slopes[len(trainable) :], name, "dx", dtype)


@pytest.mark.parametrize("name", CASES)
def test_mask_config_and_losses(name):
    layer, inputs = ready(name)
    outputs = call(layer, name, inputs)
    if name != "spectral_normalization":
        mask = getattr(outputs, "_keras_mask", None)
        assert (None if mask is None else mask.tolist()) == FACTS[name]["mask"]
    assert [round(float(loss), 5) for loss in layer.losses] == pytest.approx(FACTS[name]["losses"], rel=1e-4)
    config = layer.get_config()
    assert set(FACTS[name]["config"]) - set(config) <= {
        "quantization_config", "activity_regularizer", "renorm", "renorm_clipping", "renorm_momentum",
    }  # fmt: skip
    again = type(layer).from_config(config)
    if name != "spectral_normalization":  # the inner layer says what it was built for
        assert again.get_config() == config
    restored = layers.deserialize(layers.serialize(layer))
    call(restored, name, inputs)
    restored.set_weights(layer.get_weights())
    got, want = (pykeras.tree.flatten(call(each, name, inputs)) for each in (restored, layer))
    for g, w in zip(got, want):
        np.testing.assert_array_equal(g.numpy(), w.numpy())


@pytest.mark.parametrize("name", [name for name in CASES if not CASES[name]["masks"]])
def test_symbolic_shapes(name):
    """A model of the layer with an unknown batch gives what the layer gives, of the shape it said."""
    layer, inputs = ready(name)
    want = pykeras.tree.flatten(call(layer, name, inputs))
    entries = [pykeras.Input(x.shape[1:], dtype=x.dtype) for x in inputs]
    outputs = call(layer, name, entries)
    model = pykeras.Model(entries, outputs)
    for shape, value in zip([t.shape for t in pykeras.tree.flatten(outputs)], want):
        assert shape[1:] == value.shape[1:] and shape[0] in (None, value.shape[0])
    if CASES[name]["call"].get("training"):
        return
    for got, value in zip(pykeras.tree.flatten(model(inputs)), want):
        np.testing.assert_array_equal(got.numpy(), value.numpy())
    if not name.startswith("*"):
        shapes = [tuple(x.shape) for x in inputs]
        if not CASES[name]["call"]:
            got = layer.compute_output_shape(shapes[0] if len(shapes) == 1 else shapes)
            assert tuple(got) == want[0].shape
