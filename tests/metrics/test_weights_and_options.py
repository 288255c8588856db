"""Weights that are broadcast, options that can be read, and what a metric holds: as in Keras 3.15."""

import numpy as np
import pytest

import pykeras
from pykeras import losses, metrics


@pytest.mark.parametrize(("values", "weights", "total", "count"), [
    ([1.0, 3.0, 5.0], [2.0], 18.0, 6.0),
    ([[1.0, 3.0], [5.0, 7.0]], [[1.0, 0.0]], 3.0, 1.0),
    ([[1.0, 3.0], [5.0, 7.0], [2.0, 4.0]], [[2.0]], 22.0, 6.0),
    ([1.0, 3.0, 5.0], 2.0, 6.0, 2.0),
])  # fmt: skip
def test_weights_of_mean_are_broadcast(values, weights, total, count):
    metric = metrics.Mean()
    metric.update_state(values, sample_weight=weights)
    assert [float(v) for v in metric.variables] == [total, count]


def test_weights_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="broadcast"):
        metrics.Mean().update_state(np.ones((3, 1)), sample_weight=np.ones((3, 2)))


@pytest.mark.parametrize(("made", "expected"), [
    (lambda: metrics.TopKCategoricalAccuracy(k=2), {"k": 2}),
    (lambda: metrics.SparseTopKCategoricalAccuracy(3, from_sorted_ids=True), {"k": 3, "from_sorted_ids": True}),
    (lambda: metrics.BinaryAccuracy(threshold=0.25), {"threshold": 0.25}),
    (lambda: metrics.F1Score(), {"axis": 0}),
    (lambda: metrics.MeanMetricWrapper(losses.mean_squared_error), {"name": "mean_metric_wrapper"}),
    (lambda: losses.CategoricalCrossentropy(from_logits=True), {"from_logits": True, "axis": -1}),
    (lambda: losses.Tversky(alpha=0.25), {"alpha": 0.25, "beta": 0.5}),
])  # fmt: skip
def test_options_can_be_read(made, expected):
    pykeras.utils.clear_session()
    found = made()
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize("options", [{"beta": 1}, {"beta": "1.0"}, {"threshold": "0.5"}, {"threshold": 1}])
def test_fbeta_takes_floats(options):
    with pytest.raises(ValueError, match="expected a float above 0"):
        metrics.FBetaScore(**options)


def test_metrics_and_variables_in_containers_are_known():
    metric = metrics.Mean()
    metric.parts = [metrics.Sum(), {"deep": metrics.Sum(), "own": pykeras.Variable(3.0)}]
    metric.parts.append(metric.parts)  # a list may hold itself
    assert len(metric.variables) == 5
    metric.parts[0].update_state([2.0])
    metric.reset_state()
    assert [float(v) for v in metric.variables] == [0.0] * 5


def test_first_values_of_a_variable_may_be_an_array():
    start = np.array([[1, 2], [3, 4]])
    variable = metrics.Mean().add_variable((2, 2), start, dtype="int32", name="start")
    np.testing.assert_array_equal(variable.numpy(), start)


def test_zero_among_the_labels_of_ctc_counts():
    scores = (np.arange(24, dtype="f4").reshape(2, 4, 3) - 12) / 100
    found = losses.CTC(reduction=None)([[1, 2, 1, 0], [1, 2, 0, 2]], scores)
    np.testing.assert_allclose(found, [2.4429314, 2.4543598], rtol=1e-6)
    found = pykeras.ops.ctc_loss([[1, 2, 1, 0], [1, 2, 0, 2]], scores, [4, 4], [4, 4])
    np.testing.assert_allclose(found, [4.3945823, 4.384582], rtol=1e-6)
