"""Writes small .h5 files with real tf_keras, and what it computes from them: run with a Python that has tf_keras.

Each ``tf_<name>.h5`` is a compiled model after three steps; ``tf_<name>.npz`` holds inputs ``x*``, labels ``y*``,
outputs ``o*``, and the weights ``w*`` after one more step, by the names ``names``.
"""

import pathlib

import numpy as np
import tf_keras as keras

HERE = pathlib.Path(__file__).parent / "fixtures"
layers, optimizers = keras.layers, keras.optimizers


def cnn():
    model = keras.Sequential([
        layers.Conv2D(4, 3, activation="relu", padding="same", input_shape=(6, 6, 1)), layers.BatchNormalization(),
        layers.MaxPooling2D(), layers.Flatten(), layers.Dropout(0.0), layers.Dense(3,
                                                                                   activation="softmax")])  # fmt: skip
    model.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def graph():
    a, b = layers.Input((4,), name="a"), layers.Input((4,), name="b")
    shared = layers.Dense(3, activation="tanh", name="shared")
    x = layers.Concatenate(name="both")([shared(a), shared(b)])
    inner = keras.Sequential([layers.BatchNormalization(input_shape=(6,)), layers.Dense(5)], name="inner")
    y = inner(x)
    outputs = [layers.Dense(2, name="p")(y), layers.Softmax(name="q")(1.0 - y * 2.0)]
    model = keras.Model([a, b], outputs)
    model.compile(optimizers.SGD(0.1, momentum=0.9), {"p": "mse", "q": "categorical_crossentropy"}, loss_weights=[1.0,
                                                                                                                  0.5],
                  metrics={"p": ["mae"], "q": ["accuracy"]})  # fmt: skip
    return model


def dense():
    model = keras.Sequential([layers.Dense(4, activation="relu", input_shape=(4,)), layers.Dense(2)])
    model.compile(optimizers.RMSprop(0.01, momentum=0.5, centered=True), "mse")
    return model


def main():
    for build in (cnn, graph, dense):
        keras.utils.set_random_seed(1)
        draw = np.random.default_rng(2)
        model = build()
        x = [draw.random((8, *t.shape[1:])).astype("f4") for t in model.inputs]
        y = [draw.random((8, *t.shape[1:])).astype("f4") for t in model.outputs]
        if build is cnn:
            y = [draw.integers(0, 3, (8, 1)).astype("f4")]
        if build is graph:
            y[1] = np.eye(5, dtype="f4")[draw.integers(0, 5, 8)]
        one = x[0] if len(x) == 1 else x, y[0] if len(y) == 1 else y
        for _ in range(3):
            model.train_on_batch(*one)
        model.save(HERE / f"tf_{build.__name__}.h5")
        outputs = model.predict(one[0], verbose=0)
        outputs = outputs if isinstance(outputs, list) else [outputs]
        model.train_on_batch(*one)
        kept = {f"{key}{i}": v for key, values in (("x", x), ("y", y), ("o", outputs)) for i, v in enumerate(values)}
        kept.update({f"w{i}": v.numpy() for i, v in enumerate(model.weights)})
        np.savez_compressed(
            HERE / f"tf_{build.__name__}.npz", names=[v.name.removesuffix(":0") for v in model.weights], **kept
        )


if __name__ == "__main__":
    main()
