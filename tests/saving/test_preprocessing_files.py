"""Models with preprocessing layers: files of Keras 3 and tf_keras open, ours come back."""

import json
import pathlib
import zipfile

import h5py
import numpy as np
import pytest
from parity.preprocessing_model import build, give_weights, inputs_of

import pykeras
from pykeras import layers

FILES = pathlib.Path(__file__).parent.parent / "parity" / "fixtures" / "preprocessing_files.zip"
with zipfile.ZipFile(FILES) as _archive:
    EXPECTED = json.loads(_archive.read("expected.json"))


@pytest.fixture
def model():
    model = build(pykeras)
    give_weights(model)
    return model


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_files_of_keras_open(name, tmp_path):
    with zipfile.ZipFile(FILES) as archive:
        archive.extract(name, tmp_path)
    model = pykeras.models.load_model(tmp_path / name, compile=False)
    for _ in range(3):
        np.testing.assert_allclose(model.predict(inputs_of(), verbose=0), EXPECTED[name], rtol=1e-5, atol=1e-5)
    words = model.get_layer("vectorize").get_vocabulary()
    assert words[:2] == ["", "[UNK]"] and "cat" in words and ("한국어" in words) == ("adapted" in name)


def test_ours_computes_as_keras(model):
    np.testing.assert_allclose(
        model.predict(inputs_of(), verbose=0), EXPECTED["keras-adapted.keras"], rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.parametrize("trained", [False, True])
def test_round_trip(model, suffix, trained, tmp_path):
    model.compile("adam", "mse")
    if trained:
        model.fit(inputs_of(), np.ones((4, 2)), epochs=3, verbose=0)
    model.save(tmp_path / f"model.{suffix}")
    again = pykeras.models.load_model(tmp_path / f"model.{suffix}")
    assert np.array_equal(again.predict(inputs_of(), verbose=0), model.predict(inputs_of(), verbose=0))
    for name in ("vectorize", "colours", "lookup"):
        assert again.get_layer(name).get_vocabulary() == model.get_layer(name).get_vocabulary()
    again.fit(inputs_of(), np.ones((4, 2)), verbose=0)


def test_vocabularies_lie_where_keras_looks_for_them(model, tmp_path):
    model.save(tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        assert archive.read("assets/layers/text_vectorization/vocabulary.txt").decode().split("\n")[:2] == ["", "[UNK]"]
        assert archive.read("assets/layers/integer_lookup/vocabulary.txt").decode() == "-1\n3\n7\n12".replace(
            "7\n12", "12\n7"
        )
        config = json.loads(archive.read("config.json"))
    assert all(layer["config"].get("vocabulary") is None for layer in config["config"]["layers"])


def test_weights_of_words(tmp_path):
    vectorize = layers.TextVectorization(output_mode="tf_idf", max_tokens=9, pad_to_max_tokens=True)
    vectorize.adapt(["a b", "a c", "d"])
    model = pykeras.Sequential([layers.Input((1,), dtype="string"), vectorize])
    x = np.array([["a d d"], ["z"]])
    for name in ("model.keras", "model.h5"):
        model.save(tmp_path / name)
        again = pykeras.models.load_model(tmp_path / name, compile=False)
        np.testing.assert_allclose(again.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-6)


def test_functions_come_back_when_they_are_known(tmp_path):
    @pykeras.saving.register_keras_serializable("tests")
    def shout(texts):
        return np.char.upper(texts)

    model = pykeras.Sequential(
        [layers.Input((1,), dtype="string"), layers.TextVectorization(vocabulary=["A"], standardize=shout,
                                                                       output_sequence_length=2)]
    )  # fmt: skip
    model.save(tmp_path / "model.keras")
    again = pykeras.models.load_model(tmp_path / "model.keras")
    assert again.predict(np.array([["a b"]]), verbose=0).tolist() == [[2, 1]]


def test_a_file_may_not_name_other_files(tmp_path):
    (tmp_path / "secret.txt").write_text("password\n")
    layer = layers.StringLookup(vocabulary=["a"])
    entry = layers.serialize(layer)
    entry["config"]["vocabulary"] = str(tmp_path / "secret.txt")
    with pytest.raises(ValueError, match="safe_mode"):
        layers.deserialize(entry)
    with pytest.raises(ValueError, match="safe_mode"):
        pykeras.models.model_from_json(
            json.dumps({"class_name": "Sequential", "module": "keras", "registered_name": None,
                        "config": {"name": "s", "layers": [entry]}})
        )  # fmt: skip


def test_a_discretization_that_tf_keras_adapted(tmp_path):
    """tf_keras keeps the summary that the boundaries come from as a weight of the layer, in HDF5 files too."""
    path = tmp_path / "adapted.h5"
    model = pykeras.Sequential(
        [layers.Input((1,)), layers.Discretization(num_bins=4, name="bins"), layers.Dense(2, name="dense")]
    )
    model.layers[0].adapt(np.linspace(0, 10, 40).reshape(-1, 1))
    wanted = model.predict(np.float32([[1], [9]]), verbose=0)
    model.save(path)
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        of_bins = next(entry["config"] for entry in config["config"]["layers"] if entry["config"]["name"] == "bins")
        of_bins["bin_boundaries"] = None
        file.attrs["model_config"] = json.dumps(config)
        group = file["model_weights"]["bins"]
        group.attrs["weight_names"] = [b"bins/summary:0"]
        group["bins/summary:0"] = model.layers[0].summary
    again = pykeras.models.load_model(path, compile=False)
    np.testing.assert_array_equal(again.predict(np.float32([[1], [9]]), verbose=0), wanted)
    fresh = pykeras.models.model_from_json(json.dumps(config))
    fresh.load_weights(path, by_name=True)
    np.testing.assert_array_equal(fresh.predict(np.float32([[1], [9]]), verbose=0), wanted)
