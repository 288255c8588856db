"""Tensors: views for NumPy, indexing, operators, dtypes."""

import gc
import itertools

import numpy as np
import pytest

import pykeras
from pykeras import _core, ops

DTYPES = ["bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_round_trip(dtype):
    array = (np.arange(6).reshape(2, 3) % 2).astype(dtype)
    tensor = ops.convert_to_tensor(array)
    assert (tensor.dtype, tensor.shape, tensor.ndim, tensor.size) == (dtype, (2, 3), 2, 6)
    assert tensor.nbytes == array.nbytes
    np.testing.assert_array_equal(tensor.numpy(), array)
    np.testing.assert_array_equal(np.asarray(tensor), array)
    np.testing.assert_array_equal(np.array(memoryview(tensor)), array)
    assert memoryview(tensor).readonly


def test_numpy_is_a_read_only_view():
    tensor = ops.ones((3, 4)) + 1
    view = tensor.numpy()
    assert view.__array_interface__["data"][0] == tensor.numpy().__array_interface__["data"][0]
    assert not view.flags.writeable and not view.flags.owndata
    with pytest.raises(ValueError, match="read-only"):
        view[0, 0] = 5
    with pytest.raises(ValueError, match="WRITEABLE"):
        view.flags.writeable = True
    # And it comes back without a copy.
    again = ops.convert_to_tensor(view)
    assert again.numpy().__array_interface__["data"] == view.__array_interface__["data"]


def test_view_outlives_tensor():
    view = (ops.arange(1000) * 2).numpy()
    gc.collect()
    junk = [ops.zeros((1000,), "int32") + 7 for _ in range(20)]
    np.testing.assert_array_equal(view, np.arange(1000) * 2)
    del junk


def test_tensors_do_not_follow_arrays_that_change():
    array = np.ones(3, "float32")
    frozen = array.view()
    frozen.flags.writeable = False
    tensors = [ops.convert_to_tensor(a) for a in (array, array[:], frozen, memoryview(array))]
    array[0] = 9
    for tensor in tensors:
        assert tensor.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12.0).reshape(3, 4)[::-1],
        np.arange(12.0).reshape(3, 4)[:, ::2],
        np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        np.arange(3, dtype=">f4"),
        np.broadcast_to(np.float32(3), (2, 2)),
        np.zeros((0, 3)),
        np.float64(3),
        np.frombuffer(b"\0" * 9, np.uint8)[1:].view("float64"),
    ],
    ids=["reversed", "strided", "fortran", "big-endian", "broadcast", "empty", "scalar", "misaligned"],
)
def test_any_layout(array):
    tensor = ops.convert_to_tensor(array)
    assert tensor.shape == np.shape(array)
    np.testing.assert_array_equal(tensor.numpy(), array)


def test_array_protocol():
    tensor = ops.convert_to_tensor([1.5, 2.5])
    assert np.asarray(tensor, dtype="int32").tolist() == [1, 2]
    copy = np.array(tensor)
    copy[0] = 7
    assert tensor.tolist() == [1.5, 2.5]
    with pytest.raises(ValueError):
        tensor.__array__("float64", copy=False)


def test_numbers_of_one_element():
    tensor = ops.convert_to_tensor([[3.5]])
    assert float(tensor) == 3.5 and int(tensor) == 3 and bool(tensor) and tensor.item() == 3.5
    assert range(5)[ops.convert_to_tensor(2)] == 2
    for convert in (float, int, bool, lambda t: t.item()):
        with pytest.raises(TypeError, match=r"expected a tensor of one element, got shape \(2,?\)"):
            convert(ops.zeros(2))
    with pytest.raises(TypeError, match="integer tensor"):
        range(5)[ops.convert_to_tensor(2.0)]


def test_length_and_iteration():
    tensor = ops.convert_to_tensor([[1, 2], [3, 4]])
    assert len(tensor) == 2 and [row.tolist() for row in tensor] == [[1, 2], [3, 4]]
    with pytest.raises(TypeError, match="has no length"):
        len(ops.convert_to_tensor(1.0))


ARRAY = np.arange(60).reshape(3, 4, 5)
KEYS = [0, -1, slice(None), slice(1, 3), slice(None, None, 2), slice(None, None, -1), slice(-1, 0, -1), slice(2, 1),
        Ellipsis, None,
        (0, 1), (0, 1, 2), (-1, -1, -1), (slice(None), 1), (Ellipsis, 1), (Ellipsis, slice(1, 3)), (1, Ellipsis, 2),
        (0, 1, 2, Ellipsis),
        (None, 1), (slice(None), None, 2), (None, Ellipsis, None),
        (slice(0, 2), slice(-3, None), slice(None, None, -2)),
        [2, 0], np.array([1, -1, 1]), np.array([[0, 1], [2, 2]]), (slice(None), [3, 0]),
        (slice(1, None), [3, 0]), (0, [1, -1]),
        (Ellipsis, [4, 4]), np.int64(2), (np.int32(1), np.int8(-2)), slice(100, 200), slice(-100, 2), ()]  # fmt: skip


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_indexing(key):
    got = ops.convert_to_tensor(ARRAY)[key]
    want = ARRAY[tuple(np.asarray(k) if isinstance(k, list) else k for k in key) if isinstance(key, tuple) else key]
    assert got.shape == want.shape
    np.testing.assert_array_equal(got.numpy(), want)


@pytest.mark.parametrize("key", [3, -4, (0, 4), (0, 0, 0, 0), (Ellipsis, 5), [0, 3], np.array([-4])], ids=repr)
def test_index_out_of_range(key):
    with pytest.raises(IndexError):
        ops.convert_to_tensor(ARRAY)[key]


@pytest.mark.parametrize("key", ["a", 1.0, np.array([True, False]), (..., ...), ([0], [1])], ids=repr)
def test_wrong_index(key):
    with pytest.raises((TypeError, IndexError)):
        ops.convert_to_tensor(ARRAY)[key]


def test_index_by_tensor():
    tensor = ops.convert_to_tensor([10, 20, 30])
    assert tensor[ops.convert_to_tensor([2, 0])].tolist() == [30, 10]
    assert tensor[ops.convert_to_tensor(1)].item() == 20


def test_tensors_are_immutable():
    with pytest.raises(TypeError):
        ops.zeros(3)[0] = 1


BINARY = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
          "//": lambda a, b: a // b, "%": lambda a, b: a % b, "**": lambda a, b: a**b, "<": lambda a, b: a < b,
          "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "==": lambda a, b: a == b,
          "!=": lambda a, b: a != b}  # fmt: skip


@pytest.mark.parametrize("sign", BINARY)
def test_operators(sign):
    run = BINARY[sign]
    a, b = np.array([[1.5, 2.5], [3.0, 4.0]], "float32"), np.array([2.0, 2.5], "float32")
    want = run(a, b)
    for left, right in [(ops.convert_to_tensor(a), ops.convert_to_tensor(b)), (a, ops.convert_to_tensor(b)),
                        (ops.convert_to_tensor(a), b), (ops.convert_to_tensor(a), b.tolist()),
                        (pykeras.Variable(a), b), (a, pykeras.Variable(b))]:  # fmt: skip
        got = run(left, right)
        assert isinstance(got, _core.Tensor)
        np.testing.assert_allclose(got.numpy(), want, rtol=1e-6)
    np.testing.assert_allclose(run(ops.convert_to_tensor(a), 2).numpy(), run(a, 2), rtol=1e-6)
    np.testing.assert_allclose(run(2, ops.convert_to_tensor(a)).numpy(), run(2, a), rtol=1e-6)


def test_unary_logic_and_product_operators():
    t = ops.convert_to_tensor([[1.0, -2.0], [3.0, 4.0]])
    assert (-t).tolist() == [[-1, 2], [-3, -4]] and abs(t).tolist() == [[1, 2], [3, 4]]
    np.testing.assert_allclose((t @ t).numpy(), t.numpy() @ t.numpy())
    yes = ops.convert_to_tensor([True, False])
    assert (~yes).tolist() == [False, True]
    assert (
        (yes & True).tolist() == [True, False]
        and (yes | True).tolist() == [True, True]
        and (yes ^ yes).tolist() == [False] * 2
    )


def test_tensors_are_keys_by_identity():
    a, b = ops.zeros(1), ops.zeros(1)
    assert len({a: 1, b: 2}) == 2 and {a: 1}[a] == 1


# ---- dtypes --------------------------------------------------------------------------------------


def promoted(a, b):
    """Floats win over integers and keep their width; otherwise NumPy's rule."""
    reals = [d for d in (a, b) if d.startswith("float")]
    if reals:
        return max(reals)
    common = np.promote_types(a, b).name
    return "float32" if common == "float64" else common


@pytest.mark.parametrize("a, b", list(itertools.product(DTYPES, DTYPES)))
def test_promotion_table(a, b):
    assert _core.common_dtype(a, b) == promoted(a, b)
    assert _core.op.maximum(np.zeros(2, a), np.ones(2, b)).dtype == promoted(a, b)
    assert ops.concatenate([np.zeros(2, a), np.ones(2, b)]).dtype == promoted(a, b)
    assert pykeras.dtypes.result_type(a, b) == promoted(a, b)


@pytest.mark.parametrize("dtype", [d for d in DTYPES if d != "bool"])
def test_python_numbers_are_weak(dtype):
    tensor = ops.ones(2, dtype)
    assert (tensor + 1).dtype == dtype and (1 - tensor).dtype == dtype and (tensor * 2).dtype == dtype
    assert (tensor + 1.5).dtype == (dtype if dtype.startswith("float") else "float32")
    assert ops.maximum(tensor, 3).dtype == dtype
    assert (tensor == 1).dtype == "bool" and (tensor < 2).tolist() == [True, True]
    # A NumPy scalar is not weak.
    assert (tensor + np.float64(1)).dtype == "float64"


def test_weak_numbers_alone():
    assert (
        ops.add(1, 2).dtype == "int32"
        and ops.add(1, 2.0).dtype == "float32"
        and ops.maximum(True, False).dtype == "bool"
    )
    assert ops.convert_to_tensor(1).dtype == "int32" and ops.convert_to_tensor(1.0).dtype == "float32"
    assert ops.convert_to_tensor(True).dtype == "bool" and ops.convert_to_tensor([1, 2]).dtype == "int32"
    assert ops.convert_to_tensor([1.0]).dtype == "float32" and ops.convert_to_tensor([2**40]).dtype == "int64"
    assert (
        ops.convert_to_tensor(np.array([1.0])).dtype == "float64"
        and ops.convert_to_tensor(np.array([1])).dtype == "int64"
    )
    assert (ops.convert_to_tensor(True) + 1).dtype == "int32"


def test_what_is_no_array():
    for wrong in (
        object(),
        {"a": 1},
        [1, "a"],
        [[1], [1, 2]],
        1j,
        np.array([None]),
        np.array(["a", 1], object),
        10**30,
    ):
        with pytest.raises((TypeError, ValueError, OverflowError)):
            ops.convert_to_tensor(wrong)
    with pytest.raises(ValueError, match="12 axes"):
        ops.convert_to_tensor(np.zeros([1] * 13))


def test_shown():
    tensor = ops.convert_to_tensor([1, 2])
    assert repr(tensor) == "<Tensor shape=(2,), dtype=int32, value=[1 2]>" and str(tensor) == "[1 2]"


def test_memory_is_given_back():
    gc.collect()
    before = _core.memory_use()["live"]
    tensor = ops.zeros((1000, 1000)) + 1
    assert _core.memory_use()["live"] >= before + 4_000_000
    del tensor
    assert _core.memory_use()["live"] <= before + 4096
    _core.release_cached_memory()
    assert _core.memory_use()["cached"] == 0
