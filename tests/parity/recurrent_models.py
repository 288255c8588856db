"""Models whose losses and metrics see masks, made by the same lines from Keras and from us."""

import numpy as np

_X = np.random.default_rng(5).normal(size=(12, 5, 3)).astype("float32")
_LENGTHS = np.array([5, 3, 1, 4, 2, 5, 5, 3, 2, 1, 4, 5])
_X[np.arange(5) >= _LENGTHS[:, None]] = 0.0
_STEP_LABELS = np.random.default_rng(6).integers(0, 4, (12, 5))
_LABELS = np.random.default_rng(7).integers(0, 2, (12, 1)).astype("float32")
_WEIGHTS = np.linspace(0.5, 2.0, 12).astype("float32")
_STEP_WEIGHTS = np.linspace(0.5, 2.0, 60).reshape(12, 5).astype("float32")


def labels_of(name):
    """Inputs, labels and sample weights of a model."""
    if "two" in name:
        return [_X, _X[:, ::-1].copy()], [_STEP_LABELS, _LABELS], None
    y = _STEP_LABELS if "steps" in name else _LABELS
    weights = _STEP_WEIGHTS if "steps" in name else _WEIGHTS
    return _X, y, weights if "weighted" in name else None


def _steps(k, metrics="metrics"):
    layers = k.layers
    model = k.Sequential([k.Input((5, 3)), layers.Masking(), layers.LSTM(4, return_sequences=True),
                          layers.Dropout(0.0), layers.Dense(4, activation="softmax")])  # fmt: skip
    model.compile(k.optimizers.SGD(0.1), "sparse_categorical_crossentropy",
                  **{metrics: ["accuracy", "sparse_categorical_crossentropy"]})  # fmt: skip
    return model


def _last(k):
    layers = k.layers
    model = k.Sequential([k.Input((5, 3)), layers.Masking(), layers.Bidirectional(layers.GRU(3)),
                          layers.Dense(1, activation="sigmoid")])  # fmt: skip
    model.compile(k.optimizers.SGD(0.1), "binary_crossentropy", metrics=["accuracy"])
    return model


def _wrapped(k):
    layers = k.layers
    inner = k.Sequential([k.Input((5, 3)), layers.SimpleRNN(4, return_sequences=True), layers.Activation("tanh")])
    inputs = k.Input((5, 3))
    x = inner(layers.Masking()(inputs))
    outputs = layers.TimeDistributed(layers.Dense(4, activation="softmax"))(x)
    model = k.Model(inputs, outputs)
    model.compile(k.optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _two(k):
    layers = k.layers
    a, b = k.Input((5, 3)), k.Input((5, 3))
    masked = layers.Masking()
    x = layers.GRU(3, return_sequences=True)(masked(a))
    y = layers.GRU(3, return_sequences=True)(masked(b))
    both = layers.Concatenate()([x, y])
    steps = layers.Dense(4, activation="softmax", name="steps")(both)
    one = layers.Dense(1, activation="sigmoid", name="one")(layers.LSTM(3)(layers.Add()([x, y])))
    model = k.Model([a, b], [steps, one])
    model.compile(k.optimizers.SGD(0.1), ["sparse_categorical_crossentropy", "binary_crossentropy"],
                  metrics=[["accuracy"], ["accuracy"]])  # fmt: skip
    return model


MODELS = {
    "steps": _steps,
    "steps-weighted": lambda k: _steps(k, "weighted_metrics"),
    "last": _last,
    "last-weighted": _last,
    "wrapped-steps": _wrapped,
    "two": _two,
}
