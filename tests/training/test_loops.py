"""The loop around the steps: interrupts, threads, terminals, models that are taken along."""

import os
import pickle
import re
import signal
import sys
import threading
import time

import numpy as np
import pytest

import pykeras
from pykeras import layers

X = np.random.default_rng(0).uniform(-1, 1, (640, 4)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def linear():
    model = pykeras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


@pytest.fixture
def keyboard():
    """Ctrl-C raises KeyboardInterrupt, also in a suite that was started in the background, where shells ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_is_heard_and_leaves_the_model_usable(keyboard):
    model = linear()
    model.fit(X, Y, verbose=0)
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, epochs=10_000_000, verbose=0)
    assert time.monotonic() - start < 2
    assert len(model.fit(X, Y, epochs=2, verbose=0).history["loss"]) == 2


def test_threads_predict_what_one_predicts():
    model = linear()
    expected = model.predict(X, verbose=0)
    got = [None] * 8

    def work(number):
        got[number] = model.predict(X[80 * number : 80 * number + 80], verbose=0)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_allclose(np.concatenate(got), expected, rtol=1e-6)


CODE = """
import time
import numpy as np
import pykeras

model = pykeras.Sequential([pykeras.layers.Dense(1, input_dim=4)])
model.compile("sgd", "mse")
x, y = np.ones((160, 4), "float32"), np.ones((160, 1), "float32")
wait = pykeras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: time.sleep(0.02))
model.fit(x, y, batch_size=4, epochs=1, callbacks=[wait])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_sees_one_line_drawn_over():
    import pty

    written = []

    def read(descriptor):
        data = os.read(descriptor, 4096)
        written.append(data)
        return b" "

    start = time.monotonic()
    assert pty.spawn([sys.executable, "-c", CODE], read) == 0
    seconds = time.monotonic() - start
    drawn = b"".join(written).decode().replace("\r\n", "\n").split("\r")
    assert 3 <= len(drawn) <= 10 * seconds + 3
    assert re.match(r"40/40 \[={30}\] - \d+s \d+ms/step - loss: ", drawn[-1]) and drawn[-1].count("\n") == 1
    assert "ETA: " in drawn[2] and ">" in drawn[2]


def test_a_trained_model_has_no_recorded_step_in_its_state():
    model = linear()
    model.fit(X, Y, verbose=0)
    state = model.__getstate__()
    assert "train_function" not in state
    pickle.dumps(state["_compiled"].optimizer)
