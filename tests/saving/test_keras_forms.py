"""Forms of files and of calls that Keras knows besides the plain ones."""

import io
import json
import zipfile

import h5py
import numpy as np
import pytest

import pykeras
from pykeras import layers, models, optimizers, registry, saving
from pykeras.saving import optimizer_state, training_config


def model_of(*sizes):
    made = models.Sequential([layers.Input((3,)), *[layers.Dense(size) for size in sizes]])
    made.compile("adam", "mse")
    made.train_on_batch(np.ones((2, 3)), np.ones((2, sizes[-1])))
    return made


X = np.linspace(-1, 1, 6, dtype="f4").reshape(2, 3)


def assert_same(loaded, model):
    np.testing.assert_array_equal(loaded.predict(X, verbose=0), model.predict(X, verbose=0))
    assert int(loaded.optimizer.iterations) == int(model.optimizer.iterations)


def test_open_file():
    model, file = model_of(4, 2), io.BytesIO()
    model.save(file)
    file.seek(0)
    assert_same(models.load_model(file), model)


def test_folder_of_keras(tmp_path):
    model = model_of(4, 2)
    model.save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        archive.extractall(tmp_path / "folder")
    assert_same(models.load_model(tmp_path / "folder"), model)
    other = model_of(4, 2)
    other.load_weights(tmp_path / "folder")
    assert_same(other, model)
    (tmp_path / "folder" / "more").symlink_to(tmp_path)
    with pytest.raises(ValueError, match="symbolic link; refused"):
        models.load_model(tmp_path / "folder")
    (tmp_path / "saved_model").mkdir()
    with pytest.raises(OSError, match="SavedModel"):
        models.load_model(tmp_path / "saved_model")


def in_shards(model, folder):
    """As Keras 3 parts weights: a group may begin in one file and go on in the next."""
    model.save_weights(folder / "whole.weights.h5")
    places = {}
    with h5py.File(folder / "whole.weights.h5") as whole:

        def copy(path, item):
            if isinstance(item, h5py.Dataset):
                group, _, key = path.rpartition("/")
                name = f"m_0000{int(key) % 2}.weights.h5"
                with h5py.File(folder / name, "a") as shard:
                    shard.create_dataset(path, data=item[()])
                places.setdefault(f"/{group}", []).append(name)

        whole.visititems(copy)
    index = folder / "m.weights.json"
    index.write_text(json.dumps({"metadata": {"total_size": 1.0}, "weight_map": places}))
    return index


def test_weights_in_shards(tmp_path):
    model, other = model_of(4, 2), model_of(4, 2)
    index = in_shards(model, tmp_path)
    other.load_weights(index)
    assert_same(other, model)
    index.write_text(json.dumps({"weight_map": {"/layers/dense/vars": "../elsewhere.weights.h5"}}))
    with pytest.raises(ValueError, match="expected an .h5 file beside it"):
        other.load_weights(index)
    index.write_text("[]")
    with pytest.raises(ValueError, match="expected a dictionary"):
        other.load_weights(index)
    index.write_text("{}")
    with pytest.raises(ValueError, match="weight_map"):
        other.load_weights(index)


def test_model_that_is_not_built(tmp_path):
    model = models.Sequential([layers.Dense(2, activation="tanh"), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.save(tmp_path / "m.keras")
    loaded = models.load_model(tmp_path / "m.keras")
    assert not loaded.built
    assert [layer.get_config() for layer in loaded.layers] == [layer.get_config() for layer in model.layers]
    assert isinstance(loaded.optimizer, optimizers.SGD)


def test_errors_are_those_of_python_and_of_keras(tmp_path):
    for kind in (ValueError, FileNotFoundError):
        with pytest.raises(kind, match="no file"):
            models.load_model(tmp_path / "none.keras")
    model = model_of(2)
    for call in (lambda: model.save(tmp_path / "m.keras", colour="red"),
                 lambda: model.save_weights(tmp_path / "m.weights.h5", colour="red"),
                 lambda: model.load_weights(tmp_path / "m.weights.h5", colour="red")):  # fmt: skip
        with pytest.raises(ValueError, match="colour"):
            call()


def test_registered_model_that_becomes_functional_in_its_constructor(tmp_path):
    @registry.register_keras_serializable("forms")
    class Pair(models.Model):
        def __init__(self, **options):
            x = layers.Input((3,))
            super().__init__(x, layers.Dense(2, name="last")(x), **options)

        def get_config(self):
            return {}

        @classmethod
        def from_config(cls, config):
            return cls(**config)

    model = Pair()
    model.compile("adam", "mse")
    model.save(tmp_path / "m.keras")
    loaded = models.load_model(tmp_path / "m.keras")
    assert isinstance(loaded, Pair)
    assert_same(loaded, model)


def test_list_that_holds_itself(tmp_path):
    class Ring(models.Model):
        def __init__(self, **options):
            super().__init__(**options)
            self.blocks = [layers.Dense(2)]
            self.blocks.append(self.blocks)

        def call(self, x):
            return self.blocks[0](x)

    model = Ring()
    model(X)
    model.save(tmp_path / "m.keras")
    loaded = saving.load_model(tmp_path / "m.keras", {"Ring": Ring})
    np.testing.assert_array_equal(loaded(X), model(X))


def test_optimizers_of_tf_keras():
    weights = [pykeras.Variable(np.ones((4, 3), "f4")), pykeras.Variable(np.ones(3, "f4"))]
    factored = optimizers.Adafactor()
    factored.build(weights)
    shapes = [tuple(v.shape) for v in optimizer_state.of_tf_keras(factored)]
    assert shapes == [(), (4,), (3,), (4, 3), (3,)]  # rows, columns and squares of the matrix, squares of the vector
    inner = {"class_name": "Adam", "config": {"learning_rate": 0.5, "jit_compile": False}}
    scaled = {"inner_optimizer": inner, "dynamic": True, "initial_scale": 4.0, "dynamic_growth_steps": 2}
    found = training_config.read({"optimizer_config": {"class_name": "LossScaleOptimizerV3", "config": scaled}})
    found = found["optimizer"]
    assert isinstance(found, optimizers.LossScaleOptimizer)
    found.build(weights)
    assert optimizer_state.of_tf_keras(found) == optimizer_state.of_tf_keras(found.inner_optimizer)
    older = {"class_name": "Nadam", "config": {"name": "Nadam", "learning_rate": 0.5, "decay": 0.004}}
    found = training_config.read({"optimizer_config": older})["optimizer"]
    assert (found.schedule_decay, found.decay) == (0.004, 0)


def test_metrics_by_name_lose_the_name_of_their_output():
    entry = {"class_name": "AUC", "config": {"name": "q_auc"}}
    config = {"optimizer": "sgd", "metrics": {"p": ["mae"], "q": [entry]}}
    found = training_config.read(config, None, ["p", "q"])["metrics"]
    assert found["p"] == ["mae"]
    assert found["q"][0].name == "auc"


def test_bins_may_be_found_after_the_model_is_made():
    bins = layers.Discretization(num_bins=3, output_mode="one_hot")  # tf_keras's files hold its summary as a weight
    model = models.Sequential([layers.Input((2,)), bins])
    assert model.output_shape == (None, 2, 3)
    with pytest.raises(ValueError, match="no boundaries yet"):
        model.predict([[1.0, 2.0]], verbose=0)
    bins.load_own_variables({"0": np.array([[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]])})
    assert model.predict([[0.0, 9.0]], verbose=0).tolist() == [[[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]]
