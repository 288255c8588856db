"""Every op against its cases: values, gradients, inferred shapes, replay, threads, errors."""

import collections

import numpy as np
import pytest
from op_cases import CASES

import pykeras
from pykeras import _core
from pykeras.keras_tensor import KerasTensor
from pykeras.training.step import Step

OPS = {entry["name"]: entry for entry in _core.op_registry}
OF = {name: [case for case in CASES if case.op == name] for name in OPS}
TOLERANCE = {"float32": 1e-5, "float64": 1e-11}
# Their gradients are ops of their own, which have no gradient.
ONCE_DIFFERENTIABLE = {"batch_norm", "max_pool2d", "lstm", "gru", "simple_rnn"}
# Results that are differentiated; the others are statistics, or what the gradient reads again.
DIFFERENTIATED = {"batch_norm": 1, "lstm": 3, "gru": 2, "simple_rnn": 2}
# Inputs whose first axis is no batch.
PARAMETERS = {"kernel", "bias", "gamma", "beta", "mean", "variance", "state", "indices", "recurrent_kernel"}
PARAMETERS |= {"states", "gates", "inner"}  # of recurrent ops: steps come first
# Views compute nothing; sorting runs on one thread.
NOT_PARALLEL = {"stop_gradient", "reshape", "argsort"}


def is_real(x):
    return x is not None and x.dtype.kind == "f"


def has_reals(case):
    return any(is_real(x) for x in case.inputs)


def is_variadic(case):
    return OPS[case.op]["inputs"][-1].endswith("*")


def arrays(case, dtype, inputs=None):
    return [x.astype(dtype) if is_real(x) else x for x in (case.inputs if inputs is None else inputs)]


def run(case, inputs, attributes=None):
    """All results of the op, as a list."""
    attributes = case.attributes if attributes is None else attributes
    function = getattr(_core.op, case.op)
    result = function(list(inputs), **attributes) if is_variadic(case) else function(*inputs, **attributes)
    return list(result) if isinstance(result, tuple) else [result]


def expected(case, inputs, attributes=None):
    """The reference's results, computed in float64 from the values that the op sees."""
    attributes = case.attributes if attributes is None else attributes
    wide = [x.astype("float64") if is_real(x) else x for x in inputs]
    with np.errstate(all="ignore"):
        result = case.reference(*wide, **attributes)
    return [np.asarray(r) for r in (result if isinstance(result, tuple) else [result])]


def expected_dtype(case, want, dtype, attributes):
    if "dtype" in attributes:
        return attributes["dtype"]
    return dtype if want.dtype.kind == "f" and has_reals(case) else want.dtype.name


def check_values(case, dtype, inputs, attributes=None):
    attributes = case.attributes if attributes is None else attributes
    inputs = arrays(case, dtype, inputs)
    got, want = run(case, inputs, attributes), expected(case, inputs, attributes)
    assert len(got) == len(want)
    for g, w in zip(got, want):
        assert g.dtype == expected_dtype(case, w, dtype, attributes)
        assert g.shape == w.shape
        if g.dtype not in TOLERANCE:
            np.testing.assert_array_equal(g.numpy(), w)
            continue
        finite = np.abs(w[np.isfinite(w)])
        tolerance = TOLERANCE[g.dtype] * case.tolerance
        np.testing.assert_allclose(
            g.numpy(), w.astype(g.dtype), rtol=tolerance, atol=tolerance * max(1.0, finite.max(initial=0.0) / 10)
        )


def ids(cases):
    seen = collections.Counter()
    for case in cases:
        seen[case.name] += 1
        yield case.name + (f"-{seen[case.name]}" if seen[case.name] > 1 else "")


def over(cases):
    cases = list(cases)
    return pytest.mark.parametrize("case", cases, ids=list(ids(cases)))


@over(CASES)
def test_value(case):
    for dtype in TOLERANCE if has_reals(case) else ["float32"]:
        check_values(case, dtype, case.inputs)


# ---- gradients -----------------------------------------------------------------------------------


def weights(shape, seed=5):
    return np.asarray(np.random.default_rng([seed, *shape]).uniform(0.3, 1.0, shape))


def objective(case, inputs):
    """A number that every differentiable result takes part in."""
    results = run(case, inputs)[: DIFFERENTIATED.get(case.op)]
    return sum(float(np.sum(r.numpy() * weights(r.shape))) for r in results if r.dtype == "float64")


def gradients(case, inputs, outer=None):
    """d(objective) / d(each floating input)."""
    tensors = [None if x is None else x if isinstance(x, _core.Tensor) else _core.tensor(x) for x in inputs]
    real = [x for x in tensors if x is not None and x.dtype == "float64"]
    with pykeras.GradientTape() as tape:
        tape.watch(real)
        results = run(case, tensors)[: DIFFERENTIATED.get(case.op)]
    results = [r for r in results if r.dtype == "float64"]
    return tape.gradient(results, real, [weights(r.shape) for r in results]) if results else [None] * len(real)


def directions(x):
    """All unit vectors of a small array, some mixed ones of a large one."""
    if x.size <= 24:
        return np.eye(x.size).reshape(x.size, *x.shape)
    return np.random.default_rng(x.size).choice([-1.0, 1.0], (3, *x.shape))


def slope(function, inputs, position, direction, step=1e-6):
    moved = list(inputs)
    moved[position] = np.asarray(inputs[position] + step * direction)
    above = function(moved)
    moved[position] = np.asarray(inputs[position] - step * direction)
    return (above - function(moved)) / (2 * step)


def twice(case):
    if not (case.smooth and has_reals(case) and OPS[case.op]["differentiable"]) or case.op in ONCE_DIFFERENTIABLE:
        return False
    # A product with zeros has the right first derivatives only.
    return case.op != "prod" or bool(np.all(case.inputs[0]))


@over(c for c in CASES if c.smooth and has_reals(c) and OPS[c.op]["differentiable"])
def test_gradient(case):
    inputs = arrays(case, "float64")
    found = iter(gradients(case, inputs))
    for position, x in enumerate(inputs):
        if not is_real(x):
            continue
        gradient = next(found)
        if gradient is None:
            gradient = _core.tensor(np.zeros(x.shape))  # then the slope must be 0
        assert gradient.shape == x.shape and gradient.dtype == "float64"
        for direction in directions(x):
            want = slope(lambda at: objective(case, at), inputs, position, direction)
            got = float(np.sum(gradient.numpy() * direction))
            assert got == pytest.approx(want, rel=2e-6, abs=2e-6 * max(1, x.size**0.5)), position


@over(c for c in CASES if not OPS[c.op]["differentiable"] and has_reals(c))
def test_no_gradient(case):
    assert all(gradient is None for gradient in gradients(case, arrays(case, "float64")))


@over(c for c in CASES if twice(c))
def test_second_gradient(case):
    inputs = arrays(case, "float64")
    real = [i for i, x in enumerate(inputs) if is_real(x)]

    def inner(at):
        return sum(float(np.sum(g.numpy() * weights(g.shape, 6))) for g in gradients(case, at) if g is not None)

    tensors = [None if x is None else _core.tensor(x) for x in inputs]
    with pykeras.GradientTape() as tape:
        tape.watch([tensors[i] for i in real])
        first = [g for g in gradients(case, tensors) if g is not None]
    if not first:
        return
    seconds = tape.gradient(first, [tensors[i] for i in real], [weights(g.shape, 6) for g in first], "zero")
    for position, second in zip(real, seconds):
        for direction in directions(inputs[position])[:4]:
            want = slope(inner, inputs, position, direction)
            got = float(np.sum(second.numpy() * direction))
            assert got == pytest.approx(want, rel=5e-6, abs=5e-6 * max(1, inputs[position].size ** 0.5)), position


# ---- shapes without values -----------------------------------------------------------------------


@over(CASES)
def test_symbolic_shape(case):
    names = [name.rstrip("?*") for name in OPS[case.op]["inputs"]]
    names = names * len(case.inputs) if is_variadic(case) else names
    inputs = arrays(case, "float32")
    real = run(case, inputs)
    known = [None if x is None else KerasTensor(x.shape, x.dtype.name) for x in inputs]
    assert [(t.shape, t.dtype) for t in run(case, known)] == [(t.shape, t.dtype) for t in real]

    def without_batch(tensor, name):
        if tensor is None or name in PARAMETERS or not tensor.shape:
            return tensor
        return KerasTensor((None, *tensor.shape[1:]), tensor.dtype)

    open_batch = [without_batch(t, name) for t, name in zip(known, names)]
    for got, want in zip(run(case, open_batch), real):
        assert got.dtype == want.dtype and len(got.shape) == len(want.shape), (got.shape, want.shape)
        assert all(a in (None, b) for a, b in zip(got.shape, want.shape)), (got.shape, want.shape)


# ---- replay and threads --------------------------------------------------------------------------


def bits(tensors):
    return [(t.shape, t.dtype, t.numpy().tobytes()) for t in tensors]


@over(CASES)
def test_replay_equals_eager(case):
    inputs = [None if x is None else _core.tensor(x) for x in arrays(case, "float32")]
    step = Step(lambda batch: run(case, batch), case.op)
    eager = bits(run(case, inputs))
    assert bits(step(inputs)) == eager  # recorded
    assert bits(step(inputs)) == eager and bits(step(inputs)) == eager  # replayed
    assert len(step.programs()) == 1


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", [n for n in OPS if n not in NOT_PARALLEL])
def test_threads_do_not_change_bits(name, dtype):
    sizes = {}
    for case in OF[name]:
        if case.large is not None:
            sizes.setdefault(case.large.__code__, case)
    assert sizes, f"{name} needs a case with a large version"
    threads = pykeras.config.num_threads()
    try:
        for case in sizes.values():
            values, attributes = case.large()
            attributes = {**case.attributes, **(attributes or {})}
            if attributes.get("dtype") in TOLERANCE and not has_reals(case) and name != "one_hot":
                attributes["dtype"] = dtype
            inputs = arrays(case, dtype, values)
            pykeras.config.set_num_threads(1)
            alone = run(case, inputs, attributes)
            pykeras.config.set_num_threads(2)
            assert bits(run(case, inputs, attributes)) == bits(alone)
            check_values(case, dtype, values, attributes)
    finally:
        pykeras.config.set_num_threads(threads)


# ---- documentation and errors --------------------------------------------------------------------


def test_every_op_has_cases():
    assert not [name for name in OPS if len(OF[name]) < 2]
    assert not {case.op for case in CASES} - set(OPS)
    assert len(OPS) == len(_core.op_registry), "two ops of one name"


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
    ("lstm", [z(2, 3, 4), z(2, 5), z(2, 5), z(3, 20), z(5, 20)], {}, ValueError, "kernel expects last axis 3, got 4"),
    (
        "lstm",
        [z(2, 4), z(2, 5), z(2, 5), z(4, 20), z(5, 20)],
        {},
        ValueError,
        r"x: expected 3 axes, got shape \(2, 4\)",
    ),
    ("lstm", [z(2, 3, 4), z(2, 5), z(2, 6), z(4, 20), z(5, 20)], {}, ValueError, r"initial_c: expected shape \(2, 5\)"),
    ("lstm", [z(2, 3, 4), z(2, 0), z(2, 0), z(4, 0), z(0, 0)], {}, ValueError, "expected a unit or more"),
    ("gru", [z(2, 3, 4), z(2, 5), z(4, 15), z(5, 20)], {}, ValueError, r"recurrent_kernel: expected shape \(5, 15\)"),
    ("gru", [z(2, 3, 4), z(2, 5), z(4, 15), z(5, 15), z(15)], {}, ValueError, r"bias: expected shape \(2, 15\)"),
    (
        "gru",
        [z(2, 3, 4), z(2, 5), z(4, 15), z(5, 15), z(2, 15)],
        {"reset_after": False},
        ValueError,
        r"bias: expected shape \(15,?\), got \(2, 15\)",
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
        r"mask: expected shape \(2, 3\), got \(2, 4\)",
    ),
    (
        "simple_rnn",
        [z(2, 3, 4), z(2, 5), z(4, 5), z(5, 5)],
        {"activation": "gelu"},
        ValueError,
        "tanh, relu.* got gelu",
    ),
    ("simple_rnn", [z(2, 3, 4), z(2, 5, dtype="float64"), z(4, 5), z(5, 5)], {}, TypeError, "float32.*float64"),
    ("one_hot", [z(2)], {"classes": 3}, TypeError, "indices: expected int64, got float32"),
    ("one_hot", [z(2, dtype="int64")], {"classes": -1}, ValueError, "classes >= 0, got -1"),
    ("patches", [z(1, 4, 4, 1)], {}, ValueError, "x: expected 5 axes"),
    ("patches", [z(1, 2, 2, 2, 1)], {"size": [3, 1, 1]}, ValueError, "does not fit into an axis of size 2"),
    ("patches", [z(1, 2, 2, 2, 1)], {"size": [1, 1]}, ValueError, "expected 3 sizes"),
    ("patches", [z(1, 2, 2, 2, 1)], {"strides": [1, 0, 1]}, ValueError, "strides >= 1, got 0"),
    ("patches_grad", [z(1, 2, 2, 2, 2)], {"input_shape": [1, 2, 2, 2, 1]}, ValueError, "dy: expected shape"),
    ("patches_grad", [z(1, 2, 2, 2, 2)], {"input_shape": [1, 2, 2, 2]}, ValueError, "input_shape of 5 sizes"),
    ("resample", [z(3), np.array([[0, 3]]), z(1, 2)], {}, IndexError, "index 3 is out of range for an axis of size 3"),
    ("resample", [z(3), np.array([[0, 1]]), z(1, 3)], {}, ValueError, r"weight: expected shape \(1, 2\)"),
    ("resample", [z(3), np.array([[0, 1]]), z(1, 2, dtype="float64")], {}, TypeError, "float64"),
    ("resample", [z(3), np.array([0, 1]), z(2)], {}, ValueError, "index: expected 2 axes"),
    ("resample", [z(3), np.array([[0, 1]]), z(1, 2)], {"axis": 1}, ValueError, "axis 1 is out of range"),
    ("resample_grad", [z(2), np.array([[0, 1]]), z(1, 2)], {"length": 3}, ValueError, "expected axis 0 of size 1"),
    ("resample_grad", [z(1), np.array([[0, 3]]), z(1, 2)], {"length": 3}, IndexError, "index 3 is out of range"),
    ("resample_grad", [z(1), np.array([[0, 1]]), z(1, 2)], {"length": -1}, ValueError, "length >= 0, got -1"),
    ("random_uniform", [z(2)], {"shape": [2]}, TypeError, "state: expected uint32, got float32"),
    ("random_normal", [z(3, dtype="uint32")], {"shape": [2]}, ValueError, "state"),
    ("truncated_normal", [z(2, dtype="uint32")], {"shape": [-2]}, ValueError, "sizes >= 0, got -2"),
    ("random_uniform", [z(2, dtype="uint32")], {"shape": [2], "dtype": "int32"}, TypeError, "int32"),
    ("dropout", [z(2), z(2, dtype="uint32")], {"rate": 1.0}, ValueError, "0 <= rate < 1"),
    ("dropout", [z(2, dtype="int32"), z(2, dtype="uint32")], {}, TypeError, "int32"),
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
    simple = {n for n in OPS if len(OPS[n]["inputs"]) == 1 and not OPS[n]["attributes"]}
    pointwise = {c.op for c in CASES if c.op in {*dir(np), "relu", "select"} or c.op.endswith("_grad")}
    tested = {w[0] for w in WRONG}
    assert not set(OPS) - tested - simple - pointwise - {"leaky_relu", "elu", "clip", "floor_divide", "log_softmax"}


def test_sizes_that_no_memory_holds():
    with pytest.raises((MemoryError, ValueError)):
        _core.op.broadcast_to(z(1), [2**40, 2**10])
    with pytest.raises((MemoryError, ValueError)):
        _core.op.broadcast_to(z(1), [2**40, 2**40])
