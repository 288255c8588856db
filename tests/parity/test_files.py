"""Files that real Keras 3 and tf_keras wrote (see ``record_files.py``) open compiled, predict and train on the same."""

import io
import pathlib
import zipfile

import numpy as np
import pytest
from parity import file_models

from pykeras import models

FIXTURES = pathlib.Path(__file__).parent / "fixtures"
LIBRARIES = ("keras", "tf_keras")
NAMES = list(file_models.MODELS)


def unpack(library, name, folder):
    """Writes the files of one model into a folder; returns what was recorded with them."""
    with zipfile.ZipFile(FIXTURES / f"files_{library}.zip") as archive:
        for member in archive.namelist():
            if member.split(".")[0] == name:
                (folder / member).write_bytes(archive.read(member))
    data = np.load(folder / f"{name}.npz")
    return {key: [data[f"{key}{i}"] for i in range(99) if f"{key}{i}" in data] for key in "xyow"}


def assert_outputs(model, data):
    for got, wanted in zip(file_models.predict(model, data["x"]), data["o"], strict=True):
        np.testing.assert_allclose(got, wanted, rtol=2e-5, atol=2e-6)


def assert_step(model, data, library):
    """One more step of training ends where the library's did."""
    if library == "tf_keras" and type(model.optimizer).__name__ == "Nadam":
        # tf_keras multiplies its product of momenta once for each variable of a step, and does not save it: it does not
        # go on from its own file as it would have from memory either
        return
    file_models.train(model, data["x"], data["y"])
    for variable, wanted in zip(model.weights, data["w"], strict=True):
        if library == "keras" and variable.path == "table/embeddings":
            continue  # Keras 3.15 itself, once it has opened its file, ends where we do and not where it had gone on to
        if library == "tf_keras" and variable.name == "moving_variance":
            continue  # TensorFlow's fused kernel averages n/(n-1) times the variance; Keras 3 and we the variance
        np.testing.assert_allclose(variable.numpy(), wanted, rtol=1e-4, atol=1e-5, err_msg=variable.path)


@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_model_opens_compiled(library, name, suffix, tmp_path):
    data = unpack(library, name, tmp_path)
    model = models.load_model(tmp_path / f"{name}.{suffix}")
    assert model.compiled
    assert_outputs(model, data)
    assert_step(model, data, library)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("library", LIBRARIES)
def test_weights_load_into_a_model_made_anew(library, name, tmp_path):
    import pykeras

    data = unpack(library, name, tmp_path)
    archive = zipfile.ZipFile(tmp_path / f"{name}.keras")
    (tmp_path / "a.weights.h5").write_bytes(archive.read("model.weights.h5"))
    sources = [tmp_path / "a.weights.h5", tmp_path / f"{name}.keras", tmp_path / f"{name}.h5"]
    sources += [tmp_path / f"{name}.w.h5"] if (tmp_path / f"{name}.w.h5").exists() else []
    for source in sources:
        model = file_models.MODELS[name](pykeras)
        model.load_weights(source)
        assert_outputs(model, data)
    model.load_weights(sources[0])  # with the optimizer's state
    assert_step(model, data, library)


def test_fixtures_hold_every_model():
    for library in LIBRARIES:
        with zipfile.ZipFile(io.BytesIO((FIXTURES / f"files_{library}.zip").read_bytes())) as archive:
            assert {member.split(".")[0] for member in archive.namelist()} == set(NAMES)
