"""Records what real Keras says of losses, with their gradients, over parameters, reductions, weights and masks.

usage: KERAS_BACKEND=tensorflow python record_losses.py     (with Keras 3; writes fixtures/losses.npz)
"""

import pathlib
import warnings

import keras
import numpy as np
import packed
import tensorflow as tf
from record_data import DATA, MASK, MASKED_WEIGHTS, ramp

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none")
LOGITS, SMOOTH = {"from_logits": True}, {"label_smoothing": 0.2}

# name, keyword arguments, names of data
LOSSES = [
    ("MeanSquaredError", {}, ("real", "sequence", "flat")),
    ("MeanAbsoluteError", {}, ("real", "sequence", "flat")),
    ("MeanAbsolutePercentageError", {}, ("real", "flat")),
    ("MeanSquaredLogarithmicError", {}, ("positive", "real")),
    ("Huber", {}, ("real", "sequence")),
    ("Huber", {"delta": 0.3}, ("real",)),
    ("LogCosh", {}, ("real", "sequence")),
    ("BinaryCrossentropy", {}, ("binary", "binary_column")),
    ("BinaryCrossentropy", SMOOTH, ("binary",)),
    ("BinaryCrossentropy", {"axis": 0}, ("binary",)),
    ("BinaryCrossentropy", LOGITS, ("scores",)),
    ("BinaryCrossentropy", {**LOGITS, **SMOOTH}, ("scores",)),
    ("BinaryFocalCrossentropy", {}, ("binary", "binary_column")),
    ("BinaryFocalCrossentropy", {"apply_class_balancing": True, "alpha": 0.4}, ("binary",)),
    ("BinaryFocalCrossentropy", {**LOGITS, **SMOOTH, "gamma": 1.5, "axis": 0}, ("scores",)),
    ("CategoricalCrossentropy", {}, ("onehot", "onehot_unscaled")),
    ("CategoricalCrossentropy", SMOOTH, ("onehot", "onehot_sequence")),
    ("CategoricalCrossentropy", {"axis": 0}, ("onehot",)),
    ("CategoricalCrossentropy", LOGITS, ("onehot_scores",)),
    ("CategoricalCrossentropy", {**LOGITS, **SMOOTH}, ("onehot_scores",)),
    ("CategoricalFocalCrossentropy", {}, ("onehot", "onehot_unscaled", "onehot_sequence")),
    ("CategoricalFocalCrossentropy", {**LOGITS, **SMOOTH, "gamma": 1.5, "alpha": 0.4}, ("onehot_scores",)),
    ("CategoricalFocalCrossentropy", {"alpha": [0.1, 0.2, 0.3, 0.4], "gamma": 0.5}, ("onehot",)),
    ("CategoricalFocalCrossentropy", {"axis": 0}, ("onehot",)),
    ("CategoricalGeneralizedCrossEntropy", {}, ("classes",)),
    ("CategoricalGeneralizedCrossEntropy", {"q": 0.9}, ("classes", "classes_sequence")),
    ("SparseCategoricalCrossentropy", {}, ("classes", "classes_column", "classes_sequence")),
    ("SparseCategoricalCrossentropy", {"ignore_class": 1}, ("classes", "classes_column", "classes_sequence")),
    ("SparseCategoricalCrossentropy", LOGITS, ("classes_scores",)),
    ("SparseCategoricalCrossentropy", {**LOGITS, "ignore_class": 2}, ("classes_scores",)),
    ("Hinge", {}, ("signed", "binary")),
    ("SquaredHinge", {}, ("signed", "binary")),
    ("CategoricalHinge", {}, ("onehot",)),
    ("KLDivergence", {}, ("distributions", "onehot")),
    ("Poisson", {}, ("positive",)),
    ("CosineSimilarity", {}, ("real", "sequence")),
    ("CosineSimilarity", {"axis": 1}, ("sequence",)),
    ("CTC", {}, ("transcripts",)),
    ("Dice", {}, ("areas", "binary")),
    ("Dice", {"axis": [1, 2, 3]}, ("areas",)),
    ("Tversky", {}, ("areas",)),
    ("Tversky", {"alpha": 0.2, "beta": 0.7, "axis": [1, 2, 3]}, ("areas",)),
    ("Circle", {}, ("embeddings",)),
    ("Circle", {"gamma": 2.0, "margin": 0.25, "remove_diagonal": False}, ("embeddings",)),
]
# what JAX alone can compute as Keras defines it is left out of the gradients here
WITHOUT_GRADIENT = ("CTC",)


def weights_for(values):
    """Weights that Keras accepts for losses of this shape."""
    if values.ndim == 0:
        return [None]
    n = values.shape[0]
    return [None, ramp(n, 1), ramp(*values.shape) if values.ndim > 1 else ramp(n)]


def gradient(loss, y_true, y_pred, weights):
    y_pred = tf.convert_to_tensor(y_pred)
    with tf.GradientTape() as tape:
        tape.watch(y_pred)
        value = tf.reduce_sum(loss(y_true, y_pred, sample_weight=weights))
    return tape.gradient(value, y_pred).numpy()


def main():
    warnings.simplefilter("ignore")
    cases = []
    for name, kwargs, sources in LOSSES:
        make = getattr(keras.losses, name)
        for source in sources:
            y_true, y_pred = DATA[source]
            each = np.asarray(make(reduction="none", **kwargs)(y_true, y_pred))
            weights = weights_for(each)
            config = keras.losses.serialize(make(**kwargs))
            case = {"config": config, "kwargs": kwargs, "data": source, "weights": weights, "values": {}}
            for reduction in REDUCTIONS:
                loss = make(reduction=reduction, **kwargs)
                got = [np.asarray(loss(y_true, y_pred, sample_weight=weight)) for weight in weights]
                case["values"][reduction] = got
            if name not in WITHOUT_GRADIENT:
                case["gradient"] = gradient(make(**kwargs), y_true, y_pred, weights[-1])
            cases.append(case)
    masked = []
    y_true, y_pred = DATA["sequence"]
    for reduction in REDUCTIONS:
        for weights in MASKED_WEIGHTS:
            tensor = keras.ops.convert_to_tensor(y_pred)
            tensor._keras_mask = keras.ops.convert_to_tensor(MASK)
            value = keras.losses.MeanSquaredError(reduction=reduction)(y_true, tensor, sample_weight=weights)
            masked.append({"reduction": reduction, "weights": weights, "value": np.asarray(value)})
    used = sorted({case["data"] for case in cases})
    content = {"keras": keras.__version__, "data": {name: DATA[name] for name in used}, "cases": cases}
    packed.save(HERE / "losses.npz", {**content, "mask": MASK, "masked": masked})


if __name__ == "__main__":
    main()
