"""What the optimiser makes of a step, and that it changes no bits."""

import numpy as np
import pytest

from pykeras import GradientTape, Variable, ops
from pykeras.training.step import Step


def compiled(function, *inputs):
    """(calls of the program, results); the results equal the eager ones bit for bit."""
    tensors = [ops.convert_to_tensor(x) for x in inputs]
    eager = function(tensors)
    step = Step(function)
    step(tensors)
    replayed = step(tensors)
    eager, replayed = (r if isinstance(r, (list, tuple)) else [r] for r in (eager, replayed))
    for e, r in zip(eager, replayed):
        assert e.dtype == r.dtype and e.shape == r.shape and e.numpy().tobytes() == r.numpy().tobytes()
    return step.programs()[0].calls


def real(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


@pytest.mark.parametrize(
    "activation", ["relu", "sigmoid", "tanh", "gelu", "silu", "elu", "leaky_relu", "softplus", "exp"]
)
@pytest.mark.parametrize("shape", [(33, 20), (1, 1), (4, 9, 20)])
def test_bias_and_activation_go_into_products(activation, shape):
    def function(inputs):
        x, kernel, bias = inputs
        return getattr(ops, activation)(ops.dense(x, kernel, bias))

    assert compiled(function, real(*shape), real(shape[-1], 17, seed=1), real(17, seed=2)) == ["dense"]


@pytest.mark.parametrize("activation", ["relu", "tanh", "silu"])
def test_bias_and_activation_go_into_convolutions(activation):
    def function(inputs):
        x, kernel, bias = inputs
        return getattr(ops, activation)(ops.conv(x, kernel, padding="same", bias=bias))

    assert compiled(function, real(2, 7, 8, 3), real(3, 3, 3, 5, seed=1), real(5, seed=2)) == ["conv2d"]


def test_a_product_that_is_needed_keeps_its_activation_apart():
    def function(inputs):
        y = ops.dense(*inputs)
        return y, ops.relu(y)

    assert compiled(function, real(4, 3), real(3, 2, seed=1)) == ["dense", "relu"]


def test_two_activations_are_not_one():
    calls = compiled(lambda i: ops.tanh(ops.relu(ops.dense(*i))), real(4, 3), real(3, 2, seed=1))
    assert calls == ["dense", "tanh"]


def test_chains_are_one_pass():
    calls = compiled(lambda i: ops.exp(ops.tanh(i[0] * 2 + 1) - i[1]), real(300, 70), real(70, seed=1))
    assert calls == ["multiply+add+tanh+subtract+exp"]


@pytest.mark.parametrize("size", [1, 7, 1023, 1024, 1025, 40_000])
def test_block_edges(size):
    calls = compiled(
        lambda i: ops.where(i[0] > 0, ops.sqrt(ops.abs(i[0])), i[0] * i[1]), real(size), real(size, seed=1)
    )
    assert len(calls) == 1


@pytest.mark.parametrize("shapes", [((300, 7), (7,)), ((300, 7), (1, 7)), ((300, 7), ()), ((300, 7), (1, 1)),
                                    ((30, 40, 7), (40, 7)), ((30, 40, 7), (1, 40, 7)), ((3, 5000),
                                                                                        (5000,))])  # fmt: skip
def test_repeated_operands_are_fused(shapes):
    calls = compiled(lambda i: ops.tanh(i[0] + i[1]) * i[1], real(*shapes[0]), real(*shapes[1], seed=1))
    assert len(calls) == 1


def test_columns_are_not_fused_but_right():
    compiled(lambda i: ops.tanh(i[0] + i[1]) * i[1], real(300, 7), real(300, 1, seed=1))


def test_several_results_of_one_pass():
    def function(inputs):
        a = inputs[0] * 2
        b = a + 1
        return a, b, ops.square(b)

    assert len(compiled(function, real(5000))) == 1


def test_dtypes_within_a_pass():
    def function(inputs):
        above = inputs[0] > 0
        return ops.where(ops.logical_and(above, inputs[1] < 3), inputs[0], 0), above

    calls = compiled(function, real(5000), np.arange(5000, dtype="int64") % 5)
    assert len(calls) == 1


def test_long_chains():
    def function(inputs):
        x = inputs[0]
        for i in range(200):
            x = x * 0.99 + i * 0.01
        return x

    assert 2 <= len(compiled(function, real(5000))) < 30


def test_dead_ops_do_not_run():
    def function(inputs):
        ops.matmul(inputs[0], inputs[0])
        return inputs[0] + 1

    assert compiled(function, real(5, 5)) == ["add"]


def test_views_do_not_run():
    assert compiled(lambda i: ops.reshape(ops.reshape(i[0], (10, 2)), (5, 4)), real(4, 5)) == []


def test_an_optimizer_update_is_one_pass():
    variables = [Variable(real(100, 50, seed=i), trainable=i == 0) for i in range(3)]

    def make():
        for i, v in enumerate(variables):
            v.assign(np.abs(real(100, 50, seed=i)))

    def adam(gradient):
        w, m, v = variables
        m.assign_add((gradient - m) * 0.1)
        v.assign_add((ops.square(gradient) - v) * 0.001)
        w.assign_sub(0.01 * m / (ops.sqrt(v) + 1e-7))
        return ()

    step, values = Step(adam), []
    for run in (adam, step):
        make()
        for i in range(4):
            run(ops.convert_to_tensor(real(100, 50, seed=10 + i)))
        values.append([v.numpy().tobytes() for v in variables])
    assert values[0] == values[1] and len(step.programs()[0].calls) == 1


def test_softmax_and_cross_entropy_are_one():
    kernel = Variable(real(6, 4))

    def function(inputs):
        x, target = inputs
        with GradientTape() as tape:
            loss = ops.mean(ops.categorical_crossentropy(target, ops.softmax(ops.matmul(x, kernel))))
        return loss, tape.gradient(loss, kernel)

    calls = compiled(function, real(9, 6), np.eye(4, dtype="float32")[np.arange(9) % 4])
    assert "softmax" not in calls and "softmax_cross_entropy" in calls and "softmax_cross_entropy_grad" in calls


def rows_updates(matrix, steps, adam, places):
    """The values of three variables after steps that look rows of the first up and change all three."""

    def step_of(inputs):
        with GradientTape() as tape:
            loss = ops.sum(ops.take(matrix[0], inputs[0], axis=0) * inputs[1])
        return adam(matrix, tape.gradient(loss, matrix[0]))

    step, values = Step(step_of), []
    for run in (step_of, step):
        for i, v in enumerate(matrix):
            v.assign(np.abs(real(*v.shape, seed=i)))
        for i in range(steps):
            index = np.random.default_rng(i).integers(0, matrix[0].shape[0], places)
            run([ops.convert_to_tensor(index), ops.convert_to_tensor(real(*places, *matrix[0].shape[1:], seed=i))])
        values.append([v.numpy().tobytes() for v in matrix])
    assert values[0] == values[1]
    return step.programs()[0].calls


def adam_of(matrix, gradient):
    w, m, v = matrix
    m.assign_add((gradient - m) * 0.1)
    v.assign_add((ops.square(gradient) - v) * 0.001)
    w.assign_sub(0.01 * m / (ops.sqrt(v) + 1e-7))
    return ()


@pytest.mark.parametrize("shape, places", [((700, 40), (5, 9)), ((7, 3), (40,)), ((3, 5000), (2, 2)), ((90, 1), (6,)),
                                           ((2000,), (30,)), ((40, 3, 5), (0,))])  # fmt: skip
def test_gradients_of_rows_are_never_stored_whole(shape, places):
    matrix = [Variable(real(*shape), trainable=i == 0) for i in range(3)]
    calls = rows_updates(matrix, 4, adam_of, places)
    assert "take_grad" not in calls and sum(call.startswith("take_grad+") for call in calls) == 1


def test_gradients_of_rows_that_others_read_are_stored():
    matrix = [Variable(real(70, 4), trainable=i == 0) for i in range(3)]

    def clipped(matrix, gradient):
        return adam_of(matrix, gradient / ops.sqrt(ops.sum(ops.square(gradient))))

    assert "take_grad" in rows_updates(matrix, 3, clipped, (6,))


def test_rows_looked_up_twice():
    matrix = Variable(real(50, 6))

    def descended(inputs):
        with GradientTape() as tape:
            loss = ops.sum(ops.square(ops.take(matrix, inputs[0], axis=0)) + ops.take(matrix, inputs[1], axis=0))
        return matrix - tape.gradient(loss, matrix) * 0.1

    calls = compiled(descended, np.array([1, 1, 3]), np.array([3, 49, 3]))
    assert sum(call.startswith("take_grad+take_grad+") for call in calls) == 1


def test_a_row_out_of_range_is_found_in_a_pass():
    matrix = Variable(real(5, 2))

    def descend(inputs):
        with GradientTape() as tape:
            loss = ops.sum(ops.take(matrix, inputs[0], axis=0))
        matrix.assign_sub(tape.gradient(loss, matrix) * 0.1)
        return loss

    step = Step(descend)
    for _ in range(2):
        step([ops.convert_to_tensor(np.array([0, 4]))])
    before = matrix.numpy().copy()
    with pytest.raises(IndexError, match="index 5 is out of range for an axis of size 5"):
        step([ops.convert_to_tensor(np.array([0, 5]))])
    assert np.array_equal(matrix.numpy(), before)


@pytest.mark.parametrize("inner", ["add", "subtract", "multiply"])
@pytest.mark.parametrize("outer", ["add", "subtract", "multiply", "divide"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(3,), (40, 33), (2500,)])
def test_two_steps_in_one_pass(inner, outer, dtype, shape):
    """Either order, each operand an array, one value for all or repeated along the rows."""
    inner, outer = getattr(ops, inner), getattr(ops, outer)
    x, y, z = (real(*shape, seed=seed).astype(dtype) for seed in range(3))
    row, one = real(shape[-1], seed=4).astype(dtype), real(seed=5).astype(dtype)
    for a, b, c in [(x, y, z), (x, one, z), (one, y, row), (x, row, one), (x, x, x)]:
        assert len(compiled(lambda t: outer(inner(t[0], t[1]), t[2]), a, b, c)) == 1
        assert len(compiled(lambda t: outer(t[2], inner(t[0], t[1])), a, b, c)) == 1


@pytest.mark.parametrize("inner", ["add", "subtract", "multiply"])
@pytest.mark.parametrize("outer", ["relu", "square", "absolute", "negative"])
def test_a_function_of_two_operands_in_one_pass(inner, outer):
    inner, outer = getattr(ops, inner), getattr(ops, outer)
    x, y = real(70, 33), real(70, 33, seed=1)
    for a, b in [(x, y), (x, y[0]), (x, y[0, 0]), (x, x)]:
        assert len(compiled(lambda t: outer(inner(t[0], t[1])), a, b)) == 1


def test_passes_share_a_step_and_hand_out_what_is_inside():
    x, y = real(40, 33), real(40, 33, seed=1)

    def function(t):
        product = t[0] * t[1]  # read twice, and a result
        total = product + t[0]
        return product, ops.relu(total - product) * (total + 1.0), ops.sqrt(ops.square(total) + product * product)

    assert len(compiled(function, x, y)) == 1
