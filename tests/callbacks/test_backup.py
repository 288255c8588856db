"""BackupAndRestore: a killed training goes on to the last bit."""

import pathlib
import signal
import subprocess
import sys

import numpy as np
import pytest

import pykeras
from pykeras import callbacks, layers

SCRIPT = pathlib.Path(__file__).parent / "backup_script.py"
X = np.random.default_rng(0).normal(size=(20, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def run(folder, freq, kind, output, kill_at=0):
    arguments = map(str, (SCRIPT, folder, freq, kind, output, kill_at))
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("kind", "freq", "kills"),
    [
        ("arrays", "epoch", (33,)),
        ("part", 1, (30, 12)),
        ("generator", 5, (31,)),
        ("dataset", 3, (45,)),
    ],
)
def test_a_killed_training_ends_with_the_same_weights(kind, freq, kills, tmp_path):
    whole = run(tmp_path / "whole", freq, kind, tmp_path / "whole.npz")
    assert whole.returncode == 0, whole.stderr
    for kill_at in kills:
        assert run(tmp_path / "cut", freq, kind, tmp_path / "cut.npz", kill_at).returncode == -signal.SIGKILL
    assert (tmp_path / "cut").exists()
    last = run(tmp_path / "cut", freq, kind, tmp_path / "cut.npz")
    assert last.returncode == 0, last.stderr
    expected, got = np.load(tmp_path / "whole.npz"), np.load(tmp_path / "cut.npz")
    assert [got[name].tobytes() for name in got.files] == [expected[name].tobytes() for name in expected.files]
    assert not (tmp_path / "cut").exists()


def linear(units=1):
    model = pykeras.Sequential([layers.Input((3,)), layers.Dense(units), layers.Dense(1)])
    model.compile("adam", "mse")
    return model


def fit(model, folder, epochs=3, more=(), **options):
    backup = callbacks.BackupAndRestore(folder, **options)
    return model.fit(X, Y, epochs=epochs, verbose=0, callbacks=[backup, *more])


def test_a_kept_backup_ends_a_finished_training_at_once(tmp_path):
    model = linear()
    fit(model, tmp_path, delete_checkpoint=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest.npz"]
    twin = linear()
    assert fit(twin, tmp_path, delete_checkpoint=False).epoch == []
    assert twin.get_weights()[0].tobytes() == model.get_weights()[0].tobytes()
    assert fit(twin, tmp_path, epochs=5).epoch == [3, 4]
    assert not tmp_path.exists()


def test_a_stopped_training_stays_stopped(tmp_path):
    stop = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: setattr(stop.model, "stop_training", epoch == 1))
    assert fit(linear(), tmp_path, 9, [stop], delete_checkpoint=False).epoch == [0, 1]
    assert fit(linear(), tmp_path, 9, delete_checkpoint=False).epoch == []


def test_the_file_before_serves_when_the_last_is_broken(tmp_path):
    fit(linear(), tmp_path, double_checkpoint=True, delete_checkpoint=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest.npz", "previous.npz"]
    (tmp_path / "latest.npz").write_bytes(b"PK\x03\x04 no archive")
    with pytest.warns(UserWarning, match="latest.npz cannot be read"):
        assert fit(linear(), tmp_path, double_checkpoint=True).epoch == [2]


def test_a_backup_of_another_model_is_refused(tmp_path):
    fit(linear(), tmp_path, delete_checkpoint=False)
    with pytest.raises(ValueError, match=r"belongs to another training: it holds .*another backup_dir"):
        fit(linear(2), tmp_path)


@pytest.mark.parametrize("freq", [0, -1, True, "batch", 1.5])
def test_save_freq_is_epoch_or_a_number_of_batches(freq, tmp_path):
    with pytest.raises(ValueError, match="save_freq"):
        callbacks.BackupAndRestore(tmp_path, save_freq=freq)


def test_optimizers_of_a_model_with_steps_of_its_own_are_restored(tmp_path):
    class Two(pykeras.Model):
        def __init__(self):
            super().__init__()
            self.a, self.b = layers.Dense(1), layers.Dense(1)
            self.second = pykeras.optimizers.Adam(0.1)

        def call(self, x):
            return self.a(x) + self.b(x)

        def train_step(self, data):
            x, y = data
            for layer, optimizer in ((self.a, self.optimizer), (self.b, self.second)):
                with pykeras.GradientTape() as tape:
                    loss = pykeras.ops.mean((self(x) - y) ** 2)
                optimizer.apply(tape.gradient(loss, layer.trainable_variables), layer.trainable_variables)
            return {"loss": loss}

    def trained(*epochs):
        pykeras.utils.set_random_seed(3)
        for number in epochs:
            model = Two()
            model.compile("adam")
            fit(model, tmp_path / str(epochs), number, delete_checkpoint=False)
        return [w.tobytes() for w in model.get_weights()]

    assert trained(2, 5) == trained(5)
