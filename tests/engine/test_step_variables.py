"""Steps over variables that share values: eager and replayed alike."""

import numpy as np
import pytest
from engine.replaying import same_as_eager

from pykeras import Variable, ops
from pykeras.training.step import Step


def pair():
    return Variable(np.arange(3, dtype="float32")), Variable(np.arange(3, dtype="float32") * 10)


def swap(a, b, x):
    old = a.value
    a.assign(b)
    b.assign(old)


def rotate_with_sum(a, b, x):
    old = a.value
    a.assign(b + x)
    b.assign(old)


def same_value(a, b, x):
    value = a + x
    a.assign(value)
    b.assign(value)


def read_after_write(a, b, x):
    a.assign_add(x)
    b.assign(a)
    a.assign_add(b)


def reshaped(a, b, x):
    value = ops.reshape(a + x, (1, 3))
    a.assign(ops.reshape(value, (3,)))
    b.assign(ops.reshape(value, (3,)))


def reshaped_variable(a, b, x):
    b.assign(ops.reshape(ops.reshape(a, (3, 1)), (3,)))
    a.assign(x)


def from_input(a, b, x):
    a.assign(x)
    b.assign(ops.reshape(ops.reshape(x, (1, 3)), (3,)))


def from_constant(a, b, x):
    a.assign(np.float32([7, 8, 9]))
    b.assign_add(a)


def assigned_twice(a, b, x):
    a.assign(x)
    b.assign(a)
    a.assign(x * 2)


def itself(a, b, x):
    a.assign(a)
    b.assign(ops.flip(b) + a)


def overwritten_while_needed(a, b, x):
    old = a.value
    a.assign(old * 2)
    b.assign(ops.flip(old) + ops.flip(a.value) + x)


def view_of_old(a, b, x):
    old = ops.reshape(a, (3, 1))
    a.assign_add(x)
    b.assign(ops.sum(old * old, axis=1))


HAZARDS = [swap, rotate_with_sum, same_value, read_after_write, reshaped, reshaped_variable, from_input, from_constant,
           assigned_twice, itself, overwritten_while_needed, view_of_old]  # fmt: skip


@pytest.mark.parametrize("what", ["nothing", "values", "views", "sums"])
@pytest.mark.parametrize("change", HAZARDS, ids=lambda f: f.__name__)
def test_variables_that_share(change, what):
    def make():
        a, b = pair()

        def function(x):
            before = a.value
            change(a, b, x)
            if what == "nothing":
                return ()
            if what == "values":
                return a.value, b.value, before, x
            if what == "views":
                return ops.reshape(a, (1, 3)), ops.reshape(before, (3, 1)), ops.reshape(x, (1, 3)), a
            return a + b, before + x

        return function, [a, b]

    same_as_eager(make, [np.float32([i, 1, -i]) for i in range(1, 6)])


@pytest.mark.parametrize("change", HAZARDS, ids=lambda f: f.__name__)
def test_variables_that_share_in_batches(change):
    data = np.random.default_rng(0).normal(size=(7, 3)).astype("float32")
    results = []
    for run_eagerly in (True, False):
        a, b = pair()
        step = Step(lambda x, a=a, b=b: change(a, b, ops.reshape(x, (3,))) or a.value, run_eagerly=run_eagerly)
        done = 0
        while done < 7:
            done = step.run_batches(data, None, 1, done, 7)
        results.append((a.numpy().tobytes(), b.numpy().tobytes()))
    assert results[0] == results[1]


def test_old_value_of_a_variable_that_a_step_overwrites():
    v = Variable(np.zeros(1000, "float32"))
    step = Step(lambda x: v.assign_add(x) and None if False else (v.assign_add(x), None)[1])
    x = np.ones(1000, "float32")
    for _ in range(3):
        step(x)
    held, view = v.value, v.value.numpy()
    other = Variable(held)
    step(x)
    step.run_batches(np.ones((2000,), "float32"), None, 1000, 0, 2)
    assert (
        held.tolist() == view.tolist() == other.numpy().tolist() == [3.0] * 1000 and v.numpy().tolist() == [6.0] * 1000
    )


def test_two_variables_with_one_value():
    value = ops.ones(4) * 2
    a, b = Variable(value), Variable(value)
    step = Step(lambda x: (a.assign_add(x), None)[1])
    for _ in range(3):
        step(np.ones(4, "float32"))
    assert a.numpy().tolist() == [5.0] * 4 and b.numpy().tolist() == [2.0] * 4 and value.tolist() == [2.0] * 4


def test_variable_changed_between_steps():
    v = Variable(np.ones(2, "float32"))
    step = Step(lambda x: x * v)
    x = np.float32([1, 2])
    assert [step(x).tolist() for _ in range(2)] == [[1, 2]] * 2
    v.assign([10, 10])
    assert step(x).tolist() == [10, 20]
