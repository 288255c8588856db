"""A convolutional network on the 60,000 images of Fashion-MNIST: 90 % of the 10,000 held-out ones after four epochs.

The data are Keras's (downloaded once) or those of Debian's package dataset-fashion-mnist. The losses are printed as
hexadecimal floats, so that two runs can be compared to the last bit: the same seed gives the same bits, whatever
``--threads`` and ``--eager`` say.
"""

import argparse
import time

import numpy as np

import pykeras as keras
from pykeras import layers


def build_model():
    return keras.Sequential(
        [
            keras.Input(shape=(28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu", padding="same"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu", padding="same"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.25),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.25),
            layers.Dense(10, activation="softmax"),
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, help="threads of the kernels; default: all")
    parser.add_argument("--eager", action="store_true", help="run every step in Python instead of replaying it")
    parser.add_argument("--limit", type=int, help="use only so many images of each part")
    parser.add_argument("--verbose", type=int, default=2, choices=(0, 1, 2))
    arguments = parser.parse_args()

    if arguments.threads:
        keras.config.set_num_threads(arguments.threads)
    keras.utils.set_random_seed(arguments.seed)
    (x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
    x_train, x_test = (x[: arguments.limit, ..., np.newaxis].astype("float32") / 255 for x in (x_train, x_test))
    y_train, y_test = y_train[: arguments.limit], y_test[: arguments.limit]

    model = build_model()
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        run_eagerly=arguments.eager,
    )
    start = time.perf_counter()
    history = model.fit(
        x_train, y_train, batch_size=arguments.batch_size, epochs=arguments.epochs, verbose=arguments.verbose
    ).history
    seconds = time.perf_counter() - start
    loss, accuracy = model.evaluate(x_test, y_test, batch_size=250, verbose=0)

    print(f"{seconds / max(arguments.epochs, 1):.1f} s per epoch, {keras.config.num_threads()} thread(s)")
    print("training losses:", " ".join(float(value).hex() for value in history["loss"]))
    print(f"test loss: {float(loss).hex()} ({loss:.4f})")
    print(f"test accuracy: {accuracy:.4f}")


if __name__ == "__main__":
    main()
