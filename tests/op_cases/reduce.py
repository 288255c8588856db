"""Reductions and positions."""

import numpy as np

from .case import apart, case, distinct, integers, numbers, truths


def over(function):
    def reference(x, axes=(), keepdims=False):
        return np.asarray(function(x, axis=tuple(axes) or None, keepdims=keepdims))

    return reference


def same_dtype(function):
    return lambda x, axes=(), keepdims=False: np.asarray(
        function(x, axis=tuple(axes) or None, keepdims=keepdims), dtype=x.dtype
    )


FORMS = [((), ()), ((5,), ()), ((5,), (0,)), ((3, 4), (0,)), ((3, 4), (1,)), ((3, 4), (-1,)), ((3, 4), (0, 1)),
         ((2, 3, 4), (1,)), ((2, 3, 4), (0, 2)), ((2, 3, 4, 5), (1, 3)), ((2, 3, 4, 5), (3, 0)), ((1, 7, 1), (1,)),
         ((1, 7, 1), (0,)), ((1, 1), (0, 1)), ((3, 1, 5), (1,)), ((33, 70), (0,)), ((33, 70), (1,)), ((4, 0), (0,)),
         ((0, 4), (1,)), ((2, 0, 3), (0, 2))]  # fmt: skip

for op, function, make in [
    ("sum", np.sum, numbers),
    ("mean", np.mean, numbers),
    ("max", np.max, distinct),
    ("min", np.min, distinct),
    ("prod", np.prod, lambda *s: apart(*s, low=-1.2, high=1.2, gap=0.8)),
]:
    for number, (shape, axes) in enumerate(FORMS):
        for keepdims in {False, number % 2 == 0}:
            case(op, [make(*shape)], over(function), axes=list(axes), keepdims=keepdims,
                 large=lambda make=make: ((make(500, 600),), {"axes": [0]}))  # fmt: skip
    case(
        op,
        [make(40, 50)],
        over(function),
        large=lambda make=make: ((make(300_007),), {"axes": []}),
        axes=[],
        keepdims=False,
    )
    case(op, [make(40, 50)], over(function), large=lambda make=make: ((make(700, 500),), {"axes": [1]}), axes=[1])
    case(op, [make(40, 5, 6)], over(function), large=lambda make=make: ((make(70, 80, 50),), {"axes": [1]}), axes=[1])
    if op != "mean":
        for dtype in ("int32", "int64", "uint8"):
            case(op, [integers(3, 4, 5, low=1, high=4, dtype=dtype)], same_dtype(function), axes=[1], keepdims=False)
            case(op, [integers(3, 4, low=1, high=3, dtype=dtype)], same_dtype(function), axes=[], keepdims=True)
for op, function in [("max", np.max), ("min", np.min)]:
    case(op, [truths(3, 4)], over(function), axes=[1])
    case(op, [np.array([[1.0, np.nan, 2.0], [3.0, 1.0, np.inf]])], over(function), smooth=False, axes=[1])
    # Ties share the gradient, which finite differences cannot see.
    case(op, [np.array([[1.0, 2.0, 2.0], [3.0, 3.0, 1.0]])], over(function), smooth=False, axes=[1])
for dtype in ("int8", "uint8", "int32", "int64"):  # wrap
    ends = np.resize(np.array([np.iinfo(dtype).max, np.iinfo(dtype).min, 5, np.iinfo(dtype).max], dtype), (3, 43))
    for op, function in [("sum", np.sum), ("prod", np.prod), ("max", np.max), ("min", np.min)]:
        for axis in (0, 1):
            case(op, [ends], same_dtype(function), axes=[axis])
case("sum", [np.zeros((0, 3))], over(np.sum), axes=[0])
case("prod", [np.zeros((0, 3))], over(np.prod), axes=[0])
case("prod", [np.array([[2.0, 0.0, 3.0], [0.0, 0.0, 1.0], [1.5, 2.0, 0.5]])], over(np.prod), axes=[1])

for op, function in [("argmax", np.argmax), ("argmin", np.argmin)]:
    for shape, axis in [((5,), 0), ((3, 4), 0), ((3, 4), 1), ((3, 4), -1), ((2, 3, 4), 1), ((4, 3, 0), 0), ((1, 1), 0)]:
        case(op, [distinct(*shape)], lambda x, axis, f=function: f(x, axis=axis), axis=axis,
             large=lambda: ((distinct(300, 700),), {"axis": 1}))  # fmt: skip
    case(op, [integers(6, 7, high=3)], lambda x, axis, f=function: f(x, axis=axis), axis=1)
    case(op, [integers(6, 7, high=3, dtype="uint8")], lambda x, axis, f=function: f(x, axis=axis), axis=0)
    case(op, [truths(6, 7)], lambda x, axis, f=function: f(x, axis=axis), axis=0)
    case(op, [np.array([[1.0, np.nan, 2.0], [3.0, 3.0, 1.0]])], lambda x, axis, f=function: f(x, axis=axis), axis=1)
for shape, axis in [((7,), 0), ((3, 4), 0), ((3, 4), -1), ((2, 3, 4), 1), ((0, 3), 1), ((3, 0), 1)]:
    for values in (distinct(*shape), integers(*shape, high=3), integers(*shape, high=3, dtype="uint8"), truths(*shape)):
        case("argsort", [values], lambda x, axis: np.argsort(x, axis=axis, kind="stable"), axis=axis)
case("argsort", [np.array([2.0, np.nan, -np.inf, 1.0, np.nan, np.inf])],
     lambda x, axis: np.argsort(x, axis=axis, kind="stable"), axis=0)  # fmt: skip
