"""``fit``, ``evaluate``, ``predict`` and the ``*_on_batch`` methods."""

import numpy as np
import pytest

import pykeras
from pykeras import layers, ops

RANDOM = np.random.default_rng(3)
X = RANDOM.uniform(-1, 1, (50, 4)).astype("float32")
Y = (X @ np.array([[1.0], [2.0], [-1.0], [0.5]])).astype("float32")
CLASSES = (np.abs(X[:, 0]) * 2.99).astype("int64")


def linear(optimizer="sgd", loss="mse", **options):
    model = pykeras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile(optimizer, loss, **options)
    return model


def classifier(**options):
    model = pykeras.Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", **options)
    return model


def counted(model):
    """Batch sizes that a model's step is called with."""

    class Sizes(pykeras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.batches, self.epochs = [], 0

        def on_epoch_begin(self, epoch, logs=None):
            self.epochs += 1
            self.batches.append(0)

        def on_train_batch_end(self, batch, logs=None):
            self.batches[-1] += 1

    return Sizes()


def test_history():
    history = linear(metrics=["mae"]).fit(X, Y, epochs=3, verbose=0)
    assert list(history.history) == ["loss", "mae"]
    assert history.epoch == [0, 1, 2]
    assert history.params == {"verbose": 0, "epochs": 3, "steps": 2}
    assert history.history["loss"][0] > history.history["loss"][-1]
    assert all(isinstance(value, float) for value in history.history["loss"])


def test_batch_size_none_means_32():
    assert linear().fit(X, Y, batch_size=None, verbose=0).params["steps"] == 2
    assert linear().fit(X, Y, batch_size=10, verbose=0).params["steps"] == 5


def test_the_programs_of_the_notes():
    model = pykeras.Sequential()
    model.add(layers.Dense(units=1, input_dim=1))
    model.compile(loss="mse", optimizer=pykeras.optimizers.SGD(lr=0.1), metrics=["accuracy"])
    train = model.fit([1, 2, 3, 4], [1, 2, 3, 4], epochs=100, verbose=0)
    assert len(train.history["loss"]) == len(train.history["accuracy"]) == 100
    assert train.history["loss"][-1] < 0.1
    assert len(model.evaluate([1, 2, 3, 4], [1, 2, 3, 4], verbose=0)) == 2
    assert model.predict(np.array([4, 6, 7]), verbose=0).shape == (3, 1)


def test_recorded_and_eager_steps_agree_to_the_last_bit():
    results = []
    for eagerly in (False, True):
        pykeras.utils.set_random_seed(5)
        model = pykeras.Sequential([layers.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(1)])
        model.compile("adam", "mse", metrics=["mae"], run_eagerly=eagerly)
        history = model.fit(X, Y, epochs=3, batch_size=16, verbose=0).history
        results.append((history, [w.tobytes() for w in model.get_weights()]))
    assert results[0] == results[1]


def test_the_loops_agree_to_the_last_bit():
    """The C++ loop, and the Python loop that a callback for batches asks for."""
    results = []
    for callbacks in ([], [pykeras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)]):
        pykeras.utils.set_random_seed(5)
        model = linear("adam")
        history = model.fit(X, Y, epochs=3, batch_size=16, verbose=0, callbacks=callbacks).history
        results.append((history, [w.tobytes() for w in model.get_weights()]))
    assert results[0] == results[1]


def test_the_same_seed_gives_the_same_order():
    losses = []
    for _ in range(2):
        pykeras.utils.set_random_seed(1)
        losses.append(linear().fit(X, Y, epochs=2, verbose=0).history["loss"])
    assert losses[0] == losses[1]


def test_validation_data_and_split():
    model = linear(metrics=["mae"])
    history = model.fit(X, Y, validation_data=(X[:10], Y[:10]), epochs=2, verbose=0).history
    assert list(history) == ["loss", "mae", "val_loss", "val_mae"]
    assert history["val_loss"][-1] == pytest.approx(model.evaluate(X[:10], Y[:10], verbose=0)[0], rel=1e-6)
    history = model.fit(X, Y, validation_split=0.2, epochs=1, verbose=0).history
    assert history["val_loss"][-1] == pytest.approx(model.evaluate(X[40:], Y[40:], verbose=0)[0], rel=1e-6)


def test_validation_with_weights():
    model = linear()
    weights = np.linspace(0, 2, 10).astype("float32")
    history = model.fit(X, Y, validation_data=(X[:10], Y[:10], weights), verbose=0).history
    expected = model.evaluate(X[:10], Y[:10], sample_weight=weights, verbose=0)
    assert history["val_loss"][0] == pytest.approx(expected, rel=1e-6)


def test_validation_freq():
    history = linear().fit(X, Y, validation_split=0.2, validation_freq=2, epochs=5, verbose=0).history
    assert len(history["loss"]) == 5 and len(history["val_loss"]) == 2
    history = linear().fit(X, Y, validation_split=0.2, validation_freq=[1, 4], epochs=5, verbose=0).history
    assert len(history["val_loss"]) == 2


def test_initial_epoch():
    history = linear().fit(X, Y, initial_epoch=2, epochs=5, verbose=0)
    assert history.epoch == [2, 3, 4]


def test_steps_per_epoch_goes_on_where_it_stopped():
    model = linear()
    sizes = counted(model)
    with pytest.warns(UserWarning, match="ran out of data"):
        model.fit(X, Y, batch_size=10, steps_per_epoch=3, epochs=3, shuffle=False, verbose=0, callbacks=[sizes])
    assert sizes.batches == [3, 2, 3]


def test_validation_steps():
    model = linear()
    history = model.fit(
        X, Y, validation_data=(X, Y), validation_steps=1, validation_batch_size=10, epochs=2, verbose=0
    ).history
    assert history["val_loss"][-1] == pytest.approx(model.evaluate(X[:10], Y[:10], verbose=0), rel=1e-6)


def test_class_weight_is_a_sample_weight():
    by_class, by_sample = classifier(), classifier()
    by_sample.set_weights(by_class.get_weights())
    class_weight = {0: 1.0, 1: 3.0}
    weights = np.where(CLASSES == 1, 3.0, 1.0)
    first = by_class.fit(X, CLASSES, class_weight=class_weight, shuffle=False, verbose=0).history
    second = by_sample.fit(X, CLASSES, sample_weight=weights, shuffle=False, verbose=0).history
    assert first == second


def test_class_weight_times_sample_weight():
    both, product = classifier(), classifier()
    product.set_weights(both.get_weights())
    weights = np.linspace(0, 1, 50)
    first = both.fit(X, CLASSES, class_weight={1: 3.0}, sample_weight=weights, shuffle=False, verbose=0)
    second = product.fit(X, CLASSES, sample_weight=weights * np.where(CLASSES == 1, 3.0, 1.0), shuffle=False, verbose=0)
    assert first.history == second.history


def test_class_weight_of_one_hot_labels():
    model = pykeras.Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    model.fit(X, np.eye(3)[CLASSES], class_weight={0: 2.0}, verbose=0)
    assert type(model.metrics[1]).__name__ == "CategoricalAccuracy"


@pytest.mark.parametrize("shuffle", [True, False, "batch"])
def test_shuffle_uses_every_sample_once(shuffle):
    seen = []

    class Watch(pykeras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, x):
            return self.dense(x)

        def train_step(self, data):
            seen.extend(np.asarray(data[0])[:, 0].tolist())
            return super().train_step(data)

    model = Watch()
    model.compile("sgd", "mse", run_eagerly=True)
    numbers = np.arange(23, dtype="float32")[:, None]
    np.random.seed(0)
    model.fit(numbers, numbers, batch_size=5, shuffle=shuffle, verbose=0)
    assert sorted(seen) == numbers[:, 0].tolist()
    assert (seen == numbers[:, 0].tolist()) == (shuffle is False)
    if shuffle == "batch":
        assert all(seen[i + 1] == seen[i] + 1 for i in range(22) if i % 5 != 4)


def test_evaluate_gives_number_list_or_dict():
    assert isinstance(linear().evaluate(X, Y, verbose=0), float)
    model = linear(metrics=["mae"])
    values = model.evaluate(X, Y, verbose=0)
    named = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert values == [named["loss"], named["mae"]]
    assert model.metrics_names == ["loss", "mae"]


def test_evaluate_is_a_mean_over_samples():
    model = linear()
    predicted = model.predict(X, verbose=0)
    assert model.evaluate(X, Y, batch_size=7, verbose=0) == pytest.approx(
        float(np.mean((predicted - Y) ** 2)), rel=1e-5
    )


def test_predict_in_parts():
    model = linear()
    whole = model.predict(X, batch_size=50, verbose=0)
    assert whole.shape == (50, 1) and whole.dtype == np.float32
    np.testing.assert_allclose(model.predict(X, batch_size=7, verbose=0), whole, rtol=1e-6)
    np.testing.assert_allclose(model.predict_on_batch(X), whole, rtol=1e-6)
    assert model.predict(X, batch_size=10, steps=2, verbose=0).shape == (20, 1)
    whole[0] = 0.0  # the caller's own


def test_predict_without_compile():
    model = pykeras.Sequential([layers.Input((4,)), layers.Dense(2)])
    assert model.predict(X, verbose=0).shape == (50, 2)


def test_on_batch_methods():
    model = linear(metrics=["mae"])
    values = model.train_on_batch(X, Y)
    assert len(values) == 2
    named = model.test_on_batch(X, Y, return_dict=True, reset_metrics=True)
    assert set(named) == {"loss", "mae"}
    assert named["loss"] == pytest.approx(model.evaluate(X, Y, verbose=0)[0], rel=1e-5)
    assert isinstance(linear().train_on_batch(X, Y, sample_weight=np.ones(50)), float)
    assert isinstance(classifier().train_on_batch(X, CLASSES, class_weight={0: 2.0}), float)


def test_steps_per_execution_groups_the_hooks():
    calls = []
    watch = pykeras.callbacks.LambdaCallback(
        on_train_batch_begin=lambda batch, logs: calls.append(("begin", batch)),
        on_train_batch_end=lambda batch, logs: calls.append(("end", batch)),
    )
    linear(steps_per_execution=2).fit(X, Y, batch_size=10, verbose=0, callbacks=[watch])
    assert calls == [("begin", 0), ("end", 1), ("begin", 2), ("end", 3), ("begin", 4), ("end", 4)]


def test_regularization_is_part_of_the_loss():
    model = pykeras.Sequential([layers.Input((4,)), layers.Dense(1, kernel_regularizer=pykeras.regularizers.L2(0.5))])
    model.compile("sgd", "mse", metrics=["mse"])
    loss, error = model.evaluate(X, Y, verbose=0)
    assert loss == pytest.approx(error + 0.5 * float(np.sum(model.get_weights()[0] ** 2)), rel=1e-5)


def test_loss_from_add_loss_alone():
    class Small(pykeras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)

        def call(self, x):
            y = self.dense(x)
            self.add_loss(ops.mean(ops.square(y)))
            return y

    model = Small()
    model.compile("sgd")
    losses = model.fit(X, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_constraints_hold_after_training():
    model = pykeras.Sequential([layers.Input((4,)), layers.Dense(1, kernel_constraint="non_neg")])
    model.compile(pykeras.optimizers.SGD(0.5), "mse")
    model.fit(X, -Y, epochs=3, verbose=0)
    assert model.get_weights()[0].min() >= 0


def test_frozen_layers_stay_and_thaw():
    model = pykeras.Sequential([layers.Input((4,)), layers.Dense(3), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    model.layers[0].trainable = False
    before = [w.copy() for w in model.get_weights()]
    model.fit(X, Y, epochs=2, verbose=0)
    after = model.get_weights()
    np.testing.assert_array_equal(before[0], after[0])
    assert not np.array_equal(before[2], after[2])


def test_learning_rate_set_between_replayed_steps():
    model = linear(pykeras.optimizers.SGD(0.1))
    model.fit(X, Y, epochs=2, verbose=0)
    model.optimizer.learning_rate = 0.0
    before = model.get_weights()
    model.fit(X, Y, epochs=2, verbose=0)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_stop_training():
    stop = pykeras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: setattr(model, "stop_training", epoch == 1)
    )
    model = linear()
    assert model.fit(X, Y, epochs=10, verbose=0, callbacks=[stop]).epoch == [0, 1]


def test_ema_weights_at_the_end():
    model = linear(pykeras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9))
    model.fit(X, Y, epochs=2, verbose=0)
    averages = [v.numpy() for v in model.optimizer.variables if v.path.endswith("_average")]
    for weight, average in zip(model.get_weights(), averages, strict=True):
        np.testing.assert_array_equal(weight, average)


def test_nan_in_data_is_left_alone():
    model = linear()
    bad = X.copy()
    bad[3, 1] = np.nan
    assert np.isnan(model.fit(bad, Y, verbose=0).history["loss"][0])


def test_callbacks_are_called_in_keras_order():
    calls = []
    names = [
        n for n in vars(pykeras.callbacks.Callback) if n.startswith("on_") and "_batch_" not in n.removeprefix("on")
    ]
    names += ["on_train_batch_begin", "on_test_batch_end"]

    class Watch(pykeras.callbacks.Callback):
        pass

    for name in names:
        setattr(Watch, name, lambda self, *a, _name=name, **k: calls.append(_name))
    linear().fit(X[:20], Y[:20], validation_split=0.5, verbose=0, callbacks=[Watch()])
    assert calls == [
        "on_train_begin",
        "on_epoch_begin",
        "on_train_batch_begin",
        "on_test_begin",
        "on_test_batch_end",
        "on_test_end",
        "on_epoch_end",
        "on_train_end",
    ]


def test_keras2_arguments_are_taken():
    linear().fit(X, Y, verbose=0, max_queue_size=5, workers=2, use_multiprocessing=False)
    model = pykeras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("sgd", "mse", ["mae"])
    assert list(model.fit(X, Y, verbose=0).history) == ["loss", "mae"]
