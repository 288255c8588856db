"""Every form in which data may come."""

import numpy as np
import pytest

import pykeras
from pykeras import layers
from pykeras.training import arrays
from pykeras.training.data import ArrayBatches, DatasetBatches, IterableBatches, make_batches
from pykeras.utils import pack_x_y_sample_weight, unpack_x_y_sample_weight

RANDOM = np.random.default_rng(3)
X = RANDOM.uniform(-1, 1, (20, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def linear():
    model = pykeras.Sequential([layers.Input((3,)), layers.Dense(1)])
    model.set_weights([np.ones((3, 1)), np.zeros(1)])
    model.compile("sgd", "mse")
    return model


def pairs(size=5):
    for start in range(0, 20, size):
        yield X[start : start + size], Y[start : start + size]


class Numbers:
    """A Sequence by its methods alone."""

    def __init__(self):
        self.asked, self.epochs = [], 0

    def __len__(self):
        return 4

    def __getitem__(self, number):
        self.asked.append(number)
        return X[5 * number : 5 * number + 5], Y[5 * number : 5 * number + 5]

    def on_epoch_end(self):
        self.epochs += 1


def same_training(*data, **options):
    """Weights after an epoch without shuffling."""
    model = linear()
    model.fit(*data, batch_size=options.pop("batch_size", 5), shuffle=False, verbose=0, **options)
    return [w.tolist() for w in model.get_weights()]


EXPECTED = same_training(X, 2 * Y)


@pytest.mark.parametrize(
    "convert",
    [
        lambda a: a.tolist(),
        lambda a: a.astype("float64"),
        lambda a: [a],
        lambda a: (a,),
        lambda a: pykeras.ops.convert_to_tensor(a),
        lambda a: np.asfortranarray(a),
    ],
    ids=["lists", "float64", "list of one", "tuple of one", "tensor", "fortran order"],
)
def test_forms_of_arrays(convert):
    assert same_training(convert(X), convert(2 * Y)) == EXPECTED


def test_labels_of_rank_one():
    assert same_training(X, 2 * Y[:, 0]) == EXPECTED


def test_float64_becomes_floatx():
    batches = make_batches(X.astype("float64"), Y.astype("float64"))
    assert [t.dtype for t in batches.tensors] == ["float32", "float32"]
    assert make_batches(np.arange(4), np.arange(4) > 2).tensors[1].dtype == "bool"


def test_dicts_and_lists_of_inputs():
    a, b = layers.Input((3,), name="a"), layers.Input((1,), name="b")
    model = pykeras.Model([a, b], layers.Concatenate()([layers.Dense(2)(a), b]))
    model.compile("sgd", "mse")
    labels = np.zeros((20, 3))
    values = [
        model.evaluate(x, labels, verbose=0)
        for x in ([X, Y], (X, Y), {"a": X, "b": Y}, {"b": Y.tolist(), "a": X.tolist()})
    ]
    assert len(set(values)) == 1
    assert model.predict({"a": X, "b": Y}, verbose=0).shape == (20, 3)


def test_pandas():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=list("abc"))
    assert same_training(frame, pandas.Series(2 * Y[:, 0])) == EXPECTED


def test_generator():
    model = linear()
    history = model.fit(pairs(), verbose=0)
    assert history.params["steps"] is None
    assert model.evaluate(pairs(), verbose=0) == pytest.approx(model.evaluate(X, Y, verbose=0), rel=1e-5)
    np.testing.assert_allclose(model.predict(pairs(), verbose=0), model.predict(X, verbose=0), rtol=1e-6)


def test_generator_trains_as_arrays_do():
    model = linear()
    model.fit(((x, 2 * y) for x, y in pairs()), verbose=0)
    assert [w.tolist() for w in model.get_weights()] == EXPECTED


def test_generator_with_weights_and_lists():
    model = linear()
    model.fit(([x, y, np.ones(len(x))] for x, y in pairs()), steps_per_epoch=2, epochs=2, verbose=0)
    model.fit(((x.tolist(), y.tolist()) for x, y in pairs()), verbose=0)


def test_generator_that_runs_dry():
    model = linear()
    with pytest.warns(UserWarning, match="ran out of data.*3 batches an epoch"):
        history = model.fit(pairs(), steps_per_epoch=3, epochs=2, verbose=0)
    assert len(history.history["loss"]) == 2
    with pytest.warns(UserWarning, match="ran out of data"):
        history = model.fit(pairs(), epochs=5, verbose=0)
    assert history.epoch == [0]  # and nothing of it is lost


def test_iterables_are_iterated_over_anew():
    model = linear()
    history = model.fit(list_of_batches := Reiterable(), epochs=3, verbose=0)
    assert len(history.history["loss"]) == 3 and list_of_batches.times == 3
    assert history.params["steps"] == 4


class Reiterable:
    times = 0

    def __iter__(self):
        self.times += 1
        return pairs()

    def __len__(self):
        return 4


def test_sequences():
    model, source = linear(), Numbers()
    history = model.fit(source, epochs=2, shuffle=False, verbose=0, validation_data=Numbers())
    assert source.asked[-4:] == [0, 1, 2, 3] and source.epochs == 2
    assert history.params["steps"] == 4 and len(history.history["val_loss"]) == 2
    np.random.seed(0)
    source.asked.clear()
    model.fit(source, verbose=0)
    assert sorted(source.asked[-4:]) == [0, 1, 2, 3]


def test_kinds_of_batches():
    assert isinstance(make_batches(X), ArrayBatches)
    assert isinstance(make_batches([[1, 2], [3, 4]]), ArrayBatches)
    assert isinstance(make_batches(Numbers()), DatasetBatches)
    assert isinstance(make_batches(pairs()), IterableBatches)


def test_class_weight_with_generators():
    model = pykeras.Sequential([layers.Input((3,)), layers.Dense(2, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    kinds = (X[:, 0] > 0).astype(int)
    plain = model.get_weights()
    model.fit(((X, kinds) for _ in range(1)), class_weight={0: 0.0, 1: 0.0}, verbose=0)
    np.testing.assert_array_equal(plain[0], model.get_weights()[0])


def test_validation_data_from_generator_and_list():
    model = linear()
    history = model.fit(X, Y, validation_data=pairs(), verbose=0).history
    assert history["val_loss"][0] == pytest.approx(model.evaluate(X, Y, verbose=0), rel=1e-5)
    assert "val_loss" in model.fit(X, Y, validation_data=[X, Y], verbose=0).history


def test_unpacking_of_batches():
    assert unpack_x_y_sample_weight(X)[1] is None
    assert unpack_x_y_sample_weight([X, Y])[1] is Y
    assert pack_x_y_sample_weight(X) is X and len(pack_x_y_sample_weight([X])) == 1
    assert len(pack_x_y_sample_weight(X, None, Y)) == 3
    with pytest.raises(ValueError, match="got a tuple of 4"):
        unpack_x_y_sample_weight((X, X, X, X))


def test_split_takes_the_last_part():
    (first, _), (second, _) = arrays.split((np.arange(10)[:, None], None), 0.3)
    assert first[:, 0].tolist() == list(range(7)) and second[:, 0].tolist() == [7, 8, 9]


def test_integer_inputs():
    model = linear()
    assert model.predict(np.ones((2, 3), "uint8"), verbose=0).tolist() == [[3.0], [3.0]]
    assert model.predict([[1, 1, 1]], verbose=0).tolist() == [[3.0]]
