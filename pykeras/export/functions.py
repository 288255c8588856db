"""Activation functions and ops between layers in ONNX, one row each."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from pykeras.export.builder import Graph, NotExpressible


def _hard_sigmoid(g: Graph, x: str) -> str:
    return g.add("HardSigmoid", x, alpha=1 / 6, beta=0.5)


def _gelu(g: Graph, x: str) -> str:
    half = g.add("Mul", x, g.const(np.float32(0.5)))
    return g.add("Mul", half, g.add("Add", g.add("Erf", g.add("Mul", x, g.const(np.float32(math.sqrt(0.5))))),
                                    g.const(np.float32(1.0))))  # fmt: skip


def _times(kind: Any) -> Callable:
    return lambda g, x: g.add("Mul", x, kind(g, x))


def _node(kind: str, **attributes: Any) -> Callable:
    return lambda g, x: g.add(kind, x, **attributes)


# Name of the function to what it is for a float tensor.
ACTIVATIONS: dict[str, Callable] = {
    "linear": lambda g, x: x,
    "relu": _node("Relu"),
    "relu6": lambda g, x: g.add("Clip", x, g.const(np.float32(0.0)), g.const(np.float32(6.0))),
    "elu": _node("Elu"),
    "celu": _node("Celu"),
    "selu": _node("Selu", alpha=1.6732632423543772, gamma=1.0507009873554805),
    "leaky_relu": _node("LeakyRelu", alpha=0.2),
    "sigmoid": _node("Sigmoid"),
    "tanh": _node("Tanh"),
    "softmax": _node("Softmax", axis=-1),
    "log_softmax": _node("LogSoftmax", axis=-1),
    "softplus": _node("Softplus"),
    "softsign": _node("Softsign"),
    "exponential": _node("Exp"),
    "hard_sigmoid": _hard_sigmoid,
    "keras2_hard_sigmoid": _node("HardSigmoid", alpha=0.2, beta=0.5),
    "hard_tanh": lambda g, x: g.add("Clip", x, g.const(np.float32(-1.0)), g.const(np.float32(1.0))),
    "hard_silu": _times(_hard_sigmoid),
    "silu": _times(_node("Sigmoid")),
    "mish": _times(lambda g, x: g.add("Tanh", g.add("Softplus", x))),
    "gelu": _gelu,
    "log_sigmoid": lambda g, x: g.add("Neg", g.add("Softplus", g.add("Neg", x))),
    "tanh_shrink": lambda g, x: g.add("Sub", x, g.add("Tanh", x)),
}


def activate(g: Graph, function: Any, x: str) -> str:
    """Applies an activation.

    Raises:
        NotExpressible: a function that is not in the table.
    """
    name = getattr(function, "__name__", type(function).__name__)
    if name not in ACTIVATIONS:
        raise NotExpressible(f"the activation {name!r}; known: {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[name](g, x)


_BINARY = {"add": "Add", "subtract": "Sub", "multiply": "Mul", "divide": "Div", "true_divide": "Div", "power": "Pow",
           "maximum": "Max", "minimum": "Min", "matmul": "MatMul"}  # fmt: skip
_UNARY = {
    "negative": "Neg",
    "absolute": "Abs",
    "abs": "Abs",
    "exp": "Exp",
    "log": "Log",
    "sqrt": "Sqrt",
    "sin": "Sin",
    "cos": "Cos",
    "erf": "Erf",
    "floor": "Floor",
    "ceil": "Ceil",
    "reciprocal": "Reciprocal",
    "sign": "Sign",
}
_REDUCED = {"sum": "Sum", "mean": "Mean", "max": "Max", "min": "Min"}


def operation(g: Graph, name: str, given: dict, rank: int, inputs: list[str]) -> str:
    """One op between layers.

    Arguments:
        g: the graph.
        name: of the function in ``pykeras.ops``.
        given: its arguments by name, in order; tensors as values' names, arrays as constants' names.
        rank: of the first tensor.
        inputs: the names of the tensors among them.

    Raises:
        NotExpressible: an op or argument that is not known here.
    """
    values = list(given.values())
    if name in _BINARY:
        return g.add(
            _BINARY[name], *(each if isinstance(each, str) else g.const(np.float32(each)) for each in values[:2])
        )
    if name in _UNARY:
        return g.add(_UNARY[name], values[0])
    if name in ACTIVATIONS and all(_neutral(name, key, each) for key, each in list(given.items())[1:]):
        return ACTIVATIONS[name](g, values[0])
    if name == "square":
        return g.add("Mul", values[0], values[0])
    if name == "rsqrt":
        return g.add("Reciprocal", g.add("Sqrt", values[0]))
    if name in _REDUCED:
        axis, keepdims = given.get("axis"), bool(given.get("keepdims", False))
        axes = range(rank) if axis is None else axis if isinstance(axis, (list, tuple)) else [axis]
        return g.reduce(_REDUCED[name], values[0], axes, keepdims)
    if name == "getitem":
        return _getitem(g, values[0], given["key"], rank)
    if name == "reshape" and sum(size in (-1, None) for size in given["newshape"]) <= 1:
        return g.reshape(values[0], [-1 if size is None else size for size in given["newshape"]])
    if name == "transpose":
        return g.transpose(values[0], given.get("axes") or range(rank)[::-1])
    if name == "concatenate":
        return g.add("Concat", *inputs, axis=given.get("axis", 0))
    if name == "expand_dims" and isinstance(given["axis"], int):
        return g.unsqueeze(values[0], given["axis"])
    if name == "cast":
        return g.cast(values[0], given["dtype"])
    raise NotExpressible(f"the op {name!r}")


def _neutral(name: str, key: str, value: Any) -> bool:
    """Whether an argument of an activation is the one that the table means."""
    meant = {"axis": -1, "negative_slope": 0.2 if name == "leaky_relu" else 0.0, "alpha": 1.0, "approximate": False}
    return value is None or (key in meant and value == meant[key])


def _getitem(g: Graph, x: str, key: Any, rank: int) -> str:
    parts = list(key) if isinstance(key, tuple) else [key]
    if any(not isinstance(part, (int, slice)) for part in parts) or len(parts) > rank:
        raise NotExpressible(f"the index {key!r}")
    whole = np.iinfo("int64").max
    starts, ends, steps = [], [], []
    for part in parts:
        part = slice(part, part + 1 if part != -1 else None) if isinstance(part, int) else part
        step = part.step or 1
        starts.append((0 if step > 0 else -1) if part.start is None else part.start)
        ends.append((whole if step > 0 else -whole) if part.stop is None else part.stop)
        steps.append(step)
    axes = range(len(parts))
    y = g.add("Slice", x, g.ints(*starts), g.ints(*ends), g.ints(*axes), g.ints(*steps))
    gone = [axis for axis, part in enumerate(parts) if isinstance(part, int)]
    return g.squeeze(y, *gone) if gone else y
