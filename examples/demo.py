"""Trains a small network on handwritten digits, saves it, opens it again. ``make demo`` runs it; it takes seconds."""

import argparse
import pathlib
import time

import numpy as np

import pykeras as keras
from pykeras import layers


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--path", default="digits.h5", help="where the model is saved")
    arguments = parser.parse_args()

    keras.config.show()
    keras.utils.set_random_seed(1)
    (x_train, y_train), (x_test, y_test) = keras.datasets.digits.load_data()
    x_train, x_test = (x[..., np.newaxis].astype("float32") / 16 for x in (x_train, x_test))
    print(f"\n{len(x_train)} images of 8x8 pixels to train on, {len(x_test)} held out\n")

    model = keras.Sequential(
        [
            layers.Conv2D(32, 3, activation="relu", padding="same", input_shape=(8, 8, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.summary()

    start = time.perf_counter()
    history = model.fit(x_train, y_train, batch_size=32, epochs=arguments.epochs, verbose=0).history
    seconds = time.perf_counter() - start
    print(f"\n{arguments.epochs} epochs in {seconds:.1f} s; loss {history['loss'][0]:.4f} -> {history['loss'][-1]:.4f}")

    _, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"accuracy on the held-out part: {accuracy:.2%}")

    predictions = model.predict(x_test, verbose=0)
    model.save(arguments.path)
    again = keras.models.load_model(arguments.path).predict(x_test, verbose=0)
    same = np.array_equal(predictions, again)
    size = pathlib.Path(arguments.path).stat().st_size / 1024
    print(f"saved to {arguments.path} ({size:.0f} kB) and opened again")
    print(f"predictions before and after: {'equal bit for bit' if same else 'DIFFERENT'}")
    if accuracy < 0.97 or not same:
        raise SystemExit("the demo fell short: 97 % and equal predictions were expected")
    print("all is well")


if __name__ == "__main__":
    main()
