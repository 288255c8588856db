"""How long a step takes: small models, trained and predicting, in milliseconds per step.

Each row is the median of several runs over many batches, after the first batches have been recorded and compiled.
``python bench/models.py [--threads N] [--rows NAME ...]`` prints a Markdown table.
"""

import argparse
import statistics
import time

import numpy as np


def build(keras, name):
    """(model, x, y, batch size) of a row; ``keras`` is pykeras or Keras 3, which the same code runs on."""
    layers = keras.layers
    rng = np.random.default_rng(0)
    if name == "mlp_tiny":
        stack = [
            keras.Input(shape=(16,)),
            layers.Dense(32, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(1),
        ]
        x, y = rng.normal(size=(32 * 256, 16)), rng.normal(size=(32 * 256, 1))
        batch_size, loss, metrics = 32, "mse", None
    elif name == "mlp_mnist":
        stack = [
            keras.Input(shape=(784,)),
            layers.Dense(512, activation="relu"),
            layers.Dense(512, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
        x, y = rng.random(size=(128 * 32, 784)), rng.integers(0, 10, 128 * 32)
        batch_size, loss, metrics = 128, "sparse_categorical_crossentropy", ["accuracy"]
    elif name == "cnn_mnist":
        stack = [
            keras.Input(shape=(28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
        x, y = rng.random(size=(128 * 8, 28, 28, 1)), rng.integers(0, 10, 128 * 8)
        batch_size, loss, metrics = 128, "sparse_categorical_crossentropy", ["accuracy"]
    elif name == "lstm_imdb":
        stack = [
            keras.Input(shape=(80,), dtype="int32"),
            layers.Embedding(20000, 128),
            layers.LSTM(128),
            layers.Dense(1, activation="sigmoid"),
        ]
        x, y = rng.integers(1, 20000, (32 * 16, 80)), rng.integers(0, 2, (32 * 16, 1))
        batch_size, loss, metrics = 32, "binary_crossentropy", ["accuracy"]
    elif name == "gru_small":
        stack = [keras.Input(shape=(50, 8)), layers.GRU(32), layers.Dense(1)]
        x, y = rng.normal(size=(32 * 64, 50, 8)), rng.normal(size=(32 * 64, 1))
        batch_size, loss, metrics = 32, "mse", None
    else:
        raise ValueError(f"unknown row {name!r}: expected one of {', '.join(ROWS)}")
    model = keras.Sequential(stack)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=loss, metrics=metrics)
    x = x.astype("int32" if x.dtype.kind == "i" else "float32")
    return model, x, y.astype("float32" if loss == "mse" else "int32"), batch_size


MODELS = ("mlp_tiny", "mlp_mnist", "cnn_mnist", "lstm_imdb", "gru_small")
ROWS = tuple(f"{model}{mode}" for model in MODELS for mode in ("", "/predict"))


class Row:
    """One model in one mode, ready to be timed."""

    def __init__(self, keras, row):
        name, _, mode = row.partition("/")
        model, x, y, batch_size = build(keras, name)
        self.steps = len(x) // batch_size
        if mode == "predict":
            self.epoch = lambda: model.predict(x, batch_size=batch_size, verbose=0)
        else:
            self.epoch = lambda: model.fit(x, y, batch_size=batch_size, epochs=1, shuffle=False, verbose=0)
        self.epoch()
        self.epoch()

    def milliseconds(self, seconds=0.3):
        """Time per step over enough epochs to fill ``seconds``."""
        epochs, start = 0, time.perf_counter()
        while True:
            self.epoch()
            epochs += 1
            elapsed = time.perf_counter() - start
            if elapsed >= seconds:
                return elapsed / (epochs * self.steps) * 1e3


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", nargs="*", default=ROWS, choices=ROWS)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--threads", type=int)
    arguments = parser.parse_args()

    import pykeras

    if arguments.threads:
        pykeras.config.set_num_threads(arguments.threads)
    pykeras.config.show()
    print("\n| row | ms per step (median) | fastest | slowest |\n|---|---:|---:|---:|")
    for name in arguments.rows:
        row = Row(pykeras, name)
        times = [row.milliseconds() for _ in range(arguments.repeats)]
        print(f"| {name} | {statistics.median(times):.4f} | {min(times):.4f} | {max(times):.4f} |", flush=True)


if __name__ == "__main__":
    main()
