"""FeatureSpace: data of every kind, models, files, errors."""

import json
import zipfile

import numpy as np
import pytest

import pykeras
from pykeras import layers, utils
from pykeras.utils import FeatureSpace

DATA = {"size": [1.0, 2.0, 3.0, 6.0], "count": [4, 5, 4, 9], "kind": ["a", "b", "a", "c"]}
FEATURES = {"size": "float_normalized", "count": "integer_categorical", "kind": "string_categorical"}


def adapted(**options):
    space = FeatureSpace(FEATURES, crosses=[("count", "kind")], crossing_dim=5, **options)
    space.adapt(DATA)
    return space


def rows(count=None):
    return [{name: values[i] for name, values in DATA.items()} for i in range(4)][:count]


class Rows:
    """A data set that knows its items by number alone."""

    def __len__(self):
        return 4

    def __getitem__(self, number):
        return {name: np.asarray(value, object if name == "kind" else None) for name, value in rows()[number].items()}


@pytest.mark.parametrize(
    "data",
    [
        lambda: {name: np.array(values) for name, values in DATA.items()},
        lambda: {name: pykeras.ops.convert_to_tensor(values) for name, values in DATA.items()},
        rows,
        lambda: (row for row in rows()),
        Rows,
        lambda: [{name: values[i : i + 2] for name, values in DATA.items()} for i in (0, 2)],
        lambda: [({name: np.array(values)[:, None] for name, values in DATA.items()}, np.zeros(4))],
    ],
    ids=["arrays", "tensors", "rows", "generator", "numbered", "batches", "labelled"],
)
def test_adapts_to_data_of_every_kind(data):
    space = FeatureSpace(FEATURES, crosses=[("count", "kind")], crossing_dim=5)
    space.adapt(data())
    assert space.preprocessors["kind"].get_vocabulary() == ["[UNK]", "a", "c", "b"]
    np.testing.assert_allclose(space(DATA).numpy(), adapted()(DATA).numpy(), rtol=1e-6)


def test_call_takes_records_batches_and_symbols():
    space = adapted()
    batch = space(DATA).numpy()
    assert batch.shape == (4, 4 + 4 + 1 + 5)
    for number, row in enumerate(rows()):
        assert space(row).numpy().tolist() == batch[number].tolist()
    columns = {name: np.array(values)[:, None] for name, values in DATA.items()}
    assert space(columns).numpy().tolist() == batch.tolist()
    dtypes = {"size": "float32", "count": "int64", "kind": "string"}
    inputs = {name: pykeras.Input((1,), dtype=dtype, name=name) for name, dtype in dtypes.items()}
    model = pykeras.Model(inputs, space(inputs))
    np.testing.assert_allclose(model.predict(columns, verbose=0), batch, rtol=1e-6)
    again = space.adapt({**DATA, "kind": ["x", "y", "z", "w"]}) or space(DATA)
    assert again.shape == (4, 4 + 5 + 1 + 5)


def test_dict_of_a_record_has_no_batch_axis():
    one = adapted(output_mode="dict")(rows()[1])
    assert {name: value.shape for name, value in one.items()} == {
        "count": (4,), "kind": (4,), "size": (1,), "count_X_kind": (5,)}  # fmt: skip


def test_models_that_prepare_their_inputs_train_save_and_open(tmp_path):
    space = adapted()
    model = pykeras.Model(space.get_inputs(), layers.Dense(1)(space.get_encoded_features()))
    model.compile("sgd", "mse")
    columns = {name: np.array(values)[:, None] for name, values in DATA.items()}
    losses = model.fit(columns, np.array([0.0, 1.0, 0.0, 2.0]), epochs=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0] / 2
    model.save(tmp_path / "model.keras")
    again = pykeras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(columns, verbose=0), model.predict(columns, verbose=0))


def test_mapped_over_a_data_set():
    space = adapted()
    data = utils.split_dataset(np.arange(4.0), left_size=3)[0].map(lambda i: rows()[int(i)])
    assert [out.shape for out in data.map(space)] == [(14,)] * 3
    labelled = utils.dataset.Dataset(lambda: iter([(DATA, np.zeros(4))]), 1, 4)
    ((encoded, label),) = labelled.map(lambda x, y: (space(x), y), num_parallel_calls=2)
    assert encoded.shape == (4, 14) and label.shape == (4,)
    with pytest.raises(ValueError, match="parallel"):
        data.map(space, parallel=2)


def test_layers_that_need_no_data_need_no_adapt():
    features = {
        "size": FeatureSpace.feature("float32", layers.Normalization(mean=1.0, variance=4.0), "float"),
        "depth": FeatureSpace.feature("float32", layers.Discretization([1.0, 3.0]), "one_hot"),
        "count": FeatureSpace.feature("int32", layers.CategoryEncoding(10), "float"),
        "kind": FeatureSpace.feature("string", layers.StringLookup(vocabulary=["a", "b"]), "one_hot"),
        "text": FeatureSpace.feature(
            "string", layers.TextVectorization(vocabulary=["b"], output_mode="count"), "float"
        ),
    }
    space = FeatureSpace(features)
    encoded = space({"size": [5.0], "depth": [2.0], "count": [1], "kind": ["b"], "text": ["b b c"]}).tolist()
    assert encoded == [[0.0, 1.0] + [0.0] * 8 + [0.0, 1.0, 0.0] + [0.0, 0.0, 1.0] + [2.0] + [1.0, 2.0]]


def test_configuration_and_file_hold_everything(tmp_path):
    space = adapted()
    wanted = space(DATA).numpy()
    path = tmp_path / "space.keras"
    space.save(path)
    config = json.loads(zipfile.ZipFile(path).read("config.json"))
    assert (config["module"], config["class_name"]) == ("keras.utils", "FeatureSpace")
    assert config["config"]["features"]["kind"]["module"] == "keras.src.layers.preprocessing.feature_space"
    opened = pykeras.models.load_model(path)
    opened.save(path)  # at once, before it is called
    for space in (opened, pykeras.models.load_model(path)):
        np.testing.assert_allclose(space(DATA).numpy(), wanted)
    fresh = FeatureSpace.from_config(space.get_config())
    assert fresh.get_config() == space.get_config() and list(fresh.crossers) == ["count_X_kind"]
    fresh.adapt(DATA)
    np.testing.assert_allclose(fresh(DATA).numpy(), wanted)


def test_crosses_of_every_name_are_their_hashes():
    cross = FeatureSpace.cross(("x", "y"), 4, output_mode="int")
    assert cross.name == "x_X_y"
    ints = FeatureSpace(
        {"x": FeatureSpace.integer_hashed(9, "int"), "y": FeatureSpace.string_hashed(9, "int")},
        crosses=[cross], output_mode="dict",
    )({"x": [1, 2], "y": ["a", "b"]})  # fmt: skip
    layer = layers.HashedCrossing(4)
    assert ints["x_X_y"].tolist() == layer([ints["x"], ints["y"]]).tolist()


ERRORS = [
    (lambda: FeatureSpace({}), ValueError, "empty"),
    (lambda: FeatureSpace({"a": "numbers"}), ValueError, "'a'.*got \"numbers\""),
    (lambda: FeatureSpace({"a": "float"}, output_mode="list"), ValueError, "output_mode"),
    (lambda: FeatureSpace({"a": "float", "b": "float"}, crosses=[("a", "b")], crossing_dim=None), ValueError,
     "crossing_dim"),
    (lambda: FeatureSpace({"a": "float"}, crosses=[("a", "c")]), ValueError, r"unknown are \['c'\]"),
    (lambda: FeatureSpace.cross(("a", "b"), 3, output_mode="float"), ValueError, "output_mode"),
    (lambda: FeatureSpace.feature("int32", layers.Hashing(3), "multi_hot"), ValueError, "output_mode"),
    (lambda: FeatureSpace(FEATURES)(DATA), ValueError, r"call `.adapt"),
    (lambda: FeatureSpace(FEATURES).get_encoded_features(), ValueError, r"call `.adapt"),
    (lambda: FeatureSpace(FEATURES).get_inputs(), ValueError, r"call `.adapt"),
    (lambda: FeatureSpace(FEATURES).adapt([1, 2]), ValueError, "data set of dicts"),
    (lambda: FeatureSpace(FEATURES).adapt(3), ValueError, "got int"),
    (lambda: FeatureSpace(FEATURES).adapt([{"size": 1.0}]), KeyError, "'count'"),
    (lambda: adapted()([1.0]), ValueError, "dict of features, got list"),
    (lambda: adapted()({"size": [1.0]}), KeyError, "count.*kind"),
    (lambda: adapted()({"size": [1.0, 2.0], "count": 3, "kind": "a"}), ValueError, "(2, 1)|one record"),
    (lambda: FeatureSpace({"a": FeatureSpace.integer_hashed(3, "int")})({"a": [1]}), ValueError, "output_mode=\"dict\""),
    (lambda: FeatureSpace({"a": FeatureSpace.feature("int32", layers.Rescaling(2.0), "one_hot")})({"a": [1]}),
     ValueError, "returns float32"),
    (lambda: FeatureSpace({"a": FeatureSpace.feature("int32", layers.Permute((1,), dtype="int32"), "one_hot")})(
        {"a": [1]}), ValueError, "Permute.*not known"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(ERRORS)))
def test_errors(number):
    action, kind, words = ERRORS[number]
    with pytest.raises(kind, match=words):
        action()
