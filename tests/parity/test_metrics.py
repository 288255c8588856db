"""Metrics against the numbers of real Keras (``record_training.py``)."""

import json
import pathlib

import numpy as np
import pytest

from pykeras import metrics, ops

FIXTURE = json.loads((pathlib.Path(__file__).parent / "fixtures" / "training_metrics.json").read_text())


def data(name):
    return [np.array(values, dtype) for values, dtype in FIXTURE["data"][name]]


def weights_of(case):
    return None if case["weights"] is None else np.array(case["weights"], "float32")


@pytest.mark.parametrize("name", sorted({case["name"] for case in FIXTURE["cases"]}))
def test_metric_over_two_batches(name):
    for case in FIXTURE["cases"]:
        if case["name"] != name:
            continue
        metric = getattr(metrics, name)(**case["kwargs"])
        y_true, y_pred = data(case["data"])
        weights, half = weights_of(case), len(y_true) // 2
        for part, expected in zip((slice(0, half), slice(half, None)), case["values"], strict=True):
            given = None if weights is None else weights[part]
            got = float(metric(y_true[part], y_pred[part], sample_weight=given))
            assert got == pytest.approx(expected, rel=1e-5, abs=1e-6), case


@pytest.mark.parametrize("case", FIXTURE["means"], ids=lambda c: str(np.shape(c["values"])))
def test_mean_and_sum(case):
    values, weights = np.array(case["values"], "float32"), weights_of(case)
    assert float(metrics.Mean()(values, sample_weight=weights)) == pytest.approx(case["mean"], rel=1e-5)
    assert float(metrics.Sum()(values, sample_weight=weights)) == pytest.approx(case["sum"], rel=1e-5)


@pytest.mark.parametrize("case", FIXTURE["masked"], ids=("plain", "by_sample", "by_place"))
def test_masked_places_do_not_count(case):
    y_true, y_pred = data("sequence")
    y_pred = ops.convert_to_tensor(y_pred)
    y_pred._keras_mask = ops.convert_to_tensor(np.array(FIXTURE["mask"]))
    got = metrics.MeanSquaredError()(y_true, y_pred, sample_weight=weights_of(case))
    assert float(got) == pytest.approx(case["value"], rel=1e-5)
