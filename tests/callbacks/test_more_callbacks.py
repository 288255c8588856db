"""ReduceLROnPlateau, RemoteMonitor, SwapEMAWeights, BaseLogger, TerminateOnNaN, OrbaxCheckpoint."""

import http.server
import json
import sys
import threading
import urllib.parse

import numpy as np
import pytest
from callbacks.scripted import Script, X, Y, linear

import pykeras
from pykeras import callbacks, layers, ops


def rates(values, name="val_loss", **options):
    """The learning rate after each epoch whose watched value is scripted; it starts at 1."""
    model = linear(pykeras.optimizers.SGD(1.0))
    plateau = callbacks.ReduceLROnPlateau(name, **options)
    found = []
    tell = callbacks.LambdaCallback(on_epoch_end=lambda e, logs: found.append(float(model.optimizer.learning_rate)))
    history = model.fit(X, Y, epochs=len(values), verbose=0, callbacks=[Script(values, name), plateau, tell]).history
    assert history["learning_rate"] == [1.0, *found[:-1]]  # as it was in the epoch
    return found


# worked out by hand from Keras's rule: wait, cooldown, factor
@pytest.mark.parametrize(
    ("values", "options", "expected"),
    [
        ([1, 1, 1, 1], {"patience": 2, "factor": 0.5}, [1, 1, 0.5, 0.5]),
        ([1, 1, 1, 1, 1], {"patience": 1, "factor": 0.5}, [1, 0.5, 0.25, 0.125, 0.0625]),
        ([1, 1, 1, 1, 1, 1], {"patience": 1, "factor": 0.5, "cooldown": 2}, [1, 0.5, 0.5, 0.25, 0.25, 0.125]),
        ([3, 2, 1, 1], {"patience": 1, "factor": 0.5, "mode": "max"}, [1, 0.5, 0.25, 0.125]),
        ([1, 0.95, 0.9, 0.7], {"patience": 2, "factor": 0.5, "min_delta": 0.2}, [1, 1, 0.5, 0.5]),
        ([1, 1, 1, 1], {"patience": 1, "factor": 0.25, "min_lr": 0.125}, [1, 0.25, 0.125, 0.125]),
        ([1, 1, 1], {"patience": 1, "factor": 0.5, "epsilon": 0.01}, [1, 0.5, 0.25]),
    ],
)
def test_reduce_lr_on_plateau(values, options, expected):
    assert rates(values, **options) == expected


def test_reduce_lr_on_plateau_says_what_it_does(capsys):
    rates([1, 1], patience=1, factor=0.5, verbose=1)
    assert "Epoch 2: ReduceLROnPlateau reducing learning rate to 0.5." in capsys.readouterr().out
    with pytest.raises(ValueError, match="factor"):
        callbacks.ReduceLROnPlateau(factor=1.0)
    with pytest.raises(TypeError, match="patiance"):
        callbacks.ReduceLROnPlateau(patiance=1)
    with pytest.warns(UserWarning, match="'nothing', which is not in the logs"):
        linear().fit(X, Y, verbose=0, callbacks=[callbacks.ReduceLROnPlateau("nothing", mode="min")])
    with pytest.raises(ValueError, match='pass mode="min" or "max"'):
        linear().fit(X, Y, verbose=0, callbacks=[callbacks.ReduceLROnPlateau("nothing")])


def test_remote_monitor(monkeypatch):
    pytest.importorskip("requests")
    received = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            received.append((self.path, self.headers, self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        root = f"http://127.0.0.1:{server.server_port}"
        form = callbacks.RemoteMonitor(root, path="/here/", field="what", headers={"X-Key": "1"})
        plain = callbacks.RemoteMonitor(root, send_as_json=True)
        linear().fit(X, Y, verbose=0, callbacks=[form, plain])
        server.shutdown()
    (path, headers, body), (other_path, _, other_body) = received
    assert path == "/here/" and other_path == "/publish/epoch/end/" and headers["X-Key"] == "1"
    assert set(json.loads(urllib.parse.parse_qs(body)["what"][0])) == set(json.loads(other_body)) == {"epoch", "loss"}
    with pytest.warns(UserWarning, match="could not reach http://127.0.0.1:1"):
        linear().fit(X, Y, verbose=0, callbacks=[callbacks.RemoteMonitor("http://127.0.0.1:1")])


def test_remote_monitor_without_requests(monkeypatch):
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(ImportError, match=r"pykeras\[requests\]"):
        callbacks.RemoteMonitor().on_epoch_end(0, {})


def averaging():
    return linear(pykeras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5))


def test_swap_ema_weights_tests_with_the_averages():
    model = averaging()
    seen = {}

    class Look(callbacks.Callback):
        def on_test_begin(self, logs=None):
            seen["test"] = model.get_weights()[0]
            seen["other"] = model.optimizer._model_variables_moving_average[0].numpy()

        def on_epoch_end(self, epoch, logs=None):
            seen["end"] = model.get_weights()[0]
            seen["average"] = model.optimizer._model_variables_moving_average[0].numpy()

    swap = callbacks.SwapEMAWeights()
    model.fit(X, Y, batch_size=4, verbose=0, validation_data=(X, Y), callbacks=[swap, Look()])
    np.testing.assert_array_equal(seen["test"], seen["average"])
    np.testing.assert_array_equal(seen["other"], seen["end"])
    assert np.abs(seen["test"] - seen["end"]).max() > 1e-4


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_swap_ema_weights_changes_nothing_of_the_training(swap_on_epoch):
    trained = []
    for watched in ([], [callbacks.SwapEMAWeights(swap_on_epoch)]):
        pykeras.utils.set_random_seed(2)
        model = averaging()
        model.fit(X, Y, batch_size=4, epochs=3, verbose=0, validation_data=(X, Y), callbacks=watched)
        trained.append(model.get_weights()[0].tobytes())
    assert trained[0] == trained[1]


def test_swap_on_epoch_lets_others_save_the_averages():
    model = averaging()
    saved = []
    look = callbacks.LambdaCallback(on_epoch_end=lambda e, logs: saved.append(model.get_weights()[0]))
    model.fit(X, Y, batch_size=4, epochs=2, verbose=0, callbacks=[callbacks.SwapEMAWeights(True), look])
    np.testing.assert_array_equal(saved[-1], model.get_weights()[0])


def test_swap_ema_weights_needs_averages():
    with pytest.raises(ValueError, match="use_ema=True"):
        linear().fit(X, Y, verbose=0, callbacks=[callbacks.SwapEMAWeights()])


def test_base_logger():
    logger = callbacks.BaseLogger(stateful_metrics=["rate"])
    logger.set_params({"metrics": ["loss", "rate"]})
    logger.on_epoch_begin(0)
    for size, loss, rate in ((4, 1.0, 0.1), (2, 4.0, 0.2)):
        logger.on_train_batch_end(0, {"size": size, "loss": loss, "rate": rate, "other": 1.0})
    logs = {"loss": 0.0}
    logger.on_epoch_end(0, logs)
    assert logs == {"loss": 2.0, "rate": 0.2}
    history = linear().fit(X, Y, batch_size=4, verbose=0, callbacks=[callbacks.BaseLogger()])
    assert list(history.history) == ["loss"]


def deep(middle, loss="mse", inputs=X):
    model = pykeras.Sequential([layers.Dense(4, name="one"), middle, layers.Dense(1, name="three")])
    model.compile(pykeras.optimizers.SGD(0.1), loss)
    stop = callbacks.TerminateOnNaN(raise_error=True)
    model.fit(inputs, Y, batch_size=10, epochs=3, verbose=0, callbacks=[stop])


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_terminate_on_nan_names_the_layer(run_eagerly, capsys):
    class Boom(layers.Layer):
        def build(self, input_shape):
            self.count = self.add_weight("count", (), initializer="zeros", trainable=False)

        def call(self, x):
            self.count.assign_add(1.0)
            return x * ops.where(self.count > 4.0, np.inf, 1.0)

    inner = pykeras.Sequential([layers.Dense(4), Boom(name="boom"), layers.Dense(4)], name="inner")
    model = pykeras.Sequential([layers.Dense(4, name="one"), inner, layers.Dense(1, name="three")])
    model.compile("sgd", "mse", run_eagerly=run_eagerly)
    model.predict(X, verbose=0)
    inner.layers[1].count.assign(0.0)
    before = model.predict(X, verbose=0)
    inner.layers[1].count.assign(0.0)
    history = model.fit(X, Y, batch_size=5, epochs=9, verbose=0, callbacks=[callbacks.TerminateOnNaN()])
    assert len(history.epoch) == 2 and np.isfinite(before).all()
    output = capsys.readouterr().out
    assert "Batch 0: Invalid loss, terminating training" in output and "Boom 'boom'" in output
    assert "call" not in vars(inner.layers[1])


def test_terminate_on_nan_tells_data_loss_and_weights_apart():
    with pytest.raises(RuntimeError, match="batch 1: the batch itself holds NaN"):
        data = X.copy()
        data[15] = np.nan
        model = linear()
        model.fit(data, Y, batch_size=10, shuffle=False, verbose=0, callbacks=[callbacks.TerminateOnNaN(True)])
    with pytest.raises(RuntimeError, match="the outputs of all layers are finite, the loss is not"):
        linear(loss=lambda y, p: ops.mean(p - p) / 0.0).fit(X, Y, verbose=0, callbacks=[callbacks.TerminateOnNaN(True)])
    with pytest.raises(RuntimeError, match="the weight '.*kernel' is not finite"):
        model = linear()
        model.layers[-1].kernel.assign(np.full((3, 1), np.inf))
        model.fit(X, Y, verbose=0, callbacks=[callbacks.TerminateOnNaN(True)])


def test_terminate_on_nan_leaves_a_sound_training_alone():
    histories = []
    for watched in ([], [callbacks.TerminateOnNaN()]):
        pykeras.utils.set_random_seed(1)
        histories.append(linear().fit(X, Y, batch_size=4, epochs=3, verbose=0, callbacks=watched).history)
    assert histories[0] == histories[1]


def test_orbax_checkpoint_says_what_serves_instead(tmp_path):
    with pytest.raises(NotImplementedError, match="ModelCheckpoint.*BackupAndRestore"):
        callbacks.OrbaxCheckpoint(tmp_path, monitor="loss", max_to_keep=2)
