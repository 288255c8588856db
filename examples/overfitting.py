"""Training and validation curves of a model that learns its few samples by heart, and what EarlyStopping chooses.

Needs matplotlib (pip install pykeras[matplotlib]); writes overfitting.png.
"""

import argparse

import numpy as np

import pykeras
from pykeras import callbacks, layers


def train(epochs, samples):
    """History of a training on few noisy samples, and the epoch that EarlyStopping goes back to."""
    pykeras.utils.set_random_seed(4)
    draw = np.random.default_rng(4)
    x = draw.uniform(-3, 3, (samples + 200, 1)).astype("float32")
    y = np.sin(x) + draw.normal(0, 0.4, x.shape).astype("float32")
    hidden = [layers.Dense(128, activation="tanh") for _ in range(3)]
    model = pykeras.Sequential([layers.Input((1,)), *hidden, layers.Dense(1)])
    model.compile(pykeras.optimizers.Adam(2e-3), "mse")
    stop = callbacks.EarlyStopping(patience=epochs, restore_best_weights=True)
    validation = x[samples:], y[samples:]
    history = model.fit(
        x[:samples], y[:samples], epochs=epochs, validation_data=validation, callbacks=[stop], verbose=0
    )
    return history.history, stop.best_epoch, model.evaluate(*validation, verbose=0)


def draw(history, best, path):
    try:
        import matplotlib
    except ImportError as error:
        raise SystemExit("overfitting.py needs matplotlib: pip install pykeras[matplotlib]") from error
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4))
    axes.semilogy(history["loss"], label="training")
    axes.semilogy(history["val_loss"], label="validation")
    axes.axvline(best, color="grey", linestyle="--", label=f"EarlyStopping: epoch {best + 1}")
    axes.set(xlabel="epoch", ylabel="mean squared error", title="Over-fitting")
    axes.legend()
    figure.savefig(path, dpi=120, bbox_inches="tight")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--epochs", type=int, default=600)
    options.add_argument("--samples", type=int, default=24)
    options.add_argument("--output", default="overfitting.png")
    options = options.parse_args()
    history, best, restored = train(options.epochs, options.samples)
    draw(history, best, options.output)
    first, last, least = history["loss"][best], history["loss"][-1], history["val_loss"][best]
    print(f"training error: {first:.3f} at epoch {best + 1}, {last:.3f} at the end")
    print(f"validation error: {least:.3f} at epoch {best + 1}, {history['val_loss'][-1]:.3f} at the end")
    print(f"EarlyStopping goes back to epoch {best + 1}: validation error {restored:.3f}")


if __name__ == "__main__":
    main()
