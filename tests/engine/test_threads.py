"""Many threads of Python, threads of the kernels, forks."""

import concurrent.futures
import os
import subprocess
import sys
import threading

import numpy as np
import pytest

import pykeras
from pykeras import Variable, _core, ops
from pykeras.training.step import Step


def python(code, timeout=120, **environment):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **environment}, timeout=timeout
    )


def test_many_threads_run_one_program():
    kernel = Variable(np.random.default_rng(0).normal(size=(64, 64)).astype("float32"))
    step = Step(lambda x: (ops.tanh(ops.matmul(x, kernel)), x + 1))
    inputs = [np.random.default_rng(i).normal(size=(32, 64)).astype("float32") for i in range(16)]
    for _ in range(2):
        expected = [[part.numpy().tobytes() for part in step(x)] for x in inputs]

    def work(i):
        for _ in range(30):
            assert [part.numpy().tobytes() for part in step(inputs[i])] == expected[i]
        return True

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert all(pool.map(work, range(16)))


def test_many_threads_update_one_variable():
    total = Variable(np.zeros(100, "float32"))
    step = Step(lambda x: (total.assign_add(x), None)[1])
    x = np.ones(100, "float32")
    for _ in range(2):
        step(x)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: [step(x) for _ in range(20)], range(16)))
    assert total.numpy().tolist() == [322.0] * 100


def test_eager_ops_and_tapes_of_many_threads():
    def work(i):
        x = Variable(np.full((50, 50), i + 1.0))
        with pykeras.GradientTape() as tape:
            y = ops.sum(ops.matmul(x, x) * x)
        gradient = tape.gradient(y, x)
        assert float(y) == pytest.approx(50.0**3 * (i + 1) ** 3) and float(gradient[0, 0]) == pytest.approx(
            3 * 50 * (i + 1) ** 2
        )
        return True

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert all(pool.map(work, range(64)))


def test_recording_belongs_to_one_thread():
    started, done = threading.Event(), threading.Event()

    def function(x):
        started.set()
        done.wait(10)
        return x + 1

    step = Step(function)
    thread = threading.Thread(target=lambda: step(np.float32([1])))
    thread.start()
    started.wait(10)
    value = float(ops.sum(ops.ones(5)))  # neither recorded nor the end of the recording
    done.set()
    thread.join()
    assert value == 5.0 and step(np.float32([2])).tolist() == [3] and step.programs()[0].calls == ["add"]


def test_set_num_threads():
    before = pykeras.config.num_threads()
    try:
        pykeras.config.set_num_threads(1)
        assert pykeras.config.num_threads() == 1
        pykeras.config.set_num_threads(2)
        assert pykeras.config.num_threads() == (2 if _core.has_openmp() else 1)
    finally:
        pykeras.config.set_num_threads(before)
    for wrong in (0, -1):
        with pytest.raises(ValueError, match=f"expected n >= 1, got {wrong}"):
            pykeras.config.set_num_threads(wrong)
    with pytest.raises(TypeError):
        pykeras.config.set_num_threads("2")


@pytest.mark.parametrize("threads", ["1", "2"])
def test_omp_num_threads(threads):
    result = python("import pykeras; print(pykeras.config.num_threads())", OMP_NUM_THREADS=threads)
    assert result.stdout.strip() == (threads if _core.has_openmp() else "1"), result.stderr


def test_no_openmp_no_threads():
    if _core.has_openmp():
        pytest.skip("this build has OpenMP")
    assert pykeras.config.num_threads() == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_child_of_a_fork_computes():
    code = """
import os, warnings
import numpy as np
import pykeras
from pykeras import ops
from pykeras.training.step import Step
warnings.simplefilter("ignore")
pykeras.config.set_num_threads(2)
x = np.random.default_rng(0).normal(size=(400, 400)).astype("float32")
step = Step(lambda t: (ops.sum(ops.tanh(ops.matmul(t, t))), ops.exp(t)))
expected = [[part.numpy().tobytes() for part in step(x)] for _ in range(3)][-1]
for _ in range(3):
    child = os.fork()
    if child == 0:
        same = [part.numpy().tobytes() for part in step(x)] == expected
        fresh = [part.numpy().tobytes() for part in step.function(ops.convert_to_tensor(x))] == expected
        os._exit(0 if same and fresh and pykeras.config.num_threads() == 1 else 3)
    assert os.waitpid(child, 0)[1] == 0
assert [part.numpy().tobytes() for part in step(x)] == expected
print("done")
"""
    assert python(code).stdout == "done\n"


def test_multiprocessing_fork():
    if sys.platform != "linux":
        pytest.skip("fork is the way of Linux")
    code = """
import multiprocessing, warnings
import numpy as np
from pykeras import ops
warnings.simplefilter("ignore")
x = ops.convert_to_tensor(np.ones((300, 300), "float32"))
def work(i):
    return float(ops.sum(ops.matmul(x, x) * i))
assert work(1) == 300.0**3
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.map(work, [1, 2]))
"""
    result = python(code)
    assert result.stdout.strip() == str([300.0**3, 2 * 300.0**3]), result.stderr


def test_threadpoolctl_sees_and_limits_openmp():
    threadpoolctl = pytest.importorskip("threadpoolctl", reason="threadpoolctl is not installed")
    if not _core.has_openmp():
        pytest.skip("this build has no OpenMP")
    x = ops.ones((200, 200))
    ops.matmul(x, x)
    assert "openmp" in {library["user_api"] for library in threadpoolctl.threadpool_info()}
    with threadpoolctl.threadpool_limits(1, user_api="openmp"):
        assert pykeras.config.num_threads() == 1
