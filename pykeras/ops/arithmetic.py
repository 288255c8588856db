"""Elementwise arithmetic, comparison and logic: NumPy's names and broadcasting.

Integers meet floats as floats; Python numbers take the dtype of the other operand.
"""

from __future__ import annotations

import inspect
import math
from typing import Any

from pykeras import _core, config
from pykeras.dtypes import FLOATS
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast
from pykeras.ops.numbers import as_operand

op = _core.op


def _unary(name: str, text: str):
    run = getattr(op, name)

    def function(x):
        return run(x)

    return _named(function, name, f"{text}, element by element; same shape as ``x``.")


def _binary(name: str, text: str, bools: Any = None):
    """``bools(x1, x2)`` serves two bools, of which the op has no meaning."""
    run = getattr(op, name)

    def function(x1, x2):
        return run(x1, x2)

    def function_of_bools_too(x1, x2):
        try:
            return run(x1, x2)
        except TypeError:
            if _is_bool(x1) and _is_bool(x2):
                return bools(x1, x2)
            raise

    return _named(function_of_bools_too if bools else function, name, f"{text}, element by element with broadcasting.")


def _is_bool(x) -> bool:
    return isinstance(x, bool) or str(getattr(x, "dtype", None)) == "bool"


def _as_whole(name: str):
    """An op on bools taken as the integers 0 and 1."""
    run = getattr(op, name)
    return lambda *xs: run(*(cast(x, "int32") for x in xs))


def real(x):
    """``x``, or the floats of integers and bools."""
    x = as_operand(x)
    return x if x.dtype in FLOATS else cast(x, config.floatx())


def _logic(name: str, text: str, inputs: int):
    run = getattr(op, name)

    def truth(x):
        x = as_operand(x)
        return x if x.dtype == "bool" else cast(x, "bool")

    if inputs == 1:

        def function(x):
            return run(truth(x))
    else:

        def function(x1, x2):  # type: ignore[misc]
            return run(truth(x1), truth(x2))

    return _named(function, name, f"{text}, element by element; anything but 0 is true.")


def _named(function, name: str, doc: str):
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return operation(function)


negative = _unary("negative", "``-x``")
sign = _unary("sign", "-1, 0 or 1 with the sign of ``x``")
reciprocal = _unary("reciprocal", "``1 / x``")
sqrt = _unary("sqrt", "Square root")
rsqrt = _unary("rsqrt", "``1 / sqrt(x)``")
exp = _unary("exp", "``e ** x``")
expm1 = _unary("expm1", "``e ** x - 1``, accurate near 0")
log = _unary("log", "Natural logarithm")
log1p = _unary("log1p", "``log(1 + x)``, accurate near 0")
log2 = _unary("log2", "Logarithm to base 2")
log10 = _unary("log10", "Logarithm to base 10")
sin = _unary("sin", "Sine, ``x`` in radians")
cos = _unary("cos", "Cosine, ``x`` in radians")
tan = _unary("tan", "Tangent, ``x`` in radians")
arcsin = _unary("arcsin", "Inverse sine in radians")
arccos = _unary("arccos", "Inverse cosine in radians")
arctan = _unary("arctan", "Inverse tangent in radians")
sinh = _unary("sinh", "Hyperbolic sine")
cosh = _unary("cosh", "Hyperbolic cosine")
tanh = _unary("tanh", "Hyperbolic tangent")
arcsinh = _unary("arcsinh", "Inverse hyperbolic sine")
arccosh = _unary("arccosh", "Inverse hyperbolic cosine")
arctanh = _unary("arctanh", "Inverse hyperbolic tangent")
erf = _unary("erf", "Error function")
erfinv = _unary("erfinv", "Inverse error function")
isnan = _unary("isnan", "Whether ``x`` is not a number")
isinf = _unary("isinf", "Whether ``x`` is infinite")
isfinite = _unary("isfinite", "Whether ``x`` is neither infinite nor NaN")

add = _binary("add", "``x1 + x2``", op.logical_or)
subtract = _binary("subtract", "``x1 - x2``")
multiply = _binary("multiply", "``x1 * x2``", op.logical_and)
divide = _binary("divide", "``x1 / x2``")
floor_divide = _binary("floor_divide", "Largest integer not above ``x1 / x2``", _as_whole("floor_divide"))
mod = _binary("mod", "Remainder of ``x1 / x2`` with the sign of ``x2``", _as_whole("mod"))
power = _binary("power", "``x1 ** x2``", _as_whole("power"))
maximum = _binary("maximum", "The larger; NaN wins")
minimum = _binary("minimum", "The smaller; NaN wins")
arctan2 = _binary("arctan2", "Angle of the point (x2, x1) in radians")
equal = _binary("equal", "``x1 == x2``")
not_equal = _binary("not_equal", "``x1 != x2``")
less = _binary("less", "``x1 < x2``")
less_equal = _binary("less_equal", "``x1 <= x2``")
greater = _binary("greater", "``x1 > x2``")
greater_equal = _binary("greater_equal", "``x1 >= x2``")

logical_and = _logic("logical_and", "Both", 2)
logical_or = _logic("logical_or", "At least one", 2)
logical_xor = _logic("logical_xor", "Exactly one", 2)
logical_not = _logic("logical_not", "Not", 1)

true_divide = divide
remainder = mod
pow = power  # noqa: A001 - Keras's name


@operation
def absolute(x):
    """``|x|``, element by element."""
    x = as_operand(x)
    return x if x.dtype == "bool" else op.absolute(x)


abs = absolute  # noqa: A001 - Keras's name


@operation
def square(x):
    """``x * x``, element by element; bools count as 0 and 1."""
    return op.square(cast(x, "int32") if _is_bool(x) else x)


@operation
def floor(x):
    """Largest integer not above ``x``, as a float."""
    return op.floor(real(x))


@operation
def ceil(x):
    """Smallest integer not below ``x``, as a float."""
    return op.ceil(real(x))


@operation
def trunc(x):
    """``x`` without its fraction; integers as they are."""
    x = as_operand(x)
    return x if x.dtype == "bool" else op.trunc(x)


@operation
def round(x, decimals: int = 0):  # noqa: A001 - Keras's name
    """``x`` to ``decimals`` places, halves to even; integers stay integers.

    >>> round([0.5, 1.5, 2.44], 0).tolist()
    [0.0, 2.0, 2.0]
    """
    x = as_operand(x)
    if x.dtype not in FLOATS:
        if decimals >= 0:
            return x
        scale = 10.0**-decimals
        return cast(op.multiply(op.round(op.divide(cast(x, "float64"), scale)), scale), x.dtype)
    if decimals == 0:
        return op.round(x)
    scale = 10.0**decimals
    return op.divide(op.round(op.multiply(x, scale)), scale)


@operation
def where(condition, x1=None, x2=None):
    """``x1`` where ``condition``, else ``x2``; the three broadcast together. Without both, ``nonzero(condition)``.

    >>> where([True, False], [1.0, 2.0], 0.0).tolist()
    [1.0, 0.0]
    """
    if x1 is None and x2 is None:
        from pykeras.ops.statistics import nonzero

        return nonzero(condition)
    if x1 is None or x2 is None:
        raise ValueError("where: expected both x1 and x2, or neither, for the positions of true values")
    condition = as_operand(condition)
    return op.select(condition if condition.dtype == "bool" else cast(condition, "bool"), x1, x2)


@operation
def clip(x, x_min, x_max):
    """``x`` limited to [x_min, x_max], numbers or arrays; ``None`` leaves a side open.

    >>> clip([-1.0, 0.5, 9.0], 0, 1).tolist()
    [0.0, 0.5, 1.0]
    """
    if _is_bool(x):
        x = cast(x, "int32")
    if isinstance(x_min, (int, float, type(None))) and isinstance(x_max, (int, float, type(None))):
        low = -math.inf if x_min is None else float(x_min)
        high = math.inf if x_max is None else float(x_max)
        if isinstance(x_min, float) or isinstance(x_max, float):
            x = real(x)
        return op.clip(x, low, high)
    if x_min is not None:
        x = op.maximum(x, x_min)
    return x if x_max is None else op.minimum(x, x_max)


@operation
def add_n(inputs):
    """The sum of a list of tensors."""
    total = inputs[0]
    for x in inputs[1:]:
        total = op.add(total, x)
    return total


@operation
def logaddexp(x1, x2):
    """``log(exp(x1) + exp(x2))`` without overflow."""
    x1, x2 = real(x1), real(x2)
    larger = op.maximum(x1, x2)
    return op.add(larger, op.log1p(op.exp(op.negative(op.absolute(op.subtract(x1, x2))))))


@operation
def xlogy(x1, x2):
    """``x1 * log(x2)``, 0 where ``x1`` is 0."""
    zero = op.equal(x1, 0.0)
    return op.select(zero, 0.0, op.multiply(x1, op.log(op.select(zero, 1.0, x2))))


@operation
def divide_no_nan(x1, x2):
    """``x1 / x2``, 0 where ``x2`` is 0."""
    zero = op.equal(x2, 0)
    return op.select(zero, 0.0, op.divide(x1, op.select(zero, 1.0, x2)))


@operation
def isclose(x1, x2, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False):
    """Whether ``|x1 - x2| <= atol + rtol * |x2|``."""
    x1, x2 = real(x1), real(x2)  # differences of unsigned integers would wrap
    near = op.less_equal(op.absolute(op.subtract(x1, x2)), op.add(op.multiply(op.absolute(x2), rtol), atol))
    near = op.logical_or(near, op.equal(x1, x2))
    return op.logical_or(near, op.logical_and(op.isnan(x1), op.isnan(x2))) if equal_nan else near


__all__ = [n for n, v in list(globals().items()) if inspect.isfunction(v) and not n.startswith("_")
           and n not in ("operation", "as_operand", "cast", "real")]  # fmt: skip
