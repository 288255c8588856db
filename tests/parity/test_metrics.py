"""Metrics against the numbers of real Keras (``record_metrics.py``)."""

import pathlib
import warnings

import numpy as np
import pytest
from parity import packed

from pykeras import metrics, ops
from pykeras.training.step import Step

FIXTURE = packed.load(pathlib.Path(__file__).parent / "fixtures" / "metrics.npz")


def label(case):
    weights = "plain" if case["weights"] is None else "x".join(map(str, case["weights"].shape))
    return f"{case['config']['class_name']}-{case['data']}-{weights}"


def make(case):
    return getattr(metrics, case["config"]["class_name"])(name="metric", **case["kwargs"])


def close(got, expected, case=None):
    np.testing.assert_allclose(np.asarray(got), expected, rtol=2e-5, atol=2e-6, err_msg=str(case))


def batches(case):
    """The two halves of the data, with their weights."""
    y_true, y_pred = FIXTURE["data"][case["data"]]
    half = len(y_true) // 2
    for part in (slice(0, half), slice(half, None)):
        yield y_true[part], y_pred[part], None if case["weights"] is None else case["weights"][part]


@pytest.mark.parametrize("case", FIXTURE["cases"], ids=label)
def test_two_batches(case):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*float weights lose")
        metric = make(case)
        for batch, expected in zip(batches(case), case["values"], strict=True):
            close(metric(*batch), expected, case["config"])
    assert [list(v.shape) for v in metric.variables] == case["states"]


@pytest.mark.parametrize("name", sorted({case["config"]["class_name"] for case in FIXTURE["cases"]}))
def test_replayed_step(name):
    """The first batch three times: recorded, compiled and replayed, like three calls."""
    case = next(case for case in FIXTURE["cases"] if case["config"]["class_name"] == name)
    batch = next(batches(case))[:2]
    one, other = (make(case) for _ in range(2))
    step = Step(lambda batch: other(*batch))
    for _ in range(3):
        close(step(batch), np.asarray(one(*batch)), case["config"])
    assert step.programs()


@pytest.mark.parametrize("case", [case for case in FIXTURE["cases"] if case["weights"] is None], ids=label)
def test_configuration_is_that_of_keras(case):
    """Keras's own leave some arguments out; ours have them, so that nothing is lost."""
    got, expected = metrics.serialize(make(case)), case["config"]
    assert {**got, "config": None} == {**expected, "config": None}
    # "int" is another dtype for each backend; Keras writes label_weights as a tensor
    named = {k: v for k, v in expected["config"].items() if (k, v) != ("dtype", "int64") and k != "label_weights"}
    assert {k: got["config"][k] for k in named} == named
    again = metrics.deserialize(expected)
    assert getattr(again, "label_weights", None) == pytest.approx(case["kwargs"].get("label_weights"))
    assert metrics.deserialize(got).get_config() == got["config"]


@pytest.mark.parametrize("case", FIXTURE["means"], ids=lambda c: str(np.shape(c["values"])))
def test_mean_and_sum(case):
    close(metrics.Mean()(case["values"], sample_weight=case["weights"]), case["mean"])
    close(metrics.Sum()(case["values"], sample_weight=case["weights"]), case["sum"])


@pytest.mark.parametrize("case", FIXTURE["masked"], ids=("plain", "by_sample", "by_place"))
def test_masked_places_do_not_count(case):
    y_true, y_pred = FIXTURE["data"]["sequence"]
    y_pred = ops.convert_to_tensor(y_pred)
    y_pred._keras_mask = ops.convert_to_tensor(FIXTURE["mask"])
    close(metrics.MeanSquaredError()(y_true, y_pred, sample_weight=case["weights"]), case["value"])
