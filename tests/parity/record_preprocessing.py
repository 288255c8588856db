"""Records what real Keras says of the preprocessing layers of ``preprocessing_cases``.

usage: KERAS_BACKEND=tensorflow python record_preprocessing.py keras     (or tf_keras, with tensorflow;
       KERAS_BACKEND=jax ... jax for the layers that need no TensorFlow)

Adds to fixtures/preprocessing.json: case -> which Keras -> outputs, vocabulary.
"""

import importlib
import json
import pathlib
import sys

import numpy as np
from preprocessing_cases import CASES, called, made, name_of

FIXTURE = pathlib.Path(__file__).resolve().parent / "fixtures" / "preprocessing.json"


def plain(value):
    value = np.asarray(value)
    return value.astype("float64").round(6).tolist() if value.dtype.kind == "f" else value.tolist()


def record(which):
    layers = importlib.import_module({"jax": "keras"}.get(which, which)).layers
    found = json.loads(FIXTURE.read_text()) if FIXTURE.exists() else {}
    for number, entry in enumerate(CASES):
        if entry["only"] not in (None, which):
            continue
        if which == "jax" and entry["layer"] not in ("Normalization", "Discretization", "CategoryEncoding"):
            continue
        try:
            layer = made(layers, entry)
            result = {"outputs": [plain(called(layer, entry, inputs)) for inputs in entry["inputs"]]}
        except Exception as error:  # what this Keras cannot do, another one was asked for
            print(f"{name_of(number)}: {which}: {str(error)[:100]}")
            continue
        if hasattr(layer, "get_vocabulary"):
            result["vocabulary"] = [t if isinstance(t, str) else int(t) for t in layer.get_vocabulary()]
        if entry["adapt"] is not None and entry["layer"] == "Discretization":
            result["boundaries"] = plain(layer.bin_boundaries)
        found.setdefault(name_of(number), {})[which] = result
    FIXTURE.write_text(json.dumps(found, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n")


if __name__ == "__main__":
    record(sys.argv[1])
