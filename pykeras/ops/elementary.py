"""More functions of single elements, made of those that the engine has; bits and number theory go through NumPy."""

from __future__ import annotations

import inspect
import math

import numpy as np

from pykeras import _core
from pykeras.dtypes import result_type
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast
from pykeras.ops.host import host
from pykeras.ops.making import zeros_like
from pykeras.ops.numbers import as_operand, is_float

op = _core.op


def _real(x):
    x = as_operand(x)
    return x if is_float(x) else cast(x, "float32")


@operation
def cbrt(x):
    """Cube root, also of negative numbers."""
    x = _real(x)
    return op.multiply(op.sign(x), op.power(op.absolute(x), 1 / 3))


@operation
def exp2(x):
    """``2 ** x``."""
    return op.exp(op.multiply(_real(x), math.log(2)))


@operation
def erfc(x):
    """``1 - erf(x)``."""
    return op.subtract(1.0, op.erf(_real(x)))


@operation
def deg2rad(x):
    """Degrees to radians."""
    return op.multiply(_real(x), math.pi / 180)


@operation
def rad2deg(x):
    """Radians to degrees."""
    return op.multiply(_real(x), 180 / math.pi)


@operation
def sinc(x):
    """``sin(pi x) / (pi x)``, 1 at 0."""
    x = _real(x)
    zero = op.equal(x, 0)
    angle = op.multiply(op.select(zero, 1.0, x), math.pi)
    return op.select(zero, 1.0, op.divide(op.sin(angle), angle))


@operation
def hypot(x1, x2):
    """``sqrt(x1² + x2²)`` without overflow."""
    a, b = op.absolute(_real(x1)), op.absolute(_real(x2))
    large, small = op.maximum(a, b), op.minimum(a, b)
    zero = op.equal(large, 0)
    ratio = op.divide(small, op.select(zero, 1.0, large))
    return op.select(zero, 0.0, op.multiply(large, op.sqrt(op.add(op.square(ratio), 1.0))))


@operation
def logaddexp2(x1, x2):
    """``log2(2 ** x1 + 2 ** x2)`` without overflow."""
    x1, x2 = _real(x1), _real(x2)
    distance = op.absolute(op.subtract(x1, x2))
    return op.add(op.maximum(x1, x2), op.divide(op.log1p(exp2(op.negative(distance))), math.log(2)))


@operation
def heaviside(x1, x2):
    """0 below 0, ``x2`` at 0, 1 above."""
    x1, x2 = _real(x1), _real(x2)
    return op.select(op.equal(x1, 0), x2, cast(op.greater(x1, 0), x1.dtype))


@operation
def ldexp(x1, x2):
    """``x1 * 2 ** x2``."""
    x1 = _real(x1)
    return op.multiply(x1, op.power(np.asarray(2.0, x1.dtype), cast(x2, x1.dtype)))


@operation
def fmod(x1, x2):
    """Remainder of ``x1 / x2`` with the sign of ``x1``."""
    x1, x2 = (x if isinstance(x, (bool, int, float)) else as_operand(x) for x in (x1, x2))
    dtype = result_type(*(getattr(x, "dtype", type(x)) for x in (x1, x2)))
    x1, x2 = (cast(x, "int32" if dtype == "bool" else dtype) for x in (x1, x2))
    return op.multiply(op.sign(x1), op.mod(op.absolute(x1), op.absolute(x2)))


@operation
def fmax(x1, x2):
    """The larger; NaN only where both are."""
    return op.select(op.isnan(x1), x2, op.select(op.isnan(x2), x1, op.maximum(x1, x2)))


@operation
def fmin(x1, x2):
    """The smaller; NaN only where both are."""
    return op.select(op.isnan(x1), x2, op.select(op.isnan(x2), x1, op.minimum(x1, x2)))


@operation
def signbit(x):
    """Whether the sign is minus, of -0.0 too."""
    x = as_operand(x)
    below = op.less(x, 0)
    return op.logical_or(below, op.less(op.reciprocal(op.select(below, 1.0, x)), 0)) if is_float(x) else below


@operation
def isposinf(x):
    """Whether ``x`` is +infinity."""
    return op.equal(_real(x), math.inf)


@operation
def isneginf(x):
    """Whether ``x`` is -infinity."""
    return op.equal(_real(x), -math.inf)


@operation
def isreal(x):
    """True everywhere: tensors hold real numbers."""
    x = as_operand(x)
    return op.equal(zeros_like(x), 0)


@operation
def nan_to_num(x, nan: float = 0.0, posinf=None, neginf=None):
    """NaN and infinities replaced, the latter by the largest finite numbers by default."""
    x = as_operand(x)
    if not is_float(x):
        return x
    largest = float(np.finfo(x.dtype).max)
    x = op.select(op.isnan(x), nan, x)
    x = op.select(op.equal(x, math.inf), largest if posinf is None else posinf, x)
    return op.select(op.equal(x, -math.inf), -largest if neginf is None else neginf, x)


@operation
def real(x):
    """``x`` itself: tensors hold real numbers."""
    return as_operand(x)


@operation
def imag(x):
    """Zeros: tensors hold real numbers."""
    return zeros_like(x)


@operation
def angle(x):
    """The angle in the complex plane: pi for negative numbers, else 0."""
    x = _real(x)
    return op.select(op.less(x, 0), math.pi, op.select(op.isnan(x), x, zeros_like(x)))


conj = conjugate = real
fabs = operation(lambda x: op.absolute(_real(x)))
fabs.__name__ = fabs.__qualname__ = "fabs"
fabs.__doc__ = "``|x|`` as a float."


@operation
def polar(abs_, angle):
    """Not possible: its result is complex. Raises ``TypeError``."""
    raise TypeError("polar: its result is complex, and tensors hold real numbers; use abs_ * cos(angle), abs_ * sin")


def view_as_complex(x):
    """Not possible: its result is complex. Raises ``TypeError``."""
    raise TypeError("view_as_complex: its result is complex, and tensors hold real numbers")


def view_as_real(x):
    """Not possible: it takes complex tensors. Raises ``TypeError``."""
    raise TypeError("view_as_real: expected a complex tensor; tensors here hold real numbers")


@operation
def allclose(x1, x2, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False):
    """Whether all values satisfy ``|x1 - x2| <= atol + rtol * |x2|``."""
    from pykeras.ops.arithmetic import isclose
    from pykeras.ops.reduction import all

    return all(isclose(x1, x2, rtol, atol, equal_nan))


def _broadcast(*shapes):
    rank = max(map(len, shapes))
    sizes = []
    for axis in range(-rank, 0):
        here = [shape[axis] for shape in shapes if len(shape) >= -axis]
        longer = [s for s in here if s != 1]
        sizes.append(longer[0] if longer else 1)
    return tuple(sizes)


def _whole(name: str, text: str, function, one: bool = False, real: bool = False):
    """An op of NumPy on whole numbers (or on floats, when ``real``), elementwise."""

    def run(*xs):
        tensors = [as_operand(x) for x in xs]
        if not real and any(is_float(t) for t in tensors):
            raise TypeError(f"{name}: expected integers, got {[t.dtype for t in tensors]}")
        dtype = tensors[0].dtype
        for t in tensors[1:]:
            dtype = _core.common_dtype(dtype, t.dtype)
        if real and dtype not in ("float32", "float64"):
            dtype = "float32"
        tensors = [cast(t, dtype) for t in tensors]
        return host(name, function, tensors, [(_broadcast(*[t.shape for t in tensors]), dtype)])

    if one:

        def wrapped(x):
            return run(x)
    elif "shift" in name or "bitwise" in name:

        def wrapped(x, y):  # type: ignore[misc]
            return run(x, y)
    else:

        def wrapped(x1, x2):  # type: ignore[misc]
            return run(x1, x2)

    wrapped.__name__ = wrapped.__qualname__ = name
    wrapped.__doc__ = f"{text}, element by element."
    return operation(wrapped)


bitwise_and = _whole("bitwise_and", "Bits set in both", np.bitwise_and)
bitwise_or = _whole("bitwise_or", "Bits set in either", np.bitwise_or)
bitwise_xor = _whole("bitwise_xor", "Bits set in one", np.bitwise_xor)
bitwise_not = _whole("bitwise_not", "All bits turned", np.bitwise_not, one=True)
bitwise_left_shift = _whole("bitwise_left_shift", "Bits moved up", np.left_shift)
bitwise_right_shift = _whole("bitwise_right_shift", "Bits moved down", np.right_shift)
bitwise_invert = bitwise_not
left_shift = bitwise_left_shift
right_shift = bitwise_right_shift
gcd = _whole("gcd", "Greatest common divisor", np.gcd)
lcm = _whole("lcm", "Least common multiple", np.lcm)
nextafter = _whole("nextafter", "The next number from ``x1`` towards ``x2``", np.nextafter, real=True)
i0 = _whole("i0", "Modified Bessel function of order 0, without a gradient", np.i0, one=True, real=True)

__all__ = [n for n, v in list(globals().items()) if inspect.isfunction(v) and not n.startswith("_")
           and n not in ("operation", "as_operand", "cast", "host", "is_float", "zeros_like")]  # fmt: skip
