"""Threads, forked and spawned processes, Ctrl-C, many calls."""

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from training.in_processes import X, fitted, make_model

from pykeras import _core

Y = X.sum(axis=1)


def in_threads(count, work, *given):
    """Results of ``work(number, *given)`` in so many threads that start together; an exception in one is raised here."""
    results, errors, start = [None] * count, [], threading.Barrier(count)

    def run(number):
        try:
            start.wait(30)
            results[number] = work(number, *given)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    if errors:
        raise errors[0]
    return results


def predictions(number, model):
    return [model.predict(X, verbose=0, batch_size=8).tobytes() for _ in range(5)]


def test_sixteen_threads_predict_on_a_model_that_nobody_called_before():
    expected = make_model().predict(X, verbose=0, batch_size=8).tobytes()
    for _ in range(3):
        model = make_model()
        found = in_threads(16, predictions, model)
        assert {each for some in found for each in some} == {expected}


def test_training_in_one_thread_while_others_predict():
    expected_fit = make_model(2).get_weights()[0].tobytes()
    model = make_model()
    expected = model.predict(X, verbose=0).tobytes()
    done = threading.Event()
    trained = []

    def work(number):
        if number == 0:
            other = make_model_alone(2)
            trained.append(other.get_weights()[0].tobytes())
            done.set()
            return {expected}
        found = {model.predict(X, verbose=0).tobytes()}
        while not done.is_set():
            found.add(model.predict(X, verbose=0).tobytes())
        return found

    assert in_threads(5, work) == [{expected}] * 5
    assert trained == [expected_fit]


def make_model_alone(seed):
    """The global generators belong to this thread alone: the others only predict."""
    return make_model(seed)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_trains_as_its_parent():
    expected = fitted(3)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.write(writer, fitted(3))
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    deadline = time.monotonic() + 60
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            pytest.fail("the forked child hangs")
        time.sleep(0.02)
    assert os.read(reader, 1 << 16) == expected
    os.close(reader)


@pytest.mark.parametrize("method", [m for m in ("fork", "spawn") if m in multiprocessing.get_all_start_methods()])
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_pools_of_processes_train_after_a_fit(method):
    expected = fitted(4)
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map_async(fitted, [4, 4]).get(120) == [expected] * 2


def test_joblib_trains_after_a_fit():
    joblib = pytest.importorskip("joblib")
    expected = fitted(5)
    found = joblib.Parallel(n_jobs=2, timeout=120)(joblib.delayed(fitted)(5) for _ in range(2))
    assert found == [expected] * 2


CTRL_C = """
import numpy as np, pykeras, signal, sys, time
from pykeras import layers
signal.signal(signal.SIGINT, signal.default_int_handler)  # shells ignore it for what runs in the background
x = np.random.default_rng(0).normal(size=(20000, 64)).astype("float32")
model = pykeras.Sequential([layers.Input((64,)), layers.Dense(256, activation="relu"), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x[:64], x[:64, :1], verbose=0)
print("ready", flush=True)
try:
    model.fit(x, x[:, :1], epochs=100000, verbose=0)
except KeyboardInterrupt:
    print("interrupted", time.time(), flush=True)
before = model.evaluate(x[:64], x[:64, :1], verbose=0)
history = model.fit(x[:64], x[:64, :1], epochs=30, verbose=0)
print(before, model.evaluate(x[:64], x[:64, :1], verbose=0), int(model.optimizer.iterations))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_ctrl_c_stops_an_epoch_within_a_second_and_leaves_the_model_usable():
    with subprocess.Popen([sys.executable, "-c", CTRL_C], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(1.0)
        sent = time.time()
        process.send_signal(signal.SIGINT)
        word, heard = process.stdout.readline().split()
        before, after, iterations = map(float, process.stdout.readline().split())
    assert word == "interrupted" and process.returncode == 0
    assert float(heard) - sent < 10  # well below a second; the margin is for machines under load
    assert after < before and iterations > 30


def test_many_calls_keep_no_memory():
    model = make_model()

    def alive(calls):
        for number in range(calls):
            model.predict(X[: 1 + number % 4], verbose=0)
            if number % 10 == 0:
                model.fit(X, Y, batch_size=8, verbose=0)
                make_model()
        gc.collect()
        return _core.memory_use()["live"]

    first = alive(40)
    assert alive(120) == first


def test_a_model_used_by_threads_before_it_is_built():
    import pykeras

    for _ in range(5):
        model = pykeras.Sequential([pykeras.layers.Dense(4, activation="relu"), pykeras.layers.Dense(1)])
        found = in_threads(8, lambda number, model: model.predict(X, verbose=0), model)
        assert len(model.weights) == 4
        for each in found:
            np.testing.assert_array_equal(each, model.predict(X, verbose=0))
