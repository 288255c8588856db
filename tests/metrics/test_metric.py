"""Names, state and subclasses of metrics; their numbers are held by ``tests/parity``."""

import numpy as np
import pytest

from pykeras import losses, metrics

CLASSES = [value for value in vars(metrics).values() if isinstance(value, type) and issubclass(value, metrics.Metric)]
CLASSES = [cls for cls in CLASSES if cls not in (metrics.Metric, metrics.MeanMetricWrapper)]


@pytest.mark.parametrize(
    ("name", "cls"),
    [
        ("mse", "MeanSquaredError"),
        ("MSE", "MeanSquaredError"),
        ("mean_squared_error", "MeanSquaredError"),
        ("mae", "MeanAbsoluteError"),
        ("accuracy", "Accuracy"),
        ("acc", "Accuracy"),
        ("binary_accuracy", "BinaryAccuracy"),
        ("sparse_categorical_accuracy", "SparseCategoricalAccuracy"),
        ("top_k_categorical_accuracy", "TopKCategoricalAccuracy"),
        ("cosine_similarity", "CosineSimilarity"),
        ("bce", "BinaryCrossentropy"),
        ("kl_divergence", "KLDivergence"),
        ("Mean", "Mean"),
    ],
)
def test_get_by_name(name, cls):
    assert type(metrics.get(name)).__name__ == cls


def test_unknown_name_suggests_near_ones():
    with pytest.raises(ValueError, match=r'Unknown metric "acuracy".*"Accuracy"'):
        metrics.get("acuracy")


NEEDED = {
    "IoU": {"num_classes": 3, "target_class_ids": [0, 2]},
    "OneHotIoU": {"num_classes": 3, "target_class_ids": [1]},
    "MeanIoU": {"num_classes": 3},
    "OneHotMeanIoU": {"num_classes": 3},
    "MeanRelativeError": {"normalizer": [1.0, 0.0]},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
}


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_config_round_trip(cls):
    metric = cls(name="mine", **NEEDED.get(cls.__name__, {}))
    again = metrics.deserialize(metrics.serialize(metric))
    assert type(again) is cls
    assert again.get_config() == metric.get_config()


def test_wrapped_function_round_trip():
    metric = metrics.MeanMetricWrapper(losses.huber, name="h", delta=0.5)
    again = metrics.MeanMetricWrapper.from_config(metric.get_config())
    assert float(again([[0.0]], [[2.0]])) == float(metric([[0.0]], [[2.0]]))


def test_state_adds_up_and_resets():
    metric = metrics.Mean()
    assert float(metric.result()) == 0.0
    metric.update_state([1.0, 2.0])
    metric.update_state([6.0])
    assert float(metric.result()) == 3.0
    metric.reset_state()
    assert float(metric.result()) == 0.0
    metric.update_state(5.0)
    assert float(metric.result()) == 5.0


def test_variables_have_keras_names():
    metric = metrics.MeanSquaredError(name="mine")
    assert [v.path for v in metric.variables] == ["mine/total", "mine/count"]
    assert not any(v.trainable for v in metric.variables)


def test_merge_state():
    first, second = metrics.Mean(), metrics.Mean()
    first.update_state([1.0])
    second.update_state([3.0, 5.0])
    first.merge_state([second])
    assert float(first.result()) == 3.0
    with pytest.raises(ValueError, match="Cannot merge"):
        first.merge_state([metrics.Sum()])


def test_subclass_with_inner_metric():
    class Both(metrics.Metric):
        def __init__(self, **options):
            super().__init__(**options)
            self.seen = self.add_weight(name="seen", initializer="zeros")
            self.by_class = self.add_variable((2,), "zeros", name="by_class")
            self.inner = metrics.Mean()

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.seen.assign_add(1.0)
            self.inner.update_state(y_pred)

        def result(self):
            return {"seen": self.seen.value, "mean": self.inner.result()}

    metric = Both(name="both")
    result = metric([0.0], [4.0])
    assert float(result["seen"]) == 1.0 and float(result["mean"]) == 4.0
    assert len(metric.variables) == 4
    metric.reset_state()
    assert float(metric.result()["mean"]) == 0.0


def test_keras2_spelling_of_add_weight():
    class Old(metrics.Metric):
        def __init__(self):
            super().__init__(name="old")
            self.total = self.add_weight("total", initializer="zeros")

    metric = Old()
    assert metric.total.path == "old/total"
    metric.reset_states()


def test_binary_accuracy_checks_its_threshold():
    with pytest.raises(ValueError, match="threshold between 0 and 1, got 2"):
        metrics.BinaryAccuracy(threshold=2)


def test_top_k_from_sorted_ids():
    metric = metrics.SparseTopKCategoricalAccuracy(k=1, from_sorted_ids=True)
    assert float(metric(np.array([1, 0]), np.array([[1, 0], [1, 0]]))) == 0.5


def test_abstract_methods():
    metric = metrics.Metric(name="nothing")
    with pytest.raises(NotImplementedError, match="has no result"):
        metric.result()
    with pytest.raises(NotImplementedError, match="has no update_state"):
        metric.update_state()
