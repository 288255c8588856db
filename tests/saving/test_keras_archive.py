"""``.keras`` and ``.weights.h5``: round trips of every kind of model, custom objects, what goes wrong."""

import copy
import json
import os
import pickle
import zipfile

import h5py
import numpy as np
import pytest

import pykeras
from pykeras import layers, models, optimizers, saving

X = np.random.default_rng(0).random((8, 4)).astype("float32")
Y = np.random.default_rng(1).random((8, 2)).astype("float32")


class Twice(layers.Layer):
    def call(self, inputs):
        return inputs * 2.0


class Block(layers.Layer):
    """Sublayers in every place that the walk goes through."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.steps = [layers.Dense(units), [layers.Dense(units)]]
        self.by_name = {"a": layers.Dense(units)}
        self._last = layers.Dense(units)
        self.again = self.steps[0]

    def call(self, inputs):
        x = self.by_name["a"](self.steps[1][0](self.steps[0](inputs)))
        return self._last(x)


class Mine(models.Model):
    def __init__(self, units=2):
        super().__init__()
        self.units = units
        self.block = Block(3)
        self.drop = layers.Dropout(0.5, seed=1)
        self.out = layers.Dense(units)

    def call(self, inputs, training=None):
        return self.out(self.drop(self.block(inputs), training=training))


CUSTOM = {"Twice": Twice, "Block": Block, "Mine": Mine}


def sequential():
    return models.Sequential([layers.Input((4,)), layers.Dense(3), layers.BatchNormalization(), layers.Dense(2)])


def branching():
    x = layers.Input((4,))
    parts = [
        layers.Dense(3)(layers.Dense(2)(x)),
        layers.Dense(3)(x),
        layers.Dense(3)(layers.Dense(5)(layers.Dense(3)(x))),
    ]
    return models.Model(x, layers.Dense(2)(layers.Add()(parts)))


def deferred():
    model = models.Sequential([layers.Dense(3), Twice(), layers.Dense(2)])
    model(X)
    return model


def subclassed():
    model = Mine()
    model(X)
    return model


@pytest.mark.parametrize("build", [sequential, branching, deferred, subclassed])
def test_a_reopened_model_goes_on_with_the_same_bits(tmp_path, build):
    model = build()
    model.compile(optimizers.Adam(0.01), "mse", metrics=["mae"])
    model.fit(X, Y, epochs=2, verbose=0, shuffle=False)
    model.save(tmp_path / "m.keras")
    again = models.load_model(tmp_path / "m.keras", custom_objects=CUSTOM)
    assert type(again) is type(model) and again.compiled
    np.testing.assert_array_equal(model.predict(X, verbose=0), again.predict(X, verbose=0))
    for each in (model, again):  # dropout draws the same: the state of its generator is saved
        each.fit(X, Y, epochs=2, verbose=0, shuffle=False)
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("build", [sequential, branching, deferred, subclassed])
def test_weights_alone(tmp_path, build):
    one, two = build(), build()
    one.save_weights(tmp_path / "m.weights.h5")
    two.load_weights(tmp_path / "m.weights.h5")
    np.testing.assert_array_equal(one.predict(X, verbose=0), two.predict(X, verbose=0))


def test_weights_by_name(tmp_path):
    one = models.Sequential([layers.Input((4,)), layers.Dense(3, name="same"), layers.Dense(2, name="other")])
    two = models.Sequential([layers.Input((4,)), layers.Dense(3, name="same"), layers.Dense(5, name="new")])
    one.save_weights(tmp_path / "m.weights.h5")
    before = two.get_weights()
    two.load_weights(tmp_path / "m.weights.h5", by_name=True)
    np.testing.assert_array_equal(two.get_weights()[0], one.get_weights()[0])
    np.testing.assert_array_equal(two.get_weights()[2], before[2])


def test_weights_that_do_not_fit_are_named_and_nothing_is_set(tmp_path):
    one, two = sequential(), models.Sequential([layers.Input((4,)), layers.Dense(3), layers.BatchNormalization(),
                                                layers.Dense(5, name="wide")])  # fmt: skip
    one.save_weights(tmp_path / "m.weights.h5")
    before = two.get_weights()
    with pytest.raises(ValueError, match=r'Dense "wide": weight .*kernel.* shape \(3, 5\).*layers/dense_1.* \(3, 2\)'):
        two.load_weights(tmp_path / "m.weights.h5")
    for a, b in zip(before, two.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.warns(UserWarning, match='"wide".*not loaded'):
        two.load_weights(tmp_path / "m.weights.h5", skip_mismatch=True)
    np.testing.assert_array_equal(two.get_weights()[0], one.get_weights()[0])
    three = models.Sequential([layers.Input((4,)), layers.Dense(3, use_bias=False)])
    with pytest.raises(ValueError, match=r"has 1 weights of its own \(kernel\), the file has 2"):
        three.load_weights(tmp_path / "m.weights.h5")


def test_paths_are_keras_3s(tmp_path):
    """The names that Keras 3.15 gave the same classes: first place in the order of names, private ones last."""
    model = subclassed()
    model.save_weights(tmp_path / "m.weights.h5")
    with h5py.File(tmp_path / "m.weights.h5") as file:
        found = []
        file.visit(lambda name: found.append(name) if name.endswith("vars/0") else None)
    assert set(found) == {f"{path}/vars/0" for path in (
        "block/again", "block/by_name/dense", "block/steps/container/dense", "block/_last", "drop/seed_generator",
        "layers/dense")}  # fmt: skip


def test_custom_objects(tmp_path):
    model = models.Sequential([layers.Input((4,)), Twice(), layers.Dense(2)])
    model.compile("sgd", loss=half_square)
    model.save(tmp_path / "m.keras")
    with pytest.raises(TypeError, match='class "Twice".*custom_objects'):
        models.load_model(tmp_path / "m.keras")
    found = {"Twice": Twice, "half_square": half_square}
    assert models.load_model(tmp_path / "m.keras", custom_objects=found).loss is half_square
    with saving.custom_object_scope(found):
        models.load_model(tmp_path / "m.keras")
    assert not models.load_model(tmp_path / "m.keras", custom_objects={"Twice": Twice}, compile=False).compiled


def half_square(y_true, y_pred):
    return pykeras.ops.square(y_true - y_pred) / 2.0


def test_registered_class(tmp_path):
    @saving.register_keras_serializable("tests", "Renamed")
    class Own(layers.Layer):
        def call(self, inputs):
            return inputs

    try:
        model = models.Sequential([layers.Input((4,)), Own(), layers.Dense(2)])
        model.save(tmp_path / "m.keras")
        assert type(models.load_model(tmp_path / "m.keras").layers[0]) is Own
        config = json.loads(zipfile.ZipFile(tmp_path / "m.keras").read("config.json"))
        assert config["config"]["layers"][1]["registered_name"] == "tests>Renamed"
    finally:
        del saving.get_custom_objects()["tests>Renamed"]


def test_own_states_and_assets(tmp_path):
    class Words(layers.Layer):
        """Keeps a table in a file of its own and a number outside of its weights."""

        words, count = (), 0

        def call(self, inputs):
            return inputs

        def save_assets(self, folder):
            with open(os.path.join(folder, "words.txt"), "w") as file:
                file.write("\n".join(self.words))

        def load_assets(self, folder):
            with open(os.path.join(folder, "words.txt")) as file:
                self.words = tuple(file.read().split("\n"))

        def save_own_variables(self, store):
            store["count"] = np.array(self.count)

        def load_own_variables(self, store):
            self.count = int(store["count"])

    model = models.Sequential([layers.Input((4,)), Words(), layers.Dense(2)])
    model.layers[0].words, model.layers[0].count = ("a", "b"), 7
    model.save(tmp_path / "m.keras")
    assert "assets/layers/words/words.txt" in zipfile.ZipFile(tmp_path / "m.keras").namelist()
    again = models.load_model(tmp_path / "m.keras", custom_objects={"Words": Words})
    assert (again.layers[0].words, again.layers[0].count) == (("a", "b"), 7)


def test_without_the_optimizer(tmp_path):
    model = sequential()
    model.compile("adam", "mse")
    model.train_on_batch(X, Y)
    model.save(tmp_path / "m.keras", include_optimizer=False)
    assert not models.load_model(tmp_path / "m.keras").compiled
    assert model.compiled and int(model.optimizer.iterations.numpy()) == 1
    model.save(tmp_path / "c.keras")
    assert not models.load_model(tmp_path / "c.keras", compile=False).compiled
    other = sequential()
    other.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="state of the optimizer holds 14 arrays, 2 were expected; SGD starts afresh"):
        other.load_weights(tmp_path / "c.keras")


@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.weights.h5"])
def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch, name):
    save = (lambda: sequential().save_weights(tmp_path / name)) if "weights" in name else (
        lambda: sequential().save(tmp_path / name))  # fmt: skip
    save()
    before = (tmp_path / name).read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        save()
    assert (tmp_path / name).read_bytes() == before
    assert os.listdir(tmp_path) == [name]


def test_names_say_the_format(tmp_path):
    model = sequential()
    for name, message in (("m.weights.h5", "weights alone"), ("m.txt", "no format"), ("m", "use .keras")):
        with pytest.raises(ValueError, match=message):
            model.save(tmp_path / name)
    with pytest.raises(ValueError, match="whole models"):
        model.save_weights(tmp_path / "m.keras")
    with pytest.raises(ValueError, match="SavedModel"):
        model.save(tmp_path / "m", save_format="tf")
    model.save(tmp_path / "m", save_format="keras")
    assert models.load_model(tmp_path / "m").count_params() == model.count_params()
    with pytest.raises(FileExistsError, match="overwrite=False"):
        model.save(tmp_path / "m", save_format="keras", overwrite=False)
    with pytest.raises(ValueError, match="has no weights yet"):
        models.Sequential([layers.Dense(2)]).save(tmp_path / "m.h5")


def with_own_class():
    model = models.Sequential([layers.Input((4,)), Twice(), layers.Dense(2, activation=slope)])
    model.compile(loss=half_square)
    return model


def slope(x):
    return x * 0.5


@pytest.mark.parametrize("build", [sequential, branching, subclassed, with_own_class])
def test_pickle(build):
    cloudpickle = pytest.importorskip("cloudpickle")
    model = build()
    model.compile("adam", model.loss or "mse")
    model.train_on_batch(X, Y)
    copies = [pickle.loads(pickle.dumps(model)), copy.deepcopy(model), cloudpickle.loads(cloudpickle.dumps(model))]
    for again in copies:
        np.testing.assert_array_equal(model.predict(X, verbose=0), again.predict(X, verbose=0))
        assert int(again.optimizer.iterations.numpy()) == 1
        before = model.get_weights()
        again.train_on_batch(X, Y)
        for a, b in zip(before, model.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)


def test_every_model_inside_a_subclassed_one_is_found(tmp_path):
    """The lists that ``layers`` makes anew each time have the same identity now and then; none may count as met."""

    class Many(models.Model):
        def __init__(self):
            super().__init__()
            for number in range(30):
                setattr(self, f"block{number}", models.Sequential([layers.Dense(2, use_bias=False)]))

        def call(self, x):
            for number in range(30):
                x = getattr(self, f"block{number}")(x)
            return x

    first, second = Many(), Many()
    for model in (first, second):
        model(np.ones((1, 2), "f4"))
    first.save_weights(tmp_path / "m.weights.h5")
    second.load_weights(tmp_path / "m.weights.h5")
    for a, b in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
