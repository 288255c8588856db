"""Elementwise arithmetic, comparison, logic and choice."""

import math

import numpy as np

from .case import apart, case, integers, numbers, truths

# Enough of them to fill packets and their tails.
EDGES = np.resize([np.nan, 0.0, np.inf, -np.inf, -0.0, 1.0, -1.0], 19)
erf = np.vectorize(math.erf, otypes=[float])
LARGE = 150_001  # an odd size, so that the last block is a part of one


def erfinv(y):
    """By Newton's method on erf."""
    x, ends = np.zeros_like(y), np.abs(y) >= 1
    given, y = y, np.where(ends, 0.5, y)
    for _ in range(40):
        step = (erf(x) - y) * np.exp(x * x) * math.sqrt(math.pi) / 2
        x = x - step
        if not np.any(np.abs(step) > 1e-15):
            break
    return np.where(ends, np.where(np.abs(given) == 1, given * np.inf, np.nan), x)


def unary(op, reference, smooth=True, low=-2.0, high=2.0, make=None, tolerance=1.0):
    make = make or (lambda *shape, seed=0: numbers(*shape, low=low, high=high, seed=seed))
    for shape in [(), (1,), (3, 5), (2, 1, 17), (0, 3)]:
        case(op, [make(*shape)], reference, smooth, tolerance, large=lambda: ((make(LARGE, seed=1),), None))
    case(op, [EDGES], reference, smooth=False, tolerance=tolerance)


def away(*shape, seed=0):
    """Numbers apart from 0 and from whole and half numbers."""
    return integers(*shape, low=-3, high=4, seed=seed) + apart(*shape, low=-0.35, high=0.35, seed=seed)


unary("negative", np.negative)
unary("absolute", np.abs, make=apart)
unary("sign", np.sign, make=apart)
unary("square", np.square)
unary("reciprocal", np.reciprocal, make=apart)
unary("sqrt", np.sqrt, low=0.1, high=9)
unary("rsqrt", lambda x: 1 / np.sqrt(x), low=0.1, high=9)
unary("exp", np.exp)
unary("expm1", np.expm1)
unary("log", np.log, low=0.1, high=9)
unary("log1p", np.log1p, low=-0.8, high=9)
unary("log2", np.log2, low=0.1, high=9)
unary("log10", np.log10, low=0.1, high=9)
unary("sin", np.sin, low=-7, high=7)
unary("cos", np.cos, low=-7, high=7)
unary("tan", np.tan, low=-1.2, high=1.2)
unary("arcsin", np.arcsin, low=-0.9, high=0.9)
unary("arccos", np.arccos, low=-0.9, high=0.9)
unary("arctan", np.arctan, low=-5, high=5)
unary("sinh", np.sinh)
unary("cosh", np.cosh)
unary("arcsinh", np.arcsinh, low=-5, high=5)
unary("arccosh", np.arccosh, low=1.2, high=6)
unary("arctanh", np.arctanh, low=-0.9, high=0.9)
unary("erf", erf)
unary("erfinv", erfinv, low=-0.95, high=0.95, tolerance=5)
for name in ("floor", "ceil", "round", "trunc"):
    unary(name, getattr(np, name), make=away)
unary("copy", np.copy)

SPECIAL = np.array([0.0, -0.0, 1.5, -2.0, np.inf, -np.inf, np.nan, 1e30, -1e-30])
for name in ("isnan", "isinf", "isfinite"):
    many = lambda: ((np.resize(SPECIAL, LARGE),), None)  # noqa: E731
    case(name, [SPECIAL], getattr(np, name), large=many)
    case(name, [SPECIAL.reshape(3, 3)], getattr(np, name))
    case(name, [integers(4)], getattr(np, name))


def rounded(function):
    return lambda x: function(x).astype(x.dtype)


for name in ("negative", "absolute", "sign", "square", "floor", "ceil", "round", "trunc"):
    for dtype in ("int32", "int64", "int8"):
        case(name, [integers(3, 5, low=-9, high=9, dtype=dtype)], rounded(getattr(np, name)))
case("round", [np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])], np.round, smooth=False)
case("floor", [np.array([-2.0, -0.0, 3.0, 1e20, np.inf, -np.inf])], np.floor, smooth=False)
case("sign", [np.array([0.0, -3.0, 4.0])], np.sign, smooth=False)
case("exp", [np.array([-np.inf, -800.0, 0.0, 710.0, np.inf])], lambda x: np.exp(x), smooth=False)
case("log", [np.array([0.0, np.inf, 1.0])], lambda x: np.log(x), smooth=False)
case("sqrt", [integers(4, dtype="int32", high=90)], lambda x: np.sqrt(x).astype("float32"))
case("exp", [truths(4)], lambda x: np.exp(x.astype("float32")))

PAIRS = [((), ()), ((3, 4), (3, 4)), ((3, 4), ()), ((), (3, 4)), ((3, 4), (4,)), ((4,), (3, 4)), ((3, 1), (1, 4)),
         ((2, 3, 1, 5), (1, 4, 1)), ((2, 3, 4), (1, 1, 4)), ((2, 3, 4), (2, 1, 1)), ((0, 4), (4,)), ((1,),
                                                                                                     (0,))]  # fmt: skip


def binary(op, reference, left=numbers, right=numbers, smooth=True, tolerance=1.0):
    def large():
        return (left(LARGE, seed=1), right(LARGE, seed=2)), None

    for a, b in PAIRS:
        case(op, [left(*a, seed=1), right(*b, seed=2)], reference, smooth, tolerance, large)
    grid = EDGES[:7]
    case(op, [np.repeat(grid, 7), np.tile(grid, 7)], reference, smooth=False, tolerance=tolerance)
    case(op, [grid[:, None], grid], reference, smooth=False, tolerance=tolerance)
    # A row repeated along blocks, and one value for each row.
    case(op, [left(70, 33, seed=1), right(33, seed=2)], reference, smooth, tolerance)
    case(op, [left(70, 1, seed=1), right(70, 33, seed=2)], reference, smooth, tolerance)


def positive(*shape, seed=0):
    return numbers(*shape, low=0.3, high=3, seed=seed)


def close_apart(*shape, seed=0):
    """Numbers that are never near those of ``halves``."""
    return integers(*shape, low=-2, high=3, seed=seed) + 0.25


def halves(*shape, seed=0):
    return integers(*shape, low=-2, high=3, seed=seed) + 0.6


binary("add", np.add)
binary("subtract", np.subtract)
binary("multiply", np.multiply)
binary("divide", np.divide, right=apart)
binary("floor_divide", np.floor_divide, right=halves)
binary("mod", np.mod, left=close_apart, right=lambda *s, seed=0: np.where(truths(*s, seed=seed), 0.9, -1.1))
binary("power", np.power, left=positive, tolerance=4)
binary("maximum", np.maximum, left=close_apart, right=halves)
binary("minimum", np.minimum, left=close_apart, right=halves)
binary("arctan2", np.arctan2, left=apart, right=apart)
SMALL = integers(5, 6, low=-4, high=5, dtype="int32", seed=1), integers(6, low=-4, high=5, dtype="int32", seed=2)
for name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"):
    binary(name, getattr(np, name), left=close_apart, right=close_apart)
    case(name, SMALL, getattr(np, name))
    case(name, [truths(4), truths(3, 4)], getattr(np, name))
    case(name, [SPECIAL, SPECIAL[::-1].copy()], getattr(np, name))
    case(name, [np.array([2**62, 2**62 + 1]), np.array([2**62 + 1, 2**62 + 1])], getattr(np, name))
for name in ("logical_and", "logical_or", "logical_xor"):
    case(name, [truths(3, 4, seed=1), truths(4, seed=2)], getattr(np, name),
         large=lambda: ((truths(LARGE, seed=1), truths(LARGE, seed=2)), None))  # fmt: skip
    case(name, [truths(3, 1, seed=1), truths(1, 4, seed=2)], getattr(np, name))
case("logical_not", [truths()], np.logical_not)
case("logical_not", [truths(3, 4)], np.logical_not, large=lambda: ((truths(LARGE),), None))
for name in ("add", "subtract", "multiply", "maximum", "minimum"):
    case(name, SMALL, getattr(np, name))
    case(name, [integers(7, dtype="uint8"), integers(2, 7, dtype="uint8", seed=3)], getattr(np, name))
    case(name, [integers(7, dtype="int64"), integers(2, 7, dtype="int32")], getattr(np, name))
# Results that do not fit wrap.
for dtype in ("int8", "uint8", "int16", "int32", "uint32", "int64", "uint64"):
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    ends = np.array([low, low + 1, high - 1, high, 3, 7], dtype)
    for name in ("add", "subtract", "multiply", "floor_divide", "mod", "maximum", "minimum"):
        case(name, [ends[:, None], ends], getattr(np, name))
    for name in ("negative", "absolute", "square", "sign"):
        case(name, [ends], rounded(getattr(np, name)))
    case("power", [ends[:, None], np.arange(9).astype(dtype)], np.power)
for name in ("floor_divide", "mod"):  # nothing divided by nothing is nothing
    case(name, [np.arange(-3, 4), np.zeros((1,), "int64")], getattr(np, name))
NONZERO = np.array([3, -3, 1, -1, 2, -2], "int32")
for name in ("floor_divide", "mod"):
    case(name, [integers(5, 6, low=-9, high=9, dtype="int32"), NONZERO], getattr(np, name))
    case(name, [numbers(5, 6, low=-9, high=9), NONZERO.astype(float) * 0.7], getattr(np, name), smooth=False)
case("divide", [integers(5, 6, low=-9, high=9, dtype="int32"), NONZERO],
     lambda a, b: (a / b).astype("float32"))  # fmt: skip
case("power", [integers(5, low=-3, high=4, dtype="int32"), np.array(3, "int32")], np.power)
case("power", [apart(4, 3), np.array([2.0, 3.0, -2.0])], np.power, smooth=False, tolerance=4)
case("maximum", [np.array([1.0, np.nan, 3.0, 2.0]), np.array([2.0, 1.0, np.nan, 2.0])], np.maximum, smooth=False)
case("minimum", [np.array([1.0, np.nan, 3.0, 2.0]), np.array([2.0, 1.0, np.nan, 2.0])], np.minimum, smooth=False)
case("maximum", [truths(4, seed=1), truths(4, seed=2)], np.maximum)

for shapes in [
    ((3, 4), (3, 4), (3, 4)),
    ((3, 1), (4,), ()),
    ((), (3, 4), (4,)),
    ((2, 3, 4), (3, 1), (1, 4)),
    ((0,), (), (1,)),
]:
    case("select", [truths(*shapes[0]), numbers(*shapes[1], seed=1), numbers(*shapes[2], seed=2)], np.where,
         large=lambda: ((truths(LARGE), numbers(LARGE, seed=1), numbers(LARGE, seed=2)), None))  # fmt: skip
case("select", [truths(4), integers(4), integers(3, 4, seed=5)], np.where)
case("select", [truths(4), truths(4, seed=1), truths(4, seed=2)], np.where)
for low, high in [(-1.0, 1.0), (0.0, 0.5), (-math.inf, 0.3), (0.2, math.inf)]:
    case("clip", [close_apart(4, 5)], lambda x, low, high: np.clip(x, low, high), low=low, high=high,
         large=lambda: ((numbers(LARGE),), None))  # fmt: skip
case("clip", [integers(9, low=-5, high=6, dtype="int32")],
     lambda x, low, high: np.clip(x, int(low), int(high)).astype(x.dtype), low=-2.0, high=3.0)  # fmt: skip
