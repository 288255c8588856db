"""Each callback on a small training."""

import csv

import numpy as np
import pytest
from callbacks.scripted import Script, X, Y, linear

import pykeras
from pykeras import callbacks
from pykeras.callbacks.callback import has_batch_hooks
from pykeras.callbacks.monitor import Monitor


def stops_after(values, name="val_loss", **options):
    stop = callbacks.EarlyStopping(monitor=name, **options)
    history = linear().fit(X, Y, epochs=len(values), verbose=0, callbacks=[Script(values, name), stop])
    return len(history.epoch), stop


def test_logs_that_a_callback_adds_are_in_the_history():
    history = linear().fit(X, Y, epochs=2, verbose=0, callbacks=[Script([3.0, 4.0])])
    assert history.history["val_loss"] == [3.0, 4.0]


@pytest.mark.parametrize(
    ("values", "options", "epochs"),
    [
        ([3, 2, 1, 2, 2, 2], {"patience": 2}, 5),
        ([3, 2, 1, 2], {"patience": 0}, 4),
        ([3, 2.95, 2.9, 2.85, 0], {"patience": 2, "min_delta": 0.5}, 3),
        ([1, 2, 3, 2, 2], {"patience": 1, "mode": "max"}, 4),
        ([3, 4, 5, 1, 2, 3], {"patience": 1, "start_from_epoch": 3}, 5),
        ([5, 4, 3, 3, 3, 3], {"patience": 2, "baseline": 1}, 4),
        ([5, 4, 3, 2], {"patience": 2, "baseline": 4.5}, 4),
    ],
)
def test_early_stopping(values, options, epochs):
    assert stops_after(values, **options)[0] == epochs


def test_early_stopping_knows_that_accuracy_goes_up():
    assert stops_after([0.1, 0.2, 0.3, 0.2, 0.2], "val_acc", patience=1)[0] == 4


def test_early_stopping_restores_the_best_weights():
    model, seen = linear(), []
    keep = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(model.get_weights()))
    stop = callbacks.EarlyStopping(patience=2, restore_best_weights=True)
    model.fit(X, Y, epochs=10, verbose=0, callbacks=[Script([3, 1, 2, 2, 2, 2, 2, 2, 2, 2]), keep, stop])
    assert stop.best_epoch == 1 and stop.stopped_epoch == 3
    np.testing.assert_array_equal(model.get_weights()[0], seen[1][0])


def test_monitor_that_is_not_there_warns():
    with pytest.warns(UserWarning, match="EarlyStopping watches 'val_loss', which is not in the logs; they hold loss"):
        linear().fit(X, Y, verbose=0, callbacks=[callbacks.EarlyStopping()])


def test_monitor_checks_its_mode():
    with pytest.warns(UserWarning, match='mode: expected "auto", "min" or "max", got \'up\''):
        Monitor("EarlyStopping", "loss", "up")


def test_terminate_on_nan(capsys):
    model = linear(pykeras.optimizers.SGD(1e30))
    history = model.fit(1e10 * X, Y, epochs=20, batch_size=5, verbose=0, callbacks=[callbacks.TerminateOnNaN()])
    assert len(history.epoch) < 20
    assert "Invalid loss, terminating training" in capsys.readouterr().out
    with pytest.raises(RuntimeError, match="NaN or Inf loss encountered at batch"):
        model.fit(1e10 * X, Y, verbose=0, callbacks=[callbacks.TerminateOnNaN(raise_error=True)])


def test_learning_rate_scheduler(capsys):
    model = linear()
    schedule = callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch else rate, verbose=1)
    history = model.fit(X, Y, epochs=3, verbose=0, callbacks=[schedule])
    assert history.history["learning_rate"] == pytest.approx([0.1, 0.05, 0.025])
    assert "Epoch 2: LearningRateScheduler setting learning rate to" in capsys.readouterr().out
    model.fit(X, Y, verbose=0, callbacks=[callbacks.LearningRateScheduler(lambda epoch: 0.5)])
    assert float(model.optimizer.learning_rate) == 0.5
    with pytest.raises(ValueError, match="returned None for epoch 0"):
        model.fit(X, Y, verbose=0, callbacks=[callbacks.LearningRateScheduler(lambda epoch: None)])


def test_csv_logger(tmp_path):
    path = tmp_path / "log.csv"
    model = linear()
    model.fit(X, Y, epochs=2, verbose=0, callbacks=[callbacks.CSVLogger(path)])
    model.fit(X, Y, epochs=1, verbose=0, callbacks=[callbacks.CSVLogger(path, append=True)])
    rows = list(csv.reader(path.read_text().splitlines()))
    assert (
        rows[0] == ["epoch", "loss", "val_loss"]
        and rows[1][2] == "NA"
        and [row[0] for row in rows[1:]] == ["0", "1", "0"]
    )


def test_lambda_callback_refuses_what_is_no_hook():
    with pytest.raises(TypeError, match="LambdaCallback has no hook 'on_epoch'"):
        callbacks.LambdaCallback(on_epoch=print)
    assert callbacks.LambdaCallback(note="kept").note == "kept"


class Saves:
    """Stands for a model that is asked to save."""

    def __init__(self):
        self.paths = []

    def save(self, path, overwrite):
        self.paths.append(path)

    def save_weights(self, path, overwrite):
        self.paths.append(f"weights:{path}")


def checkpoint(values, **options):
    callback = callbacks.ModelCheckpoint("{epoch:02d}-{val_loss:.1f}.h5", **options)
    callback.set_model(model := Saves())
    for epoch, value in enumerate(values):
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {"val_loss": value})
    return model.paths


def test_model_checkpoint(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert checkpoint([3, 1, 2]) == ["01-3.0.h5", "02-1.0.h5", "03-2.0.h5"]
    assert checkpoint([3, 1, 2, 0.5], save_best_only=True) == ["01-3.0.h5", "02-1.0.h5", "04-0.5.h5"]
    assert checkpoint([3, 1], save_best_only=True, mode="max") == ["01-3.0.h5"]
    assert checkpoint([3, 1], save_best_only=True, initial_value_threshold=2) == ["02-1.0.h5"]
    assert checkpoint([3, float("nan")], save_best_only=True) == ["01-3.0.h5"]
    assert checkpoint([3, 1], save_weights_only=True) == ["weights:01-3.0.h5", "weights:02-1.0.h5"]
    assert checkpoint([3, 1, 2, 4], period=2) == ["02-1.0.h5", "04-4.0.h5"]


def test_model_checkpoint_by_batches(tmp_path):
    model = linear()
    saved = []
    model.save = lambda path, overwrite: saved.append(path)
    every = callbacks.ModelCheckpoint(str(tmp_path / "{epoch}-{batch}.h5"), save_freq=3)
    model.fit(X, Y, batch_size=5, epochs=2, verbose=0, callbacks=[every])
    assert [path.rsplit("/", 1)[1] for path in saved] == ["1-3.h5", "2-2.h5"]


def test_model_checkpoint_errors():
    with pytest.raises(ValueError, match="save_freq"):
        callbacks.ModelCheckpoint("x.h5", save_freq="batch")
    with pytest.raises(TypeError, match="no argument 'save_best'"):
        callbacks.ModelCheckpoint("x.h5", save_best=True)
    with pytest.raises(ValueError, match="names 'val_acc'; known are epoch, batch, loss"):
        callbacks.ModelCheckpoint("{val_acc}.h5").path(0, {"loss": 1.0})


def test_batch_hooks_are_noticed():
    class Old(callbacks.Callback):
        def on_batch_end(self, batch, logs=None):
            pass

    assert has_batch_hooks(Old(), "train") and not has_batch_hooks(Old(), "test")
    assert not has_batch_hooks(callbacks.EarlyStopping(), "train")
    assert has_batch_hooks(callbacks.LambdaCallback(on_test_batch_end=print), "test")
    assert has_batch_hooks(callbacks.ModelCheckpoint("x", save_freq=2), "train")
    assert not has_batch_hooks(callbacks.ModelCheckpoint("x"), "train")


def test_keras2_names_of_batch_hooks():
    seen = []

    class Old(callbacks.Callback):
        def on_batch_begin(self, batch, logs=None):
            seen.append(batch)

        def on_batch_end(self, batch, logs=None):
            seen.append(sorted(logs))

    linear().fit(X, Y, batch_size=10, verbose=0, callbacks=[Old()])
    assert seen == [0, ["loss"], 1, ["loss"]]


def test_callback_without_super_init_and_own_set_model():
    class Old(callbacks.Callback):
        def __init__(self):
            self.losses = []

        def set_model(self, model):
            self.model = model

        def on_epoch_end(self, epoch, logs=None):
            self.losses.append(logs["loss"])
            assert self.model is not None and self.params["epochs"] == 1

    old = Old()
    linear().fit(X, Y, verbose=0, callbacks=old)
    assert len(old.losses) == 1


def test_callback_list():
    made = callbacks.CallbackList([callbacks.LambdaCallback()], add_history=True, add_progbar=True, epochs=1, verbose=0)
    assert len(list(made)) == 3 and made.params == {"epochs": 1, "verbose": 0}
    made.append(callbacks.History())
    made.on_train_begin(logs={})
    made.on_epoch_end(0, logs={"loss": 2.0})
    assert made.history.history == {"loss": [2.0]}


def test_own_history_is_used():
    history = callbacks.History()
    assert linear().fit(X, Y, verbose=0, callbacks=[history]) is history


def test_predict_hooks_see_the_outputs():
    shapes = []
    watch = callbacks.LambdaCallback(on_predict_batch_end=lambda batch, logs: shapes.append(logs["outputs"].shape))
    linear().predict(X, batch_size=15, verbose=0, callbacks=[watch])
    assert shapes == [(15, 1), (5, 1)]


@pytest.mark.parametrize("make", [callbacks.EarlyStopping, callbacks.ReduceLROnPlateau])
def test_nothing_is_best_before_training(make):
    watching = make(monitor="val_accuracy")
    assert watching.best is None and watching.monitor_op is pykeras.ops.greater and watching.mode == "auto"
    assert make(monitor="loss").monitor_op is pykeras.ops.less
    watching.best, watching.wait = 0.5, 3
    watching.on_train_begin()
    assert watching.best is None and watching.wait == 0


def test_checkpoint_saves_without_its_value(tmp_path):
    model, path = linear(), tmp_path / "best.keras"
    keep = callbacks.ModelCheckpoint(path, monitor="val_f1", save_best_only=True, mode="max")
    with pytest.warns(UserWarning, match="watches 'val_f1'"):
        model.fit(X, Y, verbose=0, callbacks=[keep])
    assert path.exists() and keep.best is None


def test_messages_go_to_the_logger_without_interactive_logging(caplog):
    pykeras.config.disable_interactive_logging()
    try:
        with caplog.at_level("INFO", "pykeras"):
            linear().fit(X, Y, verbose=0, callbacks=[callbacks.LearningRateScheduler(lambda epoch: 0.25, verbose=1)])
    finally:
        pykeras.config.enable_interactive_logging()
    assert "LearningRateScheduler setting learning rate to 0.25" in caplog.text
