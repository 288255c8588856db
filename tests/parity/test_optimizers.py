"""Ten steps of each optimizer and a hundred of each schedule against real Keras (``record_optimizers.py``)."""

import pathlib

import numpy as np
import pytest
from parity import packed

import pykeras
from pykeras import optimizers
from pykeras.training.step import Step

FIXTURE = packed.load(pathlib.Path(__file__).parent / "fixtures" / "optimizers.npz")


def label(case):
    options = "-".join(f"{key}={value}" for key, value in case.get("options", {}).items())
    return f"{case['config']['class_name']}-{options}-{'constrained' if case['constrained'] else ''}".strip("-")


def flat(values):
    return np.concatenate([np.asarray(value, "float32").ravel() for value in values])


def close(got, expected):
    np.testing.assert_allclose(got, expected, rtol=2e-5, atol=3e-6)


def check(case, gradients, replayed):
    optimizer = optimizers.deserialize(case["config"])
    names = ("kernel", "bias", "cube")
    variables = [pykeras.Variable(value, name=name) for name, value in zip(names, FIXTURE["start"], strict=True)]
    if case["constrained"]:
        variables[0].constraint = pykeras.constraints.get("non_neg")
    step = Step(lambda gradients: optimizer.apply(gradients, variables), run_eagerly=not replayed)
    kept = dict(zip(FIXTURE["kept"], case["steps"], strict=True))
    for number, gradient in enumerate(gradients):
        step(gradient)
        if number in kept:
            close(flat(variables), kept[number])
    assert bool(step.programs()) == replayed
    optimizer.finalize_variable_values(variables)
    close(flat(variables), case["final"])
    return optimizer


@pytest.mark.parametrize("replayed", [False, True], ids=["eager", "replayed"])
@pytest.mark.parametrize("case", FIXTURE["cases"], ids=label)
def test_ten_steps(case, replayed):
    optimizer = check(case, FIXTURE["gradients"], replayed)
    # Keras leaves the product of Nadam's momenta without a name
    got = [v.path.split("/", 1)[1] for v in optimizer.variables]
    assert got == [("u_product" if name.startswith("variable") else name) for name in case["names"]]
    close(flat(optimizer.variables), case["variables"])


@pytest.mark.parametrize("replayed", [False, True], ids=["eager", "replayed"])
@pytest.mark.parametrize("case", FIXTURE["composites"], ids=label)
def test_optimizers_made_of_others(case, replayed):
    optimizer = check(case, FIXTURE["broken" if case["broken"] else "gradients"], replayed)
    assert [v.path.split("/", 1)[1] for v in optimizer.variables] == case["names"]
    close(flat(optimizer.variables), case["variables"])


@pytest.mark.parametrize("case", FIXTURE["schedules"], ids=lambda c: c["config"]["class_name"])
def test_schedule(case):
    schedule = optimizers.schedules.deserialize(case["config"])
    got = [float(schedule(step)) for step in range(len(case["values"]))]
    np.testing.assert_allclose(got, case["values"], rtol=1e-5, atol=1e-7)
    assert schedule.get_config() == case["config"]["config"]
