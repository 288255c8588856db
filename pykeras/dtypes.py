"""Dtype names and how they combine."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras import _core

FLOATS = ("float32", "float64")
INTEGERS = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64")
ALL = ("bool", *INTEGERS, *FLOATS)
_NAMES = frozenset((*ALL, "string"))

_ALIASES = {"int": "int32", "float": "float32", "double": "float64", "boolean": "bool", "single": "float32"}


def standardize_dtype(dtype: Any) -> str:
    """The name of a dtype given as a name, a NumPy dtype, a Python type or an object with ``name``.

    ``None`` is ``floatx()``; ``"string"`` is the dtype of texts. Raises ``ValueError`` for what is no dtype of ours.

    Example:

    >>> import numpy as np
    >>> standardize_dtype(np.float32)
    'float32'
    """
    if type(dtype) is str and dtype in _NAMES:
        return dtype
    if dtype is None:
        from pykeras import config

        return config.floatx()
    if isinstance(dtype, str):
        name = _ALIASES.get(dtype, dtype)
    elif dtype is bool:
        name = "bool"
    elif dtype is int:
        name = "int32"
    elif dtype is float:
        from pykeras import config

        name = config.floatx()
    else:
        name = getattr(dtype, "name", None) or np.dtype(dtype).name
    if name not in _NAMES:
        raise ValueError(f"dtype: expected one of {', '.join(ALL)}, got {dtype!r}")
    return name


def is_float(dtype: str) -> bool:
    return dtype in FLOATS


def result_type(*dtypes: Any) -> str:
    """The dtype that operands of these dtypes are brought to.

    The Python types ``bool``, ``int`` and ``float`` stand for Python's numbers, which take the dtype of the others.

    >>> result_type("int32", "float32"), result_type("int8", int), result_type("int8", float)
    ('float32', 'int8', 'float32')
    """
    common = None
    for dtype in dtypes:
        if dtype not in _PYTHON_NUMBERS:
            name = standardize_dtype(dtype)
            common = name if common is None else _core.common_dtype(common, name)
    for number in _PYTHON_NUMBERS:
        if number in dtypes and (common is None or _PYTHON_NUMBERS[number] not in _kinds_within(common)):
            common = standardize_dtype(number)
    return common or standardize_dtype(None)


_PYTHON_NUMBERS: dict[Any, str] = {bool: "b", int: "i", float: "f"}


def _kinds_within(dtype: str) -> str:
    return "bif" if dtype in FLOATS else "bi" if dtype in INTEGERS else "b"
