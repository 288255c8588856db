"""Normalization and attention layers in ONNX."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras.export.builder import Graph, NotExpressible
from pykeras.export.table import Call, layer
from pykeras.layers.layer_normalization import places


@layer("BatchNormalization")
def batch_normalization(call: Call) -> str:
    """As in inference: one factor and one shift a channel."""
    g, layer = call.g, call.layer
    factor = 1.0 / np.sqrt(layer.moving_variance.numpy() + np.float32(layer.epsilon))
    factor = factor if layer.gamma is None else factor * layer.gamma.numpy()
    shift = -layer.moving_mean.numpy() * factor
    shift = shift if layer.beta is None else shift + layer.beta.numpy()
    shape = [-1 if axis == layer.axis % len(call.shape) else 1 for axis in range(len(call.shape))]
    y = g.add("Mul", call.x, g.const(factor.reshape(shape), "float32"))
    return g.add("Add", y, g.const(shift.reshape(shape), "float32"))


def _scaled(g: Graph, y: str, layer: Any, shape: list[int]) -> str:
    if layer.gamma is not None:
        y = g.add("Mul", y, g.const(layer.gamma.numpy().reshape(shape)))
    return y if layer.beta is None else g.add("Add", y, g.const(layer.beta.numpy().reshape(shape)))


def _centred(g: Graph, x: str, axes: Any, epsilon: float) -> str:
    """``(x - mean) / sqrt(variance + epsilon)``."""
    x = g.add("Sub", x, g.reduce("Mean", x, axes, True))
    return _divided(g, x, x, axes, epsilon)


def _divided(g: Graph, x: str, by: str, axes: Any, epsilon: float) -> str:
    """``x / sqrt(mean(by²) + epsilon)``."""
    square = g.reduce("Mean", g.add("Mul", by, by), axes, True)
    return g.add("Div", x, g.add("Sqrt", g.add("Add", square, g.const(np.float32(epsilon)))))


@layer("LayerNormalization")
def layer_normalization(call: Call) -> str:
    layer, rank = call.layer, len(call.shape)
    axes = places(layer, rank)
    shape = [call.shape[axis] if axis in axes else 1 for axis in range(rank)]
    if layer.rms_scaling:  # the variance about the mean, of what is not centred
        centred = call.g.add("Sub", call.x, call.g.reduce("Mean", call.x, axes, True))
        y = _divided(call.g, call.x, centred, axes, layer.epsilon)
    else:
        y = _centred(call.g, call.x, axes, layer.epsilon)
    return _scaled(call.g, y, layer, shape)


@layer("RMSNormalization")
def rms_normalization(call: Call) -> str:
    g, layer = call.g, call.layer
    axes = places(layer, len(call.shape))
    shape = [call.shape[axis] if axis in axes else 1 for axis in range(len(call.shape))]
    y = _divided(g, call.x, call.x, axes, layer.epsilon)
    return g.add("Mul", y, g.const(layer.scale.numpy().reshape(shape)))


@layer("GroupNormalization")
def group_normalization(call: Call) -> str:
    g, layer, rank = call.g, call.layer, len(call.shape)
    axis = layer.axis % rank
    if None in call.shape[1:]:
        raise NotExpressible("sizes that are not known")
    there = [0, axis, *[a for a in range(1, rank) if a != axis]]
    back = [there.index(a) for a in range(rank)]
    x = g.reshape(g.transpose(call.x, there), [0, layer.groups, -1])
    y = g.reshape(_centred(g, x, [2], layer.epsilon), [-1, *[call.shape[a] for a in there[1:]]])
    return _scaled(g, g.transpose(y, back), layer, [-1 if a == axis else 1 for a in range(rank)])


@layer("UnitNormalization")
def unit_normalization(call: Call) -> str:
    g, axis = call.g, call.layer.axis
    squares = g.reduce("Sum", g.add("Mul", call.x, call.x), axis if isinstance(axis, list) else [axis], True)
    return g.add("Div", call.x, g.add("Sqrt", g.add("Max", squares, g.const(np.float32(1e-12)))))


# ---- attention ------------------------------------------------------------------------------------------------------


def _refuse_masks(call: Call, *names: str) -> None:
    if any(x in call.g.masks for x in call.inputs):
        raise NotExpressible("a mask")
    given = [name for name in names if call.kwargs.get(name)]
    if given:
        raise NotExpressible(f"{given[0]}=")


def _attended(call: Call, scores: str, value: str) -> str:
    """``softmax(scores) @ value``; with a causal mask, for lengths that are known."""
    g = call.g
    if call.kwargs.get("use_causal_mask"):
        lengths = call.shapes[0][1], call.shapes[1][1] if len(call.shapes) > 1 else call.shapes[0][1]
        if None in lengths:
            raise NotExpressible("use_causal_mask with a length that is not known")
        seen = np.tri(*lengths, dtype="float32")
        scores = g.add("Add", scores, g.const((seen - 1) * np.float32(1e9)))
    return g.add("MatMul", g.add("Softmax", scores, axis=-1), value)


@layer("MultiHeadAttention")
def multi_head_attention(call: Call) -> str:
    g, layer = call.g, call.layer
    _refuse_masks(call, "query_mask", "value_mask", "key_mask", "attention_mask", "return_attention_scores")
    if layer._axes != (1,) or len(call.shape) != 3 or layer.use_gate or layer.sliding_window or len(call.args) > 3:
        raise NotExpressible("inputs of other than 3 axes, use_gate, sliding_window, or masks")
    named = {**dict(zip(("query", "value", "key"), call.args)), **call.kwargs}
    query, value = named["query"], named["value"]
    key = value if named.get("key") is None else named["key"]

    def heads(x: str, dense: Any, order: tuple) -> str:
        kernel = dense.kernel.numpy()  # (features, heads, size)
        bias = None if dense.bias is None else dense.bias.numpy().reshape(-1)
        y = g.affine(x, kernel.reshape(kernel.shape[0], -1), bias)
        return g.transpose(g.reshape(y, [0, 0, *kernel.shape[1:]]), order)

    q = heads(query, layer._query_dense, (0, 2, 1, 3))
    k = heads(key, layer._key_dense, (0, 2, 3, 1))
    v = heads(value, layer._value_dense, (0, 2, 1, 3))
    scores = g.add("Mul", g.add("MatMul", q, k), g.const(np.float32(layer.key_dim**-0.5)))
    joined = g.reshape(g.transpose(_attended(call, scores, v), (0, 2, 1, 3)), [0, 0, layer.num_heads * layer.value_dim])
    kernel, bias = layer._output_dense.kernel.numpy(), layer._output_dense.bias
    return g.affine(joined, kernel.reshape(-1, *kernel.shape[2:]), None if bias is None else bias.numpy())


def _three(call: Call) -> tuple[str, str, str]:
    _refuse_masks(call, "mask", "return_attention_scores")
    return call.inputs[0], call.inputs[1], call.inputs[2] if len(call.inputs) > 2 else call.inputs[1]


@layer("Attention")
def attention(call: Call) -> str:
    g, layer = call.g, call.layer
    query, value, key = _three(call)
    if layer.score_mode != "dot":
        return _attended(call, _sums(g, query, key, layer.scale, layer.concat_score_weight), value)
    scores = g.add("MatMul", query, g.transpose(key, (0, 2, 1)))
    if layer.scale is not None:
        scores = g.add("Mul", scores, g.const(layer.scale.numpy()))
    return _attended(call, scores, value)


def _sums(g: Graph, query: str, key: str, inner: Any, outer: Any) -> str:
    """``sum(outer * tanh(inner * (query + key)))`` of all pairs."""
    total = g.add("Add", g.unsqueeze(query, 2), g.unsqueeze(key, 1))
    total = total if inner is None else g.add("Mul", total, g.const(inner.numpy()))
    total = g.add("Tanh", total)
    return g.reduce("Sum", total if outer is None else g.add("Mul", total, g.const(outer.numpy())), [-1])


@layer("AdditiveAttention")
def additive_attention(call: Call) -> str:
    query, value, key = _three(call)
    return _attended(call, _sums(call.g, query, key, None, call.layer.scale), value)
