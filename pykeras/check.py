"""Argument checks of constructors: one function per kind of check.

Each takes the argument's name and value, returns the value in its plain Python form, and otherwise raises a
``ValueError`` that names the argument, what was expected, and what was received.

Example:
    >>> from pykeras import check
    >>> check.positive_int("units", 3)
    3
    >>> check.positive_int("units", -3)
    Traceback (most recent call last):
        ...
    ValueError: units: expected a positive integer, got -3
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable

__all__ = [
    "boolean",
    "fraction",
    "int_tuple",
    "integer",
    "non_negative_float",
    "non_negative_int",
    "number",
    "one_of",
    "positive_float",
    "positive_int",
    "shape",
]


def _fail(name, expected, value):
    shown = f'"{value}"' if isinstance(value, str) else repr(value)
    if len(shown) > 200:
        shown = shown[:200] + "..."
    raise ValueError(f"{name}: expected {expected}, got {shown}")


def _is_bool(value):
    """Python's bool or NumPy's (called ``bool_`` before NumPy 2)."""
    return type(value).__name__ in ("bool", "bool_")


def _as_int(value):
    """``value`` as an int, or None when it is no integer (booleans are not)."""
    if _is_bool(value):
        return None
    try:
        return operator.index(value)
    except TypeError:
        return None


def _as_float(value):
    """``value`` as a finite float, or None."""
    if isinstance(value, (str, bytes)) or getattr(value, "ndim", 0):
        return None
    try:
        result = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def integer(name, value):
    """Any integer (NumPy integers included; booleans and floats are refused)."""
    result = _as_int(value)
    return result if result is not None else _fail(name, "an integer", value)


def positive_int(name, value):
    """An integer of 1 or more."""
    result = _as_int(value)
    return result if result is not None and result > 0 else _fail(name, "a positive integer", value)


def non_negative_int(name, value):
    """An integer of 0 or more."""
    result = _as_int(value)
    return result if result is not None and result >= 0 else _fail(name, "an integer of 0 or more", value)


def number(name, value):
    """Any finite real number: an integer stays one, anything else is returned as float."""
    whole = _as_int(value)
    result = _as_float(value) if whole is None else whole
    return result if result is not None else _fail(name, "a finite number", value)


def positive_float(name, value):
    """A finite number above 0, returned as float."""
    result = _as_float(value)
    return result if result is not None and result > 0 else _fail(name, "a positive number", value)


def non_negative_float(name, value):
    """A finite number of 0 or more, returned as float."""
    result = _as_float(value)
    return result if result is not None and result >= 0 else _fail(name, "a number of 0 or more", value)


def fraction(name, value):
    """A number from 0 to 1, both included, returned as float (a dropout rate, a probability, a momentum)."""
    result = _as_float(value)
    return result if result is not None and 0 <= result <= 1 else _fail(name, "a number from 0 to 1", value)


def boolean(name, value):
    """True or False (0 and 1 count, as they do in configurations written by other tools)."""
    if _is_bool(value) or _as_int(value) in (0, 1):
        return bool(value)
    return _fail(name, "True or False", value)


def one_of(name, value, choices):
    """One of the listed choices, compared with ``==``.

    Example:
        >>> from pykeras import check
        >>> check.one_of("padding", "full", ("valid", "same"))
        Traceback (most recent call last):
            ...
        ValueError: padding: expected one of "valid", "same", got "full"
    """
    choices = tuple(choices)
    if any(type(value) is type(choice) and value == choice for choice in choices):
        return value
    listed = ", ".join(f'"{c}"' if isinstance(c, str) else repr(c) for c in choices)
    return _fail(name, f"one of {listed}", value)


def int_tuple(name, value, length, minimum=1):
    """``length`` integers of ``minimum`` or more; a single integer stands for all of them.

    Example:
        >>> from pykeras import check
        >>> check.int_tuple("kernel_size", 3, 2)
        (3, 3)
        >>> check.int_tuple("strides", (1, 2), 2)
        (1, 2)
    """
    single = _as_int(value)
    if single is not None:
        items = (single,) * length
    elif isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        items = tuple(_as_int(item) for item in value)
    else:
        items = ()
    if len(items) != length or any(item is None or item < minimum for item in items):
        plural = "an integer" if length == 1 else f"an integer or {length} integers"
        _fail(name, f"{plural} of {minimum} or more", value)
    return items


def shape(name, value):
    """A shape: integers of 0 or more and None for unknown sizes; a single integer stands for one axis.

    Example:
        >>> from pykeras import check
        >>> check.shape("input_shape", [28, None, 3])
        (28, None, 3)
    """
    single = _as_int(value)
    if single is not None:
        value = (single,)
    expected = "a shape (integers of 0 or more, or None)"
    if not isinstance(value, Iterable) or isinstance(value, (str, bytes)):
        return _fail(name, expected, value)
    value = tuple(value)
    items = tuple(None if item is None else _as_int(item) for item in value)
    if any(given is not None and (item is None or item < 0) for given, item in zip(value, items, strict=True)):
        _fail(name, expected, value)
    return items
