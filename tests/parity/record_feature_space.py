"""Records what real Keras's FeatureSpace makes of ``feature_space_cases``, and a file of one.

usage: KERAS_BACKEND=tensorflow python record_feature_space.py
"""

import os
import pathlib
import tempfile

import keras
import numpy as np
import packed
from feature_space_cases import CASES, DATA, NEW, made, of

FIXTURE = pathlib.Path(__file__).resolve().parent / "fixtures" / "feature_space.npz"


def plain(outputs):
    if isinstance(outputs, dict):
        return {name: plain(value) for name, value in outputs.items()}
    value = np.asarray(outputs)
    return {"values": value.astype("float32"), "dtype": value.dtype.name}


def record(entry):
    space = made(keras.utils.FeatureSpace, entry)
    space.adapt(of(entry, DATA))
    one = {name: values[0] for name, values in of(entry, NEW).items()}
    encoded = space.get_encoded_features()
    shapes = {n: list(t.shape) for n, t in encoded.items()} if isinstance(encoded, dict) else list(encoded.shape)
    return {"batch": plain(space(of(entry, NEW))), "single": plain(space(one)), "shapes": shapes,
            "preprocessors": {name: layer.name for name, layer in space.preprocessors.items()}}  # fmt: skip


def main():
    found = {}
    for name, entry in CASES.items():
        keras.backend.clear_session()
        found[name] = record(entry)
    entry = CASES["parameters"]
    keras.backend.clear_session()
    space = made(keras.utils.FeatureSpace, entry)
    space.adapt(of(entry, DATA))
    with tempfile.TemporaryDirectory() as folder:
        space.save(os.path.join(folder, "space.keras"))
        found["file"] = np.frombuffer(pathlib.Path(folder, "space.keras").read_bytes(), "uint8")
    packed.save(FIXTURE, found)


main()
