"""The composed ops and those that NumPy computes: values against NumPy, gradients against differences, shapes."""

import numpy as np
import pytest

import pykeras
from pykeras import KerasTensor, ops
from pykeras.training.step import Step

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 4)).astype("float64")
CUBE = RNG.normal(size=(2, 3, 4))
HOLES = np.where(RNG.random((4, 5)) < 0.3, np.nan, RNG.normal(size=(4, 5)))
HOLES[0, 0] = 1.0
WHOLE = RNG.integers(1, 20, (3, 4)).astype("int32")
OTHER = RNG.integers(1, 7, (3, 4)).astype("int32")
SQUARE = RNG.normal(size=(2, 3, 3)) + 3 * np.eye(3)
POSITIVE = SQUARE @ SQUARE.swapaxes(-1, -2)
VECTOR, SHORT = RNG.normal(size=7), RNG.normal(size=4)


def dft(x, inverse=False, axes=(-1,)):
    z = x[0] + 1j * x[1]
    z = (np.fft.ifftn if inverse else np.fft.fftn)(z, axes=axes)
    return z.real, z.imag


PAIR = (CUBE, RNG.normal(size=CUBE.shape))


def parts(z):
    return z.real, z.imag


CASES = [  # name, arguments, keywords, what NumPy says, whether gradients are checked
    ("cumsum", [X], {"axis": 1}, X.cumsum(1), True),
    ("cumsum", [X], {}, X.cumsum(), True),
    ("cumsum", [CUBE], {"axis": 1}, CUBE.cumsum(1), True),
    ("cumsum", [WHOLE], {"axis": 0}, WHOLE.cumsum(0), False),
    ("cumprod", [X], {"axis": 1}, X.cumprod(1), True),
    ("cumprod", [np.array([1.0, 0.0, 2.0, 0.0, 3.0])], {}, np.zeros(5) + [1, 0, 0, 0, 0], True),
    ("diff", [X], {"n": 2}, np.diff(X, 2), True),
    ("ptp", [X], {"axis": 0}, np.ptp(X, 0), True),
    ("average", [X], {"axis": 1, "weights": np.arange(4.0)}, np.average(X, 1, np.arange(4.0)), True),
    ("average", [X], {"weights": np.abs(X)}, np.average(X, weights=np.abs(X)), True),
    ("median", [X], {"axis": 1}, np.median(X, 1), True),
    ("median", [X], {}, np.median(X), True),
    ("quantile", [X, [0.1, 0.5, 0.9]], {"axis": 0}, np.quantile(X, [0.1, 0.5, 0.9], 0), True),
    ("percentile", [X, 30], {"axis": 1, "keepdims": True}, np.percentile(X, 30, 1, keepdims=True), True),
    *[("quantile", [X, 0.4], {"axis": 1, "method": m}, np.quantile(X, 0.4, 1, method=m), True)
      for m in ("lower", "higher", "midpoint", "nearest")],
    ("nanquantile", [HOLES, 0.3], {"axis": 1}, np.nanquantile(HOLES, 0.3, 1), False),
    ("nanpercentile", [HOLES, [20, 70]], {}, np.nanpercentile(HOLES, [20, 70]), False),
    ("nanmedian", [HOLES], {"axis": 0}, np.nanmedian(HOLES, 0), False),
    ("median", [HOLES], {}, np.nan, False),
    *[(f"nan{n}", [HOLES], {"axis": 1}, getattr(np, f"nan{n}")(HOLES, 1), False)
      for n in ("sum", "prod", "mean", "var", "std", "max", "min", "argmax", "argmin", "cumsum", "cumprod")],
    ("histogram", [X], {"bins": 5}, np.histogram(X, 5), False),
    ("histogram", [X], {"bins": 4, "range": (-1, 1)}, np.histogram(X, 4, (-1, 1)), False),
    ("bincount", [OTHER.ravel()], {"minlength": 9}, np.bincount(OTHER.ravel(), minlength=9), False),
    ("bincount", [OTHER.ravel()], {"weights": X.ravel()}, np.bincount(OTHER.ravel(), X.ravel()), False),
    ("digitize", [X, np.array([-1.0, 0.0, 1.0])], {}, np.digitize(X, [-1.0, 0.0, 1.0]), False),
    ("isin", [WHOLE, OTHER], {}, np.isin(WHOLE, OTHER), False),
    ("isin", [WHOLE, OTHER], {"invert": True}, np.isin(WHOLE, OTHER, invert=True), False),
    ("nonzero", [WHOLE > 9], {}, np.nonzero(WHOLE > 9), False),
    ("unique", [OTHER], {}, np.unique(OTHER), False),
    ("unique", [OTHER], {"return_inverse": True, "return_counts": True},
     (np.unique(OTHER), np.unique(OTHER, return_inverse=True)[1].reshape(OTHER.shape),
      np.unique(OTHER, return_counts=True)[1]), False),
    ("unique", [np.array([3, 3, 1])], {"size": 4, "fill_value": 9}, [1, 3, 9, 9], False),
    # elements
    ("cbrt", [X], {}, np.cbrt(X), True),
    ("exp2", [X], {}, np.exp2(X), True),
    ("erfc", [np.array([0.0, 1.0])], {}, [1.0, 0.15729920705028513], True),
    ("deg2rad", [X], {}, np.deg2rad(X), True),
    ("rad2deg", [X], {}, np.rad2deg(X), True),
    ("sinc", [np.append(X, 0.0)], {}, np.sinc(np.append(X, 0.0)), True),
    ("hypot", [X, X + 1], {}, np.hypot(X, X + 1), True),
    ("hypot", [np.array([3e200, 0.0]), np.array([4e200, 0.0])], {}, np.array([5e200, 0.0]), False),
    ("logaddexp2", [X, X[::-1].copy()], {}, np.logaddexp2(X, X[::-1]), True),
    ("heaviside", [np.array([-1.0, 0.0, 2.0]), 0.5], {}, [0.0, 0.5, 1.0], False),
    ("ldexp", [X, WHOLE], {}, np.ldexp(X, WHOLE), True),
    ("fmod", [X, np.abs(X) * 0.3 + 0.4], {}, np.fmod(X, np.abs(X) * 0.3 + 0.4), False),
    ("fmax", [HOLES, 0.0], {}, np.fmax(HOLES, 0.0), False),
    ("fmin", [HOLES, 0.0], {}, np.fmin(HOLES, 0.0), False),
    ("signbit", [np.array([-0.0, 0.0, -1.0, 2.0])], {}, [True, False, True, False], False),
    ("isposinf", [np.array([np.inf, -np.inf, 1])], {}, [True, False, False], False),
    ("isneginf", [np.array([np.inf, -np.inf, 1])], {}, [False, True, False], False),
    ("isreal", [X], {}, np.isreal(X), False),
    ("nan_to_num", [np.array([np.nan, np.inf, 1.0])], {"posinf": 5.0}, [0.0, 5.0, 1.0], False),
    ("real", [X], {}, X, True),
    ("conj", [X], {}, X, True),
    ("conjugate", [X], {}, X, True),
    ("imag", [X], {}, X * 0, False),
    ("angle", [X], {}, np.angle(X), False),
    ("fabs", [WHOLE], {}, np.fabs(WHOLE), False),
    ("allclose", [X, X + 1e-9], {}, True, False),
    *[(f"bitwise_{n}", [WHOLE, OTHER], {}, getattr(np, f"bitwise_{n}")(WHOLE, OTHER), False) for n in ("and", "or", "xor")],
    ("bitwise_not", [WHOLE], {}, ~WHOLE, False),
    ("bitwise_invert", [WHOLE], {}, ~WHOLE, False),
    ("left_shift", [WHOLE, OTHER], {}, WHOLE << OTHER, False),
    ("bitwise_right_shift", [WHOLE, 2], {}, WHOLE >> 2, False),
    ("gcd", [WHOLE, OTHER], {}, np.gcd(WHOLE, OTHER), False),
    ("lcm", [WHOLE, OTHER], {}, np.lcm(WHOLE, OTHER), False),
    ("nextafter", [X, 9.0], {}, np.nextafter(X, 9.0), False),
    ("i0", [X], {}, np.i0(X), False),
    # arranging
    ("append", [X, X], {"axis": 1}, np.append(X, X, 1), True),
    ("append", [X, VECTOR], {}, np.append(X, VECTOR), True),
    ("array", [[1, 2]], {"dtype": "float32"}, [1.0, 2.0], False),
    ("array_split", [VECTOR, 3], {}, np.array_split(VECTOR, 3), True),
    ("copy", [X], {}, X, True),
    ("identity", [3], {}, np.identity(3), False),
    ("empty_like", [X], {}, X * 0, False),
    ("get_item", [X, (slice(1, None), 2)], {}, X[1:, 2], True),
    ("tri", [3, 4], {"k": 1}, np.tri(3, 4, 1), False),
    ("logspace", [0, 2, 3], {}, np.logspace(0, 2, 3), False),
    ("geomspace", [1, 8, 4], {}, np.geomspace(1, 8, 4), False),
    *[(n, [6], {}, getattr(np, n)(6), False) for n in ("bartlett", "blackman", "hamming", "hanning")],
    ("kaiser", [6, 2.0], {}, np.kaiser(6, 2.0), False),
    ("dstack", [[X, X]], {}, np.dstack([X, X]), False),
    ("dsplit", [CUBE, 2], {}, np.dsplit(CUBE, 2), True),
    ("hsplit", [CUBE, 3], {}, np.hsplit(CUBE, 3), True),
    ("vsplit", [CUBE, 2], {}, np.vsplit(CUBE, 2), True),
    ("fliplr", [X], {}, np.fliplr(X), True),
    ("flipud", [X], {}, np.flipud(X), True),
    ("roll", [X, 2], {}, np.roll(X, 2), True),
    ("roll", [X, -1], {"axis": 1}, np.roll(X, -1, 1), True),
    ("roll", [X, (1, 2)], {"axis": (0, 1)}, np.roll(X, (1, 2), (0, 1)), True),
    *[("rot90", [CUBE], {"k": k, "axes": (1, 2)}, np.rot90(CUBE, k, (1, 2)), True) for k in range(4)],
    ("meshgrid", [VECTOR, SHORT], {}, np.meshgrid(VECTOR, SHORT), True),
    ("meshgrid", [VECTOR, SHORT], {"indexing": "ij"}, np.meshgrid(VECTOR, SHORT, indexing="ij"), True),
    ("diagonal", [CUBE], {"offset": 1, "axis1": 1, "axis2": 2}, np.diagonal(CUBE, 1, 1, 2), True),
    ("trace", [CUBE], {"axis1": 1, "axis2": 2}, np.trace(CUBE, 0, 1, 2), True),
    ("diagflat", [SHORT], {"k": 1}, np.diagflat(SHORT, 1), True),
    ("vander", [SHORT], {"N": 3}, np.vander(SHORT, 3), True),
    ("vander", [SHORT], {"increasing": True}, np.vander(SHORT, increasing=True), True),
    ("select", [[X > 1, X > 0], [X, -X], 7.0], {}, np.select([X > 1, X > 0], [X, -X], 7.0), False),
    ("unravel_index", [WHOLE, (5, 6)], {}, np.unravel_index(WHOLE, (5, 6)), False),
    ("view", [np.array([1.0, 2.0], "float32")], {"dtype": "int32"}, [1065353216, 1073741824], False),
    ("depth_to_space", [np.arange(32.0).reshape(1, 2, 2, 8), 2], {},
     np.arange(32.0).reshape(1, 2, 2, 2, 2, 2).transpose(0, 1, 3, 2, 4, 5).reshape(1, 4, 4, 2), True),
    # vectors
    ("inner", [X, CUBE], {}, np.inner(X, CUBE), True),
    ("vdot", [X, X + 1], {}, np.vdot(X, X + 1), True),
    ("kron", [X, SQUARE[0]], {}, np.kron(X, SQUARE[0]), True),
    ("cross", [X[:, :3], X[:, 1:]], {}, np.cross(X[:, :3], X[:, 1:]), True),
    ("cdist", [X, X[:2] + 1], {}, np.sqrt(((X[:, None] - X[None, :2] - 1) ** 2).sum(-1)), True),
    ("trapezoid", [X], {"dx": 0.5, "axis": 0}, (X[0] / 2 + X[1] + X[2] / 2) * 0.5, True),
    ("corrcoef", [X], {}, np.corrcoef(X), True),
    *[("correlate", [a, b], {"mode": m}, np.correlate(a, b, m), True)
      for a, b in ((VECTOR, SHORT), (SHORT, VECTOR), (VECTOR, VECTOR[:3])) for m in ("valid", "same", "full")],
    ("segment_sum", [X, np.array([0, 1, 0])], {"num_segments": 3}, np.stack([X[0] + X[2], X[1], X[0] * 0]), True),
    ("segment_max", [X, np.array([0, 1, 0])], {}, np.stack([np.maximum(X[0], X[2]), X[1]]), True),
    ("segment_min", [X, np.array([0, 1, 0])], {}, np.stack([np.minimum(X[0], X[2]), X[1]]), True),
    ("segment_prod", [X, np.array([0, 1, 0])], {}, np.stack([X[0] * X[2], X[1]]), True),
    ("scatter", [np.array([[0, 1], [2, 0], [0, 1]]), np.array([1.0, 2.0, 4.0]), (3, 2)], {},
     [[0, 5], [0, 0], [2, 0]], False),
    ("scatter_update", [X, np.array([[1], [0], [1]]), CUBE[0]], {}, np.stack([CUBE[0, 1], CUBE[0, 2], X[2]]), True),
    ("scatter_update", [X, np.array([[1], [1]]), CUBE[0, :2]], {"reduction": "add"},
     np.stack([X[0], X[1] + CUBE[0, 0] + CUBE[0, 1], X[2]]), True),
    ("scatter_update", [X, np.array([[1]]), CUBE[0, :1]], {"reduction": "max"},
     np.stack([X[0], np.maximum(X[1], CUBE[0, 0]), X[2]]), True),
    ("scatter_update", [X, np.array([[1]]), CUBE[0, :1]], {"reduction": "mul"},
     np.stack([X[0], X[1] * CUBE[0, 0], X[2]]), True),
    ("psnr", [X, X + 0.1, 1.0], {}, -20 * np.log10(0.1), True),
    # linear algebra
    ("inv", [SQUARE], {}, np.linalg.inv(SQUARE), True),
    ("det", [SQUARE], {}, np.linalg.det(SQUARE), True),
    ("slogdet", [SQUARE], {}, tuple(np.linalg.slogdet(SQUARE)), True),
    ("logdet", [POSITIVE], {}, np.linalg.slogdet(POSITIVE)[1], True),
    ("solve", [SQUARE, CUBE[:, :, :2]], {}, np.linalg.solve(SQUARE, CUBE[:, :, :2]), True),
    ("solve", [SQUARE[0], X[:, 0]], {}, np.linalg.solve(SQUARE[0], X[:, 0]), True),
    ("solve_triangular", [SQUARE, CUBE], {"lower": True}, np.linalg.solve(np.tril(SQUARE), CUBE), True),
    ("cholesky", [POSITIVE], {}, np.linalg.cholesky(POSITIVE), False),
    ("cholesky", [POSITIVE], {"upper": True}, np.linalg.cholesky(POSITIVE).swapaxes(-1, -2), False),
    ("cholesky_inverse", [np.linalg.cholesky(POSITIVE)], {}, np.linalg.inv(POSITIVE), True),
    ("qr", [X.T], {}, tuple(np.linalg.qr(X.T)), True),
    ("qr", [X], {"mode": "complete"}, tuple(np.linalg.qr(X, "complete")), False),
    ("svd", [CUBE], {"full_matrices": False}, tuple(np.linalg.svd(CUBE, False)), True),
    ("svd", [X.T], {"full_matrices": False}, tuple(np.linalg.svd(X.T, False)), True),
    ("svd", [X], {"compute_uv": False}, np.linalg.svd(X, compute_uv=False), True),
    ("pinv", [CUBE], {}, np.linalg.pinv(CUBE), True),
    ("lstsq", [X.T, SHORT], {}, np.linalg.lstsq(X.T, SHORT, rcond=None)[0], True),
    ("matrix_rank", [np.ones((3, 3))], {}, 1, False),
    ("norm", [X], {"ord": "fro"}, np.linalg.norm(X), True),
    *[("norm", [CUBE], {"ord": o, "axis": (1, 2)}, np.linalg.norm(CUBE, o, (1, 2)), True)
      for o in (1, -1, 2, -2, np.inf, -np.inf, "nuc")],
    ("norm", [X], {"ord": 0, "axis": 1}, np.linalg.norm(X, 0, 1), False),
    # transforms
    ("fft", [PAIR], {}, dft(PAIR), True),
    ("fft2", [PAIR], {}, dft(PAIR, axes=(-2, -1)), True),
    ("ifft2", [PAIR], {}, dft(PAIR, True, (-2, -1)), True),
    ("rfft", [CUBE], {}, parts(np.fft.rfft(CUBE)), True),
    ("rfft", [CUBE], {"fft_length": 7}, parts(np.fft.rfft(CUBE, 7)), True),
    ("rfft", [CUBE], {"fft_length": 3}, parts(np.fft.rfft(CUBE, 3)), True),
    ("irfft", [PAIR], {}, np.fft.irfft(PAIR[0] + 1j * PAIR[1]), True),
    ("irfft", [PAIR], {"fft_length": 5}, np.fft.irfft(PAIR[0] + 1j * PAIR[1], 5), True),
    ("irfft", [PAIR], {"fft_length": 9}, np.fft.irfft(PAIR[0] + 1j * PAIR[1], 9), True),
    ("extract_sequences", [VECTOR, 3, 2], {}, np.stack([VECTOR[i : i + 3] for i in (0, 2, 4)]), True),
]  # fmt: skip


def leaves(value):
    return pykeras.tree.flatten(list(value) if isinstance(value, tuple) and not isinstance(value, list) else value)


def ids():
    return [f"{name}-{i}" for i, (name, *_) in enumerate(CASES)]


def tensors(argument):
    if isinstance(argument, np.ndarray):
        return ops.convert_to_tensor(argument)
    if isinstance(argument, (tuple, list)) and any(isinstance(a, np.ndarray) for a in argument):
        return type(argument)(map(tensors, argument))
    return argument


@pytest.mark.parametrize("name, args, kwargs, want, smooth", CASES, ids=ids())
def test_value_shape_and_gradient(name, args, kwargs, want, smooth):
    function = getattr(ops, name)
    assert function.__doc__
    got = leaves(function(*args, **kwargs))
    numbers = isinstance(want, list) and not isinstance(want[0], np.ndarray)
    wanted = [np.asarray(w) for w in ([want] if numbers else leaves(want))]
    assert len(got) == len(wanted)
    for g, w in zip(got, wanted):
        assert g.shape == w.shape
        np.testing.assert_allclose(g.numpy(), w, rtol=2e-6, atol=1e-6)
    given = [tensors(a) for a in args]
    reals = [t for t in pykeras.tree.flatten(given) if hasattr(t, "dtype") and t.dtype == "float64"]
    if not smooth:
        return
    with pykeras.GradientTape() as tape:
        tape.watch(reals)
        outputs = leaves(function(*given, **kwargs))
        outputs = [o for o in outputs if o.dtype == "float64"]
        total = sum(ops.sum(o * np.cos(np.arange(o.size)).reshape(o.shape)) for o in outputs)
    slopes = tape.gradient(total, reals, unconnected_gradients="zero")
    for x, slope in zip(reals, slopes):
        direction = np.sin(1 + np.arange(x.size)).reshape(x.shape)
        values = []
        for step in (1e-6, -1e-6):
            moved = pykeras.tree.map_structure(
                lambda t, x=x, step=step, d=direction: ops.convert_to_tensor(t.numpy() + step * d) if t is x else t,
                given,
            )
            outs = [o for o in leaves(function(*moved, **kwargs)) if o.dtype == "float64"]
            values.append(sum(float(np.sum(o.numpy() * np.cos(np.arange(o.size)).reshape(o.shape))) for o in outs))
        assert float(np.sum(slope.numpy() * direction)) == pytest.approx(
            (values[0] - values[1]) / 2e-6, rel=2e-4, abs=2e-4
        )


SYMBOLIC_NOT = {"bincount", "unique", "nonzero", "view", "array", "segment_max", "segment_min", "segment_prod"}


@pytest.mark.parametrize("name, args, kwargs, want, smooth", CASES, ids=ids())
def test_symbolic_shape(name, args, kwargs, want, smooth):
    """Called on symbolic tensors, an op says the shapes that it gives."""
    if name in SYMBOLIC_NOT or not any(isinstance(a, np.ndarray) for a in pykeras.tree.flatten(list(args))):
        return

    def symbol(a):
        if isinstance(a, np.ndarray):
            return KerasTensor(a.shape, a.dtype.name)
        return type(a)(map(symbol, a)) if isinstance(a, (tuple, list)) else a

    first = next(i for i, a in enumerate(args) if isinstance(a, (np.ndarray, tuple, list)))
    if name in ("scatter", "select", "ldexp"):
        first = 1
    given = [symbol(a) if i == first else a for i, a in enumerate(args)]
    got = leaves(getattr(ops, name)(*given, **kwargs))
    real = leaves(getattr(ops, name)(*args, **kwargs))
    assert [tuple(g.shape) for g in got] == [r.shape for r in real]
    assert [g.dtype for g in got] == [r.dtype for r in real]


def test_host_ops_are_replayed():
    """A recorded step runs NumPy again, on the new values, and so do the gradients."""
    step = Step(lambda x: [ops.sum(ops.inv(x)), *_slope(x)])
    for seed in range(4):
        x = np.random.default_rng(seed).normal(size=(3, 3)) + 3 * np.eye(3)
        value, slope = step(ops.convert_to_tensor(x))
        inverse = np.linalg.inv(x)
        np.testing.assert_allclose(value.numpy(), inverse.sum(), rtol=1e-9)
        np.testing.assert_allclose(slope.numpy(), -inverse.T @ np.ones((3, 3)) @ inverse.T, rtol=1e-9)


def _slope(x):
    with pykeras.GradientTape() as tape:
        tape.watch(x)
        y = ops.sum(ops.inv(x))
    return [tape.gradient(y, x)]
