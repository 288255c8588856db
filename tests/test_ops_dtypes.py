"""Dtypes of results, unknown sizes and refusals that Keras's own suites ask for and other tests do not."""

import numpy as np
import pytest

import pykeras
from pykeras import KerasTensor, ops


def of(dtype):
    return ops.convert_to_tensor(np.array([1, 1, 0], dtype))


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "uint16", "uint32", "uint64", "int64", "float64"])
def test_running_sums_keep_their_dtype(dtype):
    for function in (ops.cumsum, ops.cumprod, ops.nancumsum, ops.nancumprod):
        assert function(of(dtype)).dtype == function(KerasTensor((3,), dtype)).dtype == dtype
    assert ops.cumsum(of(dtype)).tolist() == [1, 2, 2]


def test_bools_are_counted_compared_or_joined():
    yes = of("bool")
    assert ops.cumsum(yes).dtype == ops.fmod(yes, yes[:1]).dtype == "int32"
    assert ops.diff(yes).tolist() == [False, True]
    assert ops.kron(yes, yes[:1]).tolist() == [True, True, False]
    assert ops.vdot(yes, yes).dtype == "bool"


@pytest.mark.parametrize(
    ("first", "second", "product", "sum_of_products"),
    [
        ("int8", "int8", "int8", "int32"), ("uint8", "uint8", "uint8", "uint8"), ("uint8", "int8", "int16", "int16"),
        ("int16", "bool", "int16", "int16"), ("int32", "float32", "float32", "float32"),
    ],
)  # fmt: skip
def test_products_have_the_dtype_in_which_both_meet(first, second, product, sum_of_products):
    for x, y in ((of(first), of(second)), (KerasTensor((3,), first), KerasTensor((3,), second))):
        assert ops.vdot(x, y).dtype == product
        assert ops.einsum("i,i->i", x, y).dtype == sum_of_products


def test_fmod_leaves_small_integers_beside_numbers_as_they_are():
    assert ops.fmod(np.array([-5, 5], "int8"), 3).dtype == "int8"
    assert ops.fmod([-5, 5], 3).tolist() == [-2, 2]


def test_spaces_between_tensors():
    a, b = np.array([[1.0, 2.0]], "float32"), np.array([[5.0], [6.0]], "float32")
    low, high = ops.convert_to_tensor(a), ops.convert_to_tensor(b)
    for name in ("linspace", "logspace", "geomspace"):
        for options in ({"axis": 1}, {"axis": -1, "endpoint": False}, {"num": 1}):
            expected = getattr(np, name)(a, b, **{"num": 4, **options})
            got = getattr(ops, name)(low, high, **{"num": 4, **options})
            np.testing.assert_allclose(got, expected, rtol=2e-5)
    assert ops.linspace(ops.convert_to_tensor(0), 10, 4, dtype="int32").tolist() == [0, 3, 6, 10]
    values, step = ops.linspace(low, 3.0, 3, retstep=True)
    assert values.shape == (3, 1, 2) and step.tolist() == [[1.0, 0.5]]
    assert ops.linspace(KerasTensor((None, 3)), KerasTensor((2, 3)), 5, axis=1).shape == (2, 5, 3)
    assert ops.logspace(KerasTensor((None, 3)), 2, 5, axis=-1).shape == (None, 3, 5)


def test_spaces_are_differentiable():
    start = ops.convert_to_tensor(1.0)
    value, slope = pykeras.value_and_grad(lambda s: ops.sum(ops.linspace(s, 3.0, 3)))(start)
    assert (float(value), float(slope)) == (6.0, 1.5)


@pytest.mark.parametrize(
    ("call", "shape", "dtype"),
    [
        (lambda k: ops.diag(k), (None,), "float32"),
        (lambda k: ops.diag(KerasTensor((None,))), (None, None), "float32"),
        (lambda k: ops.tril(k), (None, 3), "float32"),
        (lambda k: ops.triu(k, 1), (None, 3), "float32"),
        (lambda k: ops.average(k, axis=1, weights=KerasTensor((3,))), (None,), "float32"),
        (lambda k: ops.size(k), (), "int32"),
        (lambda k: ops.bincount(KerasTensor((None, 3), "int32")), (None, None), "int32"),
        (lambda k: ops.searchsorted(KerasTensor((4,)), k), (None, 3), "int32"),
        (lambda k: ops.searchsorted(KerasTensor((None,)), k), (None, 3), "int64"),
        (lambda k: ops.quantile(k, KerasTensor((2,)), axis=1), (2, None), "float32"),
        (lambda k: ops.percentile(k, KerasTensor(()), axis=0), (3,), "float32"),
        (lambda k: ops.nanpercentile(k, KerasTensor((2,)), axis=1), (2, None), "float32"),
        (lambda k: ops.full_like(k, KerasTensor((1, 3)), "int8"), (None, 3), "int8"),
        (lambda k: ops.where(k)[1], (None,), "int32"),
        (lambda k: k.reshape((3, -1)), (3, None), "float32"),
        (lambda k: KerasTensor((1, None)).squeeze(), (None,), "float32"),
        (lambda k: round(k), (None, 3), "float32"),
        (lambda k: divmod(k, 2)[1], (None, 3), "float32"),
        (lambda k: divmod(2, k)[0], (None, 3), "float32"),
        (lambda k: +k, (None, 3), "float32"),
        (lambda k: ops.jvp(ops.sin, (k,), (k,))[1], (None, 3), "float32"),
        (lambda k: ops.jvp(lambda x: (x, ops.sum(x)), (k,), (k,), has_aux=True)[2], (), "float32"),
    ],
)
def test_unknown_sizes(call, shape, dtype):
    result = call(KerasTensor((None, 3)))
    assert (result.shape, result.dtype) == (shape, dtype)


def test_models_of_newly_symbolic_ops_run():
    x = KerasTensor((None, 3))
    model = pykeras.Function(x, [ops.tril(x), ops.size(x), ops.searchsorted([0.0, 2.0], x), ops.quantile(x, 0.5)])
    low, size, places, middle = model(np.array([[1.0, 2.0, 3.0]], "float32"))
    assert low.tolist() == [[1.0, 0.0, 0.0]] and int(size) == 3
    assert places.tolist() == [[1, 1, 2]] and float(middle) == 2.0


def test_operators_of_tensors_and_variables():
    v = pykeras.Variable([2.5, -3.26])
    np.testing.assert_allclose(round(v, 1), [2.5, -3.3], rtol=1e-6)
    assert (+v).tolist() == v.tolist()
    assert [part.tolist() for part in divmod(ops.convert_to_tensor([7, -7]), 4)] == [[1, -2], [3, 1]]
    assert pykeras.Variable("ones", shape=(2,), dtype="int32").tolist() == [1, 1]
    assert pykeras.backend.is_float_dtype("bfloat16") and not pykeras.backend.is_float_dtype("int8")
    assert int(ops.while_loop(lambda n: n < 3, lambda n: n + 1, [0])[0]) == 3


def test_bits_of_integers_and_truth_of_the_rest():
    x, v = ops.convert_to_tensor([6, 3]), pykeras.Variable([6, 0])
    assert [(x & 2).tolist(), (x | 8).tolist(), (1 ^ x).tolist()] == [[2, 2], [14, 11], [7, 2]]
    assert (~x).tolist() == [-7, -4] and (~v).tolist() == [-7, -1]
    assert (v & 1).tolist() == [True, False]
    assert (~(x > 4) & True).tolist() == [False, True]


def test_masks_as_indices():
    x = ops.convert_to_tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert x[np.array([False, True])].tolist() == [[4.0, 5.0, 6.0]]
    assert x[:, np.array([True, False, True])].tolist() == [[1.0, 3.0], [4.0, 6.0]]
    assert x[x > 2.5].tolist() == [3.0, 4.0, 5.0, 6.0]
    with pytest.raises(IndexError, match="does not fit"):
        x[np.array([True])]
    with pytest.raises(TypeError, match="unknown shape"):
        KerasTensor((3,))[KerasTensor((3,), "bool")]


def test_equal_parts_of_an_unknown_size():
    parts = ops.split(KerasTensor((None, 3)), 2)
    assert [part.shape for part in parts] == [(None, 3)] * 2
    step = ops.linspace(0, 10, 3, retstep=True)[1]
    assert step.dtype == "float32" and float(step) == 5.0


def test_where_alone_gives_positions_and_fills_may_be_tensors():
    assert [p.tolist() for p in ops.where([[0, 1], [1, 0]])] == [[0, 1], [1, 0]]
    filled = ops.full_like(np.zeros((2, 2), "float32"), ops.convert_to_tensor([3, 4]))
    assert filled.dtype == "float32" and filled.tolist() == [[3.0, 4.0], [3.0, 4.0]]


def test_operations_of_a_function_begin_at_its_inputs():
    x = KerasTensor((None, 2))
    y = x**2
    function = pykeras.Function(y, ops.add(y, 1))
    assert [operation.name.split("_")[0] for operation in function.operations] == ["add"]
    assert function(np.full((1, 2), 3.0)).tolist() == [[4.0, 4.0]]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: ops.cholesky(KerasTensor((None, None, 3))),
        lambda: ops.inv(KerasTensor((3, 2))),
        lambda: ops.solve(KerasTensor((2, 2)), KerasTensor((None, 5))),
        lambda: ops.norm(ops.ones(3), "fro"),
        lambda: ops.norm(ops.ones(3), 1, axis=(0, 1)),
        lambda: ops.norm(ops.ones((3, 3)), 1, axis=(0, -2)),
        lambda: ops.diag(ops.ones((1, 1, 1))),
        lambda: ops.rot90(ops.ones((2, 2)), axes=(0, -2)),
        lambda: ops.digitize([1.0], [[1.0, 2.0]]),
        lambda: ops.inner(KerasTensor((5, 3)), KerasTensor((2, 4))),
        lambda: ops.where([True], 1),
        lambda: ops.searchsorted([[1, 2]], [1]),
        lambda: ops.searchsorted([1, 2], [1], side="middle"),
        lambda: ops.linspace(KerasTensor((2, 3)), KerasTensor((2, 3, 4))),
        lambda: KerasTensor(3),
        lambda: KerasTensor("ab"),
        lambda: pykeras.Variable([1.0], name=3),
        lambda: pykeras.Variable([1.0], synchronization="sometimes"),
        lambda: pykeras.Function([], KerasTensor((2,))),
        lambda: pykeras.Function(KerasTensor((2,)), []),
        lambda: _doubled()(np.ones((4, 3))),
        lambda: _doubled()(np.ones((2, 3, 1))),
    ],
)
def test_what_is_refused(wrong):
    with pytest.raises(ValueError):
        wrong()


def _doubled():
    x = KerasTensor((2, 3))
    return pykeras.Function(x, x * 2)
