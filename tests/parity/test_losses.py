"""Losses and their gradients against the numbers of real Keras (``record_losses.py``)."""

import pathlib

import numpy as np
import pytest
from parity import packed

import pykeras
from pykeras import losses, ops

FIXTURE = packed.load(pathlib.Path(__file__).parent / "fixtures" / "losses.npz")


def make(case, **more):
    return getattr(losses, case["config"]["class_name"])(**case["kwargs"], **more)


def close(got, expected, case=None):
    # sums of large terms of both signs are as exact as the terms
    size = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    np.testing.assert_allclose(np.asarray(got), expected, rtol=1e-5, atol=1e-6 * size, err_msg=str(case))


def label(case):
    return f"{case['config']['class_name']}-{case['data']}"


@pytest.mark.parametrize("case", FIXTURE["cases"], ids=label)
def test_loss_over_reductions_and_weights(case):
    data = FIXTURE["data"][case["data"]]
    for reduction, values in case["values"].items():
        loss = make(case, reduction=reduction)
        for weights, value in zip(case["weights"], values, strict=True):
            close(loss(*data, sample_weight=weights), value, (case["kwargs"], reduction))


@pytest.mark.parametrize("case", [case for case in FIXTURE["cases"] if "gradient" in case], ids=label)
def test_gradient(case):
    y_true, y_pred = FIXTURE["data"][case["data"]]
    y_pred = ops.convert_to_tensor(y_pred)
    with pykeras.GradientTape() as tape:
        tape.watch(y_pred)
        value = make(case)(y_true, y_pred, sample_weight=case["weights"][-1])
    close(tape.gradient(value, y_pred), case["gradient"], case["config"])


@pytest.mark.parametrize("case", FIXTURE["cases"], ids=label)
def test_configuration_is_that_of_keras(case):
    """Keras's own leave some arguments out (``delta``, ``axis``); ours have them, so that nothing is lost."""
    got, expected = losses.serialize(make(case)), case["config"]
    assert {**got, "config": None} == {**expected, "config": None}
    assert got["config"].items() >= expected["config"].items()
    assert got["config"].items() >= case["kwargs"].items()
    assert losses.deserialize(got).get_config() == got["config"]


@pytest.mark.parametrize("case", FIXTURE["masked"], ids=lambda c: str(c["reduction"]))
def test_masked_places_do_not_count(case):
    y_true, y_pred = FIXTURE["data"]["sequence"]
    y_pred = ops.convert_to_tensor(y_pred)
    y_pred._keras_mask = ops.convert_to_tensor(FIXTURE["mask"])
    loss = losses.MeanSquaredError(reduction=case["reduction"])
    close(loss(y_true, y_pred, sample_weight=case["weights"]), case["value"])
