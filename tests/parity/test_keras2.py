"""What Keras 3 dropped, against the numbers of tf_keras (``record_keras2.py``)."""

import pathlib

import numpy as np
import pytest
from parity import packed

import pykeras
from pykeras import metrics, optimizers

FIXTURE = packed.load(pathlib.Path(__file__).parent / "fixtures" / "keras2.npz")


@pytest.mark.parametrize("case", FIXTURE["steps"], ids=lambda c: f"{c['name']}-{len(c['kwargs'])}")
def test_legacy_optimizer(case):
    optimizer = getattr(optimizers.legacy, case["name"])(**case["kwargs"])
    variable = pykeras.Variable(FIXTURE["start"])
    for gradient in FIXTURE["gradients"]:
        optimizer.apply_gradients([(pykeras.ops.convert_to_tensor(gradient), variable)])
    np.testing.assert_allclose(variable.numpy(), case["final"], rtol=1e-5, atol=3e-6)


def test_mean_tensor():
    for weights, expected in zip(FIXTURE["weights"], FIXTURE["means"], strict=True):
        metric = metrics.MeanTensor()
        for values in FIXTURE["values"]:
            metric.update_state(values, sample_weight=weights)
        np.testing.assert_allclose(metric.result().numpy(), expected, rtol=1e-5)


def test_mean_relative_error():
    for weights, expected in zip(FIXTURE["weights"], FIXTURE["errors"], strict=True):
        metric = metrics.MeanRelativeError(FIXTURE["normalizer"])
        np.testing.assert_allclose(float(metric(*FIXTURE["values"], sample_weight=weights)), expected, rtol=1e-5)
