"""Operators of tensors, variables and symbolic tensors: one table for all three."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras import _core
from pykeras.dtypes import INTEGERS
from pykeras.keras_tensor import KerasTensor
from pykeras.ops import arithmetic, elementary, indexing, movement, products

_BINARY = {
    "add": arithmetic.add,
    "sub": arithmetic.subtract,
    "mul": arithmetic.multiply,
    "truediv": arithmetic.divide,
    "floordiv": arithmetic.floor_divide,
    "mod": arithmetic.mod,
    "pow": arithmetic.power,
    "matmul": products.matmul,
    "and": arithmetic.logical_and,
    "or": arithmetic.logical_or,
    "xor": arithmetic.logical_xor,
}
_COMPARE = {
    "lt": arithmetic.less,
    "le": arithmetic.less_equal,
    "gt": arithmetic.greater,
    "ge": arithmetic.greater_equal,
    "eq": arithmetic.equal,
    "ne": arithmetic.not_equal,
}
_UNARY = {"neg": arithmetic.negative, "abs": arithmetic.absolute, "invert": arithmetic.logical_not}
_BITWISE = {"and": elementary.bitwise_and, "or": elementary.bitwise_or, "xor": elementary.bitwise_xor}


def _is_whole(x) -> bool:
    return getattr(x, "dtype", type(x)) in (*INTEGERS, int)


def _invert(self):
    return elementary.bitwise_not(self) if _is_whole(self) else arithmetic.logical_not(self)


def _by_bits(bitwise, logical):
    """Of tensors of integers the bits, else truth."""

    def function(x1, x2):
        return (bitwise if _is_whole(x1) and _is_whole(x2) else logical)(x1, x2)

    return function


def _same(self):
    return self


def _round(self, ndigits: int | None = None):
    return arithmetic.round(self, ndigits or 0)


def _divmod(self, other):
    return arithmetic.floor_divide(self, other), arithmetic.mod(self, other)


def _reflected_divmod(self, other):
    return _divmod(other, self)


def _iterate(self):
    return (indexing.getitem(self, i) for i in range(len(self)))


def _tolist(self) -> list:
    return self.numpy().tolist()


def _repr(self) -> str:
    return f"<Tensor shape={self.shape}, dtype={self.dtype}, value={self.numpy()}>"


def _shown(self) -> str:
    return str(self.numpy())


def _reshape(self: Any, newshape: Any) -> Any:
    return movement.reshape(self, newshape)


def _squeeze(self: Any, axis: Any = None) -> Any:
    return movement.squeeze(self, axis)


def install() -> None:
    tensor: Any = _core.Tensor
    variable: Any = _core.Variable
    classes: tuple[Any, ...] = (tensor, variable, KerasTensor)
    for cls in classes:
        for name, function in _BINARY.items():
            setattr(cls, f"__{name}__", _method(function))
            setattr(cls, f"__r{name}__", _reflected(function))
        for name, function in (*_COMPARE.items(), *_UNARY.items()):
            setattr(cls, f"__{name}__", _method(function))
        cls.__pos__, cls.__round__, cls.__divmod__, cls.__rdivmod__ = _same, _round, _divmod, _reflected_divmod
        cls.__getitem__ = _method(indexing.getitem)
        # Identity, not equality, decides whether two tensors are one key.
        cls.__hash__ = object.__hash__
        # NumPy leaves mixed expressions to us.
        cls.__array_priority__ = 100
        cls.__array_ufunc__ = None
    for cls in (tensor, variable):
        cls.__array_ufunc__ = _numpy_function
        cls.__iter__ = _iterate
        cls.tolist = _tolist
        cls.__invert__ = _invert
    for name, bitwise in _BITWISE.items():  # variables and symbolic tensors take these as truth, as in Keras
        function = _by_bits(bitwise, _BINARY[name])
        setattr(tensor, f"__{name}__", _method(function))
        setattr(tensor, f"__r{name}__", _reflected(function))
    symbolic: Any = KerasTensor
    symbolic.reshape, symbolic.squeeze = _reshape, _squeeze
    tensor.__repr__ = _repr
    tensor.__str__ = _shown
    for name in ("__float__", "__int__", "__bool__", "__index__", "__len__", "item"):
        setattr(variable, name, _through_value(name))


_MIXED = {
    np.add: "add",
    np.subtract: "sub",
    np.multiply: "mul",
    np.true_divide: "truediv",
    np.floor_divide: "floordiv",
    np.remainder: "mod",
    np.power: "pow",
    np.matmul: "matmul",
    np.bitwise_and: "and",
    np.bitwise_or: "or",
    np.bitwise_xor: "xor",
    np.less: "lt",
    np.less_equal: "le",
    np.greater: "gt",
    np.greater_equal: "ge",
    np.equal: "eq",
    np.not_equal: "ne",
}


def _numpy_function(self, function, method, *inputs, **options):
    """``array + tensor`` is our sum; NumPy's own functions (``np.exp``, ``np.max``) take tensors as arrays."""
    name = _MIXED.get(function)
    if name is not None and method == "__call__" and not options:
        return {**_BINARY, **_COMPARE}[name](*inputs)
    arrays = [np.asarray(x) if isinstance(x, (_core.Tensor, _core.Variable)) else x for x in inputs]
    return getattr(function, method)(*arrays, **options)


def _method(function):
    def method(self, *others):
        return function(self, *others)

    return method


def _reflected(function):
    def method(self, other):
        return function(other, self)

    return method


def _through_value(name: str):
    def method(self):
        return getattr(self.read(), name)()

    return method
