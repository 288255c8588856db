"""What goes wrong before and in training is said in words, with names and shapes."""

import numpy as np
import pytest

import pykeras
from pykeras import layers

X = np.random.default_rng(0).uniform(-1, 1, (20, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)
KINDS = np.arange(20) % 4


def model(units=1, loss="mse", activation=None):
    made = pykeras.Sequential([layers.Input((3,)), layers.Dense(units, activation=activation)])
    made.compile("sgd", loss)
    return made


def classifier(loss="sparse_categorical_crossentropy"):
    return model(4, loss, "softmax")


@pytest.mark.parametrize("method", ["fit", "evaluate", "train_on_batch", "test_on_batch"])
def test_before_compile(method):
    made = pykeras.Sequential([layers.Input((3,)), layers.Dense(1)])
    with pytest.raises(ValueError, match=rf"You must call `compile\(\)` before `{method}\(\)`"):
        getattr(made, method)(X, Y)


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        ((X, Y[:15]), {}, "same number of samples.*x: 20; y: 15"),
        ((X, Y), {"sample_weight": np.ones(7)}, "x: 20; y: 20; sample_weight: 7"),
        ((list(X), Y), {}, r"x: 3, 3.*y: 20.*np.array\(list\) makes one array"),
        ((X[:0], Y[:0]), {}, r"hold no samples: x: \[\(0, 3\)\], y: \[\(0, 1\)\]"),
        ((X, None), {}, "'mse' needs labels, but y is None"),
        ((None, None), {}, "x is None"),
        (([], []), {}, "x is empty"),
        ((3.5, Y), {}, "x: expected an array with an axis of samples, got the single value 3.5"),
        ((object(), None), {}, "expected arrays, lists or dicts of arrays, a generator.*got object"),
        (([[1, 2], [3]], [1, 2]), {}, "x: the lists do not form an array"),
        ((X, Y.astype(str)), {}, r"y: expected numbers, got an array of dtype <U32 and shape \(20, 1\).*np.unique"),
        ((X.astype(complex), Y), {}, "x: expected real numbers, got an array of dtype complex128"),
        ((iter([(X, Y)]), Y), {}, "y must be None when x is a list_iterator"),
        (
            (X[:1], Y[:1]),
            {"validation_split": 0.2},
            "contains 1 samples, which is not sufficient.*validation_split=0.2",
        ),
        ((X, Y), {"validation_split": 1.0}, "validation_split: expected a number between 0 and 1, got 1.0"),
        ((iter([(X, Y)]), None), {"validation_split": 0.2}, "validation_split needs arrays.*list_iterator"),
        ((X, Y), {"batch_size": 0}, "batch_size: expected a positive integer, got 0"),
        ((X, Y), {"shuffle": "batches"}, "shuffle: expected True, False or \"batch\", got 'batches'"),
        ((X, Y), {"epochs": 0}, "epochs: expected a positive integer, got 0"),
        ((X, Y), {"validation_data": (X, Y, Y, Y)}, "validation_data: expected"),
        ((X, Y), {"validation_data": (X, Y[:3])}, "same number of samples.*x: 20; y: 3"),
        ((X, Y), {"callbacks": [3]}, "callbacks: expected Callback objects, got 3"),
        ((X, Y), {"callbacks": [pykeras.callbacks.History]}, "callbacks: expected Callback objects"),
        ((X, Y), {"class_weight": [1, 2]}, "class_weight: expected a dict from class number to weight"),
        ((iter([]), None), {}, "no batch"),
        ((X, Y), {"validation_data": (X, Y), "validation_freq": 0}, "validation_freq: expected a positive integer"),
    ],
)
def test_data(data, options, message):
    with pytest.raises(ValueError, match=message):
        model().fit(*data, **{"verbose": 0, **options})


@pytest.mark.parametrize(
    ("loss", "labels", "message"),
    [
        ("mse", Y, r"mean_squared_error: labels of shape \(20, 1\) do not fit output 'dense.*' of shape \(20, 4\)"),
        ("mae", KINDS, r"mean_absolute_error: labels of shape \(20,\) do not fit"),
        ("binary_crossentropy", Y, r"binary_crossentropy: labels of shape \(20, 1\)"),
        ("categorical_crossentropy", KINDS, "for class numbers use sparse_categorical_crossentropy"),
        ("categorical_crossentropy", KINDS[:, None], "for class numbers use sparse_categorical_crossentropy"),
        ("sparse_categorical_crossentropy", np.eye(4)[KINDS], "one-hot labels go with categorical_crossentropy"),
        ("sparse_categorical_crossentropy", X, r"expected class numbers of shape \(20,\)"),
        ("hinge", X, r"hinge: labels of shape \(20, 3\)"),
        ("kl_divergence", X, r"kl_divergence: labels of shape \(20, 3\)"),
    ],
)
@pytest.mark.parametrize("method", ["fit", "train_on_batch", "evaluate"])
def test_label_shapes(loss, labels, message, method):
    with pytest.raises(ValueError, match=message):
        getattr(classifier(loss), method)(X, labels)


@pytest.mark.parametrize("labels", [KINDS + 1, KINDS - 1, KINDS * 1000])
@pytest.mark.parametrize("method", ["fit", "train_on_batch", "evaluate", "test_on_batch"])
def test_labels_out_of_range(labels, method):
    with pytest.raises(
        ValueError, match=r"label -?\d+ at \(\d+,\) is out of range: output 'dense.*' has 4 classes.*0 to 3"
    ):
        getattr(classifier(), method)(X, labels)


def test_labels_out_of_range_in_a_generator_and_validation():
    with pytest.raises(ValueError, match="label 4 at"):
        classifier().fit(((X, KINDS + 1) for _ in range(2)), verbose=0)
    with pytest.raises(ValueError, match="label 4 at"):
        classifier().fit(X, KINDS, validation_data=(X, KINDS + 1), verbose=0)


def test_labels_out_of_range_of_an_unbuilt_model():
    made = pykeras.Sequential([layers.Dense(4, activation="softmax")])
    made.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises((ValueError, IndexError), match="4"):
        made.fit(X, KINDS + 1, verbose=0)


def test_nan_labels():
    labels = KINDS.astype("float32")
    labels[2] = np.nan
    with pytest.raises(ValueError, match="hold NaN or infinity; expected class numbers"):
        classifier().fit(X, labels, verbose=0)


def test_ignored_class_is_in_range():
    made = classifier(pykeras.losses.SparseCategoricalCrossentropy(ignore_class=-1))
    made.fit(X, np.where(KINDS == 2, -1, KINDS), verbose=0)


def test_wrong_inputs_name_the_layer():
    with pytest.raises(ValueError, match=r"(?s)3.*5"):
        model().predict(np.zeros((2, 5)), verbose=0)
    made = pykeras.Sequential([layers.Dense(1)])
    with pytest.raises(ValueError, match="dense"):
        made.predict(np.zeros(3), verbose=0)


def test_no_loss():
    made = pykeras.Sequential([layers.Input((3,)), layers.Dense(1)])
    made.compile("sgd")
    with pytest.raises(ValueError, match="No loss to compute"):
        made.fit(X, Y, verbose=0)


def test_labels_for_several_outputs():
    inputs = layers.Input((3,))
    made = pykeras.Model(inputs, [layers.Dense(1, name="a")(inputs), layers.Dense(1, name="b")(inputs)])
    made.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"got one array of shape \(20, 1\) for 2 outputs \(output 'a', output 'b'\)"):
        made.fit(X, Y, verbose=0)
    with pytest.raises(ValueError, match="y names the output 'c'"):
        made.fit(X, {"a": Y, "c": Y}, verbose=0)
    with pytest.raises(ValueError, match="output 'b' has the loss 'mean_squared_error', but there are no labels"):
        made.fit(X, {"a": Y}, verbose=0)
    with pytest.raises(ValueError, match="y has 3 entries, but the model has 2 outputs"):
        made.fit(X, [Y, Y, Y], verbose=0)


def test_an_error_in_a_step_leaves_the_model_usable():
    made = model()
    with pytest.raises(ValueError, match="do not fit"):
        made.fit(X, X, verbose=0)
    assert made.fit(X, Y, epochs=3, verbose=0).history["loss"][-1] >= 0


def test_an_error_in_a_callback_leaves_the_model_usable():
    def fail(epoch, logs):
        raise RuntimeError("stop here")

    made = model()
    with pytest.raises(RuntimeError, match="stop here"):
        made.fit(X, Y, verbose=0, callbacks=[pykeras.callbacks.LambdaCallback(on_epoch_end=fail)])
    made.fit(X, Y, verbose=0)


def test_unknown_argument_of_fit():
    with pytest.raises(TypeError, match="nb_epoch"):
        model().fit(X, Y, nb_epoch=3)
