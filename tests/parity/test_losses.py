"""Losses against the numbers of real Keras (``record_training.py``)."""

import json
import pathlib

import numpy as np
import pytest

from pykeras import losses, ops

FIXTURE = json.loads((pathlib.Path(__file__).parent / "fixtures" / "training_losses.json").read_text())


def data(name):
    return [np.array(values, dtype) for values, dtype in FIXTURE["data"][name]]


def close(got, expected):
    np.testing.assert_allclose(np.asarray(got), np.array(expected, "float32"), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", sorted({case["name"] for case in FIXTURE["cases"]}))
def test_loss_over_reductions_and_weights(name):
    for case in FIXTURE["cases"]:
        if case["name"] == name:
            loss = getattr(losses, name)(reduction=case["reduction"], **case["kwargs"])
            weights = None if case["weights"] is None else np.array(case["weights"], "float32")
            try:
                close(loss(*data(case["data"]), sample_weight=weights), case["value"])
            except AssertionError as error:
                raise AssertionError(f"{case}: {error}") from None


@pytest.mark.parametrize("case", FIXTURE["masked"], ids=lambda c: str(c["reduction"]))
def test_masked_places_do_not_count(case):
    y_true, y_pred = data("sequence")
    y_pred = ops.convert_to_tensor(y_pred)
    y_pred._keras_mask = ops.convert_to_tensor(np.array(FIXTURE["mask"]))
    weights = None if case["weights"] is None else np.array(case["weights"], "float32")
    close(losses.MeanSquaredError(reduction=case["reduction"])(y_true, y_pred, sample_weight=weights), case["value"])
