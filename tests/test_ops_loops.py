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


class Chooses(pykeras.layers.Layer):
    """Control flow that hangs on values: described by what its functions give, run by the values."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def call(self, x):
        return self.function(x)


FLOWS = [
    (lambda x: ops.cond(ops.sum(x) > 0, lambda: x + 1, lambda: x - 1), lambda x: x + 1 if x.sum() > 0 else x - 1),
    (lambda x: ops.switch(ops.cast(ops.max(x), "int32"), [lambda v: v * 2, lambda v: v * 3], x),
     lambda x: x * (3 if x.max() >= 1 else 2)),
    (lambda x: ops.while_loop(lambda v: ops.sum(v) < 50, lambda v: v + 10, x), lambda x: _until(x)),
    (lambda x: ops.fori_loop(0, ops.cast(ops.max(x), "int32"), lambda i, v: v * 2, x), lambda x: x * 2 ** int(x.max())),
    (lambda x: ops.slice(x, [ops.cast(ops.max(x), "int32") - 2, 0], (1, 2)), lambda x: x[int(x.max()) - 2 :][:1, :2]),
]  # fmt: skip


def _until(x):
    while x.sum() < 50:
        x = x + 10
    return x


@pytest.mark.filterwarnings("ignore:.*run eagerly")
@pytest.mark.parametrize("function, wanted", FLOWS, ids=["cond", "switch", "while_loop", "fori_loop", "slice"])
def test_control_flow_in_layers(function, wanted):
    inputs = pykeras.Input((2,))
    outputs = Chooses(function)(inputs)
    model = pykeras.Model(inputs, outputs)
    for x in (np.float32([[1, 2], [0, 1], [2, 0]]), np.float32([[-1, -2], [2, -4], [-1, 0]])):
        if not (function is FLOWS[4][0] and x.max() < 2):
            np.testing.assert_array_equal(model(x), wanted(x))
    if function is FLOWS[4][0]:
        assert function(inputs).shape == (1, 2)  # an op of tensors alone is a node of a model as well
    else:
        with pytest.raises(ValueError, match="in the call of a layer"):
            function(inputs)


def test_functions_that_disagree():
    with pytest.raises(ValueError, match="cond: the functions must give the same"):
        Chooses(lambda x: ops.cond(ops.sum(x) > 0, lambda: x, lambda: ops.sum(x, 1)))(pykeras.Input((2,)))


def test_maps_over_an_unknown_number_of_slices():
    inputs = pykeras.Input((3,))
    outputs = ops.map(lambda row: (ops.sum(row), row * 2), inputs)
    assert [t.shape for t in outputs] == [(None,), (None, 3)]
    sums, doubled = pykeras.Model(inputs, outputs).predict(np.ones((4, 3), "float32"), verbose=0)
    assert sums.tolist() == [3, 3, 3, 3] and doubled.shape == (4, 3)


def test_unstack_by_a_given_number():
    parts = ops.unstack(pykeras.Input((None, 4)), num=2, axis=1)
    assert [part.shape for part in parts] == [(None, 4)] * 2
