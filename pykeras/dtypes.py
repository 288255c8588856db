"""Dtype names and how they combine."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras import _core

FLOATS = ("float32", "float64")
INTEGERS = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64")
ALL = ("bool", *INTEGERS, *FLOATS)

_ALIASES = {"int": "int32", "float": "float32", "double": "float64", "boolean": "bool", "single": "float32"}


def standardize_dtype(dtype: Any) -> str:
    """The name of a dtype given as a name, a NumPy dtype, a Python type or an object with ``name``.

    ``None`` is ``floatx()``. Raises ``ValueError`` for what is no dtype of ours.

    Example:

    >>> import numpy as np
    >>> standardize_dtype(np.float32)
    'float32'
    """
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
    if name not in ALL:
        raise ValueError(f"dtype: expected one of {', '.join(ALL)}, got {dtype!r}")
    return name


def is_float(dtype: str) -> bool:
    return dtype in FLOATS


def result_type(*dtypes: Any) -> str:
    """The dtype that operands of these dtypes are brought to.

    >>> result_type("int32", "float32")
    'float32'
    """
    names = [standardize_dtype(d) for d in dtypes]
    common = names[0] if names else standardize_dtype(None)
    for name in names[1:]:
        common = _core.common_dtype(common, name)
    return common
