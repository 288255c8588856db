"""Opens with a real Keras what ``write_files.py`` wrote: ``check_files.py keras|tf_keras FOLDER [MODEL...]``.

Each file opens compiled, predicts the same to 2e-5 and ends one more step of training at the same weights to 1e-4; the
files of weights load into a model made anew.
"""

import importlib
import pathlib
import sys
import traceback

import file_models
import numpy as np

# What Keras 3.15 cannot open, also of its own making: ops between layers in HDF5 files.
CANNOT = {("keras", "keras3/{}.h5", "operators")}
# tf_keras saves no product of Nadam's momenta, so that a model it opens, also its own, begins that product anew.
NO_STEP = {("tf_keras", "optimizer_nadam")}
# A shift before a normalization has no gradient but rounding noise, of which Adam makes steps.
NOISE = {("normalizations", "group/beta")}
TRACED = ("cnn",)
# Files for each library; of the HDF5 files of models Keras 3.15 opens none compiled, also of its own making.
COMPILED = {"keras": ["{}.keras"], "tf_keras": ["keras2/{}.keras", "{}.h5"]}
UNCOMPILED = {"keras": ["keras3/{}.h5"], "tf_keras": []}
WEIGHTS = {"keras": ["{}.weights.h5"], "tf_keras": ["{}.w.h5"]}


def assert_outputs(model, data):
    for got, wanted in zip(file_models.predict(model, data["x"]), data["o"], strict=True):
        np.testing.assert_allclose(got, wanted, rtol=2e-5, atol=2e-6)


def check_weights(library, keras, path, name, data):
    model = file_models.MODELS[name](keras)
    model.load_weights(path)
    assert_outputs(model, data)


def check_uncompiled(library, keras, path, name, data):
    assert_outputs(keras.models.load_model(path, compile=False), data)


def check_compiled(library, keras, path, name, data):
    model = keras.models.load_model(path)
    assert_outputs(model, data)
    assert model.optimizer is not None, "not compiled"
    if (library, name) in NO_STEP:
        return
    file_models.train(model, data["x"], data["y"])
    for variable, wanted in zip(model.weights, data["w"], strict=True):
        if library == "tf_keras" and "moving_variance" in variable.name:
            continue  # see test_files.py
        if (name, getattr(variable, "path", variable.name).removesuffix(":0")) in NOISE:
            continue
        np.testing.assert_allclose(variable.numpy(), wanted, rtol=1e-4, atol=1e-5, err_msg=variable.name)


def main(library, folder, *chosen):
    keras, folder, failed, count = importlib.import_module(library), pathlib.Path(folder), 0, 0
    tensorflow = library == "tf_keras" or keras.config.backend() == "tensorflow"
    kinds = ((COMPILED, check_compiled), (UNCOMPILED, check_uncompiled), (WEIGHTS, check_weights))
    for name in chosen or file_models.MODELS:
        if tensorflow:  # tracing takes most of the time, but gradients of groups exist inside traced functions alone
            importlib.import_module("tensorflow").config.run_functions_eagerly(name not in TRACED)
        archive = np.load(folder / f"{name}.npz")
        data = {key: [archive[f"{key}{i}"] for i in range(99) if f"{key}{i}" in archive] for key in "xyow"}
        for pattern, check in [(pattern, check) for patterns, check in kinds for pattern in patterns[library]]:
            if (library, pattern, name) in CANNOT:
                continue
            count += 1
            try:
                check(library, keras, folder / pattern.format(name), name, data)
            except Exception as error:
                failed += 1
                print(f"FAILED {pattern.format(name)}: {''.join(traceback.format_exception_only(error))[:600]}")
    print(f"{library} {keras.__version__}: {count - failed} of {count} files of pykeras open and agree")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
