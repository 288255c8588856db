"""Calls of ops whose dtypes and values are compared with Keras; ``ops`` is Keras's namespace or ours."""

import numpy as np

DTYPES = "bool uint8 int8 uint16 int16 uint32 int32 int64 float32 float64".split()
NUMBERS = {"True": True, "2": 2, "2.5": 2.5}  # Python's, which take the dtype of the other operand

UNARY = """
abs negative sign square reciprocal sqrt rsqrt exp expm1 log log1p log2 log10 sin cos tan arcsin arccos arctan sinh cosh
tanh arcsinh arccosh arctanh erf erfinv floor ceil round trunc isnan isinf isfinite logical_not relu relu6 leaky_relu
elu selu celu gelu sigmoid log_sigmoid hard_sigmoid hard_silu silu softplus softsign softmax log_softmax tanh_shrink
soft_shrink hard_shrink hard_tanh squareplus sparse_plus sparse_sigmoid sum mean prod max min any all var std logsumexp
count_nonzero argmax argmin argsort sort ravel zeros_like ones_like norm stop_gradient diag normalize glu
""".split()
BINARY = """
add subtract multiply divide floor_divide mod power maximum minimum arctan2 equal less logical_and logical_xor logaddexp
divide_no_nan
""".split()  # of arrays and of Python's numbers
PRODUCTS = "matmul dot outer".split()


# A table of result dtypes is one string: a letter for each operand (or pair of operands), "." where Keras refuses.
_LETTERS = "abcdefghij"
_OPERANDS = [*DTYPES, *NUMBERS]
_PAIRS = [f"{left} {right}" for left in _OPERANDS for right in _OPERANDS]


def packed(table):
    """{operands: dtype} as a string."""
    keys = _PAIRS if any(" " in operands for operands in table) else DTYPES
    return "".join(_LETTERS[DTYPES.index(table[key])] if key in table else "." for key in keys)


def unpacked(text):
    """{operands: dtype} of a string that ``packed`` made."""
    keys = _PAIRS if len(text) == len(_PAIRS) else DTYPES
    return {key: DTYPES[_LETTERS.index(letter)] for key, letter in zip(keys, text, strict=True) if letter != "."}


def one_array(ops):
    """name -> function of an array [1, 2] (or [True, True])."""
    return {
        **{name: getattr(ops, name) for name in UNARY},
        "clip_int": lambda x: ops.clip(x, 0, 1),
        "clip_float": lambda x: ops.clip(x, 0.5, 1.5),
        "round_1": lambda x: ops.round(x, 1),
        "threshold": lambda x: ops.threshold(x, 1, 0),
        "where_int": lambda x: ops.where(x, x, 1),
        "where_float": lambda x: ops.where(x, x, 1.5),
        "full_like_float": lambda x: ops.full_like(x, 1.5),
        "take": lambda x: ops.take(x, [0, 1]),
        "pad": lambda x: ops.pad(x, 1, constant_values=1),
        "top_k_values": lambda x: ops.top_k(x, 1)[0],
        "top_k_indices": lambda x: ops.top_k(x, 1)[1],
        "max_initial": lambda x: ops.max(x, initial=1),
        "tril": lambda x: ops.tril(ops.reshape(x, (1, 2))),
        "triu": lambda x: ops.triu(ops.reshape(x, (1, 2))),
        "one_hot": lambda x: ops.one_hot(x, 3),
        "one_hot_int": lambda x: ops.one_hot(x, 3, dtype="int32"),
        "multi_hot": lambda x: ops.multi_hot(x, 3),
        "linspace": lambda x: ops.linspace(x, x, 3),
        "arange": lambda x: ops.arange(x[0], x[1]),
        "full": lambda x: ops.full((2,), x[0]),
        "repeat": lambda x: ops.repeat(x, 2),
        "mean_axis": lambda x: ops.mean(x, axis=0),
        "isclose": lambda x: ops.isclose(x, x),
        "convert_to_tensor": ops.convert_to_tensor,
    }


def two_arrays(ops):
    """name -> function of two arrays."""
    return {
        **{name: getattr(ops, name) for name in BINARY + PRODUCTS},
        "where": lambda x, y: ops.where(np.array([True, False]), x, y),
        "tensordot": lambda x, y: ops.tensordot(x, y, 1),
        "concatenate": lambda x, y: ops.concatenate([x, y]),
    }


ODD = np.float32([-2.5, -1.5, -0.5, -0.0, 0.0, 0.5, 1.5, 2.5, np.nan, np.inf, -np.inf, 1e30, -1e-30])
WHOLE = np.int32([-7, -3, -1, 1, 2, 7])
TIES = np.float32([[1, 3, 3, 2], [2, 2, 2, 2], [np.inf, -np.inf, 0, np.inf]])
MATRIX = np.float32([[1, -2, 3], [0, 5, -6]])


def values(ops):
    """name -> a result whose numbers are compared."""
    pointwise = (
        "sign round floor ceil relu relu6 hard_sigmoid hard_tanh leaky_relu elu selu softsign abs square sigmoid tanh "
        "exp log1p softplus"
    )
    pairs = "floor_divide mod divide power maximum minimum arctan2"
    return {
        **{name: getattr(ops, name)(ODD) for name in pointwise.split()},
        **{
            f"{name}_whole": getattr(ops, name)(WHOLE[:, None], np.abs(WHOLE) if name == "power" else WHOLE)
            for name in pairs.split()
        },
        **{
            f"{name}_real": getattr(ops, name)(np.float32([-2.5, 2.5, 7])[:, None], np.float32([-2, 0.75, 3]))
            for name in pairs.split()
        },
        "maximum_nan": ops.maximum(ODD, ODD[::-1].copy()),
        "minimum_nan": ops.minimum(ODD, ODD[::-1].copy()),
        "max_nan": ops.max(ODD),
        "min_nan": ops.min(ODD),
        "clip_nan": ops.clip(ODD, -1, 1),
        "clip_whole_float": ops.clip(WHOLE, -1.5, 1.5),
        "round_whole": ops.round(WHOLE * 37, -1),
        "round_2": ops.round(np.float32([1.234, -5.678, 0.125]), 2),
        "argmax_ties": ops.argmax(TIES, axis=-1),
        "argmin_ties": ops.argmin(TIES, axis=-1),
        "argmax_flat": ops.argmax(TIES),
        "top_k_ties": ops.top_k(TIES, 2)[1],
        "in_top_k": ops.in_top_k(np.int32([1, 3]), TIES[:2], 2),
        "max_axes": ops.max(TIES, axis=(0, 1)),
        "mean_whole": ops.mean(WHOLE),
        "sum_bool": ops.sum(WHOLE > 0),
        "var": ops.var(MATRIX, axis=1),
        "std_whole": ops.std(WHOLE),
        "norm_columns": ops.norm(MATRIX, axis=0),
        "norm_1": ops.norm(MATRIX, ord=1, axis=1),
        "norm_inf": ops.norm(MATRIX, ord=np.inf, axis=1),
        "normalize": ops.normalize(MATRIX),
        "normalize_1": ops.normalize(MATRIX, order=1),
        "logsumexp": ops.logsumexp(ODD[9:11]),
        "logsumexp_none": ops.logsumexp(-ODD[9:10]),
        "one_hot_outside": ops.one_hot(np.int32([-1, 0, 3]), 3),
        "take_negative": ops.take(WHOLE, [-1, -6]),
        "prod": ops.prod(WHOLE),
        "true_and_true": ops.add(WHOLE > 0, WHOLE > 1),
        "softmax_far": ops.softmax(np.float32([[1000, 0], [-1000, -1000], [np.inf, 0]])),
        "log_softmax_far": ops.log_softmax(np.float32([[1000, 0], [-1000, -1000]])),
        "crossentropy": ops.categorical_crossentropy(np.float32([[0, 1]]), np.float32([[1, 0]])),
        "binary_crossentropy": ops.binary_crossentropy(np.float32([0, 1, 1]), np.float32([0, 0, 1])),
        "sparse_crossentropy": ops.sparse_categorical_crossentropy(np.int32([2, 0]), MATRIX, from_logits=True),
        "arange": ops.arange(7, 1, -2),
        "linspace": ops.linspace(0, 1, 4, endpoint=False),
        "eye": ops.eye(2, 3, k=1),
        "identity": ops.identity(2),
        "matmul_whole": ops.matmul(WHOLE, WHOLE),
        "cast_saturates": ops.cast(np.float32([1.9, -1.9]), "int8"),
    }
