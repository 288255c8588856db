"""Records what real Keras says of metrics over two batches, over parameters, weights and masks.

usage: KERAS_BACKEND=tensorflow python record_metrics.py     (with Keras 3; writes fixtures/metrics.npz)
"""

import pathlib
import warnings

import keras
import numpy as np
import packed
from record_data import DATA, MASK, MASKED_WEIGHTS, floats, ramp
from record_losses import LOSSES

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
AS_LOSSES = (
    "MeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredLogarithmicError BinaryCrossentropy "
    "CategoricalCrossentropy SparseCategoricalCrossentropy Hinge SquaredHinge CategoricalHinge KLDivergence Poisson "
    "CosineSimilarity"
).split()
BINARY = ("binary_column", "binary_flat", "binary_many", "binary")
THRESHOLDS = [0.2, 0.5, 0.9]
EVEN = [0.0, 0.25, 0.5, 0.75, 1.0]
# these take one weight a sample; of others Keras makes an outer product
FLAT_WEIGHTS = ("FBetaScore", "F1Score")
CURVES = [
    {"curve": curve, "summation_method": method}
    for curve in ("ROC", "PR", "PRGAIN")
    for method in ("interpolation", "majoring", "minoring")
]

# name, keyword arguments, names of data
METRICS = [
    *((name, kwargs, data) for name, kwargs, data in LOSSES if name in AS_LOSSES and kwargs.get("axis") != 0),
    ("LogCoshError", {}, ("real", "sequence")),
    ("RootMeanSquaredError", {}, ("real", "flat")),
    ("CategoricalCrossentropy", {"axis": 0}, ("onehot",)),
    ("Accuracy", {}, ("equal",)),
    ("BinaryAccuracy", {}, ("binary", "binary_column")),
    ("BinaryAccuracy", {"threshold": 0.8}, ("binary",)),
    ("CategoricalAccuracy", {}, ("onehot", "onehot_sequence")),
    ("SparseCategoricalAccuracy", {}, ("classes", "classes_column", "classes_sequence")),
    ("TopKCategoricalAccuracy", {"k": 2}, ("onehot", "onehot_many")),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, ("classes", "classes_column", "classes_sequence")),
    *(
        (name, kwargs, BINARY)
        for name in ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives", "Precision", "Recall")
        for kwargs in ({}, {"thresholds": 0.3}, {"thresholds": THRESHOLDS}, {"thresholds": EVEN})
    ),
    *(
        (name, kwargs, ("onehot_many",))
        for name in ("Precision", "Recall")
        for kwargs in (
            {"top_k": 2},
            {"class_id": 1},
            {"top_k": 3, "class_id": 2},
            {"class_id": 0, "thresholds": EVEN},
            {"top_k": 2, "thresholds": 0.3},
        )
    ),
    *(
        (name, {argument: value, **kwargs}, (data,))
        for name, argument in (
            ("SensitivityAtSpecificity", "specificity"),
            ("SpecificityAtSensitivity", "sensitivity"),
            ("PrecisionAtRecall", "recall"),
            ("RecallAtPrecision", "precision"),
        )
        for value, kwargs, data in (
            (0.5, {}, "binary_many"),
            (0.9, {"num_thresholds": 11}, "binary_many"),
            (0.3, {"num_thresholds": 1}, "binary_flat"),
            (0.4, {"class_id": 2}, "onehot_many"),
        )
    ),
    *(("AUC", kwargs, ("binary_many", "labels_many")) for kwargs in CURVES),
    *(("AUC", {**kwargs, "multi_label": True}, ("labels_many",)) for kwargs in CURVES[::3]),
    ("AUC", {"num_thresholds": 11}, BINARY),
    ("AUC", {"thresholds": [0.1, 0.7, 0.35]}, ("binary_many", "labels_many")),
    ("AUC", {"thresholds": [0.1, 0.7], "multi_label": True, "num_labels": 3, "curve": "PR"}, ("labels_many",)),
    ("AUC", {"label_weights": [0.2, 0.3, 0.5]}, ("labels_many",)),
    ("AUC", {"label_weights": [0.2, 0.3, 0.5], "multi_label": True}, ("labels_many",)),
    ("AUC", {"from_logits": True}, ("scores",)),
    ("IoU", {"num_classes": 3, "target_class_ids": [0, 2]}, ("numbers", "number_maps")),
    ("IoU", {"num_classes": 4, "target_class_ids": [1, 3], "sparse_y_pred": False}, ("classes",)),
    ("MeanIoU", {"num_classes": 3}, ("numbers", "number_maps")),
    ("MeanIoU", {"num_classes": 4, "ignore_class": 1, "dtype": "float32"}, ("numbers", "number_maps")),
    ("BinaryIoU", {}, ("binary", "binary_flat")),
    ("BinaryIoU", {"target_class_ids": [1], "threshold": 0.3}, ("binary_many",)),
    ("OneHotIoU", {"num_classes": 4, "target_class_ids": [0, 1]}, ("onehot_many",)),
    ("OneHotMeanIoU", {"num_classes": 4}, ("onehot_many", "onehot")),
    *(
        ("FBetaScore", {"average": average, "beta": 2.0, "threshold": threshold}, ("labels_many", "onehot_many"))
        for average in (None, "micro", "macro", "weighted")
        for threshold in (None, 0.4)
    ),
    ("F1Score", {}, ("onehot_many",)),
    ("F1Score", {"average": "macro", "threshold": 0.3}, ("binary",)),
    ("PearsonCorrelation", {}, ("real", "sequence")),
    ("PearsonCorrelation", {"axis": 1}, ("sequence",)),
    ("ConcordanceCorrelation", {}, ("real", "sequence")),
    ("ConcordanceCorrelation", {"axis": 1}, ("sequence",)),
    ("R2Score", {}, ("labels_many", "flat")),
    ("R2Score", {"class_aggregation": None}, ("labels_many",)),
    ("R2Score", {"class_aggregation": "variance_weighted_average"}, ("labels_many",)),
    ("R2Score", {"num_regressors": 2}, ("labels_many",)),
    ("R2Score", {"num_regressors": 20}, ("flat",)),
]


def main():
    warnings.simplefilter("ignore")
    cases = []
    for name, kwargs, sources in METRICS:
        for source in sources:
            y_true, y_pred = DATA[source]
            n = len(y_true)
            config = keras.metrics.serialize(getattr(keras.metrics, name)(name="metric", **kwargs))
            shaped = () if name in FLAT_WEIGHTS else (ramp(n, 1), ramp(*y_pred.shape))
            for weights in (None, ramp(n), *shaped):
                metric = getattr(keras.metrics, name)(**kwargs)
                steps = []
                for part in (slice(0, n // 2), slice(n // 2, n)):
                    given = None if weights is None else weights[part]
                    try:
                        steps.append(np.asarray(metric(y_true[part], y_pred[part], sample_weight=given)))
                    except Exception:  # shapes that Keras refuses
                        break
                if len(steps) == 2:
                    case = {"config": config, "kwargs": kwargs, "data": source, "weights": weights, "values": steps}
                    case["states"] = [list(v.shape) for v in metric.variables]
                    cases.append(case)
    masked = []
    y_true, y_pred = DATA["sequence"]
    for weights in MASKED_WEIGHTS:
        tensor = keras.ops.convert_to_tensor(y_pred)
        tensor._keras_mask = keras.ops.convert_to_tensor(MASK)
        value = keras.metrics.MeanSquaredError()(y_true, tensor, sample_weight=weights)
        masked.append({"weights": weights, "value": np.asarray(value)})
    means = []
    for shape in ((4, 3, 2), (4, 2), (4,), (4, 1)):
        values = floats(*shape)
        for weights in (None, floats(4), floats(4, 1), *([floats(4, 3)] if shape == (4, 3, 2) else [])):
            mean = keras.metrics.Mean()(values, sample_weight=weights)
            total = keras.metrics.Sum()(values, sample_weight=weights)
            means.append({"values": values, "weights": weights, "mean": np.asarray(mean), "sum": np.asarray(total)})
    used = sorted({case["data"] for case in cases})
    content = {"keras": keras.__version__, "data": {name: DATA[name] for name in used}, "cases": cases}
    packed.save(HERE / "metrics.npz", {**content, "mask": MASK, "masked": masked, "means": means})


if __name__ == "__main__":
    main()
