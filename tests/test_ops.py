"""Every op against its cases: values, gradients, inferred shapes, replay, threads, dtypes."""

import collections

import numpy as np
import pytest
from op_cases import CASES
from op_cases.harness import OF, OPS, arrays, has_reals, is_real, is_variadic, run

import pykeras
from pykeras import _core
from pykeras.keras_tensor import KerasTensor
from pykeras.training.step import Step

TOLERANCE = {"float32": 1e-5, "float64": 1e-11}
# Their gradients are ops of their own, which have no gradient: asking for it is an error.
ONCE_DIFFERENTIABLE = {"lstm", "gru", "simple_rnn", "attention"}
# Results that are differentiated, where the others are statistics or what the gradient reads again.
DIFFERENTIATED = {"lstm": 3, "gru": 2, "simple_rnn": 2, "attention": 1}
# Inputs whose first axis is no batch.
PARAMETERS = {"kernel", "bias", "gamma", "beta", "mean", "variance", "state", "indices", "recurrent_kernel"}
PARAMETERS |= {"states", "gates", "inner"}  # of recurrent ops: steps come first
# Views compute nothing; sorting and what serves second derivatives only run on one thread.
NOT_PARALLEL = {"stop_gradient", "reshape", "argsort", "max_pool2d_pick"}


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
    if not (case.smooth and has_reals(case) and OPS[case.op]["differentiable"]):
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
    """What cannot be differentiated says so; what has no slope (positions, comparisons) gives none."""
    inputs = arrays(case, "float64")
    if case.op == "stop_gradient" or not any(r.dtype == "float64" for r in run(case, inputs)):
        assert all(gradient is None for gradient in gradients(case, inputs))
    else:
        with pytest.raises(ValueError, match=f"^{case.op}: has no gradient"):
            gradients(case, inputs)


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
    sources, seeds = [tensors[i] for i in real], [weights(g.shape, 6) for g in first]
    if case.op in ONCE_DIFFERENTIABLE:
        with pytest.raises(ValueError, match="has no gradient"):
            tape.gradient(first, sources, seeds)
        return
    seconds = tape.gradient(first, sources, seeds, "zero")
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


# ---- every op, every dtype -----------------------------------------------------------------------


def test_every_op_has_cases():
    assert not [name for name in OPS if len(OF[name]) < 2]
    assert not {case.op for case in CASES} - set(OPS)
    assert len(OPS) == len(_core.op_registry), "two ops of one name"


@pytest.mark.parametrize("name", OPS)
def test_whole_numbers(name):
    """Integers and bools are computed with, as NumPy does, or refused by name."""
    usable = (
        c for c in OF[name] if has_reals(c) and all(x is None or x.size and np.isfinite(x).all() for x in c.inputs)
    )
    case = next(usable, None)
    if case is None:
        return
    for dtype in ("bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"):
        inputs = [(np.abs(np.rint(x)) + (dtype != "bool")).astype(dtype) if is_real(x) else x for x in case.inputs]
        try:
            results = run(case, inputs)
        except TypeError as error:
            assert str(error).startswith(f"{name}: ") and dtype in str(error)
            continue
        real = [x if x is None or x.dtype != dtype else x.astype("float64") for x in inputs]
        for i, g in enumerate(results):
            w = expected(case, real if g.dtype in TOLERANCE else inputs)[i]
            if g.dtype in TOLERANCE:
                np.testing.assert_allclose(g.numpy(), w, rtol=1e-5 * case.tolerance, atol=1e-5, err_msg=dtype)
            else:
                np.testing.assert_array_equal(g.numpy(), w.astype(g.dtype), err_msg=dtype)
