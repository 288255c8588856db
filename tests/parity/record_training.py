"""Records what real Keras says of small trainings, for the tests of this folder.

usage: KERAS_BACKEND=jax python record_training.py     (with Keras 3 and JAX; writes fixtures/training_histories.json)
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


def plain(value):
    return np.asarray(value).tolist()


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
    path = HERE / "training_histories.json"
    content = {"keras": keras.__version__, **record_histories()}
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
