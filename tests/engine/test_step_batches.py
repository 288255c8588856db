"""Whole epochs of a step: the loop over batches in C++."""

import os

import numpy as np
import pytest

import pykeras
from pykeras import GradientTape, Variable, ops
from pykeras.training.step import Step, take_batch


def regression(run_eagerly=False):
    w, total = Variable(np.zeros((3, 1), "float32")), Variable(0.0, trainable=False)

    def function(batch):
        with GradientTape() as tape:
            loss = ops.mean(ops.square(ops.matmul(batch["x"], w) - batch["y"]))
        w.assign_sub(tape.gradient(loss, w) * 0.05)
        total.assign_add(loss)
        return loss

    return Step(function, run_eagerly=run_eagerly), [w, total]


@pytest.mark.parametrize("shuffled", [False, True])
def test_run_batches(shuffled):
    rng = np.random.default_rng(1)
    data = {"y": rng.normal(size=(20, 1)).astype("float32"), "x": rng.normal(size=(20, 3)).astype("float32")}
    order = rng.permutation(20) if shuffled else None
    results = []
    for how in ("eager", "one by one", "batches"):
        step, variables = regression(how == "eager")
        done = 0
        for _ in range(2):
            if how == "batches":
                assert step.run_batches(data, order, 6, 0, 3) == 3
            else:
                for number in range(3):
                    step(take_batch(data, None if order is None else ops.convert_to_tensor(order), 6, number))
        results.append([v.numpy().tobytes() for v in variables])
        assert done == 0
    assert results[0] == results[1] == results[2]


def test_run_batches_stops_after_seconds():
    step, _ = regression()
    data = {"x": np.ones((64, 3), "float32"), "y": np.ones((64, 1), "float32")}
    assert step.run_batches(data, None, 2, 0, 32, seconds=0.0) == 1
    assert step.run_batches(data, None, 2, 1, 32, seconds=0.0) == 2
    assert step.run_batches(data, None, 2, 2, 32) == 32
    assert step.run_batches(data, None, 2, 32, 32) == 32


def test_run_batches_wrong_data():
    step, _ = regression()
    data = {"x": np.ones((8, 3), "float32"), "y": np.ones((8, 1), "float32")}
    step.run_batches(data, None, 2, 0, 4)
    with pytest.raises(ValueError, match="fewer batches"):
        step.run_batches(data, None, 2, 0, 5)
    with pytest.raises(ValueError, match="fewer batches"):
        step.run_batches(data, np.arange(4), 2, 0, 3)
    with pytest.raises(ValueError, match="shorter"):
        step.run_batches({**data, "y": data["y"][:4]}, None, 2, 0, 4)
    with pytest.raises(IndexError, match="index 8 is out of range for an axis of size 8"):
        step.run_batches(data, np.array([0, 8]), 2, 0, 1)
    with pytest.raises(IndexError):
        step.run_batches(data, np.array([0, -1]), 2, 0, 1)


def large(order, threads):
    """The weights after two epochs over batches of 300 kB, and the step."""
    rng = np.random.default_rng(2)
    x, w = rng.normal(size=(1000, 400)).astype("float32"), Variable(np.zeros((400, 1), "float32"))

    def function(x):
        w.assign_add(ops.transpose(ops.sum(x, 0, keepdims=True)) + 0.5 * w)

    step, before = Step(function), pykeras.config.num_threads()
    pykeras.config.set_num_threads(threads)
    try:
        for _ in range(2):
            step.run_batches(x, order, 200, 0, len(order) // 200)
    finally:
        pykeras.config.set_num_threads(before)
    return w.numpy()


def test_batches_gathered_ahead_are_those_gathered_in_time():
    """One thread of several cores leaves one to gather the next batch; all of them leave none."""
    order = np.random.default_rng(3).permutation(1000)
    assert large(order, 1).tobytes() == large(order, max(2, os.cpu_count())).tobytes()


def test_a_sample_out_of_range_in_a_batch_gathered_ahead():
    order = np.arange(1000)
    order[700] = 1000
    for threads in (1, 2):
        with pytest.raises(IndexError, match="index 1000 is out of range for an axis of size 1000"):
            large(order, threads)
