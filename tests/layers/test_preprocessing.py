"""Preprocessing layers: adapting, texts inside models, replay, configurations, errors. Numbers are compared with
Keras's in tests/parity."""

import numpy as np
import pytest

import pykeras
from pykeras import _core, layers, ops, strings

TEXTS = ["The cat sat.", "the dog ran!", "a cat and a dog", "no"]


def text_model(**options):
    vectorize = layers.TextVectorization(max_tokens=20, output_sequence_length=5, **options)
    vectorize.adapt(TEXTS)
    inputs = layers.Input((1,), dtype="string")
    x = layers.Embedding(20, 4)(vectorize(inputs))
    outputs = layers.Dense(1, activation="sigmoid")(layers.GlobalAveragePooling1D()(x))
    model = pykeras.Model(inputs, outputs)
    model.compile("adam", "binary_crossentropy")
    return model


# ---- texts in tensors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [["ä", "b"], [b"\xc3\xa4", b"b"], np.array(["ä", "b"]), np.array(["ä", b"b"], object),
                                    np.array([b"\xc3\xa4", b"b"])])  # fmt: skip
def test_what_makes_a_tensor_of_strings(values):
    tensor = ops.convert_to_tensor(values)
    assert tensor.dtype == "string" and tensor.shape == (2,)
    assert tensor.numpy().tolist() == ["ä", "b"]
    assert tensor[1].item() == "b"


def test_strings_are_moved():
    x = ops.convert_to_tensor([["a", "b", "c"], ["d", "e", "f"]])
    assert ops.transpose(x).tolist() == [["a", "d"], ["b", "e"], ["c", "f"]]
    assert ops.concatenate([x, x[:1]], 0)[:, -1].tolist() == ["c", "f", "c"]
    assert ops.reshape(ops.take(x, [1, 0], axis=1), (-1,)).tolist() == ["b", "a", "e", "d"]
    assert [part.tolist() for part in ops.split(x, [1], axis=1)] == [[["a"], ["d"]], [["b", "c"], ["e", "f"]]]
    assert ops.stack([x[0], x[1]], 1).shape == (3, 2)
    assert str(x[0, 0]) == "a" and np.asarray(x).tolist() == x.tolist()


@pytest.mark.parametrize("function", [lambda x: x + 1, lambda x: x + x, lambda x: ops.cast(x, "float32"), ops.sum, ops.sort,
                                      ops.argmax, lambda x: ops.concatenate([x, [1.0]]),
                                      lambda x: ops.cast([1], "string"), float])  # fmt: skip
def test_strings_are_not_computed_with(function):
    with pytest.raises((TypeError, ValueError), match="string"):
        function(ops.convert_to_tensor(["a"]))


def test_symbolic_strings():
    x = layers.Input((3,), dtype="string")
    assert x.dtype == "string" and ops.reshape(x, (-1, 1)).shape == (None, 1)
    with pytest.raises(TypeError, match="string"):
        x + x


def test_bytes_that_are_no_utf8_keep_their_value():
    tensor = ops.convert_to_tensor([b"\xff\xfe"])
    assert strings.as_bytes(tensor.numpy()[0]) == b"\xff\xfe"
    assert layers.Hashing(1000)([b"\xff\xfe"]).item() == layers.Hashing(1000)(tensor).item()


def test_texts_are_forgotten():
    before = _core.live_string_tensors()
    x = ops.convert_to_tensor([f"text {i}" for i in range(1000)])
    assert _core.live_string_tensors() == before + 1
    del x
    assert _core.live_string_tensors() == before
    if not before:
        ops.convert_to_tensor(["another"])
        assert len(strings._texts) == 1


@pytest.mark.parametrize("bad", [["a", 1], np.array(["a", None], object), [["a"], ["b", "c"]]])
def test_what_makes_no_tensor_of_strings(bad):
    with pytest.raises((TypeError, ValueError), match="expected"):
        strings.tensor_of(bad)


# ---- in models -------------------------------------------------------------------------------------------------------


def test_texts_are_trained_on_and_replayed():
    model = text_model()
    x, y = np.array(TEXTS * 16), np.array([0, 1, 1, 0] * 16)
    losses = model.fit(x, y, batch_size=16, epochs=40, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert model.train_function.programs()
    one = model.predict(x[:3], verbose=0)
    assert np.array_equal(one, model.predict(x[:3, None].astype(object), verbose=0))
    assert np.array_equal(one, model.predict(x[:3].tolist(), verbose=0))
    eager = text_model()
    eager.set_weights(model.get_weights())
    eager.run_eagerly = True
    assert np.array_equal(one, eager.predict(x[:3], verbose=0))


def test_validation_generators_and_single_batches_of_texts():
    model = text_model()
    x, y = np.array(TEXTS * 4), np.array([0.0, 1, 1, 0] * 4)
    history = model.fit(x, y, validation_split=0.25, epochs=2, verbose=0).history
    assert len(history["val_loss"]) == 2
    model.fit(((x[:4], y[:4]) for _ in range(3)), verbose=0)
    assert model.train_on_batch(x, y) > 0
    assert model.evaluate(x, y, verbose=0) > 0


def test_adapted_anew_a_recorded_step_knows():
    lookup = layers.StringLookup()
    lookup.adapt(["a"])
    model = pykeras.Sequential([layers.Input((1,), dtype="string"), lookup])
    x = np.array([["a"], ["b"]])
    for _ in range(3):
        assert model.predict(x, verbose=0).tolist() == [[1], [0]]
    lookup.adapt(["b"])
    assert model.predict(x, verbose=0).tolist() == [[0], [1]]


def test_strings_come_out():
    model = pykeras.Sequential(
        [layers.Input((2,), dtype="int64"), layers.StringLookup(vocabulary=["a", "b"], invert=True)]
    )
    for _ in range(3):
        assert model.predict(np.array([[1, 2], [0, 1]]), verbose=0).tolist() == [["a", "b"], ["[UNK]", "a"]]


def test_sequential_without_input_learns_that_it_gets_texts():
    for first in (layers.StringLookup(vocabulary=["a", "b"], output_mode="count"),
                  layers.Hashing(5, output_mode="multi_hot")):  # fmt: skip
        model = pykeras.Sequential([first, layers.Dense(2)])
        assert model.predict(np.array([["a", "b"], ["c", "a"]]), verbose=0).shape == (2, 2)
        assert model.inputs[0].dtype == "string"


def test_subclassed_model_with_texts():
    class Classifier(pykeras.Model):
        def __init__(self):
            super().__init__()
            self.vectorize = layers.TextVectorization(output_mode="tf_idf")
            self.vectorize.adapt(TEXTS)
            self.dense = layers.Dense(1)

        def call(self, texts):
            return self.dense(self.vectorize(texts))

    model = Classifier()
    model.compile("sgd", "mse")
    model.fit(np.array(TEXTS), np.zeros(4), epochs=3, verbose=0)
    assert model.train_function.programs()
    assert model(TEXTS).shape == (4, 1)


def test_length_of_the_longest_runs_eagerly():
    vectorize = layers.TextVectorization()
    vectorize.adapt(TEXTS)
    inputs = layers.Input((1,), dtype="string")
    numbers = vectorize(inputs)
    assert numbers.shape == (None, None)
    model = pykeras.Model(inputs, layers.GlobalAveragePooling1D()(layers.Embedding(20, 3)(numbers)))
    with pytest.warns(UserWarning, match="eagerly"):
        assert model.predict(np.array(TEXTS), verbose=0).shape == (4, 3)


def test_numbers_for_texts_and_texts_for_numbers():
    model = text_model()
    with pytest.raises(TypeError, match="expects string, got"):
        model.predict(np.ones((3, 1)), verbose=0)
    model = pykeras.Sequential([layers.Input((1,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(TypeError, match="expects float32, got string"):
        model.fit(np.array(TEXTS), np.zeros(4), verbose=0)
    with pytest.raises(ValueError, match="expected numbers"):
        model.fit(np.ones((4, 1)), np.array(TEXTS), verbose=0)


@pytest.mark.parametrize("make", [
    lambda: layers.Normalization(mean=[1.0, 2.0], variance=[4.0, 1.0]),
    lambda: layers.Discretization([0.0, 1.0], output_mode="count"),
    lambda: layers.CategoryEncoding(6, "multi_hot"),
    lambda: layers.IntegerLookup(vocabulary=[3, 1], output_mode="multi_hot"),
    lambda: layers.Hashing(4, output_mode="count"),
])  # fmt: skip
def test_numbers_are_replayed(make):
    layer = make()
    model = pykeras.Sequential([layers.Input((2,), dtype=layer.input_dtype), layer, layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.array([[0, 1], [3, 5], [1, 1], [2, 3]])
    model.fit(x, np.arange(4.0), batch_size=2, epochs=3, verbose=0)
    assert model.train_function.programs()
    np.testing.assert_allclose(model.predict(x, verbose=0), model(x).numpy(), rtol=1e-6)


# ---- adapting --------------------------------------------------------------------------------------------------------


def test_normalization_of_batches_is_that_of_the_whole():
    x = np.random.RandomState(0).standard_normal((100, 3)).astype("float32") * [1, 5, 0.1] + [3, 0, -2]
    whole, parts, steps = layers.Normalization(), layers.Normalization(), layers.Normalization()
    whole.adapt(x)
    parts.adapt(part for part in (x[:7], x[7:60], x[60:]))
    np.testing.assert_allclose(whole.mean, parts.mean, rtol=1e-5)
    np.testing.assert_allclose(whole.variance, parts.variance, rtol=1e-5)
    steps.adapt(((x[i : i + 10], None) for i in range(0, 100, 10)), steps=3)
    np.testing.assert_allclose(steps.mean.numpy()[0], x[:30].mean(0), rtol=1e-5)
    assert [w.name for w in whole.weights] == ["mean", "variance", "count"]
    np.testing.assert_allclose(whole(x).numpy().std(0), 1, rtol=1e-4)


@pytest.mark.parametrize("give", [lambda x: x, list, lambda x: [np.array(x)], lambda x: (np.array([t]) for t in x),
                                  lambda x: ops.convert_to_tensor(x), lambda x: np.array(x, object)])  # fmt: skip
def test_what_vocabularies_are_found_in(give):
    vectorize = layers.TextVectorization()
    vectorize.adapt(give(TEXTS))
    assert vectorize.get_vocabulary()[:6] == ["", "[UNK]", "the", "dog", "cat", "a"]
    assert vectorize.get_vocabulary(include_special_tokens=False)[0] == "the"
    assert vectorize.vocabulary_size() == 10


def test_adapting_again_forgets_and_states_can_be_built_by_hand():
    lookup = layers.StringLookup()
    lookup.adapt(["a", "b"])
    lookup.adapt(iter([np.array(["c"]), np.array(["d"])]), steps=1)
    assert lookup.get_vocabulary() == ["[UNK]", "c"]
    lookup.reset_state()
    lookup.update_state(["x", "y"])
    lookup.update_state(["y"])
    lookup.finalize_state()
    assert lookup.get_vocabulary() == ["[UNK]", "y", "x"]


def test_functions_that_standardize_and_split():
    vectorize = layers.TextVectorization(
        standardize=lambda x: np.char.replace(x, "-", ","),
        split=lambda x: np.char.split(x, ","),
        output_sequence_length=3,
    )
    vectorize.adapt(["a-b", "a,c"])
    assert vectorize(["c,a-a", "d"]).tolist() == [[3, 2, 2], [1, 0, 0]]
    with pytest.raises(ValueError, match="split: expected a function from an array of 1 texts to as many lists"):
        layers.TextVectorization(split=lambda x: 3)(["a"])
    with pytest.raises(ValueError, match="standardize: expected a function"):
        layers.TextVectorization(standardize=lambda x: "a")(["a", "b"])


def test_shapes_of_texts():
    vectorize = layers.TextVectorization(vocabulary=["a", "b"], output_sequence_length=2)
    assert vectorize("a b a").tolist() == [2, 3]
    assert vectorize(["a", "b"]).shape == (2, 2)
    assert vectorize([[["a"], ["b"], ["c"]]]).shape == (1, 3, 2)
    assert vectorize.compute_output_shape((None, 1)) == (None, 2)
    assert layers.TextVectorization(vocabulary=["a"], output_mode="count").compute_output_shape((None, 1)) == (None, 2)
    one_hot = layers.TextVectorization(vocabulary=["a"], split=None, output_mode="one_hot")
    assert one_hot([["A"], ["b"]]).tolist() == [[0, 1], [1, 0]]


def test_encoding_of_bytes():
    lookup = layers.StringLookup(vocabulary=["é".encode("latin-1"), "e"], encoding="latin-1")
    assert lookup.get_vocabulary() == ["[UNK]", "é", "e"]
    assert lookup(["é".encode("latin-1"), b"e"]).tolist() == [1, 2]
    with pytest.raises(ValueError, match="encoding"):
        layers.StringLookup(encoding="klingon")


def test_vocabulary_from_a_file(tmp_path):
    (tmp_path / "words.txt").write_text("a\nb\nä\n", encoding="utf-8")
    (tmp_path / "ids.txt").write_text("5\r\n7\r\n", encoding="utf-8", newline="")
    assert layers.StringLookup(vocabulary=str(tmp_path / "words.txt"))(["ä", "q"]).tolist() == [3, 0]
    assert layers.IntegerLookup(vocabulary=tmp_path / "ids.txt")([7, 5]).tolist() == [2, 1]
    with pytest.raises(ValueError, match="no file"):
        layers.StringLookup(vocabulary=str(tmp_path / "other.txt"))


def test_count_weights_and_their_gradient():
    weights = pykeras.Variable([[0.5, 1.0, 2.0]])
    with pykeras.GradientTape() as tape:
        found = layers.CategoryEncoding(3, "count")([[0, 2, 2]], count_weights=weights)
        loss = ops.sum(found * [[1.0, 2.0, 3.0]])
    assert found.tolist() == [[0.5, 0.0, 3.0]]
    assert tape.gradient(loss, weights).tolist() == [[1.0, 3.0, 3.0]]


# ---- configurations --------------------------------------------------------------------------------------------------

CONFIGURED = [
    lambda: layers.Normalization(axis=(1, 2), invert=True),
    lambda: layers.Normalization(axis=-1, mean=[1.0], variance=[2.0]),
    lambda: layers.Discretization(num_bins=3, output_mode="one_hot", epsilon=0.1),
    lambda: layers.CategoryEncoding(3, "count"),
    lambda: layers.Hashing(3, salt=[1, 2], mask_value="a"),
    lambda: layers.HashedCrossing(3, output_mode="one_hot"),
    lambda: layers.StringLookup(10, 2, "", "[U]", ["a", "b"], output_mode="int", salt=4),
    lambda: layers.IntegerLookup(vocabulary=[3, 4], idf_weights=[0.1, 0.2], output_mode="tf_idf"),
    lambda: layers.TextVectorization(10, "lower", "character", (1, 3), vocabulary=["a"], output_sequence_length=3),
    lambda: layers.RandomHeight((-0.1, 0.2), seed=3),
    lambda: layers.RandomWidth(0.3, "nearest"),
]


@pytest.mark.parametrize("make", CONFIGURED)
def test_configuration_round_trip(make):
    layer = make()
    config = layer.get_config()
    again = type(layer).from_config(config)
    assert again.get_config() == config
    assert layers.deserialize(layers.serialize(layer)).get_config() == config


def test_an_adapted_discretization_keeps_its_boundaries():
    layer = layers.Discretization(num_bins=3)
    layer.adapt(np.arange(30.0))
    again = layers.Discretization.from_config(layer.get_config())
    assert again.bin_boundaries == layer.bin_boundaries and len(again.bin_boundaries) == 2


# ---- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make, message", [
    (lambda: layers.Normalization(mean=1.0), "both mean and variance"),
    (lambda: layers.Normalization(mean=[1.0], variance=[1.0, 2.0]), "same shape"),
    (lambda: layers.Normalization(axis=3)(np.ones((2, 2))), "axis 3 is out of range"),
    (lambda: layers.Normalization(mean=[1.0, 2.0], variance=[1.0, 2.0])(np.ones((2, 3))), "does not fit"),
    (lambda: layers.Normalization(axis=None, mean=1.0, variance=1.0).adapt(np.ones(3)), "were given"),
    (lambda: layers.Normalization().adapt(iter([])), "no batch"),
    (lambda: layers.Discretization(), "either bin_boundaries or num_bins"),
    (lambda: layers.Discretization([2.0, 1.0]), "ascending"),
    (lambda: layers.Discretization(num_bins=3)([1.0]), "no boundaries yet"),
    (lambda: layers.Discretization([1.0]).adapt([1.0]), "boundaries were given"),
    (lambda: layers.CategoryEncoding(), "num_tokens"),
    (lambda: layers.CategoryEncoding(3, sparse=True), "sparse=True is not supported"),
    (lambda: layers.CategoryEncoding(3)([0], count_weights=[1.0]), "count_weights belong"),
    (lambda: layers.CategoryEncoding(3, "int"), "output_mode"),
    (lambda: layers.Hashing(0), "num_bins"),
    (lambda: layers.Hashing(3, salt=(1, 2, 3)), "salt"),
    (lambda: layers.Hashing(3, dtype="float32"), "dtype"),
    (lambda: layers.HashedCrossing(3)(["a"]), "at least two inputs"),
    (lambda: layers.HashedCrossing(3)((["a"], ["a", "b"])), "one shape"),
    (lambda: layers.HashedCrossing(3)(([[1, 2]], [[1, 2]])), r"\(batch, 1\)"),
    (lambda: layers.HashedCrossing(3)(([1.0], [2.0])), "integer or string dtype"),
    (lambda: layers.StringLookup(max_tokens=1), "max_tokens"),
    (lambda: layers.StringLookup(pad_to_max_tokens=True), "needs max_tokens"),
    (lambda: layers.StringLookup(invert=True, output_mode="count"), "invert"),
    (lambda: layers.StringLookup(idf_weights=[1.0]), "idf_weights"),
    (lambda: layers.StringLookup(vocabulary=["a"], output_mode="tf_idf"), "idf_weights"),
    (lambda: layers.StringLookup(vocabulary=["a", "b", "a"]), r"repeated are \['a'\]"),
    (lambda: layers.StringLookup(vocabulary=[]), "at least one token"),
    (lambda: layers.StringLookup(vocabulary=["a", ""], mask_token=""), "mask_token '' stands at 1"),
    (lambda: layers.StringLookup(vocabulary=["a", "b"], max_tokens=2), "its size is 3"),
    (lambda: layers.StringLookup(vocabulary=["a"]).adapt(["b"]), "given to the constructor"),
    (lambda: layers.StringLookup(vocabulary=["a"], num_oov_indices=0)(["b"]), r"not in the vocabulary: \['b'\]"),
    (lambda: layers.IntegerLookup(vocabulary=[1], num_oov_indices=0)([2]), r"not in the vocabulary: \[2\]"),
    (lambda: layers.IntegerLookup(vocabulary_dtype="string"), "vocabulary_dtype"),
    (lambda: layers.IntegerLookup(salt=3), "farmhash"),
    (lambda: layers.TextVectorization(ragged=True), "ragged=True is not supported"),
    (lambda: layers.TextVectorization(standardize="upper"), "standardize"),
    (lambda: layers.TextVectorization(ngrams=0), "ngrams"),
    (lambda: layers.TextVectorization(output_mode="count", output_sequence_length=3), "output_sequence_length"),
    (lambda: layers.TextVectorization(output_mode="one_hot"), "split=None"),
    (lambda: layers.TextVectorization(vocabulary=["a"])([["a", "b"]]), "split=None takes tokens"),
    (lambda: layers.RandomHeight((-1.5, 0.0)), "factor"),
])  # fmt: skip
def test_values_that_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("make, message", [
    (lambda: layers.StringLookup(vocabulary=["a"])([1]), "expected strings, got int32"),
    (lambda: layers.IntegerLookup(vocabulary=[1])(["a"]), "expected integers, got string"),
    (lambda: layers.TextVectorization(vocabulary=["a"])([1.0]), "expected strings, got float32"),
    (lambda: layers.CategoryEncoding(3)(["a"]), "StringLookup"),
    (lambda: layers.Hashing(3, mask_value=1)(["a"]), "mask_value 1 does not fit"),
    (lambda: layers.StringLookup().adapt([1, 2]), "expected text"),
    (lambda: layers.Normalization().adapt(["a"]), "expected numbers"),
    (lambda: layers.StringLookup().adapt(3), "expected an array, a list or batches"),
])  # fmt: skip
def test_types_that_are_refused(make, message):
    with pytest.raises(TypeError, match=message):
        make()


def test_vectors_need_a_vocabulary_and_keep_its_size():
    lookup = layers.StringLookup(output_mode="count")
    with pytest.raises(RuntimeError, match="needs a vocabulary"):
        lookup(["a"])
    lookup.adapt(["a", "b"])
    lookup(layers.Input((1,), dtype="string"))
    with pytest.raises(RuntimeError, match="would change the shape"):
        lookup.set_vocabulary(["a", "b", "c"])


# ---- images of random size -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer, axis", [(layers.RandomHeight, 1), (layers.RandomWidth, 2)])
def test_random_sizes(layer, axis):
    images = np.random.RandomState(0).rand(2, 20, 20, 3).astype("float32")
    sizes = set()
    random = layer((-0.5, 0.5), seed=1)
    for _ in range(8):
        shape = list(random(images, training=True).shape)
        sizes.add(shape[axis])
        assert 10 <= shape[axis] <= 30
        shape[axis] = 20
        assert shape == [2, 20, 20, 3]
    assert len(sizes) > 2
    assert np.array_equal(random(images, training=False), images)
    shape = [None, 20, 20, 3]
    shape[axis] = None
    assert layer(0.2)(layers.Input((20, 20, 3))).shape == tuple(shape)


def test_tables_of_texts():
    class Column:
        def to_numpy(self):
            return np.array(TEXTS, object)

    model = text_model()
    wanted = model.predict(np.array(TEXTS), verbose=0)
    assert np.array_equal(model.predict(Column(), verbose=0), wanted)


@pytest.mark.parametrize("standardize", ["lower", None])
def test_texts_with_bytes_that_are_no_utf8_are_kept_apart(standardize):
    layer = layers.TextVectorization(standardize=standardize, vocabulary=["a", "b"], output_sequence_length=3)
    texts = np.array([b"a b", b"\xff a \xff b a", b"", b"b"], object)
    assert layer(texts).tolist() == [[2, 3, 0], [1, 2, 1], [0, 0, 0], [3, 0, 0]]
    assert layer(texts[:1]).tolist() == [[2, 3, 0]]
    assert layer(texts[[0, 3]]).tolist() == [[2, 3, 0], [3, 0, 0]]


def test_many_texts_are_cut_alike():
    layer = layers.TextVectorization(vocabulary=["a", "b"], output_sequence_length=2)
    rows, texts = [[2, 0], [0, 0], [3, 1], [2, 2]], ["A", "", "b, c!", "a a b"]
    assert layer(np.array(texts * 700, object)).tolist() == rows * 700
    assert layer(np.array([], object).astype(str)).shape == (0, 2)
