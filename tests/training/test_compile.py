"""``compile``: losses, metrics and weights by output, and the names of the logs."""

import numpy as np
import pytest

import pykeras
from pykeras import layers, losses, metrics, ops

RANDOM = np.random.default_rng(3)
X = RANDOM.uniform(-1, 1, (20, 3)).astype("float32")
Y = RANDOM.uniform(-1, 1, (20, 1)).astype("float32")
KINDS = RANDOM.integers(0, 4, 20)
CROSSENTROPY = "sparse_categorical_crossentropy"


def one(units=1, activation=None):
    return pykeras.Sequential([layers.Input((3,)), layers.Dense(units, activation=activation)])


def two(as_dict=False, units=4):
    inputs = layers.Input((3,))
    a = layers.Dense(1, name="a")(inputs)
    b = layers.Dense(units, activation="softmax" if units > 1 else None, name="b")(inputs)
    return pykeras.Model(inputs, {"b": b, "a": a} if as_dict else [a, b])


def names(model, y, *args, **options):
    model.compile(*args, **options)
    return list(model.fit(X, y, verbose=0).history)


def test_names_with_one_output():
    own = losses.mean_absolute_error
    given = ["mae", "mse", "accuracy", metrics.MeanAbsoluteError(), own]
    expected = ["loss", "mae", "mse", "accuracy", "mean_absolute_error", "mean_absolute_error_1"]
    assert names(one(), Y, "sgd", "mse", metrics=given) == expected


@pytest.mark.parametrize("name", ["acc", "accuracy", "MAE", "MeanSquaredError", "binary_accuracy"])
def test_a_metric_is_called_as_it_was_asked_for(name):
    assert names(one(), Y, "sgd", "mse", metrics=[name]) == ["loss", name]


def test_a_single_name_is_a_list_of_one():
    assert names(one(), Y, "sgd", "mse", metrics="mae") == ["loss", "mae"]


def test_functions():
    def bias(y_true, y_pred):
        return ops.mean(y_pred - y_true, axis=-1)

    got = names(one(), Y, "sgd", bias, metrics=[bias, lambda a, b: ops.mean(b, axis=-1)], weighted_metrics=["mae"])
    assert got == ["loss", "bias", "lambda", "mae"]


def test_weighted_metrics_take_weights():
    model = one()
    model.compile("sgd", "mse", metrics=["mae"], weighted_metrics=["mae"])
    weights = np.linspace(0, 2, 20)
    logs = model.evaluate(X, Y, sample_weight=weights, verbose=0, return_dict=True)
    error = np.abs(model.predict(X, verbose=0) - Y)[:, 0]
    assert logs["mae"] == pytest.approx(error.mean(), rel=1e-5)
    assert logs["weighted_mae"] == pytest.approx((error * weights).sum() / weights.sum(), rel=1e-5)


@pytest.mark.parametrize(
    ("units", "labels", "expected"),
    [
        (1, Y, "BinaryAccuracy"),
        (4, KINDS, "SparseCategoricalAccuracy"),
        (4, KINDS[:, None], "SparseCategoricalAccuracy"),
        (4, np.eye(4)[KINDS], "CategoricalAccuracy"),
    ],
)
def test_accuracy_is_chosen_from_shapes(units, labels, expected):
    model = one(units)
    model.compile("sgd", CROSSENTROPY if expected.startswith("Sparse") else "mse", metrics=["accuracy", "crossentropy"])
    model.evaluate(X, labels, verbose=0)
    assert type(model.metrics[1]).__name__ == expected
    assert type(model.metrics[2]).__name__ == expected.replace("Accuracy", "Crossentropy")


@pytest.mark.parametrize(
    "given", [[["mae"], ["accuracy"]], {"a": "mae", "b": ["accuracy"]}, ["mae", "accuracy"], (("mae",), "accuracy")]
)
def test_metrics_by_output(given):
    got = names(two(), [Y, KINDS], "sgd", ["mse", CROSSENTROPY], metrics=given)
    assert got == ["loss", "a_loss", "b_loss", "a_mae", "b_accuracy"]


def test_evaluate_returns_them_in_that_order():
    model = two()
    model.compile("sgd", ["mse", CROSSENTROPY], metrics=[["mae"], ["acc"]], loss_weights=[2.0, 0.5])
    values = model.evaluate(X, [Y, KINDS], verbose=0)
    named = model.evaluate(X, {"a": Y, "b": KINDS}, verbose=0, return_dict=True)
    assert values == list(named.values())
    assert model.metrics_names == list(named) == ["loss", "a_loss", "b_loss", "a_mae", "b_acc"]
    assert named["loss"] == pytest.approx(2 * named["a_loss"] + 0.5 * named["b_loss"], rel=1e-5)


def test_one_loss_or_metric_list_for_all_outputs():
    got = names(two(units=1), [Y, Y], "sgd", "mse", metrics=["mae"])
    assert got == ["loss", "a_loss", "b_loss", "a_mae", "b_mae"]


def test_outputs_in_a_dict():
    given = {"a": "mse", "b": CROSSENTROPY}
    got = names(two(as_dict=True), {"a": Y, "b": KINDS}, "sgd", given, metrics={"b": ["acc", "accuracy"]})
    assert got == ["loss", "a_loss", "b_loss", "b_acc", "b_accuracy"]


@pytest.mark.filterwarnings("ignore:No gradient for the variables b/kernel, b/bias")
@pytest.mark.parametrize("loss", [["mse", None], {"a": "mse"}])
def test_outputs_without_loss(loss):
    got = names(two(), [Y, KINDS], "sgd", loss, metrics=[None, "acc"])
    assert got == ["loss", "b_acc"]
    assert names(two(), {"a": Y}, "sgd", loss) == ["loss"]


def test_sample_weights_by_output():
    model = two()
    model.compile("sgd", ["mse", CROSSENTROPY])
    weights = np.linspace(0, 1, 20)
    by_list = model.evaluate(X, [Y, KINDS], sample_weight=[weights, None], verbose=0)
    by_name = model.evaluate(X, {"a": Y, "b": KINDS}, sample_weight={"a": weights}, verbose=0)
    plain = model.evaluate(X, [Y, KINDS], verbose=0)
    assert by_list == by_name
    assert by_list[2] == plain[2] and by_list[1] < plain[1]


def test_class_weight_by_output():
    model = two()
    model.compile("sgd", ["mse", CROSSENTROPY])
    model.fit(X, {"a": Y, "b": KINDS}, class_weight={"b": {0: 2.0}}, verbose=0)
    with pytest.raises(ValueError, match="expected a dict from output names"):
        model.fit(X, [Y, KINDS], class_weight={0: 2.0}, verbose=0)


def test_subclass_with_several_outputs():
    class Two(pykeras.Model):
        def __init__(self):
            super().__init__()
            self.a, self.b = layers.Dense(1), layers.Dense(4, activation="softmax")

        def call(self, x):
            return self.a(x), self.b(x)

    got = names(Two(), [Y, KINDS], "sgd", ["mse", CROSSENTROPY], metrics=[["mae"], ["accuracy"]])
    expected = ["loss", "mse_loss", "sparse_categorical_crossentropy_loss", "mae", "accuracy"]
    assert got == expected


def test_deferred_sequential():
    model = pykeras.Sequential([layers.Dense(4, activation="softmax")])
    assert names(model, KINDS, "adam", CROSSENTROPY, metrics=["accuracy"]) == ["loss", "accuracy"]


def test_compile_config_round_trip():
    model = one()
    model.compile(
        pykeras.optimizers.SGD(0.5, momentum=0.5), losses.Huber(0.5), metrics=["mae", metrics.MeanSquaredError()]
    )
    config = model.get_compile_config()
    again = one()
    again.compile_from_config(config)
    assert again.optimizer.get_config()["momentum"] == 0.5 and again.optimizer.built
    again.set_weights(model.get_weights())
    assert again.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)


def test_recompiling_starts_anew():
    model = one()
    model.compile("sgd", "mse", metrics=["mae"])
    model.fit(X, Y, verbose=0)
    model.compile("adam", "mae")
    assert list(model.fit(X, Y, verbose=0).history) == ["loss"]
    assert type(model.optimizer).__name__ == "Adam"


def test_compiled_state_is_no_weight_of_the_model():
    model = one()
    count = len(model.weights)
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(X, Y, verbose=0)
    assert len(model.weights) == count == 2
    assert len(model.layers) == 1


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"optimizer": "adm"}, ValueError, 'Unknown optimizer "adm".*"Adam"'),
        ({"loss": "msee"}, ValueError, 'Unknown loss "msee".*"mse"'),
        ({"metrics": ["acuracy"]}, ValueError, 'Unknown metric "acuracy".*"Accuracy"'),
        ({"loss": {"a": "msee"}}, ValueError, 'Unknown loss "msee"'),
        ({"los": "mse"}, TypeError, "unexpected keyword argument 'los': did you mean 'loss'"),
        ({"target_tensors": [1]}, ValueError, "target_tensors is gone"),
        ({"steps_per_execution": 0}, ValueError, "steps_per_execution: expected a positive integer"),
    ],
)
def test_errors_at_compile(arguments, error, message):
    with pytest.raises(error, match=message):
        one().compile(**arguments)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"loss": {"zz": "mse", "b": CROSSENTROPY}},
            "loss names the output 'zz', but the model's outputs are 'a', 'b'",
        ),
        ({"loss": ["mse", CROSSENTROPY], "loss_weights": [1.0]}, "loss_weights has 1 entries"),
        ({"loss": ["mse", CROSSENTROPY], "metrics": {"bb": "mae"}}, "metrics names the output 'bb'.*Did you mean 'b'"),
        ({"loss": ["mse", CROSSENTROPY], "metrics": [["mae"], ["mae"], ["mae"]]}, "metrics has 3 entries"),
    ],
)
def test_errors_about_outputs(options, message):
    model = two()
    with pytest.raises(ValueError, match=message):
        model.compile("sgd", **options)
        model.fit(X, [Y, KINDS], verbose=0)
