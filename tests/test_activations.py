"""Activations: values as real Keras gives them, stability, gradients, and get/serialize/deserialize."""

import csv
import pathlib
import runpy

import numpy as np
import pytest

from pykeras import GradientTape, KerasTensor, Variable, activations, ops, registry

HERE = pathlib.Path(__file__).parent
CASES = runpy.run_path(str(HERE / "parity" / "record_foundations.py"))
RECORDED = np.load(CASES["FIXTURE"])
RECORDED_NAMES = sorted({name for name, _ in CASES["ACTIVATIONS"].values()})
NAMES = [*RECORDED_NAMES, "sparsemax"]


def test_inputs_are_the_recorded_ones():
    np.testing.assert_array_equal(CASES["inputs"]()["x"], RECORDED["inputs/x"])


@pytest.mark.parametrize("case", CASES["ACTIVATIONS"])
def test_values_are_those_of_keras(case):
    name, arguments = CASES["ACTIVATIONS"][case]
    result = ops.convert_to_numpy(getattr(activations, name)(RECORDED["inputs/x"], **arguments))
    expected = RECORDED[f"activations/{case}"]
    assert result.shape == expected.shape
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", [n for n in RECORDED_NAMES if n != "threshold"])
def test_float64_stays_float64(name):
    x = RECORDED["inputs/x"].astype("float64")
    wide = ops.convert_to_numpy(getattr(activations, name)(x))
    assert wide.dtype == np.float64
    np.testing.assert_allclose(wide, RECORDED[f"activations/{name}"], rtol=2e-5, atol=1e-5)


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("threshold", "linear")])
def test_gradient_is_finite_far_from_zero(name):
    x = Variable(np.array([[-500.0, -30.0, -1.5, 0.3, 30.0, 500.0]], "float64"))
    with GradientTape() as tape:
        y = getattr(activations, name)(x if name != "exponential" else ops.clip(x, -600.0, 600.0))
        total = ops.sum(y)
    gradient = np.asarray(tape.gradient(total, x))
    assert gradient.shape == (1, 6)
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize("name", ["mish", "relu_all", "threshold", "squareplus", "sparse_plus"])
def test_gradient_agrees_with_differences(name):
    function, arguments = CASES["ACTIVATIONS"][name]
    call = getattr(activations, function)
    start = np.array([-2.3, -0.7, 0.2, 0.8, 1.6, 2.4, 4.1])
    x = Variable(start, dtype="float64")
    with GradientTape() as tape:
        total = ops.sum(call(x, **arguments))
    step = 1e-6
    difference = (np.asarray(call(start + step, **arguments)) - np.asarray(call(start - step, **arguments))) / (
        2 * step
    )
    np.testing.assert_allclose(np.asarray(tape.gradient(total, x)), difference, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("case", CASES["ACTIVATIONS"])
def test_symbolic_shapes(case):
    name, arguments = CASES["ACTIVATIONS"][case]
    result = getattr(activations, name)(KerasTensor((2, 6, 4)), **arguments)
    assert isinstance(result, KerasTensor)
    assert result.shape == RECORDED[f"activations/{case}"].shape


def test_saturated_values_are_exact():
    assert np.asarray(activations.sigmoid([-1000.0, 1000.0])).tolist() == [0.0, 1.0]
    assert np.asarray(activations.softplus([-1000.0, 1000.0])).tolist() == [0.0, 1000.0]
    assert np.asarray(activations.log_sigmoid([-1000.0, 1000.0])).tolist() == [-1000.0, 0.0]
    assert np.asarray(activations.softmax([1000.0, 0.0])).tolist() == [1.0, 0.0]
    assert np.asarray(activations.log_softmax([1000.0, 0.0])).tolist() == [0.0, -1000.0]
    assert np.asarray(activations.elu([1e4])).tolist() == [1e4]
    assert np.asarray(activations.mish([-1000.0, 1000.0])).tolist() == [0.0, 1000.0]


# (hard_shrink and threshold give their other value, as in Keras.)
@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("threshold", "hard_shrink", "linear")])
def test_nan_stays_nan(name):
    assert np.isnan(np.asarray(getattr(activations, name)([np.nan, np.nan]))).any()


def test_integers_become_floats_where_needed():
    for name in ("sigmoid", "tanh", "gelu", "mish", "softplus", "exponential"):
        result = np.asarray(getattr(activations, name)(np.array([0, 1], "int32")))
        assert result.dtype == np.float32, name
        np.testing.assert_allclose(result, np.asarray(getattr(activations, name)(np.array([0.0, 1.0], "float32"))))


def test_softmax_sums_to_one_and_rejects_missing_axes():
    x = RECORDED["inputs/x"]
    np.testing.assert_allclose(np.asarray(activations.softmax(x, axis=1)).sum(1), 1.0, rtol=1e-6)
    with pytest.raises(ValueError, match="3"):
        activations.softmax(x, axis=3)


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_sparsemax_is_the_nearest_distribution(axis):
    x = RECORDED["inputs/x"].astype("float64")
    low, high = x.max(axis, keepdims=True) - 1, x.max(axis, keepdims=True)
    for _ in range(60):  # the level at which the parts above it sum to 1, by bisection
        level = (low + high) / 2
        too_much = np.maximum(x - level, 0).sum(axis, keepdims=True) > 1
        low, high = np.where(too_much, level, low), np.where(too_much, high, level)
    p = np.asarray(activations.sparsemax(x, axis))
    np.testing.assert_allclose(p, np.maximum(x - low, 0), atol=1e-9)
    assert (p == 0).any()


def test_glu_needs_an_even_axis():
    with pytest.raises(ValueError, match="glu"):
        activations.glu(np.ones((2, 3), "float32"))


def test_linear_returns_its_argument():
    x = object()
    assert activations.linear(x) is x
    assert activations.get(None) is activations.linear


def test_get_by_name_alias_callable_and_config():
    assert activations.get("relu") is activations.relu
    assert activations.get("swish") is activations.get("silu") is activations.swish
    assert activations.get("hard_swish") is activations.hard_silu

    def own(x):
        return x

    assert activations.get(own) is own
    config = {"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "function"}
    assert activations.get(config) is activations.relu


@pytest.mark.parametrize("name", NAMES)
def test_round_trip(name):
    function = getattr(activations, name)
    assert activations.serialize(function) == name
    assert activations.deserialize(name) is function
    assert activations.deserialize(registry.serialize(function)) is function


def test_unknown_name_suggests_near_ones():
    with pytest.raises(ValueError, match='Unknown activation "Relu": did you mean "relu"'):
        activations.get("Relu")
    with pytest.raises(ValueError, match='Unknown activation "sigmod".*"sigmoid"'):
        activations.get("sigmod")
    with pytest.raises(ValueError, match="Cannot interpret 3"):
        activations.get(3)


def test_own_function_round_trips_through_custom_objects():
    def twice(x):
        return 2 * x

    config = activations.serialize(twice)
    assert config["config"] == "twice"
    with pytest.raises(TypeError, match="twice"):
        activations.deserialize(config)
    assert activations.deserialize(config, custom_objects={"twice": twice}) is twice
    assert activations.deserialize("twice", custom_objects={"twice": twice}) is twice
    with registry.custom_object_scope({"twice": twice}):
        assert activations.get("twice") is twice


@pytest.mark.skipif(not pathlib.Path("/work/shared/reference").exists(), reason="reference list not here")
def test_every_name_of_the_reference():
    with open("/work/shared/reference/keras-3.15-api.tsv") as file:
        wanted = [row["name"] for row in csv.DictReader(file, delimiter="\t") if row["name"].startswith("activations.")]
    assert len(wanted) > 30
    assert [name for name in wanted if not hasattr(activations, name.split(".")[1])] == []
