"""Constraints: values as real Keras (and tf_keras for Keras 2's) gives them, names, configurations."""

import pathlib
import runpy

import numpy as np
import pytest

from pykeras import Variable, constraints, ops, registry

CASES = runpy.run_path(str(pathlib.Path(__file__).parent / "parity" / "record_foundations.py"))
RECORDED = np.load(CASES["FIXTURE"])
W = RECORDED["inputs/w"]


@pytest.mark.parametrize("case", CASES["CONSTRAINTS"])
def test_values_are_those_of_keras(case):
    name, arguments = CASES["CONSTRAINTS"][case]
    value = np.asarray(getattr(constraints, name)(**arguments)(W))
    assert value.shape == W.shape and value.dtype == np.float32
    np.testing.assert_allclose(value, RECORDED[f"constraints/{case}"], rtol=1e-5, atol=1e-6)


def test_on_a_variable():
    variable = Variable(W)
    np.testing.assert_array_equal(np.asarray(constraints.NonNeg()(variable)), np.maximum(W, 0))


def test_zero_weights_stay_zero():
    for name in ("MaxNorm", "UnitNorm", "NonNeg"):
        assert not np.asarray(getattr(constraints, name)()(np.zeros((3, 2), "float32"))).any()


def test_missing_axis():
    with pytest.raises(ValueError, match="5"):
        constraints.MaxNorm(axis=5)(W)
    with pytest.raises(ValueError, match="axis: expected an integer"):
        constraints.UnitNorm(axis="rows")


# The first row of what tf_keras 2's RadialConstraint makes of arange(n * n), from the border to the middle.
@pytest.mark.parametrize(
    ("size", "rings"),
    [
        (2, [0]),
        (3, [4, 0]),
        (4, [15, 5]),
        (5, [18, 12, 6]),
        (6, [35, 28, 14]),
        (7, [40, 32, 24, 16]),
        (8, [63, 54, 45, 27]),
    ],
)
def test_radial(size, rings):
    w = np.arange(size * size, dtype="float32").reshape(size, size, 1, 1)
    result = np.asarray(constraints.RadialConstraint()(w))[:, :, 0, 0]
    from_border = np.minimum.outer(*[np.minimum(np.arange(size), size - 1 - np.arange(size))] * 2)
    np.testing.assert_array_equal(result, np.array(rings, "float32")[from_border])


def test_radial_treats_filters_alone():
    w = np.random.default_rng(1).normal(size=(3, 3, 2, 4)).astype("float32")
    result = np.asarray(constraints.RadialConstraint()(w))
    assert result.shape == w.shape
    np.testing.assert_array_equal(result[0, 0], w[1, 1])
    np.testing.assert_array_equal(result[1, 1], w[0, 0])


@pytest.mark.parametrize("shape", [(3, 3), (3, 4, 1, 1), (1, 1, 2, 2)])
def test_radial_wants_square_kernels(shape):
    with pytest.raises(ValueError, match="RadialConstraint: expected shape"):
        constraints.RadialConstraint()(np.ones(shape, "float32"))


@pytest.mark.parametrize(
    ("names", "cls"),
    [
        (("MaxNorm", "max_norm", "maxnorm"), constraints.MaxNorm),
        (("NonNeg", "non_neg", "nonneg"), constraints.NonNeg),
        (("UnitNorm", "unit_norm", "unitnorm"), constraints.UnitNorm),
        (("MinMaxNorm", "min_max_norm", "minmaxnorm"), constraints.MinMaxNorm),
        (("RadialConstraint", "radial_constraint"), constraints.RadialConstraint),
    ],
)
def test_names(names, cls):
    for name in names:
        assert type(constraints.get(name)) is cls
    assert getattr(constraints, names[1]) is cls


def test_get_passes_through():
    def own(w):
        return w

    assert constraints.get(None) is None
    assert constraints.get(own) is own
    assert type(constraints.get(constraints.NonNeg)) is constraints.NonNeg
    with pytest.raises(ValueError, match='Unknown constraint "maxnrom": did you mean "'):
        constraints.get("maxnrom")


@pytest.mark.parametrize("case", CASES["CONSTRAINTS"])
def test_configurations(case):
    name, arguments = CASES["CONSTRAINTS"][case]
    constraint = getattr(constraints, name)(**arguments)
    config = constraints.serialize(constraint)
    assert (config["module"], config["class_name"]) == ("keras.constraints", name)
    with registry.keras2_form():
        old = constraints.serialize(constraint)
    assert set(old) == {"class_name", "config"}
    for form in (config, old):
        again = constraints.deserialize(form)
        np.testing.assert_array_equal(np.asarray(again(W)), np.asarray(constraint(W)))


def test_base_class_changes_nothing():
    w = ops.convert_to_tensor(W)
    assert constraints.Constraint()(w) is w
