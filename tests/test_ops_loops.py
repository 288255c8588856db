"""scan, associative_scan, switch."""

import numpy as np
import pytest

import pykeras
from pykeras import ops
from pykeras.differentiation import GradientTape

X = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")


@pytest.mark.parametrize("reverse", [False, True])
def test_scan(reverse):
    def step(carry, x):
        total, count = carry
        return (total + x["a"], count + 1), {"sum": total + x["a"], "twice": x["b"] * 2}

    (total, count), ys = ops.scan(step, (np.zeros(3, "float32"), 0), {"a": X, "b": X[:, 0]}, reverse=reverse)
    sums = np.cumsum(X[::-1], 0)[::-1] if reverse else np.cumsum(X, 0)
    np.testing.assert_allclose(ys["sum"], sums, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ys["twice"], X[:, 0] * 2)
    np.testing.assert_allclose(total, X.sum(0), rtol=1e-5, atol=1e-6)
    assert int(count) == 5


def test_scan_without_inputs_or_results():
    carry, ys = ops.scan(lambda c, x: (c * 2, None), 1.0, length=4)
    assert float(carry) == 16 and ys is None
    with pytest.raises(ValueError, match="one length"):
        ops.scan(lambda c, x: (c, x), 0.0, X, length=4)
    with pytest.raises(ValueError, match="one length"):
        ops.scan(lambda c, x: (c, x), 0.0)


def test_scan_has_gradients_and_a_symbolic_form():
    x = ops.convert_to_tensor(X)
    with GradientTape() as tape:
        tape.watch(x)
        _, ys = ops.scan(lambda c, row: (c + row, c * row), ops.zeros((3,)), x)
        loss = ops.sum(ys)
    total = X.sum(0)
    np.testing.assert_allclose(tape.gradient(loss, x), total - X, rtol=1e-4, atol=1e-5)  # sum over i < j of x_i x_j
    inputs = pykeras.Input(batch_shape=(5, 3))
    _, symbolic = ops.scan(lambda c, row: (c + row, c * row), ops.zeros((3,)), inputs)
    assert symbolic.shape == (5, 3)
    np.testing.assert_allclose(pykeras.Model(inputs, symbolic)(X), ys, rtol=1e-5)


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("reverse", [False, True])
def test_associative_scan(axis, reverse):
    wanted = np.flip(np.cumsum(np.flip(X, axis), axis), axis) if reverse else np.cumsum(X, axis)
    result = ops.associative_scan(lambda a, b: a + b, X, reverse=reverse, axis=axis)
    np.testing.assert_allclose(result, wanted, rtol=1e-4, atol=1e-5)


def test_associative_scan_of_affine_maps():
    """A linear recurrence ``h = a h + b`` in parallel."""
    a, b = np.abs(X) * 0.5, X

    def compose(first, second):
        return first[0] * second[0], first[1] * second[0] + second[1]

    _, states = ops.associative_scan(compose, (a, b))
    h, wanted = np.zeros(3), []
    for t in range(5):
        h = a[t] * h + b[t]
        wanted.append(h)
    np.testing.assert_allclose(states, wanted, rtol=1e-4, atol=1e-5)


def test_switch():
    branches = [lambda x: x, lambda x: -x, lambda x: x * 10]
    assert [ops.switch(i, branches, 2) for i in (-5, 0, 1, 2, 9)] == [2, 2, -2, 20, 20]
    with pytest.raises(ValueError, match="at least one function"):
        ops.switch(0, [])
