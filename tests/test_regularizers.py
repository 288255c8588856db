"""Regularizers: values as real Keras gives them, gradients, arguments, configurations."""

import pathlib
import runpy

import numpy as np
import pytest

from pykeras import GradientTape, Variable, ops, registry, regularizers

CASES = runpy.run_path(str(pathlib.Path(__file__).parent / "parity" / "record_foundations.py"))
RECORDED = np.load(CASES["FIXTURE"])
W = RECORDED["inputs/w"]


@pytest.mark.parametrize("case", CASES["REGULARIZERS"])
def test_values_are_those_of_keras(case):
    name, arguments = CASES["REGULARIZERS"][case]
    value = np.asarray(getattr(regularizers, name)(**arguments)(W))
    assert value.shape == ()
    np.testing.assert_allclose(value, RECORDED[f"regularizers/{case}"], rtol=1e-5, atol=1e-6)


def test_orthogonal_columns():
    """Against the formula: Keras 3.15 normalizes columns by the norms of other columns."""
    w = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    unit = w / np.linalg.norm(w, axis=0, keepdims=True)
    cosines = np.abs(unit.T @ unit)
    expected = 0.1 * (cosines.sum() - np.trace(cosines)) / 6
    value = float(regularizers.OrthogonalRegularizer(0.1, mode="columns")(w))
    assert value == pytest.approx(expected, rel=1e-5)
    assert float(regularizers.OrthogonalRegularizer(0.1, mode="rows")(w.T)) == pytest.approx(expected, rel=1e-5)


def test_orthogonal_of_one_row_is_zero():
    assert float(regularizers.OrthogonalRegularizer()([[1.0, 2.0]])) == 0.0


@pytest.mark.parametrize("shape", [(), (3,), (3, 3, 3)])
def test_orthogonal_wants_a_matrix(shape):
    with pytest.raises(ValueError, match="rank 2"):
        regularizers.OrthogonalRegularizer()(np.ones(shape, "float32"))


@pytest.mark.parametrize("case", CASES["REGULARIZERS"])
def test_gradient_agrees_with_differences(case):
    name, arguments = CASES["REGULARIZERS"][case]
    regularizer = getattr(regularizers, name)(**arguments)
    w = W.astype("float64")
    variable = Variable(w, dtype="float64")
    with GradientTape() as tape:
        penalty = regularizer(variable)
    gradient = np.asarray(tape.gradient(penalty, variable))
    step = 1e-6
    difference = np.zeros_like(w)
    for place in np.ndindex(w.shape):
        moved = np.zeros_like(w)
        moved[place] = step
        difference[place] = (float(regularizer(w + moved)) - float(regularizer(w - moved))) / (2 * step)
    np.testing.assert_allclose(gradient, difference, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("bad", [-1, float("nan"), float("inf"), "a", [1.0]])
def test_factors_are_checked(bad):
    for make in (regularizers.L1, regularizers.L2, regularizers.L1L2, regularizers.OrthogonalRegularizer):
        with pytest.raises(ValueError, match="expected a number of 0 or more"):
            make(bad)


def test_none_is_the_default():
    assert regularizers.L1(None).l1 == 0.01
    assert regularizers.L1L2(None, None).get_config() == {"l1": 0.0, "l2": 0.0}


def test_mode_is_checked():
    with pytest.raises(ValueError, match='mode: expected one of "rows", "columns", got "diagonals"'):
        regularizers.OrthogonalRegularizer(mode="diagonals")


@pytest.mark.parametrize(
    ("names", "cls"),
    [
        (("l1", "L1"), regularizers.L1),
        (("l2", "L2"), regularizers.L2),
        (("l1l2", "L1L2", "l1_l2"), regularizers.L1L2),
        (("OrthogonalRegularizer", "orthogonal_regularizer"), regularizers.OrthogonalRegularizer),
    ],
)
def test_names(names, cls):
    for name in names:
        assert type(regularizers.get(name)) is cls
    assert getattr(regularizers, names[-1]) is cls


def test_get_passes_through():
    def own(x):
        return 0.0

    assert regularizers.get(None) is None
    assert regularizers.get(own) is own
    assert type(regularizers.get(regularizers.L2)) is regularizers.L2
    with pytest.raises(ValueError, match='Unknown regularizer "L3": did you mean'):
        regularizers.get("L3")
    with pytest.raises(ValueError, match="Cannot interpret 0.5"):
        regularizers.get(0.5)


@pytest.mark.parametrize("case", CASES["REGULARIZERS"])
def test_configurations(case):
    name, arguments = CASES["REGULARIZERS"][case]
    regularizer = getattr(regularizers, name)(**arguments)
    config = regularizers.serialize(regularizer)
    assert config["module"] == "keras.regularizers"
    assert config["class_name"] == name
    assert config["registered_name"] is None
    with registry.keras2_form():
        old = regularizers.serialize(regularizer)
    assert old == {"class_name": name, "config": regularizer.get_config()}
    for form in (config, old):
        again = regularizers.deserialize(form)
        assert type(again) is type(regularizer)
        assert again.get_config() == regularizer.get_config()


def test_own_regularizer():
    class Cube(regularizers.Regularizer):
        def __init__(self, factor=1.0):
            self.factor = factor

        def __call__(self, x):
            return self.factor * ops.sum(ops.power(ops.absolute(x), 3))

        def get_config(self):
            return {"factor": self.factor}

    config = regularizers.serialize(Cube(2.0))
    again = regularizers.deserialize(config, custom_objects={"Cube": Cube})
    assert float(again([1.0, -2.0])) == 18.0
    with pytest.raises(TypeError, match="Cube"):
        regularizers.deserialize(config)
