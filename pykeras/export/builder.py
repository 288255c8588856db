"""An ONNX graph in the making: nodes, constants, and what is known of the values."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras import extras

OPSET = 17
_DTYPES = {"float16": 10, "float32": 1, "float64": 11, "int8": 3, "int16": 5, "int32": 6, "int64": 7, "uint8": 2,
           "uint16": 4, "uint32": 12, "uint64": 13, "bool": 9, "string": 8}  # fmt: skip


class NotExpressible(ValueError):
    """A layer or op, or an option of one, that ONNX has no counterpart for here."""


def require_onnx() -> Any:
    """The package ``onnx``.

    Raises:
        ImportError: it is not installed.
    """
    return extras.package("onnx", "Writing ONNX files", "onnx", "onnx")


def onnx_dtype(dtype: Any) -> int:
    """ONNX's number for a dtype.

    Raises:
        NotExpressible: it has none here.
    """
    name = str(dtype)
    if name not in _DTYPES:
        raise NotExpressible(f"the dtype {name}")
    return _DTYPES[name]


class Graph:
    """Nodes in order; values are known by name.

    ``add`` makes a node and returns the name of its output, or a list of names. A body, the graph of one step of a loop,
    sees the values of the graph around it, so that constants all stand in the outermost one.
    """

    def __init__(self, outer: Graph | None = None):
        self.onnx: Any = require_onnx() if outer is None else outer.onnx
        self.outer = outer
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.masks: dict[str, str] = {}
        self._known: dict[Any, str] = {}
        self._counter: list[int] = [0] if outer is None else outer._counter

    def name(self, hint: str) -> str:
        """A name that no other value has."""
        self._counter[0] += 1
        return f"{hint}_{self._counter[0]}"

    def const(self, value: Any, dtype: str | None = None) -> str:
        """The name of a constant."""
        if self.outer is not None:
            return self.outer.const(value, dtype)
        array = np.ascontiguousarray(np.asarray(value, dtype=dtype)).reshape(np.shape(value))
        key = (array.dtype.name, array.shape, array.tobytes()) if array.size <= 64 else None
        if key is not None and key in self._known:
            return self._known[key]
        name = self.name("constant")
        self.constants.append(self.onnx.numpy_helper.from_array(array, name))
        if key is not None:
            self._known[key] = name
        return name

    def ints(self, *values: int) -> str:
        """A constant list of whole numbers."""
        return self.const(np.asarray(values, "int64"))

    def add(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        names = [self.name(kind.lower()) for _ in range(outputs)]
        given = {key: value for key, value in attributes.items() if value is not None}
        self.nodes.append(self.onnx.helper.make_node(kind, list(inputs), names, **given))
        return names[0] if outputs == 1 else names

    # ---- what many layers need --------------------------------------------------------------------------------------

    def transpose(self, x: str, order: Any) -> str:
        order = list(order)
        return x if order == sorted(order) else self.add("Transpose", x, perm=order)

    def cast(self, x: str, dtype: Any) -> str:
        return self.add("Cast", x, to=onnx_dtype(dtype))

    def reshape(self, x: str, shape: Any) -> str:
        """``shape`` may hold 0, "as it is", and one -1."""
        return self.add("Reshape", x, self.ints(*shape))

    def unsqueeze(self, x: str, *axes: int) -> str:
        return self.add("Unsqueeze", x, self.ints(*axes))

    def squeeze(self, x: str, *axes: int) -> str:
        return self.add("Squeeze", x, self.ints(*axes))

    def reduce(self, kind: str, x: str, axes: Any, keepdims: bool = False) -> str:
        """``kind`` is Sum, Mean, Max or Min."""
        if kind == "Sum":
            return self.add("ReduceSum", x, self.ints(*axes), keepdims=int(keepdims))
        return self.add(f"Reduce{kind}", x, axes=list(axes), keepdims=int(keepdims))

    def flip(self, x: str, axis: int) -> str:
        whole = np.iinfo("int64")
        return self.add("Slice", x, self.ints(-1), self.ints(whole.min), self.ints(axis), self.ints(-1))

    def batch_size(self, x: str) -> str:
        """The first size of a value, as a list of one."""
        return self.add("Slice", self.add("Shape", x), self.ints(0), self.ints(1))

    def zeros(self, x: str, sizes: Any) -> str:
        """Zeros of the batch size of ``x`` and further sizes."""
        shape = self.add("Concat", self.batch_size(x), self.ints(*sizes), axis=0)
        return self.add("ConstantOfShape", shape, value=self.onnx.helper.make_tensor("zero", 1, [1], [0.0]))

    def affine(self, x: str, kernel: Any, bias: Any = None) -> str:
        """``x @ kernel + bias``."""
        y = self.add("MatMul", x, self.const(kernel))
        return y if bias is None else self.add("Add", y, self.const(bias))
