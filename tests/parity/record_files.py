"""Writes small model files with a real Keras, and what it computes from them.

Run with a Python that has Keras 3 (``record_files.py keras``) and one that has tf_keras
(``record_files.py tf_keras``). ``fixtures/files_<module>.zip`` holds for each model NAME.keras, NAME.h5, NAME.w.h5 (the
layout of Keras 2's weights) of two models, and NAME.npz: inputs ``x*``, labels ``y*``, outputs
``o*``, and the weights ``w*`` after one more step. The member ``model.weights.h5`` of NAME.keras is, byte for byte, what
``save_weights("NAME.weights.h5")`` writes. Names of models behind the library's record these alone anew.
"""

import importlib
import pathlib
import sys
import tempfile
import zipfile

import file_models
import numpy as np

HERE = pathlib.Path(__file__).parent / "fixtures"


def main(name, *chosen):
    keras = importlib.import_module(name)
    folder = pathlib.Path(tempfile.mkdtemp())
    if chosen:
        with zipfile.ZipFile(HERE / f"files_{name}.zip") as archive:
            archive.extractall(folder, [m for m in archive.namelist() if m.split(".")[0] not in chosen])
    for key, build in file_models.MODELS.items():
        if chosen and key not in chosen:
            continue
        keras.utils.set_random_seed(1)
        model = build(keras)
        model.jit_compile = False  # compiling would take most of the time
        x, y = file_models.data(model)
        for _ in range(3):
            file_models.train(model, x, y)
        model.save(folder / f"{key}.keras")
        model.save(folder / f"{key}.h5")
        if name == "tf_keras" and key in file_models.WEIGHTS_TOO:
            model.save_weights(folder / f"{key}.w.h5", save_format="h5")
        outputs = file_models.predict(model, x)
        file_models.train(model, x, y)
        groups = (("x", x), ("y", y), ("o", outputs), ("w", [w.numpy() for w in model.weights]))
        np.savez(folder / f"{key}.npz", **{f"{k}{i}": np.asarray(v) for k, each in groups for i, v in enumerate(each)})
    with zipfile.ZipFile(HERE / f"files_{name}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)


if __name__ == "__main__":
    main(*sys.argv[1:])
