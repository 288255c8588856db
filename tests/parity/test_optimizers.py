"""Five steps of each optimizer and a hundred of each schedule against real Keras (``record_training.py``)."""

import json
import pathlib

import numpy as np
import pytest

import pykeras
from pykeras import optimizers
from pykeras.training.step import Step

FIXTURE = json.loads((pathlib.Path(__file__).parent / "fixtures" / "training_optimizers.json").read_text())


def label(case):
    return f"{case['name']}-{'-'.join(f'{k}={v}' for k, v in case['kwargs'].items())}-{case['constrained']}"


def close(got, expected):
    np.testing.assert_allclose(np.asarray(got), np.array(expected, "float32"), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("replayed", [False, True], ids=["eager", "replayed"])
@pytest.mark.parametrize("case", FIXTURE["cases"], ids=label)
def test_five_steps(case, replayed):
    optimizer = getattr(optimizers, case["name"])(**case["kwargs"])
    variables = [
        pykeras.Variable(np.array(value, "float32"), name=name)
        for value, name in zip(FIXTURE["start"], ("kernel", "bias"), strict=True)
    ]
    if case["constrained"]:
        variables[0].constraint = pykeras.constraints.get("non_neg")
    step = Step(lambda gradients: optimizer.apply(gradients, variables), run_eagerly=not replayed)
    for gradients, expected in zip(FIXTURE["gradients"], case["steps"], strict=True):
        step([np.array(gradient, "float32") for gradient in gradients])
        for variable, value in zip(variables, expected, strict=True):
            close(variable, value)
    assert bool(step.programs()) == replayed
    optimizer.finalize_variable_values(variables)
    for variable, value in zip(variables, case["final"], strict=True):
        close(variable, value)
    assert [v.path.split("/", 1)[1] for v in optimizer.variables] == case["names"]
    for variable, value in zip(optimizer.variables, case["variables"], strict=True):
        close(variable, value)


@pytest.mark.parametrize("case", FIXTURE["schedules"], ids=lambda c: c["name"])
def test_schedule(case):
    schedule = getattr(optimizers.schedules, case["name"])(**case["kwargs"])
    got = [float(schedule(step)) for step in range(len(case["values"]))]
    np.testing.assert_allclose(got, case["values"], rtol=1e-5)
