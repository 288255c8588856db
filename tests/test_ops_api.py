"""pykeras.ops: Keras's names and signatures, composed in Python, against NumPy."""

import inspect

import numpy as np
import pytest

import pykeras
from pykeras import KerasTensor, Variable, ops

NAMES = """
convert_to_tensor convert_to_numpy is_tensor cast shape stop_gradient
add subtract multiply divide true_divide floor_divide mod power maximum minimum negative abs absolute sign square sqrt
rsqrt reciprocal exp expm1 log log1p log2 log10 sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh arcsinh arccosh
arctanh erf
erfinv floor ceil round trunc isnan isinf isfinite equal not_equal less less_equal greater greater_equal logical_and
logical_or
logical_xor logical_not where clip sum mean max min amax amin prod var std any all argmax argmin logsumexp norm
count_nonzero
moments matmul dot tensordot transpose reshape ravel expand_dims squeeze broadcast_to concatenate stack split tile
repeat flip
swapaxes moveaxis pad take take_along_axis slice one_hot zeros ones full zeros_like ones_like full_like arange eye
linspace
identity diag outer relu relu6 leaky_relu elu selu celu gelu sigmoid log_sigmoid hard_sigmoid hard_silu hard_swish silu
swish
softplus softsign softmax log_softmax tanh_shrink soft_shrink hard_shrink hard_tanh threshold squareplus sparse_plus
sparse_sigmoid sparsemax glu conv max_pool average_pool batch_normalization normalize binary_crossentropy
categorical_crossentropy sparse_categorical_crossentropy top_k in_top_k dense
""".split()

X = np.random.default_rng(0).normal(size=(3, 4, 5)).astype("float32")
POSITIVE = np.abs(X) + 0.5
WHOLE = np.random.default_rng(1).integers(0, 5, (3, 4)).astype("int32")


@pytest.mark.parametrize("name", NAMES)
def test_name_exists_and_is_documented(name):
    function = getattr(ops, name)
    assert callable(function) and (inspect.getdoc(function) or name in ("zeros_like", "ones_like"))


def close(got, want, rtol=2e-5, atol=2e-5):
    several = isinstance(got, (tuple, list))
    got, want = ([np.asarray(part) for part in (x if several else (x,))] for x in (got, want))
    assert len(got) == len(want)
    for g, w in zip(got, want):
        assert g.shape == w.shape
        np.testing.assert_allclose(g, w, rtol=rtol, atol=atol)


def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


CASES = [  # name, arguments, keywords, what NumPy says
    ("sum", [X], {}, X.sum()),
    ("sum", [X], {"axis": (0, -1)}, X.sum((0, 2))),
    ("sum", [X], {"axis": 1, "keepdims": True}, X.sum(1, keepdims=True)),
    ("sum", [X], {"axis": ()}, X),
    ("mean", [WHOLE], {"axis": 0}, WHOLE.mean(0)),
    ("prod", [POSITIVE], {"axis": [0, 1]}, POSITIVE.prod((0, 1))),
    ("max", [X], {"axis": -1}, X.max(-1)),
    ("max", [X], {"initial": 100.0}, 100.0),
    ("min", [X], {"axis": 1, "keepdims": True}, X.min(1, keepdims=True)),
    ("amax", [X], {"axis": 0}, X.max(0)),
    ("amin", [X], {"axis": 0}, X.min(0)),
    ("any", [X > 1], {"axis": 1}, (X > 1).any(1)),
    ("all", [WHOLE], {"axis": 1}, WHOLE.all(1)),
    ("var", [X], {"axis": 1}, X.var(1)),
    ("var", [X + 1000], {"axis": (0, 1)}, (X + 1000).astype("float64").var((0, 1)).astype("float32")),
    ("std", [X], {"axis": (0, 2), "keepdims": True}, X.std((0, 2), keepdims=True)),
    ("moments", [X, [0, 1]], {}, (X.mean((0, 1)), X.var((0, 1)))),
    ("logsumexp", [X], {"axis": 1}, np.log(np.exp(X).sum(1))),
    ("logsumexp", [np.float32([1000, 1000, -1000])], {}, 1000 + np.log(2)),
    ("logsumexp", [np.float32([-np.inf, -np.inf])], {}, -np.inf),
    ("count_nonzero", [WHOLE], {"axis": 0}, np.count_nonzero(WHOLE, 0)),
    ("argmax", [X], {}, X.argmax()),
    ("argmax", [X], {"axis": 1}, X.argmax(1)),
    ("argmin", [X], {"axis": -1, "keepdims": True}, X.argmin(-1)[..., None]),
    ("argmax", [X], {"keepdims": True}, X.argmax().reshape(1, 1, 1)),
    ("norm", [X], {}, np.sqrt((X**2).sum())),
    ("norm", [X], {"ord": 1, "axis": 1}, np.abs(X).sum(1)),
    ("norm", [X], {"ord": 3, "axis": -1, "keepdims": True}, (np.abs(X) ** 3).sum(-1, keepdims=True) ** (1 / 3)),
    ("norm", [X], {"ord": np.inf, "axis": 0}, np.abs(X).max(0)),
    # movement
    ("reshape", [X, (3, -1)], {}, X.reshape(3, 20)),
    ("reshape", [X, -1], {}, X.ravel()),
    ("ravel", [X], {}, X.ravel()),
    ("transpose", [X], {}, X.T),
    ("transpose", [X], {"axes": (1, 0, 2)}, X.transpose(1, 0, 2)),
    ("swapaxes", [X, 0, -1], {}, X.swapaxes(0, -1)),
    ("moveaxis", [X, 0, -1], {}, np.moveaxis(X, 0, -1)),
    ("moveaxis", [X, [0, 1], [-1, 0]], {}, np.moveaxis(X, [0, 1], [-1, 0])),
    ("expand_dims", [X, -1], {}, X[..., None]),
    ("expand_dims", [X, (0, 2)], {}, np.expand_dims(X, (0, 2))),
    ("squeeze", [X[:1]], {}, X[0]),
    ("squeeze", [X[:1, :, :1]], {"axis": -1}, X[:1, :, 0]),
    ("broadcast_to", [X[:, :1], (2, 3, 4, 5)], {}, np.broadcast_to(X[:, :1], (2, 3, 4, 5))),
    ("concatenate", [[X, X + 1]], {"axis": 1}, np.concatenate([X, X + 1], 1)),
    ("stack", [[X, X + 1]], {"axis": -1}, np.stack([X, X + 1], -1)),
    ("hstack", [[X, X]], {}, np.hstack([X, X])),
    ("vstack", [[X[0, 0], X[0, 1]]], {}, np.vstack([X[0, 0], X[0, 1]])),
    ("split", [X, 2], {"axis": 1}, np.split(X, 2, 1)),
    ("split", [X, [1, 3]], {"axis": -1}, np.split(X, [1, 3], -1)),
    ("unstack", [X], {"axis": 1}, [X[:, i] for i in range(4)]),
    ("flip", [X], {}, np.flip(X)),
    ("flip", [X], {"axis": (0, 2)}, np.flip(X, (0, 2))),
    ("tile", [X, (2, 1, 3)], {}, np.tile(X, (2, 1, 3))),
    ("tile", [X, 2], {}, np.tile(X, 2)),
    ("tile", [X[0, 0], (2, 3)], {}, np.tile(X[0, 0], (2, 3))),
    ("tile", [X, (0, 1, 1)], {}, np.tile(X, (0, 1, 1))),
    ("repeat", [X, 2], {}, np.repeat(X, 2)),
    ("repeat", [X, 3], {"axis": 1}, np.repeat(X, 3, 1)),
    ("repeat", [X, [1, 0, 2]], {"axis": 0}, np.repeat(X, [1, 0, 2], 0)),
    ("concatenate", [[X[:, -1:], X[:, :-1]]], {"axis": 1}, np.roll(X, 1, 1)),
    ("pad", [X, ((1, 2), (0, 1), (3, 0))], {}, np.pad(X, ((1, 2), (0, 1), (3, 0)))),
    ("pad", [X, 1], {"constant_values": 7.0}, np.pad(X, 1, constant_values=7.0)),
    ("pad", [X, ((1, 2), (0, 1), (3, 0))], {"mode": "reflect"}, np.pad(X, ((1, 2), (0, 1), (3, 0)), mode="reflect")),
    ("pad", [X, ((1, 2), (0, 1), (3, 0))], {"mode": "symmetric"}, np.pad(X, ((1, 2), (0, 1), (3, 0)),
                                                                         mode="symmetric")),
    ("take", [X, [2, -1]], {"axis": 1}, np.take(X, [2, -1], 1)),
    ("take", [X, [[7, 8], [0, 59]]], {}, np.take(X, [[7, 8], [0, 59]])),
    ("take_along_axis", [X, np.argsort(X, 1)], {"axis": 1}, np.sort(X, 1)),
    ("take_along_axis", [X, X.argmax(-1)[..., None]], {"axis": -1}, X.max(-1, keepdims=True)),
    ("slice", [X, (0, 1, 2), (2, -1, 2)], {}, X[:2, 1:, 2:4]),
    ("slice_update", [X, (1, 1, 1), np.ones((1, 2, 3), "float32")], {}, np.concatenate([X[:1], np.pad(np.ones((1, 2, 3)), ((0, 0), (1, 1), (1, 1))) + X[1:2] * (1 - np.pad(np.ones((1, 2, 3)), ((0, 0), (1, 1), (1, 1)))), X[2:]])),  # noqa: E501
    ("one_hot", [WHOLE, 5], {}, np.eye(5)[WHOLE]),
    ("one_hot", [WHOLE, 5], {"axis": 0}, np.moveaxis(np.eye(5)[WHOLE], -1, 0)),
    ("tril", [X, -1], {}, np.tril(X, -1)),
    ("triu", [X, 1], {}, np.triu(X, 1)),
    ("diag", [X[0, 0]], {"k": 1}, np.diag(X[0, 0], 1)),
    ("diag", [X[0]], {"k": -1}, np.diag(X[0], -1)),
    ("sort", [X], {"axis": 1}, np.sort(X, 1)),
    ("argsort", [WHOLE], {}, np.argsort(WHOLE, kind="stable")),
    ("sort", [X], {"axis": None}, np.sort(X, None)),
    ("top_k", [X, 2], {}, (np.sort(X)[..., :-3:-1], np.argsort(X)[..., :-3:-1])),
    ("top_k", [np.uint8([1, 200, 100]), 2], {}, ([200, 100], [1, 2])),
    ("top_k", [np.int8([-128, 5, 0]), 3], {}, ([5, 0, -128], [1, 2, 0])),
    ("in_top_k", [np.array([0, 1, 2]), softmax(np.eye(3)[[0, 2, 1]] * 3 + [0, 0.1, 0.2]), 1], {}, [True, False, False]),
    ("searchsorted", [[1, 3, 5], [0, 3, 9]], {}, [0, 1, 3]),
    # making
    ("zeros", [(2, 3)], {}, np.zeros((2, 3))),
    ("ones", [4], {}, np.ones(4)),
    ("full", [(2, 2), 7], {}, np.full((2, 2), 7.0)),
    ("full_like", [X, 3], {}, np.full_like(X, 3)),
    ("zeros_like", [WHOLE], {}, np.zeros_like(WHOLE)),
    ("ones_like", [X], {"dtype": "int32"}, np.ones_like(X)),
    ("arange", [2, 9, 3], {}, np.arange(2, 9, 3)),
    ("arange", [0.0, 1.0, 0.25], {}, np.arange(0.0, 1.0, 0.25)),
    ("linspace", [0, 1, 5], {}, np.linspace(0, 1, 5)),
    ("eye", [3, 4], {"k": 1}, np.eye(3, 4, 1)),
    # arithmetic
    ("clip", [X, -0.5, 0.5], {}, np.clip(X, -0.5, 0.5)),
    ("clip", [X, X - 1, None], {}, X),
    ("where", [X > 0, X, 0], {}, np.where(X > 0, X, 0)),
    ("where", [WHOLE, 1.0, -1.0], {}, np.where(WHOLE != 0, 1.0, -1.0)),
    ("round", [X, 1], {}, np.round(X, 1)),
    ("logaddexp", [X, X[0]], {}, np.logaddexp(X, X[0])),
    ("xlogy", [np.float32([0, 2]), np.float32([0, 3])], {}, [0, 2 * np.log(3)]),
    ("divide_no_nan", [np.float32([1, 2]), np.float32([0, 4])], {}, [0, 0.5]),
    ("isclose", [np.float32([1, 2, np.inf]), np.float32([1.000001, 3, np.inf])], {}, [True, False, True]),
    ("logical_and", [X, WHOLE[..., None]], {}, np.logical_and(X, WHOLE[..., None])),
    ("logical_not", [WHOLE], {}, WHOLE == 0),
    ("power", [POSITIVE, 2.5], {}, POSITIVE**2.5),
    # products
    ("matmul", [X, X.swapaxes(1, 2)], {}, X @ X.swapaxes(1, 2)),
    ("matmul", [X[0, 0], X[0].T], {}, X[0, 0] @ X[0].T),
    ("matmul", [X, X[0, 0]], {}, X @ X[0, 0]),
    ("matmul", [WHOLE, WHOLE.T], {}, WHOLE @ WHOLE.T),
    ("dot", [X[0, 0], X[0, 1]], {}, X[0, 0] @ X[0, 1]),
    ("dot", [X, X.swapaxes(1, 2)], {}, np.dot(X, X.swapaxes(1, 2))),
    ("dot", [X, 2.0], {}, X * 2),
    ("tensordot", [X, X, ([0, 2], [0, 2])], {}, np.tensordot(X, X, ([0, 2], [0, 2]))),
    ("tensordot", [X, X.transpose(1, 2, 0), 2], {}, np.tensordot(X, X.transpose(1, 2, 0), 2)),
    ("tensordot", [X[0, 0], X[0, 1], 0], {}, np.tensordot(X[0, 0], X[0, 1], 0)),
    ("outer", [X[0], X[1]], {}, np.outer(X[0], X[1])),
    ("dense", [X, X[0].T, X[0, :, 0]], {}, X @ X[0].T + X[0, :, 0]),
    # activations
    ("relu6", [X * 5], {}, np.clip(X * 5, 0, 6)),
    ("celu", [X, 0.7], {}, np.where(X > 0, X, 0.7 * np.expm1(X / 0.7))),
    ("hard_silu", [X], {}, X * np.clip(X / 6 + 0.5, 0, 1)),
    ("softmax", [X], {"axis": 1}, softmax(X, 1)),
    ("softmax", [X], {"axis": (0, 2)}, softmax(X, (0, 2))),
    ("log_softmax", [X], {"axis": (1, 2)}, np.log(softmax(X, (1, 2)))),
    ("tanh_shrink", [X], {}, X - np.tanh(X)),
    ("soft_shrink", [X], {}, np.sign(X) * np.maximum(np.abs(X) - 0.5, 0)),
    ("hard_shrink", [X], {}, np.where(np.abs(X) > 0.5, X, 0)),
    ("hard_tanh", [X], {}, np.clip(X, -1, 1)),
    ("threshold", [X, 0.3, -7], {}, np.where(X > 0.3, X, -7)),
    ("squareplus", [X], {}, (X + np.sqrt(X * X + 4)) / 2),
    ("sparse_plus", [X], {}, np.where(X <= -1, 0, np.where(X < 1, (X + 1) ** 2 / 4, X))),
    ("sparse_sigmoid", [X], {}, np.clip((X + 1) / 2, 0, 1)),
    ("sparsemax", [np.float32([[1, 1, 1], [2, 0, 0], [0.5, 0.4, -5]])], {}, [[1 / 3] * 3, [1, 0, 0], [0.55, 0.45, 0]]),
    ("glu", [X], {"axis": 1}, X[:, :2] * sigmoid(X[:, 2:])),
    ("gelu", [X], {"approximate": False}, X * np.vectorize(__import__("math").erfc)(-X / np.sqrt(2)) / 2),
    # normalization
    ("batch_normalization", [X, X.mean((0, 1)), X.var((0, 1)), -1], {"offset": X[0, 0], "scale": X[0, 1]},
     X[0, 1] * (X - X.mean((0, 1))) / np.sqrt(X.var((0, 1)) + 1e-3) + X[0, 0]),
    ("batch_normalization", [X, X[0, :, 0], POSITIVE[0, :, 0], 1], {},
     (X - X[:1, :, :1]) / np.sqrt(POSITIVE[:1, :, :1] + 1e-3)),
    ("normalize", [X], {"axis": 1}, X / np.sqrt((X**2).sum(1, keepdims=True))),
    ("normalize", [X], {"axis": 1, "order": 1}, X / np.abs(X).sum(1, keepdims=True)),
]  # fmt: skip
IDS = [f"{i}-{c[0]}" for i, c in enumerate(CASES)]


@pytest.mark.parametrize("name, arguments, keywords, want", CASES, ids=IDS)
def test_against_numpy(name, arguments, keywords, want):
    got = getattr(ops, name)(*arguments, **keywords)
    close(got, want)
    if isinstance(want, np.ndarray) and want.dtype.kind == "b":
        assert got.dtype == "bool"


FIXED = {"zeros", "ones", "full", "arange", "linspace", "eye", "diag", "searchsorted", "unstack"}


@pytest.mark.parametrize("open_batch", [False, True])
@pytest.mark.parametrize("name, arguments, keywords, want", CASES, ids=IDS)
def test_shapes_of_symbolic_tensors(name, arguments, keywords, want, open_batch):
    if name in FIXED or not isinstance(arguments[0], (np.ndarray, list)):
        pytest.skip("takes no symbolic tensor")
    if open_batch and name == "squeeze" and not keywords:
        pytest.skip("an axis of unknown size stays")

    def symbolic(x):
        if not isinstance(x, np.ndarray):
            return x
        return KerasTensor((None, *x.shape[1:]) if open_batch and x.ndim else x.shape, x.dtype.name)

    first = [symbolic(x) for x in arguments[0]] if isinstance(arguments[0], list) else symbolic(arguments[0])
    real = pykeras.tree.flatten(getattr(ops, name)(*arguments, **keywords))
    try:
        got = pykeras.tree.flatten(getattr(ops, name)(first, *arguments[1:], **keywords))
    except ValueError:
        if open_batch:
            pytest.skip("needs the size of the first axis")
        raise
    assert len(got) == len(real)
    for g, r in zip(got, real):
        assert isinstance(g, KerasTensor) and g.dtype == r.dtype and len(g.shape) == len(r.shape), (g.shape, r.shape)
        assert all(a in ((None, b) if open_batch else (b,)) for a, b in zip(g.shape, r.shape)), (g.shape, r.shape)


# ---- convolution and pooling ---------------------------------------------------------------------


IMAGE = np.random.default_rng(2).normal(size=(2, 7, 8, 3)).astype("float32")
KERNEL = np.random.default_rng(3).normal(size=(3, 2, 3, 4)).astype("float32")


def widths(size, window, stride, dilation, padding):
    reach = (window - 1) * dilation + 1
    total = max((-(-size // stride) - 1) * stride + reach - size, 0) if padding == "same" else 0
    return total // 2, total - total // 2


def windows(x, window, strides, dilation, padding, fill):
    pads = [widths(x.shape[1 + i], window[i], strides[i], dilation[i], padding) for i in range(2)]
    x = np.pad(x, ((0, 0), *pads, (0, 0)), constant_values=fill)
    reach = [(window[i] - 1) * dilation[i] + 1 for i in range(2)]
    seen = np.lib.stride_tricks.sliding_window_view(x, reach, (1, 2))
    return seen[:, :: strides[0], :: strides[1], :, :: dilation[0], :: dilation[1]]


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides, dilation", [(1, 1), (2, 1), ((1, 3), 1), (1, 2), (1, (2, 3))])
def test_conv(padding, strides, dilation, first):
    pair = lambda v: (v, v) if isinstance(v, int) else v  # noqa: E731
    want = np.einsum("nhwckl,klcf->nhwf", windows(IMAGE, (3, 2), pair(strides), pair(dilation), padding, 0), KERNEL)
    x = IMAGE.transpose(0, 3, 1, 2) if first else IMAGE
    data_format = "channels_first" if first else None
    got = ops.conv(x, KERNEL, strides, padding, data_format, dilation)
    close(got, want.transpose(0, 3, 1, 2) if first else want, 1e-4, 1e-4)
    spec = ops.conv(KerasTensor((None, *x.shape[1:])), KERNEL, strides, padding, data_format, dilation)
    assert spec.shape == (None, *got.shape[1:])


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("pool_size, strides", [(2, None), ((3, 2), None), (3, 1), ((2, 3), (3, 2))])
def test_pools(padding, pool_size, strides, first):
    pair = lambda v: (v, v) if isinstance(v, int) else v  # noqa: E731
    size = pair(pool_size)
    x = IMAGE.transpose(0, 3, 1, 2) if first else IMAGE
    data_format = "channels_first" if first else "channels_last"
    for function, fill, reduce in [(ops.max_pool, -np.inf, np.max), (ops.average_pool, np.nan, np.nanmean)]:
        want = reduce(windows(IMAGE, size, pair(strides or size), (1, 1), padding, fill), (-2, -1))
        got = function(x, pool_size, strides, padding, data_format)
        close(got, want.transpose(0, 3, 1, 2) if first else want)
        assert (
            function(KerasTensor((None, *x.shape[1:])), pool_size, strides, padding, data_format).shape[1:]
            == got.shape[1:]
        )


def test_unknown_image_sizes():
    x = KerasTensor((None, None, None, 3))
    assert ops.conv(x, KERNEL, padding="same").shape == (None, None, None, 4)
    assert ops.conv(x, KERNEL, 2, padding="same").shape == (None, None, None, 4)
    assert ops.conv(x, KERNEL).shape == (None, None, None, 4) and ops.max_pool(x, 2).shape == (None, None, None, 3)


def test_groups_follow_from_the_kernel():
    x, kernel = IMAGE[..., [0, 1, 2, 0]], KERNEL[:, :, :2]
    parts = [ops.conv(x[..., i : i + 2], kernel[..., i : i + 2]) for i in (0, 2)]
    close(ops.conv(x, kernel), ops.concatenate(parts, -1).numpy())


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: ops.conv(IMAGE[0], KERNEL), r"equally many axes \(3, 4 or 5\), got shapes \(7, 8, 3\)"),
        (lambda: ops.conv(IMAGE, KERNEL[0]), "conv: expected inputs and kernel of equally many axes"),
        (lambda: ops.conv(IMAGE, KERNEL, padding="full"), "padding: expected one of 'valid', 'same', got 'full'"),
        (lambda: ops.conv(IMAGE, KERNEL, data_format="last"), "data_format"),
        (lambda: ops.conv(IMAGE, KERNEL, strides=(1, 2, 3)), "strides: expected 2 integer"),
        (lambda: ops.max_pool(IMAGE, 9), "does not fit"),
        (lambda: ops.glu(X[..., :3]), "even size"),
        (lambda: ops.squeeze(X, 0), r"axis 0 of shape \(3, 4, 5\) is not of size 1"),
        (lambda: ops.split(X, 3, 1), "does not divide into 3 parts"),
        (lambda: ops.stack([X, X[0]]), "one shape"),
        (lambda: ops.top_k(X, 6), "k <= 5, got 6"),
        (lambda: ops.pad(X, 1, mode="wild"), "mode"),
        (lambda: ops.pad(X, -1), ">= 0"),
        (lambda: ops.matmul(X, 2.0), "at least one axis"),
        (lambda: ops.where(X > 0, X), "x1 and x2"),
        (lambda: ops.norm(X, ord="odd"), "ord"),
        (lambda: ops.sum(X, axis=3), "sum: axis 3 is out of range"),
        (lambda: ops.categorical_crossentropy(X, X[0]), "one shape"),
        (lambda: ops.sparse_categorical_crossentropy(WHOLE[0], X), r"expected target of shape \(3, 4\)"),
        (lambda: ops.sparse_categorical_crossentropy(WHOLE + 5, X), "label"),
        (lambda: ops.take_along_axis(X, WHOLE, 0), "indices of 3 axes"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---- cross-entropies -----------------------------------------------------------------------------

LOGITS = X[0] * 3
TARGET = softmax(X[1])
LABELS = WHOLE[0]


@pytest.mark.parametrize("axis", [-1, 0])
def test_categorical_crossentropy(axis):
    target = softmax(X[1], axis)
    want = -(target * np.log(softmax(LOGITS, axis))).sum(axis)
    close(ops.categorical_crossentropy(target, LOGITS, from_logits=True, axis=axis), want)
    close(ops.categorical_crossentropy(target, softmax(LOGITS, axis), axis=axis), want)
    close(ops.categorical_crossentropy(target, ops.softmax(LOGITS, axis), axis=axis), want)
    close(ops.categorical_crossentropy(target, softmax(LOGITS, axis) * 3, axis=axis), want)  # brought to a sum of 1


def test_sparse_categorical_crossentropy():
    want = -np.log(softmax(LOGITS))[np.arange(4), LABELS]
    close(ops.sparse_categorical_crossentropy(LABELS, LOGITS, from_logits=True), want)
    close(ops.sparse_categorical_crossentropy(LABELS[:, None], softmax(LOGITS)), want)
    close(ops.sparse_categorical_crossentropy(LABELS.astype("float32"), ops.softmax(LOGITS)), want)
    close(ops.sparse_categorical_crossentropy(LABELS, LOGITS.T, from_logits=True, axis=0), want)
    close(ops.sparse_categorical_crossentropy(LABELS, ops.softmax(LOGITS.T, 0), axis=0), want)


def test_sparse_labels_outside_the_classes_of_probabilities():
    with pytest.raises(ValueError, match="label 5 is out of range for 5 classes"):
        ops.sparse_categorical_crossentropy(np.array([0, 1, 2, 5]), softmax(LOGITS))


def test_binary_crossentropy():
    target = (X[1] > 0).astype("float32")
    want = -target * np.log(sigmoid(LOGITS)) - (1 - target) * np.log(1 - sigmoid(LOGITS))
    close(ops.binary_crossentropy(target, LOGITS, from_logits=True), want, 1e-4)
    close(ops.binary_crossentropy(target, sigmoid(LOGITS)), want, 1e-4)
    close(ops.binary_crossentropy(target, ops.sigmoid(LOGITS)), want, 1e-4)


def test_recognised_activations_do_not_overflow():
    far = np.float32([[300.0, -300.0], [-300.0, 300.0]])
    wrong = np.float32([[0, 1], [1, 0]])
    close(ops.categorical_crossentropy(wrong, ops.softmax(far)), [600, 600])
    close(ops.sparse_categorical_crossentropy([1, 0], ops.softmax(far)), [600, 600])
    close(ops.binary_crossentropy(wrong, ops.sigmoid(far)), np.full((2, 2), 300.0))
    # Probabilities of unknown origin are kept away from 0 by epsilon.
    close(ops.categorical_crossentropy(wrong, ops.softmax(far).numpy()), [-np.log(1e-7)] * 2, 1e-3)
    logits = Variable(far)
    with pykeras.GradientTape() as tape:
        loss = ops.sum(ops.categorical_crossentropy(wrong, ops.softmax(logits)))
    close(tape.gradient(loss, logits), [[1, -1], [-1, 1]])


def test_getitem_of_symbolic_tensors():
    x = KerasTensor((None, 6, 4))
    for key, shape in [((slice(None), 0), (None, 4)), (Ellipsis, (None, 6, 4)), ((Ellipsis, -1), (None, 6)),
                       ((slice(None), slice(1, None, 2)), (None, 3, 4)), ((slice(None), None), (None, 1, 6, 4)),
                       ((slice(None), slice(None, None, -1)), (None, 6, 4)), (0, (6, 4))]:  # fmt: skip
        assert x[key].shape == shape, key


def test_operators_of_symbolic_tensors():
    x = KerasTensor((None, 3))
    assert (x + 1).shape == (None, 3) and (2 * x - x / 3).dtype == "float32" and (x > 0).dtype == "bool"
    assert (x @ np.ones((3, 5), "float32")).shape == (None, 5) and (-x).shape == (None, 3) and abs(x).shape == (None, 3)


def test_control_flow_and_small_things():
    assert ops.cond(True, lambda: 1, lambda: 2) == 1
    assert ops.while_loop(lambda i: i < 5, lambda i: i + 1, 0) == 5
    assert ops.fori_loop(0, 4, lambda i, total: total + i, 0) == 6
    close(ops.map(lambda row: row * 2, X), X * 2)
    assert ops.shape(X) == (3, 4, 5) and ops.ndim(X) == 3 and ops.size(X) == 60 and ops.dtype(X) == "float32"
    assert ops.is_tensor(ops.ones(1)) and not ops.is_tensor(X)
    assert ops.cast([1.7, -1.7], "int32").tolist() == [1, -1] and ops.cast(ops.ones(1), "float32").dtype == "float32"
    assert isinstance(ops.convert_to_numpy(Variable([1.0])), np.ndarray)
    close(ops.add_n([X, X, X]), 3 * X)
    assert ops.multi_hot([[0, 2], [1, 1]], 3).tolist() == [[1, 0, 1], [0, 1, 0]]
