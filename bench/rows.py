"""The models whose speed is measured: each row written once for every Keras, its data made by NumPy.

``ROWS`` maps a name to a function of the module (pykeras or Keras 3), which gives a :class:`Case`.
"""

import dataclasses
import typing

import numpy as np


@dataclasses.dataclass
class Case:
    """A compiled model and the data of a few steps."""

    model: typing.Any
    x: np.ndarray
    y: np.ndarray
    batch_size: int


def _case(keras, model, x, y, batch_size, loss, metrics=()):
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=loss, metrics=list(metrics))
    return Case(model, x, y, batch_size)


def _images(batch_size, steps, shape, classes=10):
    draw = np.random.default_rng(0)
    return draw.random((batch_size * steps, *shape), "f4"), draw.integers(0, classes, batch_size * steps).astype("i4")


CLASSES = {"loss": "sparse_categorical_crossentropy", "metrics": ("accuracy",)}


def mlp_tiny(keras, batch_size=32):
    layers = keras.layers
    draw = np.random.default_rng(0)
    model = keras.Sequential(
        [
            keras.Input((16,)),
            layers.Dense(32, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(1),
        ]
    )
    x, y = draw.random((batch_size * 256, 16), "f4"), draw.random((batch_size * 256, 1), "f4")
    return _case(keras, model, x, y, batch_size, "mse")


def mlp_mnist(keras, batch_size=128):
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(512, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(512, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )
    return _case(keras, model, *_images(batch_size, 32, (784,)), batch_size, **CLASSES)


def cnn_mnist(keras, batch_size=128):
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    return _case(keras, model, *_images(batch_size, 6, (28, 28, 1)), batch_size, **CLASSES)


def lstm_imdb(keras, batch_size=32):
    layers = keras.layers
    draw = np.random.default_rng(0)
    model = keras.Sequential(
        [
            keras.Input((80,), dtype="int32"),
            layers.Embedding(20000, 128),
            layers.LSTM(128),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    x = draw.integers(1, 20000, (batch_size * 16, 80)).astype("i4")
    y = draw.integers(0, 2, (batch_size * 16, 1)).astype("f4")
    return _case(keras, model, x, y, batch_size, "binary_crossentropy", ("accuracy",))


def gru_small(keras, batch_size=32):
    layers = keras.layers
    draw = np.random.default_rng(0)
    model = keras.Sequential([keras.Input((50, 8)), layers.GRU(32), layers.Dense(1)])
    x, y = draw.random((batch_size * 64, 50, 8), "f4"), draw.random((batch_size * 64, 1), "f4")
    return _case(keras, model, x, y, batch_size, "mse")


def resnet20_cifar(keras, batch_size=64):
    """He et al. 2015, section 4.2: three stages of three blocks, widths 16, 32, 64."""
    layers = keras.layers

    def convolve(x, filters, size=3, strides=1):
        x = layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    inputs = keras.Input((32, 32, 3))
    x = layers.ReLU()(convolve(inputs, 16))
    for stage, filters in enumerate((16, 32, 64)):
        for block in range(3):
            strides = 2 if stage and not block else 1
            y = layers.ReLU()(convolve(x, filters, strides=strides))
            y = convolve(y, filters)
            shortcut = convolve(x, filters, 1, strides) if strides == 2 else x
            x = layers.ReLU()(layers.Add()([y, shortcut]))
    outputs = layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x))
    model = keras.Model(inputs, outputs)
    return _case(keras, model, *_images(batch_size, 6, (32, 32, 3)), batch_size, **CLASSES)


def transformer(keras, batch_size=32):
    """Two encoder blocks (Vaswani et al. 2017) with normalization first, over 128 tokens of width 128."""
    layers = keras.layers
    draw = np.random.default_rng(0)
    inputs = keras.Input((128,), dtype="int32")
    x = layers.Embedding(5000, 128)(inputs)
    for _ in range(2):
        y = layers.LayerNormalization()(x)
        x = layers.Add()([x, layers.MultiHeadAttention(4, 32)(y, y)])
        y = layers.Dense(512, activation="gelu")(layers.LayerNormalization()(x))
        x = layers.Add()([x, layers.Dense(128)(y)])
    outputs = layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x)))
    x = draw.integers(0, 5000, (batch_size * 6, 128)).astype("i4")
    y = draw.integers(0, 2, batch_size * 6).astype("i4")
    return _case(keras, keras.Model(inputs, outputs), x, y, batch_size, **CLASSES)


MODELS = {f.__name__: f for f in (mlp_tiny, mlp_mnist, cnn_mnist, lstm_imdb, gru_small, resnet20_cifar, transformer)}

#: MODEL: a training step by fit; MODEL/predict: one call of predict on a batch; MODEL/one: on one sample
ROWS = tuple(f"{model}{mode}" for model in MODELS for mode in ("", "/predict", "/one"))
