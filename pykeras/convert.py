"""What counts as an array: everything that ops accept beside tensors and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras import _core, config, strings


def tensor_from(value: Any, op: str = "convert_to_tensor", name: str = "x") -> _core.Tensor:
    """A tensor with the values of an array, a (nested) list or anything with ``__array__``; texts make one of strings.

    Python floats in lists become ``floatx()``, integers ``int32`` when they fit.
    Raises ``TypeError`` naming the op and the argument when the value is no array of numbers or texts.
    """
    is_array = hasattr(value, "__array__")
    if not is_array and isinstance(value, (list, tuple)):
        value = _without_tensors(value)
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise type(error)(f"{op}: {name}: {error}") from None
    # Texts become a tensor where one is asked for; an op that finds them among its arguments was given a wrong one.
    if op == "convert_to_tensor" and array.dtype.kind in "USO" and strings.is_text(array):
        return _strings_from(value if isinstance(value, (list, tuple)) else array, op, name)
    if array.dtype not in _NUMPY_DTYPES:
        if array.dtype == np.float16:
            array = array.astype("float32")
        elif array.dtype.newbyteorder("=") not in _NUMPY_DTYPES:
            raise TypeError(f"{op}: {name}: expected an array of numbers, got {_describe(value, array)}")
    if not is_array:
        if array.dtype == np.float64:
            array = array.astype(config.floatx())
        elif array.dtype == np.int64 and (array.size == 0 or (array.min() >= -(2**31) and array.max() < 2**31)):
            array = array.astype(np.int32)
    return _core.tensor(array)


def _strings_from(value: Any, op: str, name: str) -> _core.Tensor:
    try:
        return strings.tensor_of(value)
    except TypeError as error:
        raise TypeError(f"{op}: {name}: {error}") from None


def _without_tensors(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_without_tensors(v) for v in value]
    if isinstance(value, _core.Variable):
        value = value.read()
    if isinstance(value, _core.SymbolicTensor):
        raise TypeError("a list that contains symbolic tensors is not a tensor; stack or concatenate them")
    return value.numpy() if isinstance(value, _core.Tensor) else value


def _describe(value: Any, array: np.ndarray) -> str:
    if array.dtype == object:
        return f"{type(value).__name__} {value!r}"[:120]
    return f"dtype {array.dtype.name}"


_NUMPY_DTYPES = {
    np.dtype(name) for name in "bool uint8 int8 uint16 int16 uint32 int32 uint64 int64 float32 float64".split()
}
