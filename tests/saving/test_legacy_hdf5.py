"""HDF5 files: round trips, files of real tf_keras, and what goes wrong."""

import json
import os
import pathlib

import h5py
import numpy as np
import pytest

import pykeras
from pykeras import layers, models, optimizers

FIXTURES = pathlib.Path(__file__).parents[1] / "parity" / "fixtures"
X = np.random.default_rng(0).random((8, 4)).astype("float32")
Y = np.random.default_rng(1).random((8, 2)).astype("float32")


def small(optimizer="adam", units=3):
    pykeras.utils.set_random_seed(0)
    model = models.Sequential([
        layers.Dense(units, activation="relu", input_shape=(4,), name="one"), layers.BatchNormalization(name="norm"),
        layers.Dense(2, name="two")])  # fmt: skip
    model.compile(optimizer, "mse", metrics=["mae"])
    return model


@pytest.mark.parametrize("optimizer", [
    lambda: optimizers.Adam(0.01, amsgrad=True), lambda: optimizers.SGD(0.1), lambda: optimizers.SGD(0.1, momentum=0.9),
    lambda: optimizers.RMSprop(0.01, momentum=0.5, centered=True), lambda: optimizers.Adam(0.01, use_ema=True,
                                                                                           clipnorm=1.0),
])  # fmt: skip
def test_a_reopened_model_goes_on_with_the_same_bits(tmp_path, optimizer):
    model = small(optimizer())
    for _ in range(3):
        model.train_on_batch(X, Y)
    model.save(tmp_path / "m.h5")
    again = models.load_model(tmp_path / "m.h5")
    np.testing.assert_array_equal(model.predict(X, verbose=0), again.predict(X, verbose=0))
    for each in (model, again):
        for _ in range(3):
            each.train_on_batch(X, Y)
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert int(again.optimizer.iterations.numpy()) == 6


@pytest.mark.parametrize("name", ["cnn", "graph", "dense"])
def test_a_file_of_tf_keras_opens_and_trains_on(name):
    data = np.load(FIXTURES / f"tf_{name}.npz")
    x, y, expected = ([data[f"{key}{i}"] for i in range(9) if f"{key}{i}" in data] for key in "xyo")
    model = models.load_model(FIXTURES / f"tf_{name}.h5")
    x, y = (each[0] if len(each) == 1 else each for each in (x, y))
    outputs = model.predict(x, verbose=0)
    for got, wanted in zip(outputs if isinstance(outputs, list) else [outputs], expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=2e-5, atol=2e-6)
    model.train_on_batch(x, y)
    own = {"/".join(w.path.split("/")[-2:]): w for w in model.weights}
    for number, path in enumerate(data["names"]):
        np.testing.assert_allclose(own[str(path)].numpy(), data[f"w{number}"], rtol=1e-4, atol=1e-5, err_msg=str(path))


def test_weights_of_a_subclassed_model(tmp_path):
    class Mine(models.Model):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(2)

        def call(self, inputs):
            return self.inner(inputs)

    one, two = Mine(), Mine()
    one(X), two(X)
    one.save_weights(tmp_path / "w.h5")
    two.load_weights(tmp_path / "w.h5")
    np.testing.assert_array_equal(one.get_weights()[0], two.get_weights()[0])
    with pytest.raises(NotImplementedError, match="save_weights"):
        one.save(tmp_path / "m.h5")


def test_names_longer_than_an_attribute_are_split(tmp_path):
    names = [f"layer_{i:05}_" + "x" * 50 for i in range(3000)]
    from pykeras.saving import files

    with h5py.File(tmp_path / "n.h5", "w") as file:
        files.write_names(file, "layer_names", names)
        assert "layer_names1" in file.attrs
        assert files.read_names(file, "layer_names") == names


def test_shapes_that_differ_are_named_and_nothing_is_set(tmp_path):
    small().save_weights(tmp_path / "w.h5")
    other = small(units=5)
    before = other.get_weights()
    with pytest.raises(ValueError, match=r'Dense "one": weight .*one/kernel.* shape \(4, 5\).* has \(4, 3\)'):
        other.load_weights(tmp_path / "w.h5")
    for a, b in zip(before, other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.warns(UserWarning, match="not loaded"):
        other.load_weights(tmp_path / "w.h5", by_name=True, skip_mismatch=True)


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    small().save(tmp_path / "m.h5")
    before = (tmp_path / "m.h5").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="space"):
        small().save(tmp_path / "m.h5")
    assert (tmp_path / "m.h5").read_bytes() == before
    assert os.listdir(tmp_path) == ["m.h5"]


def test_missing_foreign_and_damaged_files(tmp_path):
    with pytest.raises(FileNotFoundError, match="no file"):
        models.load_model(tmp_path / "none.h5")
    (tmp_path / "text.h5").write_text("hello")
    with pytest.raises(OSError, match="no HDF5 file"):
        models.load_model(tmp_path / "text.h5")
    small().save(tmp_path / "m.h5")
    (tmp_path / "cut.h5").write_bytes((tmp_path / "m.h5").read_bytes()[:3000])
    with pytest.raises(OSError, match="cut short or damaged"):
        models.load_model(tmp_path / "cut.h5")
    small().save_weights(tmp_path / "w.h5")
    with pytest.raises(ValueError, match="weights alone"):
        models.load_model(tmp_path / "w.h5")
    with pytest.raises(FileExistsError, match="overwrite"):
        small().save(tmp_path / "m.h5", overwrite=False)


def test_links_out_of_the_file_are_refused(tmp_path):
    small().save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5", "a") as file:
        del file["model_weights/one/one/kernel:0"]
        file["model_weights/one/one/kernel:0"] = h5py.ExternalLink("/etc/other.h5", "/x")
    with pytest.raises(ValueError, match="ExternalLink.*refused"):
        models.load_model(tmp_path / "m.h5")


def test_a_class_named_in_a_file_is_not_imported(tmp_path):
    small().save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5", "a") as file:
        config = json.loads(file.attrs["model_config"])
        config["config"]["layers"][1].update({"module": "os", "class_name": "system"})
        file.attrs["model_config"] = json.dumps(config)
    with pytest.raises(TypeError, match="never imported"):
        models.load_model(tmp_path / "m.h5")
