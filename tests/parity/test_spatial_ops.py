"""Convolution, pooling and image ops, and locally connected layers, against what Keras gave
(record_spatial_ops.py)."""

import pathlib

import numpy as np
import pytest
from parity import record_spatial_ops, spatial_calls

import pykeras
from pykeras import KerasTensor, layers, ops

FIXTURES = pathlib.Path(__file__).parent / "fixtures"
OPS = dict(np.load(FIXTURES / "spatial_ops.npz"))
LOCAL = dict(np.load(FIXTURES / "locally_connected.npz"))
CALLS = spatial_calls.calls(ops)
# A step of a hue, an image's edge or a whole place is met by different roundings.
STEPS = {"map_constant_0": 1e-5}


def close(got, want, rtol=2e-5, atol=3e-5):
    assert got.shape == want.shape and got.dtype == want.dtype.name
    np.testing.assert_allclose(got.numpy(), want, rtol=rtol, atol=atol)


@pytest.mark.parametrize("name", CALLS)
def test_values_and_gradients(name):
    function, arrays = CALLS[name]
    tensors = [ops.convert_to_tensor(x) for x in arrays]
    with pykeras.GradientTape() as tape:
        tape.watch(tensors)
        result = function(*tensors)
    close(result, OPS[f"{name}/output"])
    gradients = tape.gradient([result], tensors, [spatial_calls.upstream(name, result.shape)], "zero")
    for number, gradient in enumerate(gradients):
        close(gradient, OPS[f"{name}/gradient/{number}"], atol=1e-4)


@pytest.mark.parametrize("name", CALLS)
def test_symbolic_shape(name):
    function, arrays = CALLS[name]
    shape = OPS[f"{name}/output"].shape
    known = function(*(KerasTensor(x.shape) for x in arrays[:1]), *arrays[1:])
    assert (known.shape, known.dtype) == (shape, "float32")


@pytest.mark.parametrize("name", [key.split("/")[1] for key in OPS if key.startswith("whole/")])
def test_whole_numbers(name):
    want = OPS[f"whole/{name}"]
    got = spatial_calls.whole_calls(ops)[name]
    assert (got.shape, got.dtype) == (want.shape, want.dtype.name)
    assert np.abs(got.numpy().astype(int) - want.astype(int)).max() <= 1


@pytest.mark.parametrize("name", record_spatial_ops.locally_connected_cases())
def test_locally_connected(name):
    layer, config, x = record_spatial_ops.locally_connected_cases()[name]
    pykeras.utils.clear_session()
    layer = getattr(layers, layer)(**config)
    layer(KerasTensor(x.shape))
    for number, weight in enumerate(layer.weights):
        weight.assign(spatial_calls.floats(*weight.shape, seed=number))
    x = ops.convert_to_tensor(x)
    with pykeras.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)
    close(y, LOCAL[f"{name}/output"])
    assert [f"{w.path}:0" for w in layer.weights] == [
        f"{layer.name}/{n.split('/')[-1]}" for n in LOCAL[f"{name}/names"].tolist()
    ]
    sources = [x, *layer.trainable_variables]
    for number, gradient in enumerate(tape.gradient([y], sources, [spatial_calls.upstream(name, y.shape)])):
        close(gradient, LOCAL[f"{name}/gradient/{number}"])
    twin = type(layer).from_config(layer.get_config())
    twin(x)
    twin.set_weights(layer.get_weights())
    np.testing.assert_array_equal(twin(x), y)
    assert layer.compute_output_shape((None, *x.shape[1:])) == (None, *y.shape[1:])
