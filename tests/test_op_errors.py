"""What ops say of wrong arguments."""

import math

import numpy as np
import pytest
from op_cases import CASES
from op_cases.harness import OF, OPS, is_variadic

from pykeras import KerasTensor, Variable, _core


@pytest.mark.parametrize("name", OPS)
def test_documentation(name):
    doc = getattr(_core.op, name).__doc__
    assert doc.startswith(OPS[name]["signature"]) and doc.endswith(OPS[name]["doc"]) and OPS[name]["doc"]


@pytest.mark.parametrize("name", OPS)
def test_wrong_arguments(name):
    case = OF[name][0]
    function = getattr(_core.op, name)
    inputs = [list(case.inputs)] if is_variadic(case) else list(case.inputs)
    with pytest.raises(TypeError, match=rf"^{name}: unknown argument colour"):
        function(*inputs, **case.attributes, colour=1)
    with pytest.raises(TypeError, match=rf"^{name}: missing argument"):
        function()
    with pytest.raises(TypeError, match=rf"^{name}: expected at most \d+ arguments, got 20"):
        function(*[inputs[0]] * 20)
    with pytest.raises(TypeError, match=rf"^{name}: .* is given twice"):
        function(*inputs, **case.attributes, **{OPS[name]["inputs"][0].rstrip("?*"): inputs[0]})
    for wrong in ("a word", object(), {"a": 1}, np.array([1j]), [[1.0], [2.0, 3.0]]):
        with pytest.raises((TypeError, ValueError), match=rf"^{name}: "):
            function(*([[wrong]] if is_variadic(case) else [wrong, *inputs[1:]]), **case.attributes)
    for attribute in OPS[name]["attributes"]:
        with pytest.raises(TypeError, match=rf"^{name}: {attribute}: expected .*, got <object"):
            function(*inputs, **{**case.attributes, attribute: object()})


def z(*shape, dtype="float32"):
    return np.zeros(shape, dtype)


WRONG = [
    ("add", [z(3), z(4)], {}, ValueError, r"shapes \(3,?\) and \(4,?\) cannot be broadcast"),
    ("add", [z(2, dtype="bool"), z(2, dtype="bool")], {}, TypeError, "bool"),
    ("negative", [z(2, dtype="bool")], {}, TypeError, "bool"),
    ("logical_and", [z(2), z(2)], {}, TypeError, "float32"),
    ("select", [z(2, dtype="bool"), z(3), z(2)], {}, ValueError, r"\(3,?\)"),
    ("sum", [z(2, 3)], {"axes": [2]}, ValueError, "axis 2 is out of range for a tensor of 2 axes"),
    ("sum", [z(2, 3)], {"axes": [0, -2]}, ValueError, "axis -2 comes twice"),
    ("mean", [z(3, dtype="int32")], {}, TypeError, "int32"),
    ("max", [z(0, 3)], {"axes": [0]}, ValueError, r"\(0, 3\)"),
    ("min", [z(3, 0)], {"axes": []}, ValueError, r"\(3, 0\)"),
    ("argmax", [z(3, 0)], {"axis": 1}, ValueError, r"\(3, 0\) is empty"),
    ("argmin", [z(3)], {"axis": 1}, ValueError, "axis 1 is out of range"),
    ("argsort", [z(3)], {"axis": -2}, ValueError, "axis -2 is out of range"),
    ("softmax", [z(3, 4)], {"axis": 2}, ValueError, "axis 2 is out of range"),
    ("softmax", [z()], {}, ValueError, "axis -1 is out of range"),
    ("softmax_grad", [z(3, 4), z(4, 3)], {}, ValueError, r"expected shape \(3, 4\), got \(4, 3\)"),
    ("softmax_grad", [z(3, 4), z(3, 4, dtype="float64")], {}, TypeError, "float32.*float64"),
    ("softmax_cross_entropy", [z(3, 4), z(3, 5)], {}, ValueError, r"expected shape \(3, 4\), got \(3, 5\)"),
    ("softmax_cross_entropy_grad", [z(3, 4), z(3, 4, dtype="float64"), z(3)], {}, TypeError, "float32.*float64"),
    ("softmax_cross_entropy_grad", [z(3, 4), z(3, 4), z(4)], {}, ValueError, r"expected shape \(3,?\), got \(4,?\)"),
    ("sparse_softmax_cross_entropy", [z(3, 4), z(3)], {}, TypeError, "labels: expected int64, got float32"),
    ("sparse_softmax_cross_entropy", [z(3, 4), z(2, dtype="int64")], {}, ValueError, r"labels: expected shape \(3,?\)"),
    (
        "sparse_softmax_cross_entropy",
        [z(2, 4), np.array([0, 4])],
        {},
        ValueError,
        "label 4 is out of range for 4 classes",
    ),
    ("sparse_softmax_cross_entropy", [z(2, 4), np.array([0, -1])], {}, ValueError, "label -1 is out of range"),
    ("negative_log_likelihood", [z(2, 4), np.array([0, 4])], {}, ValueError, "label 4 is out of range for 4 classes"),
    ("sparse_softmax_cross_entropy_grad", [z(1, 4), np.array([9]), z(1)], {}, ValueError, "label 9 is out of range"),
    ("sparse_softmax_cross_entropy_grad", [z(1, 4), np.array([1]), z(1, dtype="float64")], {}, TypeError, "float64"),
    ("matmul", [z(3), z(3, 4)], {}, ValueError, r"x1: expected at least 2 axes, got shape \(3,?\)"),
    ("matmul", [z(2, 3), z(4, 5)], {}, ValueError, r"inner sizes differ: 3 and 4 \(shapes \(2, 3\) and \(4, 5\)\)"),
    ("matmul", [z(2, 2, 3), z(3, 3, 5)], {}, ValueError, "cannot be broadcast"),
    ("dense", [z(2, 3), z(4, 5), None], {}, ValueError, "expects last axis 4, got 3"),
    ("dense", [z(2, 3), z(3), None], {}, ValueError, r"kernel: expected 2 axes, got shape \(3,?\)"),
    ("dense", [z(2, 3), z(3, 4), z(3)], {}, ValueError, r"bias: expected shape \(4,?\), got \(3,?\)"),
    ("dense_kernel_grad", [z(2, 3), z(3, 4)], {}, ValueError, r"\(2, 3\).*\(3, 4\)"),
    ("dense_kernel_grad", [z(2, 3), z(2, 4, dtype="float64")], {}, TypeError, "float64"),
    ("conv2d", [z(2, 5, 5), z(3, 3, 1, 1), None], {}, ValueError, r"x: expected 4 axes, got shape \(2, 5, 5\)"),
    ("conv2d", [z(2, 5, 5, 3), z(3, 3, 2, 1), None], {}, ValueError, "expects 2 channels, got 3"),
    (
        "conv2d",
        [z(2, 5, 5, 4), z(3, 3, 2, 3), None],
        {"groups": 2},
        ValueError,
        r"filters \(3\) must be a multiple of groups",
    ),
    ("conv2d", [z(2, 2, 5, 3), z(3, 3, 3, 1), None], {}, ValueError, "window that reaches over 3 does not fit"),
    ("conv2d", [z(1, 5, 5, 3), z(3, 3, 3, 1), None], {"strides": [0, 1]}, ValueError, "strides >= 1, got 0"),
    ("conv2d", [z(1, 5, 5, 3), z(3, 3, 3, 1), None], {"strides": [1]}, ValueError, "2 strides"),
    ("conv2d", [z(1, 5, 5, 3), z(3, 3, 3, 1), None], {"padding": [0, 0, 0, -1]}, ValueError, "paddings >= 0, got -1"),
    ("conv2d", [z(1, 5, 5, 3), z(3, 3, 3, 1), None], {"groups": 0}, ValueError, "groups >= 1, got 0"),
    ("conv2d", [z(1, 5, 5, 3), z(3, 3, 3, 2), z(3)], {}, ValueError, r"bias: expected shape \(2,?\)"),
    ("conv2d_input_grad", [z(1, 3, 3, 2), z(3, 3, 3, 2)], {}, ValueError, "input_shape of 4 sizes"),
    (
        "conv2d_input_grad",
        [z(1, 3, 3, 2), z(3, 3, 3, 2)],
        {"input_shape": [1, 9, 9, 3]},
        ValueError,
        "dy: expected shape",
    ),
    ("conv2d_input_grad", [z(1, 3, 3, 2), z(3, 3, 3, 2)], {"input_shape": [1, -5, 5, 3]}, ValueError, "-5"),
    (
        "conv2d_kernel_grad",
        [z(1, 5, 5, 3), z(1, 3, 3, 2)],
        {"kernel_shape": [2, 2, 3, 2]},
        ValueError,
        "dy: expected shape",
    ),
    ("max_pool2d", [z(1, 4, 4)], {}, ValueError, "x: expected 4 axes"),
    ("max_pool2d", [z(1, 4, 4, 1, dtype="int32")], {}, TypeError, "int32"),
    ("max_pool2d", [z(1, 4, 4, 1)], {"padding": [2, 0, 0, 0]}, ValueError, "padding must be smaller than the pool"),
    ("max_pool2d", [z(1, 4, 4, 1)], {"pool_size": [0, 2]}, ValueError, "pool sizes >= 1"),
    ("max_pool2d_grad", [z(1, 4, 4, 1), z(1, 3, 2, 1)], {}, ValueError, "dy: expected shape"),
    ("max_pool2d_grad", [z(1, 4, 4, 1), z(1, 2, 2, 1, dtype="float64")], {}, TypeError, "float64"),
    ("average_pool2d", [z(1, 1, 4, 1)], {}, ValueError, "does not fit"),
    ("average_pool2d_grad", [z(1, 2, 2, 1)], {"input_shape": [1, 9, 4, 1]}, ValueError, "dy: expected shape"),
    ("batch_norm", [z(3), None, None], {}, ValueError, "at least 2 axes"),
    ("batch_norm", [z(3, 4), z(3), None], {}, ValueError, r"gamma: expected shape \(4,?\), got \(3,?\)"),
    ("batch_norm_grad", [z(3, 4), z(3), z(4), z(4), z(3, 4)], {}, ValueError, r"expected shape \(4,?\), got \(3,?\)"),
    ("batch_norm_grad", [z(3, 4), z(4), z(4), z(4), z(3, 4, dtype="float64")], {}, TypeError, "float64"),
    ("batch_norm_grad", [z(3, 4), z(4), z(4, dtype="float64"), z(4), z(3, 4)], {}, TypeError, "float64"),
    ("cast", [z(3)], {"dtype": "float99"}, TypeError, "float99"),
    ("reshape", [z(2, 3)], {"shape": [4]}, ValueError, r"cannot bring shape \(2, 3\) into \(4,?\)"),
    ("reshape", [z(2, 3)], {"shape": [-1, -1]}, ValueError, "at most one size may be -1"),
    ("reshape", [z(2, 3)], {"shape": [-1, 4]}, ValueError, r"cannot bring shape \(2, 3\)"),
    ("reshape", [z(2, 3)], {"shape": [-2, 3]}, ValueError, "sizes >= -1, got -2"),
    ("reshape", [z(2, 3)], {"shape": [1] * 13}, ValueError, "12 axes"),
    ("transpose", [z(2, 3)], {"axes": [0]}, ValueError, "number of axes: expected 2, got 1"),
    ("transpose", [z(2, 3)], {"axes": [0, 0]}, ValueError, "axis 0 comes twice"),
    ("transpose", [z(2, 3)], {"axes": [0, 2]}, ValueError, "axis 2 is out of range"),
    ("broadcast_to", [z(2, 3)], {"shape": [3]}, ValueError, r"cannot broadcast shape \(2, 3\) to \(3,?\)"),
    ("broadcast_to", [z(2, 3)], {"shape": [4, 3]}, ValueError, "cannot broadcast"),
    ("broadcast_to", [z(1, 3)], {"shape": [-1, 3]}, ValueError, "None"),
    ("concatenate", [[z(2, 3), z(2, 4)]], {"axis": 0}, ValueError, r"\(2, 3\) and \(2, 4\)"),
    ("concatenate", [[]], {}, ValueError, "at least one tensor"),
    ("concatenate", [[z(), z()]], {}, ValueError, "axis 0 is out of range"),
    ("slice", [z(5)], {"start": [0], "size": [6], "step": [1]}, ValueError, r"leave axis 0 of shape \(5,?\)"),
    ("slice", [z(5)], {"start": [-1], "size": [1], "step": [1]}, ValueError, "leave axis 0"),
    ("slice", [z(5)], {"start": [0], "size": [2], "step": [-1]}, ValueError, "leave axis 0"),
    ("slice", [z(5)], {"start": [0], "size": [1], "step": [0]}, ValueError, "step must not be 0"),
    ("slice", [z(5)], {"start": [0], "size": [-2], "step": [1]}, ValueError, "size >= -1, got -2"),
    ("slice", [z(5)], {"start": [0], "size": [3], "step": [2**62]}, ValueError, "leave axis 0"),
    ("slice", [z(5)], {"start": [], "size": [], "step": []}, ValueError, r"each axis of shape \(5,?\)"),
    (
        "embed",
        [z(3)],
        {"shape": [4], "start": [2], "step": [1]},
        ValueError,
        r"shape \(3,?\) does not fit into \(4,?\)",
    ),
    ("embed", [z(3)], {"shape": [9], "start": [2], "step": [2**62]}, ValueError, "does not fit"),
    ("embed", [z(3)], {"shape": [-4], "start": [0], "step": [1]}, ValueError, "-4"),
    ("take", [z(5), z(2)], {}, TypeError, "indices: expected int64, got float32"),
    ("take", [z(5), np.array([0, 5])], {}, IndexError, "index 5 is out of range for an axis of size 5"),
    ("take", [z(5), np.array([-1])], {}, IndexError, "index -1 is out of range"),
    ("take", [z(0, 2), np.array([0])], {}, IndexError, "index 0 is out of range for an axis of size 0"),
    ("take", [z(), np.array([0])], {}, ValueError, "axis 0 is out of range"),
    ("take_grad", [z(2), np.array([0, 3])], {"length": 3}, IndexError, "index 3 is out of range"),
    ("take_grad", [z(2), np.array([0])], {"length": 3}, ValueError, "indices size: expected 2, got 1"),
    ("take_grad", [z(2, dtype="int32"), np.array([0, 1])], {"length": 3}, TypeError, "int32"),
    ("one_hot", [z(2)], {"classes": 3}, TypeError, "indices: expected int64, got float32"),
    ("one_hot", [z(2, dtype="int64")], {"classes": -1}, ValueError, "classes >= 0, got -1"),
    ("adam_update", [z(3), z(4), z(3), z(3), z()], {}, ValueError, r"\(4,?\)"),
    ("adam_update", [z(3), z(3), z(3), z(3), z(2)], {}, ValueError, r"\(2,?\)"),
    ("rmsprop_update", [z(3), z(3), z(2), z()], {}, ValueError, r"\(2,?\)"),
    ("rmsprop_update", [z(3), z(3), z(3), z(dtype="float64")], {}, TypeError, "float64"),
    ("random_uniform", [z(2)], {"shape": [2]}, TypeError, "state: expected uint32, got float32"),
    ("random_normal", [z(3, dtype="uint32")], {"shape": [2]}, ValueError, "state"),
    ("truncated_normal", [z(2, dtype="uint32")], {"shape": [-2]}, ValueError, "sizes >= 0, got -2"),
    ("random_uniform", [z(2, dtype="uint32")], {"shape": [2], "dtype": "int32"}, TypeError, "int32"),
    ("dropout", [z(2), z(2, dtype="uint32")], {"rate": 1.0}, ValueError, "0 <= rate < 1"),
    ("dropout", [z(2, dtype="int32"), z(2, dtype="uint32")], {}, TypeError, "int32"),
    ("layer_norm", [z(3, 4), z(3), None], {}, ValueError, r"gamma: expected shape \(4,?\), got \(3,?\)"),
    ("layer_norm_grad", [z(3, 4), None, z(3), z(4), z(3, 4)], {}, ValueError, r"inverse: expected shape \(3,?\)"),
    ("cumsum", [z(3, 4)], {"axis": 2}, ValueError, "axis 2 is out of range"),
    ("cumsum", [z(3, dtype="bool")], {"axis": 0}, TypeError, "bool"),
    (
        "attention",
        [z(2, 3, 4), z(2, 3, 4, 5), z(2, 3, 4, 5)],
        {},
        ValueError,
        r"expected 4 axes, got shape \(2, 3, 4\)",
    ),
    ("attention", [z(2, 3, 4, 5), z(2, 3, 3, 5), z(2, 3, 3, 5)], {}, ValueError, "heads must be a multiple"),
    ("attention", [z(2, 3, 4, 5), z(2, 3, 4, 6), z(2, 3, 4, 5)], {}, ValueError, "shapes do not fit: query"),
    ("attention", [z(2, 3, 4, 5)] * 3 + [z(2, 3, 4, 3)], {}, TypeError, "mask: expected bool, got float32"),
    ("attention", [z(2, 3, 4, 5)] * 3 + [z(2, 2, 3, 3, dtype="bool")], {}, ValueError, "does not broadcast"),
    (
        "attention_grad",
        [z(2, 3, 4, 5)] * 3 + [None, z(2, 3, 4, 5), z(2, 3, 4, 2), z(2, 3, 4, 5)],
        {},
        ValueError,
        r"stats: expected shape \(2, 4, 3, 2\)",
    ),
    ("lstm", [z(2, 3, 4), z(2, 5), z(2, 5), z(3, 20), z(5, 20)], {}, ValueError, "kernel expects last axis 3, got 4"),
    (
        "lstm",
        [z(2, 4), z(2, 5), z(2, 5), z(4, 20), z(5, 20)],
        {},
        ValueError,
        "x: expected 3 axes, got shape \\(2, 4\\)",
    ),
    (
        "lstm",
        [z(2, 3, 4), z(2, 5), z(2, 6), z(4, 20), z(5, 20)],
        {},
        ValueError,
        "initial_c: expected shape \\(2, 5\\)",
    ),
    ("lstm", [z(2, 3, 4), z(2, 0), z(2, 0), z(4, 0), z(0, 0)], {}, ValueError, "expected a unit or more"),
    ("gru", [z(2, 3, 4), z(2, 5), z(4, 15), z(5, 20)], {}, ValueError, "recurrent_kernel: expected shape \\(5, 15\\)"),
    ("gru", [z(2, 3, 4), z(2, 5), z(4, 15), z(5, 15), z(15)], {}, ValueError, "bias: expected shape \\(2, 15\\)"),
    (
        "gru",
        [z(2, 3, 4), z(2, 5), z(4, 15), z(5, 15), z(2, 15)],
        {"reset_after": False},
        ValueError,
        "bias: expected shape \\(15,?\\), got \\(2, 15\\)",
    ),
    (
        "gru",
        [z(2, 3, 4), z(2, 5), z(4, 15), z(5, 15), None, z(2, 3)],
        {},
        TypeError,
        "mask: expected bool, got float32",
    ),
    (
        "simple_rnn",
        [z(2, 3, 4), z(2, 5), z(4, 5), z(5, 5), None, z(2, 4, dtype="bool")],
        {},
        ValueError,
        "mask: expected shape \\(2, 3\\), got \\(2, 4\\)",
    ),
    (
        "simple_rnn",
        [z(2, 3, 4), z(2, 5), z(4, 5), z(5, 5)],
        {"activation": "gelu"},
        ValueError,
        "tanh, relu.* got gelu",
    ),
    ("simple_rnn", [z(2, 3, 4), z(2, 5, dtype="float64"), z(4, 5), z(5, 5)], {}, TypeError, "float32.*float64"),
    ("patches", [z(1, 4, 4, 1)], {}, ValueError, "x: expected 5 axes"),
    ("patches", [z(1, 2, 2, 2, 1)], {"size": [3, 1, 1]}, ValueError, "does not fit into an axis of size 2"),
    ("patches", [z(1, 2, 2, 2, 1)], {"size": [1, 1]}, ValueError, "expected 3 sizes"),
    ("patches", [z(1, 2, 2, 2, 1)], {"strides": [1, 0, 1]}, ValueError, "strides >= 1, got 0"),
    ("patches_grad", [z(1, 2, 2, 2, 2)], {"input_shape": [1, 2, 2, 2, 1]}, ValueError, "dy: expected shape"),
    ("patches_grad", [z(1, 2, 2, 2, 2)], {"input_shape": [1, 2, 2, 2]}, ValueError, "input_shape of 5 sizes"),
    ("resample", [z(3), np.array([[0, 3]]), z(1, 2)], {}, IndexError, "index 3 is out of range for an axis of size 3"),
    ("resample", [z(3), np.array([[0, 1]]), z(1, 3)], {}, ValueError, "weight: expected shape \\(1, 2\\)"),
    ("resample", [z(3), np.array([[0, 1]]), z(1, 2, dtype="float64")], {}, TypeError, "float64"),
    ("resample", [z(3), np.array([0, 1]), z(2)], {}, ValueError, "index: expected 2 axes"),
    ("resample", [z(3), np.array([[0, 1]]), z(1, 2)], {"axis": 1}, ValueError, "axis 1 is out of range"),
    ("resample_grad", [z(2), np.array([[0, 1]]), z(1, 2)], {"length": 3}, ValueError, "expected axis 0 of size 1"),
    ("resample_grad", [z(1), np.array([[0, 3]]), z(1, 2)], {"length": 3}, IndexError, "index 3 is out of range"),
    ("resample_grad", [z(1), np.array([[0, 1]]), z(1, 2)], {"length": -1}, ValueError, "length >= 0, got -1"),
]


@pytest.mark.parametrize(
    "name, inputs, attributes, error, message", WRONG, ids=[f"{i}-{w[0]}" for i, w in enumerate(WRONG)]
)
def test_wrong_values(name, inputs, attributes, error, message):
    with pytest.raises(error, match=message) as caught:
        getattr(_core.op, name)(*inputs, **attributes)
    # The products' messages are completed by the layer that owns the kernel; limits of tensors are those of any op.
    assert name.split("_")[0] in str(caught.value) or name in ("dense", "conv2d") or "a tensor " in str(caught.value)
    assert type(caught.value) is error


def test_every_op_with_more_than_one_form_of_input_has_an_error_test():
    simple = {"max_pool2d_pick"} | {n for n in OPS if len(OPS[n]["inputs"]) == 1 and not OPS[n]["attributes"]}
    pointwise = {c.op for c in CASES if c.op in {*dir(np), "relu", "select"} or c.op.endswith("_grad")}
    tested = {w[0] for w in WRONG}
    assert not set(OPS) - tested - simple - pointwise - {"leaky_relu", "elu", "clip", "floor_divide", "log_softmax"}


def test_sizes_that_no_memory_holds():
    with pytest.raises(MemoryError, match=f"out of memory: a tensor needs {2**47} bytes"):
        _core.op.broadcast_to(z(1), [2**40, 2**5])
    with pytest.raises(ValueError, match="too large"):
        _core.op.broadcast_to(z(1), [2**40, 2**10])
    with pytest.raises(ValueError, match="too large"):
        _core.op.broadcast_to(z(1, 1), [0, 2**40, 2**40])
    with pytest.raises(ValueError, match="no axis as large"):
        _core.op.broadcast_to(z(1), [2**62])


# ---- anything at all ------------------------------------------------------------------------------


class Awkward:
    """What has an ``__array__`` that does not keep its word."""

    def __init__(self, value):
        self.value = value

    def __array__(self, dtype=None, copy=None):
        return self.value


INPUTS = [
    None, True, 3, -1, 2**31, 2**63 - 1, 2**63, -(2**70), 1.5, math.nan, math.inf, -math.inf, 1j, "a word", b"bytes",
    object(), {"a": 1}, {1}, lambda: 1, print, np, float, Ellipsis, slice(1), range(3), iter([1.0]), [], [[]], [None],
    ["a"], [1.0, [2.0]], [object()], [1j], [2**63], [2**64], [True, 1.5], [[[[[[[[[[[[[[1]]]]]]]]]]]]]],
    *(np.ones([2] * rank, dtype) for rank in (0, 1, 2, 3, 4, 5) for dtype in ("float32", "float64", "int64", "bool")),
    *(np.ones(3, dtype) for dtype in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "uint64", "float16")),
    *(np.ones(shape, "float32") for shape in ((0,), (0, 3), (3, 0), (2, 0, 4, 1), (1,) * 12, (1,) * 13)),
    np.full((2, 3), math.nan), np.full(2, 2**31, "uint32"), np.full((2, 3), -7), np.full((2, 3), 2**62),
    np.array(["a"]), np.array([None]), np.array([1j]), np.array(["2020"], "M8[Y]"), np.array([(1, 2)], "i4,f8"),
    np.ones((4, 6))[::2, ::-3], np.broadcast_to(np.float32(1), (3, 4)), np.ones(3, ">f4"), np.ones(3, np.longdouble),
    np.frombuffer(b"\0" * 17, "float32", offset=1),
    KerasTensor(()), KerasTensor((None,)), KerasTensor((None,) * 4), KerasTensor((2, 3), "int64"),
    KerasTensor((2**40, 2**40)), KerasTensor((None, 2**40, 0, 2**40)), Variable(np.ones((2, 3), "float32")),
    Awkward(None), Awkward("a"), Awkward([1.0]), Awkward(np.array([object()])), Awkward(np.ones((2, 3))),
]  # fmt: skip
SIZES = [-(2**70), -(2**63), -(2**31) - 1, -5, -1, 0, 1, 2, 3, 13, 200, 2**40 + 1, 2**62, 2**63 - 1, 2**63]
ATTRIBUTES = [
    None, True, "", "float32", "float99", b"axis", object(), 1j, 0.5, -1.0, 1e300, 1e-320, math.nan, math.inf,
    -math.inf, {}, lambda: 1, np, [[1]], [None], ["a"], [0.5], [math.nan], [1] * 13, [0] * 12, range(2), (), np.ones(2),
    np.arange(2), np.float32(2), np.int8(1), np.array(1), *SIZES, *([size] for size in SIZES),
    *([size, 1] for size in SIZES), *([1, size] for size in SIZES), *([1, size, 2, size] for size in SIZES),
]  # fmt: skip


def attempt(name, inputs, attributes):
    """Calls the op: it works, or it says in Python's words what is wrong."""
    function = getattr(_core.op, name)
    try:
        if OPS[name]["inputs"][-1].endswith("*"):
            function(inputs, **attributes)
        else:
            function(*inputs, **attributes)
    except (TypeError, ValueError, IndexError) as error:
        assert str(error)
    except MemoryError as error:
        assert str(error).startswith("out of memory: a tensor needs ")


@pytest.mark.parametrize("name", OPS)
def test_anything_at_all(name):
    """Nothing from Python crashes an op; under the sanitizers nothing reaches undefined behaviour."""
    random = np.random.default_rng(sum(name.encode()))
    small = [c for c in OF[name] if all(x is None or x.size <= 300 for x in c.inputs)] or OF[name]
    cases = [small[int(i)] for i in random.permutation(len(small))[:3]]
    for case in cases:
        for place in range(len(case.inputs)):
            for strange in INPUTS:
                inputs = list(case.inputs)
                inputs[place] = strange
                attempt(name, inputs, case.attributes)
        for attribute in OPS[name]["attributes"]:
            for strange in ATTRIBUTES:
                attempt(name, case.inputs, {**case.attributes, attribute: strange})
    for _ in range(60):  # several strange things at once
        inputs = [INPUTS[random.integers(len(INPUTS))] if random.random() < 0.5 else x for x in cases[0].inputs]
        attributes = {
            a: ATTRIBUTES[random.integers(len(ATTRIBUTES))] if random.random() < 0.3 else cases[0].attributes.get(a)
            for a in OPS[name]["attributes"]
        }
        attempt(name, inputs, {a: v for a, v in attributes.items() if v is not None})
    for inputs in (None, "a word", object(), [None] * 3):
        with pytest.raises((TypeError, ValueError)):
            getattr(_core.op, name)(inputs)
