"""Names, state and subclasses of metrics; their numbers are held by ``tests/parity``."""

import numpy as np
import pytest

import pykeras
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


# Metrics made when the first batch comes, in a training that is recorded and replayed


@pytest.mark.parametrize(
    "metric",
    [
        lambda: metrics.AUC(multi_label=True),
        lambda: metrics.AUC(curve="PR"),
        lambda: metrics.F1Score(average="macro", threshold=0.5),
        lambda: metrics.R2Score(),
        lambda: metrics.Precision(thresholds=[0.2, 0.5]),
        lambda: metrics.Recall(top_k=1),
        lambda: metrics.BinaryIoU(),
        lambda: metrics.SensitivityAtSpecificity(0.5),
        lambda: metrics.PearsonCorrelation(),
    ],
    ids=lambda make: type(make()).__name__,
)
def test_in_fit_as_alone(metric):
    rng = np.random.default_rng(1)
    x, y = rng.random((40, 3)).astype("float32"), rng.integers(0, 2, (40, 3)).astype("float32")
    model = pykeras.Sequential([pykeras.Input((3,)), pykeras.layers.Dense(3, activation="sigmoid")])
    made = metric()
    model.compile("sgd", "mse", metrics=[made])
    model.fit(x, y, batch_size=8, epochs=2, verbose=0)
    got = model.evaluate(x, y, batch_size=8, verbose=0, return_dict=True)
    alone = metric()
    predictions = model.predict(x, batch_size=8, verbose=0)
    for first in range(0, 40, 8):
        alone.update_state(y[first : first + 8], predictions[first : first + 8])
    np.testing.assert_allclose(got[made.name], alone.result().numpy(), rtol=1e-5)


def test_stateless_functions():
    metric = metrics.Mean()
    metric.update_state([8.0])
    state = metric.stateless_update_state(metric.stateless_reset_state(), [1.0, 2.0])
    state = metric.stateless_update_state(state, [6.0])
    assert float(metric.stateless_result(state)) == 3.0
    assert float(metric.result()) == 8.0
    with pytest.raises(ValueError, match="expected values of 2 variables, got 1"):
        metric.stateless_result(state[:1])


def test_wrapped_metric_functions_and_losses_round_trip():
    for fn, options in ((metrics.binary_accuracy, {"threshold": 0.2}), (losses.Huber(delta=2.0), {})):
        metric = metrics.MeanMetricWrapper(fn, name="m", **options)
        again = metrics.deserialize(metrics.serialize(metric))
        batch = [[1.0, 0.0]], [[0.3, 5.0]]
        assert float(again(*batch)) == float(metric(*batch))
    old = metrics.MeanMetricWrapper.from_config({"name": "m", "fn": "mean_squared_error"})
    assert old._fn is losses.mean_squared_error


def test_merge_of_counts():
    parts = [metrics.AUC(num_thresholds=5) for _ in range(2)]
    whole = metrics.AUC(num_thresholds=5)
    for part, batch in zip(parts, [([0, 1], [0.2, 0.9]), ([1, 0, 1], [0.4, 0.6, 0.7])], strict=True):
        part.update_state(*batch)
        whole.update_state(*batch)
    parts[0].merge_state(parts[1:])
    assert float(parts[0].result()) == float(whole.result())


def test_class_id_and_top_k_by_hand():
    y_true, y_pred = [[0, 1, 0], [1, 0, 0]], [[0.1, 0.3, 0.6], [0.6, 0.3, 0.1]]
    assert float(metrics.Recall(top_k=2)(y_true, y_pred)) == 1.0
    assert float(metrics.Precision(top_k=2)(y_true, y_pred)) == 0.5
    assert float(metrics.Precision(class_id=0)(y_true, y_pred)) == 1.0
    with pytest.raises(ValueError, match=r"expected predictions of shape \(samples, classes\)"):
        metrics.Recall(class_id=0)([1, 0], [0.1, 0.9])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: metrics.Precision(thresholds=1.5), "Precision: expected thresholds between 0 and 1, got 1.5"),
        (lambda: metrics.AUC(curve="ROCK"), 'curve: expected one of "ROC", "PR", "PRGAIN", got "ROCK"'),
        (lambda: metrics.AUC(num_thresholds=1), "expected more than 1"),
        (lambda: metrics.AUC(num_labels=3), "expected None without multi_label"),
        (lambda: metrics.IoU(2, [2]), "target_class_ids: expected classes from 0 to 1"),
        (lambda: metrics.F1Score(average="mean"), "average: expected one of"),
        (lambda: metrics.F1Score(threshold=0), "threshold: expected a float above 0"),
        (lambda: metrics.F1Score()([1, 0], [0.1, 0.9]), r"expected labels and predictions of shape \(samples, classes"),
        (lambda: metrics.R2Score(class_aggregation="mean"), "class_aggregation: expected one of"),
        (lambda: metrics.PrecisionAtRecall(1.5), "recall: expected a number from 0 to 1"),
        (lambda: metrics.MeanTensor().result(), "has seen no tensor yet"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_float_weights_of_whole_counts_warn():
    with pytest.warns(UserWarning, match="lose their fraction"):
        metrics.MeanIoU(2)([0, 1], [0, 1], sample_weight=np.array([0.5, 1.0], "float32"))
