"""Records what real Keras says of losses, metrics, optimizers and small trainings, for the tests of this folder.

usage: KERAS_BACKEND=jax python record_training.py     (with Keras 3 and JAX; writes fixtures/training_*.json)
"""

import json
import pathlib
import warnings

import keras
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent / "fixtures"
RANDOM = np.random.default_rng(20)


def floats(*shape, low=0.0, high=1.0):
    return RANDOM.uniform(low, high, shape).astype("float32")


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return (e / e.sum(-1, keepdims=True)).astype("float32")


def plain(value):
    return np.asarray(value).tolist()


DATA = {
    "real": (floats(4, 3, low=-1), floats(4, 3, low=-1)),
    "sequence": (floats(4, 3, 2, low=-1), floats(4, 3, 2, low=-1)),
    "flat": (floats(6), floats(6, 1)),
    "positive": (floats(4, 3, low=0.1), floats(4, 3, low=0.1)),
    "binary": (RANDOM.integers(0, 2, (6, 3)).astype("float32"), floats(6, 3)),
    "binary_column": (RANDOM.integers(0, 2, (6,)), floats(6, 1)),
    "scores": (RANDOM.integers(0, 2, (6, 3)).astype("float32"), floats(6, 3, low=-4, high=4)),
    "signed": (RANDOM.choice([-1.0, 1.0], (5, 2)).astype("float32"), floats(5, 2, low=-2, high=2)),
    "onehot": (np.eye(4, dtype="float32")[RANDOM.integers(0, 4, 5)], softmax(floats(5, 4, low=-2, high=2))),
    "onehot_scores": (np.eye(4, dtype="float32")[RANDOM.integers(0, 4, 5)], floats(5, 4, low=-3, high=3)),
    "onehot_unscaled": (np.eye(4, dtype="float32")[RANDOM.integers(0, 4, 5)], floats(5, 4, low=0.1)),
    "classes": (RANDOM.integers(0, 4, (5,)), softmax(floats(5, 4, low=-2, high=2))),
    "classes_column": (RANDOM.integers(0, 4, (5, 1)), softmax(floats(5, 4, low=-2, high=2))),
    "classes_scores": (RANDOM.integers(0, 4, (5,)), floats(5, 4, low=-3, high=3)),
    "classes_sequence": (RANDOM.integers(0, 5, (3, 4)), softmax(floats(3, 4, 5, low=-2, high=2))),
    "distributions": (softmax(floats(4, 5)), softmax(floats(4, 5))),
    "equal": (np.array([[1], [2], [3], [4]]), np.array([[0], [2], [3], [4]])),
}
REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none")

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
    ("BinaryCrossentropy", {"label_smoothing": 0.2}, ("binary",)),
    ("BinaryCrossentropy", {"axis": 0}, ("binary",)),
    ("BinaryCrossentropy", {"from_logits": True}, ("scores",)),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, ("scores",)),
    ("CategoricalCrossentropy", {}, ("onehot", "onehot_unscaled")),
    ("CategoricalCrossentropy", {"label_smoothing": 0.2}, ("onehot",)),
    ("CategoricalCrossentropy", {"axis": 0}, ("onehot",)),
    ("CategoricalCrossentropy", {"from_logits": True}, ("onehot_scores",)),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, ("onehot_scores",)),
    ("SparseCategoricalCrossentropy", {}, ("classes", "classes_column", "classes_sequence")),
    ("SparseCategoricalCrossentropy", {"ignore_class": 1}, ("classes", "classes_column", "classes_sequence")),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, ("classes_scores",)),
    ("Hinge", {}, ("signed", "binary")),
    ("SquaredHinge", {}, ("signed", "binary")),
    ("CategoricalHinge", {}, ("onehot",)),
    ("KLDivergence", {}, ("distributions", "onehot")),
    ("Poisson", {}, ("positive",)),
    ("CosineSimilarity", {}, ("real", "sequence")),
    ("CosineSimilarity", {"axis": 1}, ("sequence",)),
]
METRICS = [
    *(
        (name, kwargs, data)
        for name, kwargs, data in LOSSES
        if name not in ("Huber", "LogCosh") and "axis" not in kwargs
    ),
    ("LogCoshError", {}, ("real", "sequence")),
    ("RootMeanSquaredError", {}, ("real", "flat")),
    ("CosineSimilarity", {"axis": 1}, ("sequence",)),
    ("CategoricalCrossentropy", {"axis": 0}, ("onehot",)),
    ("Accuracy", {}, ("equal",)),
    ("BinaryAccuracy", {}, ("binary", "binary_column")),
    ("BinaryAccuracy", {"threshold": 0.8}, ("binary",)),
    ("CategoricalAccuracy", {}, ("onehot",)),
    ("SparseCategoricalAccuracy", {}, ("classes", "classes_column", "classes_sequence")),
    ("TopKCategoricalAccuracy", {"k": 2}, ("onehot",)),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, ("classes", "classes_column", "classes_sequence")),
]


def sample_weights(values):
    """Weights that Keras accepts for losses of this shape."""
    n = values.shape[0] if values.ndim else 1
    one = np.round(np.linspace(0, 2, n), 3).astype("float32")
    if values.ndim == 1:
        return [None, one, one[:, None]]
    if values.ndim == 0:
        return [None]
    every = np.round(np.linspace(0, 2, values.size), 3).astype("float32").reshape(values.shape)
    return [None, one[:, None], every]


def record_losses():
    cases = []
    for name, kwargs, sources in LOSSES:
        for source in sources:
            y_true, y_pred = DATA[source]
            values = np.asarray(getattr(keras.losses, name)(reduction="none", **kwargs)(y_true, y_pred))
            for reduction in REDUCTIONS:
                for weights in sample_weights(values):
                    loss = getattr(keras.losses, name)(reduction=reduction, **kwargs)
                    case = {"name": name, "kwargs": kwargs, "data": source, "reduction": reduction}
                    case["weights"] = None if weights is None else plain(weights)
                    case["value"] = plain(loss(y_true, y_pred, sample_weight=weights))
                    cases.append(case)
    masked = []
    y_true, y_pred = DATA["sequence"]
    mask = np.array([[1, 1, 0], [1, 1, 1], [0, 0, 1], [1, 0, 0]], bool)
    for reduction in REDUCTIONS:
        for weights in (None, np.linspace(0, 2, 4, dtype="float32")[:, None], floats(4, 3)):
            tensor = keras.ops.convert_to_tensor(y_pred)
            tensor._keras_mask = keras.ops.convert_to_tensor(mask)
            value = keras.losses.MeanSquaredError(reduction=reduction)(y_true, tensor, sample_weight=weights)
            given = None if weights is None else plain(weights)
            masked.append({"reduction": reduction, "weights": given, "value": plain(value)})
    return {"cases": cases, "mask": plain(mask), "masked": masked}


def record_metrics():
    cases = []
    for name, kwargs, sources in METRICS:
        for source in sources:
            y_true, y_pred = DATA[source]
            n = len(y_true)
            one = np.round(np.linspace(0, 2, n), 3).astype("float32")
            for weights in (None, one, one[:, None]):
                metric = getattr(keras.metrics, name)(**kwargs)
                steps = []
                for part in (slice(0, n // 2), slice(n // 2, n)):
                    given = None if weights is None else weights[part]
                    try:
                        steps.append(float(metric(y_true[part], y_pred[part], sample_weight=given)))
                    except ValueError:  # shapes that Keras refuses
                        break
                else:
                    case = {"name": name, "kwargs": kwargs, "data": source, "values": steps}
                    case["weights"] = None if weights is None else plain(weights)
                    cases.append(case)
    masked = []
    y_true, y_pred = DATA["sequence"]
    mask = np.array([[1, 1, 0], [1, 1, 1], [0, 0, 1], [1, 0, 0]], bool)
    for weights in (None, np.linspace(0, 2, 4, dtype="float32")[:, None], floats(4, 3)):
        tensor = keras.ops.convert_to_tensor(y_pred)
        tensor._keras_mask = keras.ops.convert_to_tensor(mask)
        value = float(keras.metrics.MeanSquaredError()(y_true, tensor, sample_weight=weights))
        masked.append({"weights": None if weights is None else plain(weights), "value": value})
    means = []
    for shape in ((4, 3, 2), (4, 2), (4,), (4, 1)):
        values = floats(*shape)
        for weights in (None, floats(4), floats(4, 1), *([floats(4, 3)] if shape == (4, 3, 2) else [])):
            case = {"values": plain(values), "weights": None if weights is None else plain(weights)}
            case["mean"] = float(keras.metrics.Mean()(values, sample_weight=weights))
            case["sum"] = float(keras.metrics.Sum()(values, sample_weight=weights))
            means.append(case)
    return {"cases": cases, "mask": plain(mask), "masked": masked, "means": means}


COMMON = [
    {},
    {"weight_decay": 0.01},
    {"clipnorm": 0.5},
    {"clipvalue": 0.2},
    {"global_clipnorm": 0.5},
    {"use_ema": True, "ema_momentum": 0.8},
    {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 2},
    {"loss_scale_factor": 8.0},
    {"gradient_accumulation_steps": 2},
    {"gradient_accumulation_steps": 2, "clipnorm": 0.3, "weight_decay": 0.01},
    {"gradient_accumulation_steps": 2, "use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 2},
]
OPTIMIZERS = {
    "SGD": [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}, {"learning_rate": 0.3}],
    "RMSprop": [
        {},
        {"momentum": 0.9},
        {"centered": True},
        {"rho": 0.5, "epsilon": 1e-3, "momentum": 0.5, "centered": True},
    ],
    "Adam": [{}, {"amsgrad": True}, {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}, {"learning_rate": 0.1}],
}
SCHEDULES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 2, "decay_rate": 0.5}),
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 2, "decay_rate": 0.5, "staircase": True}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 2, "decay_rate": 0.5}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 2, "decay_rate": 0.5, "staircase": True}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 30, "power": 2.0}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 30, "cycle": True}),
    ("PiecewiseConstantDecay", {"boundaries": [10, 20], "values": [1.0, 0.5, 0.1]}),
]


def record_optimizers():
    start = [floats(3, 2, low=-1), floats(2, low=-1)]
    gradients = [[floats(3, 2, low=-1), floats(2, low=-1)] for _ in range(5)]
    cases = []
    for name, own in OPTIMIZERS.items():
        for kwargs in (*own, *COMMON[1:]):
            for constrained in (False, True) if kwargs == {} else (False,):
                options = {"learning_rate": 0.05, **kwargs}
                optimizer = getattr(keras.optimizers, name)(**options)
                variables = [keras.Variable(v, name=n) for v, n in zip(start, ("kernel", "bias"), strict=True)]
                if constrained:
                    variables[0].constraint = keras.constraints.NonNeg()
                steps = []
                for step in gradients:
                    optimizer.apply([keras.ops.convert_to_tensor(g) for g in step], variables)
                    steps.append([plain(v) for v in variables])
                optimizer.finalize_variable_values(variables)
                cases.append(
                    {
                        "name": name,
                        "kwargs": options,
                        "constrained": constrained,
                        "steps": steps,
                        "final": [plain(v) for v in variables],
                        "names": [v.path.split("/", 1)[1] for v in optimizer.variables],
                        "variables": [plain(v) for v in optimizer.variables],
                    }
                )
    schedules = []
    for name, kwargs in SCHEDULES:
        schedule = getattr(keras.optimizers.schedules, name)(**kwargs)
        schedules.append({"name": name, "kwargs": kwargs, "values": [float(schedule(step)) for step in range(100)]})
    return {
        "start": [plain(v) for v in start],
        "gradients": [[plain(g) for g in step] for step in gradients],
        "cases": cases,
        "schedules": schedules,
    }


def record_histories():
    x = np.round(floats(40, 4, low=-1), 4)
    y = np.round(x @ np.array([[1.0], [-2.0], [0.5], [0.0]]) + 0.3, 4).astype("float32")
    labels = (np.abs(x[:, 0]) * 2.999).astype("int64")
    weights = np.round(floats(40), 4)
    layers = keras.layers
    inputs = keras.Input((4,))
    hidden = layers.Dense(6, activation="tanh", name="hidden")(inputs)
    models = {
        "regression": keras.Sequential(
            [
                keras.Input((4,)),
                layers.Dense(8, activation="relu", kernel_regularizer=keras.regularizers.L2(0.01), name="first"),
                layers.Dense(1, name="second"),
            ]
        ),
        "classes": keras.Sequential(
            [
                keras.Input((4,)),
                layers.Dense(8, activation="tanh", name="first"),
                layers.Dense(3, activation="softmax", name="second"),
            ]
        ),
        "two_outputs": keras.Model(
            inputs,
            [
                layers.Dense(1, name="value")(hidden),
                layers.Dense(3, activation="softmax", name="kind")(hidden),
            ],
        ),
    }
    start = {name: [np.round(w, 4).astype("float32") for w in m.get_weights()] for name, m in models.items()}
    for name, model in models.items():
        model.set_weights(start[name])
    two = models["two_outputs"]
    models["regression"].compile("adam", "mse", metrics=["mae"])
    models["classes"].compile(
        keras.optimizers.SGD(0.1, momentum=0.9), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    two.compile(
        keras.optimizers.RMSprop(0.01),
        {"value": "mse", "kind": "sparse_categorical_crossentropy"},
        loss_weights={"value": 0.5, "kind": 2.0},
        metrics={"value": "mae"},
        weighted_metrics={"kind": "accuracy"},
    )
    common = {"batch_size": 8, "epochs": 4, "shuffle": False, "verbose": 0}
    histories = {
        "regression": models["regression"].fit(x, y, validation_split=0.25, **common),
        "classes": models["classes"].fit(x, labels, class_weight={0: 1.0, 1: 2.0, 2: 0.5}, **common),
        "two_outputs": two.fit(x, [y, labels], sample_weight=[weights, weights[::-1]], **common),
    }
    return {
        "x": plain(x),
        "y": plain(y),
        "labels": plain(labels),
        "weights": plain(weights),
        "start": {name: [plain(w) for w in ws] for name, ws in start.items()},
        "history": {name: h.history for name, h in histories.items()},
        "evaluate": {"two_outputs": two.evaluate(x, [y, labels], verbose=0, return_dict=True)},
        "final": {name: [plain(w) for w in m.get_weights()] for name, m in models.items()},
    }


def main():
    warnings.simplefilter("ignore")
    data = {name: [[plain(a), str(a.dtype)] for a in pair] for name, pair in DATA.items()}
    for name, content in (
        ("losses", {"data": data, **record_losses()}),
        ("metrics", {"data": data, **record_metrics()}),
        ("optimizers", record_optimizers()),
        ("histories", record_histories()),
    ):
        path = HERE / f"training_{name}.json"
        path.write_text(json.dumps({"keras": keras.__version__, **content}, separators=(",", ":")) + "\n")
        print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
