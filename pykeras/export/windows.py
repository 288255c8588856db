"""Convolutions and pooling in ONNX, which has the channels first."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras.export.builder import Graph, NotExpressible
from pykeras.export.functions import activate
from pykeras.export.table import Call, layer


def _channels_first(g: Graph, x: str, rank: int, layer: Any) -> str:
    return g.transpose(x, [0, rank + 1, *range(1, rank + 1)]) if layer.data_format == "channels_last" else x


def _as_before(g: Graph, y: str, rank: int, layer: Any) -> str:
    return g.transpose(y, [0, *range(2, rank + 2), 1]) if layer.data_format == "channels_last" else y


def _kernel(values: np.ndarray) -> np.ndarray:
    """(window, in, out) to (out, in, window)."""
    rank = values.ndim - 2
    return np.transpose(values, (rank + 1, rank, *range(rank)))


def _padding(layer: Any, rank: int) -> dict[str, Any]:
    if layer.padding == "causal":
        return {"pads": [layer.dilation_rate[0] * (layer.kernel_size[0] - 1), 0]}
    return {"auto_pad": "SAME_UPPER"} if layer.padding == "same" else {"pads": [0] * (2 * rank)}


def _convolve(g: Graph, x: str, kernel: np.ndarray, bias: Any, layer: Any, group: int, **more: Any) -> str:
    inputs = [x, g.const(kernel)] + ([g.const(bias.numpy())] if bias is not None else [])
    given = {
        "strides": list(layer.strides),
        "dilations": list(layer.dilation_rate),
        **_padding(layer, layer.rank),
        **more,
    }
    return g.add("Conv", *inputs, group=group, kernel_shape=list(kernel.shape[2:]), **given)


@layer("Conv1D", "Conv2D", "Conv3D", masks=False)
def convolution(call: Call) -> str:
    g, layer = call.g, call.layer
    x = _channels_first(g, call.x, layer.rank, layer)
    y = _convolve(g, x, _kernel(layer.kernel.numpy()), layer.bias, layer, layer.groups)
    return _as_before(g, activate(g, layer.activation, y), layer.rank, layer) if _pointwise(layer) else activate(
        g, layer.activation, _as_before(g, y, layer.rank, layer))  # fmt: skip


def _pointwise(layer: Any) -> bool:
    return "softmax" not in getattr(layer.activation, "__name__", "softmax")


def _depthwise_kernel(values: np.ndarray) -> np.ndarray:
    """(window, in, multiplier) to (in * multiplier, 1, window)."""
    rank = values.ndim - 2
    turned = np.transpose(values, (rank, rank + 1, *range(rank)))
    return turned.reshape(-1, 1, *values.shape[:rank])


@layer("DepthwiseConv1D", "DepthwiseConv2D", masks=False)
def depthwise(call: Call) -> str:
    g, layer = call.g, call.layer
    values = layer.kernel.numpy()
    x = _channels_first(g, call.x, layer.rank, layer)
    y = _convolve(g, x, _depthwise_kernel(values), layer.bias, layer, values.shape[-2])
    return activate(g, layer.activation, _as_before(g, y, layer.rank, layer))


@layer("SeparableConv1D", "SeparableConv2D", masks=False)
def separable(call: Call) -> str:
    g, layer = call.g, call.layer
    values = layer.depthwise_kernel.numpy()
    x = _channels_first(g, call.x, layer.rank, layer)
    y = _convolve(g, x, _depthwise_kernel(values), None, layer, values.shape[-2])
    inputs = [y, g.const(_kernel(layer.pointwise_kernel.numpy()))]
    y = g.add("Conv", *inputs, *([g.const(layer.bias.numpy())] if layer.bias is not None else []))
    return activate(g, layer.activation, _as_before(g, y, layer.rank, layer))


@layer("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", masks=False)
def transposed(call: Call) -> str:
    g, layer = call.g, call.layer
    if layer.output_padding is not None:
        raise NotExpressible("output_padding")
    before, after, more = [], [], []
    for size, stride, dilation in zip(layer.kernel_size, layer.strides, layer.dilation_rate):
        whole = (size - 1) * dilation + 1
        cut = max(whole - stride, 0) if layer.padding == "same" else 0
        before.append(cut // 2)
        after.append(cut - cut // 2)
        more.append(max(stride - whole, 0))
    rank = layer.rank
    kernel = np.transpose(layer.kernel.numpy(), (rank + 1, rank, *range(rank)))  # (in, out, window)
    inputs = [_channels_first(g, call.x, rank, layer), g.const(kernel)]
    inputs += [g.const(layer.bias.numpy())] if layer.bias is not None else []
    y = g.add("ConvTranspose", *inputs, pads=[*before, *after], output_padding=more, strides=list(layer.strides),
              dilations=list(layer.dilation_rate))  # fmt: skip
    return activate(g, layer.activation, _as_before(g, y, rank, layer))


@layer("MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D",
       masks=False)  # fmt: skip
def pooling(call: Call) -> str:
    g, layer = call.g, call.layer
    rank = len(layer.pool_size)
    kind = "MaxPool" if type(layer).__name__.startswith("Max") else "AveragePool"
    pads: dict[str, Any] = {"auto_pad": "SAME_UPPER"} if layer.padding == "same" else {}
    y = g.add(kind, _channels_first(g, call.x, rank, layer), kernel_shape=list(layer.pool_size),
              strides=list(layer.strides), **pads)  # fmt: skip
    return _as_before(g, y, rank, layer)


@layer(*(f"Global{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3)), masks=False)
def global_pooling(call: Call) -> str:
    g, layer = call.g, call.layer
    first = 1 if layer.data_format == "channels_last" else 2
    axes = list(range(first, first + layer.rank))
    kind = "Max" if "Max" in type(layer).__name__ else "Mean"
    if call.mask is None or kind == "Max":
        return g.reduce(kind, call.x, axes, layer.keepdims)
    weights = g.unsqueeze(g.cast(call.mask, "float32"), 2 if first == 1 else 1)
    total = g.reduce("Sum", g.add("Mul", call.x, weights), axes, layer.keepdims)
    return g.add("Div", total, g.reduce("Sum", weights, axes, layer.keepdims))
