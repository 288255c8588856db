"""Writes the files that ``check_files.py`` opens with a real Keras: ``write_files.py FOLDER``, with pykeras.

For each model: NAME.keras, NAME.weights.h5, NAME.h5, NAME.w.h5,
keras2/NAME.keras (in tf_keras's form) and keras3/NAME.h5, and NAME.npz as
``record_files.py`` makes it, with ``m*``: the weights before the step.
"""

import pathlib
import sys

import file_models
import numpy as np

import pykeras
from pykeras.saving import keras_archive, legacy_hdf5


def main(folder):
    folder = pathlib.Path(folder)
    for inner in ("keras2", "keras3"):
        (folder / inner).mkdir(parents=True, exist_ok=True)
    for name, build in file_models.MODELS.items():
        pykeras.utils.set_random_seed(3)
        model = build(pykeras)
        x, y = file_models.data(model)
        for _ in range(3):
            file_models.train(model, x, y)
        for suffix in ("keras", "h5"):
            model.save(folder / f"{name}.{suffix}")
        keras_archive.save_model(model, folder / "keras2" / f"{name}.keras", dialect="keras2")
        legacy_hdf5.save_model(model, folder / "keras3" / f"{name}.h5", dialect="keras3")
        model.save_weights(folder / f"{name}.weights.h5")
        model.save_weights(folder / f"{name}.w.h5")
        outputs = file_models.predict(model, x)
        before = [w.numpy() for w in model.weights]
        file_models.train(model, x, y)
        groups = (("x", x), ("y", y), ("o", outputs), ("m", before), ("w", [w.numpy() for w in model.weights]))
        np.savez(folder / f"{name}.npz", **{f"{k}{i}": np.asarray(v) for k, each in groups for i, v in enumerate(each)})


if __name__ == "__main__":
    main(sys.argv[1])
