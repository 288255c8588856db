"""Writes fixtures/preprocessing_files.zip: the model of ``preprocessing_model`` in the files of real Keras.

usage: KERAS_BACKEND=tensorflow python record_preprocessing_files.py     (with Keras 3, tf_keras and tensorflow)
"""

import json
import pathlib
import tempfile
import zipfile

import keras
import numpy as np
import tensorflow as tf
import tf_keras
from preprocessing_model import build, give_weights, inputs_of

HERE = pathlib.Path(__file__).resolve().parent


def main():
    expected = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(HERE / "fixtures" / "preprocessing_files.zip", "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for which, given, suffix in (
            (keras, False, "keras"), (tf_keras, False, "keras"), (keras, True, "h5"), (tf_keras, True, "h5"),
        ):  # fmt: skip
            name = f"{which.__name__}-{'given' if given else 'adapted'}.{suffix}"
            which.utils.clear_session() if hasattr(which.utils, "clear_session") else which.backend.clear_session()
            model = build(which, given)
            give_weights(model)
            expected[name] = np.asarray(model(inputs_of(tf.constant))).astype("float64").round(6).tolist()
            try:
                model.save(f"{folder}/{name}")
            except Exception as error:
                print(name, type(error).__name__, str(error)[:300])
                del expected[name]
                continue
            archive.write(f"{folder}/{name}", name)
        archive.writestr("expected.json", json.dumps(expected))


if __name__ == "__main__":
    main()
