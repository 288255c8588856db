"""Recurrent layers in ONNX: one Scan over the time steps, whose body is a step of the cell.

ONNX's own LSTM and GRU know no masks, fewer activations and no other cells; a Scan holds all of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras import tree
from pykeras.export.builder import Graph, NotExpressible
from pykeras.export.functions import activate
from pykeras.export.table import Call, layer


def _gates(g: Graph, x: str, kernel: np.ndarray, bias: Any, count: int) -> list[str]:
    return g.add("Split", g.affine(x, kernel, bias), axis=-1, outputs=count)


def _lstm(g: Graph, cell: Any, z: list[str], c: str) -> tuple[str, list[str]]:
    """Output and states from the four gates before their activations."""
    i, f, o = (activate(g, cell.recurrent_activation, z[k]) for k in (0, 1, 3))
    c = g.add("Add", g.add("Mul", f, c), g.add("Mul", i, activate(g, cell.activation, z[2])))
    h = g.add("Mul", o, activate(g, cell.activation, c))
    return h, [h, c]


def lstm_step(g: Graph, cell: Any, x: str, states: list[str]) -> tuple[str, list[str]]:
    bias = None if cell.bias is None else cell.bias.numpy()
    total = g.add("Add", g.affine(x, cell.kernel.numpy(), bias), g.affine(states[0], cell.recurrent_kernel.numpy()))
    return _lstm(g, cell, g.add("Split", total, axis=-1, outputs=4), states[1])


def gru_step(g: Graph, cell: Any, x: str, states: list[str]) -> tuple[str, list[str]]:
    (h,), kernel = states, cell.recurrent_kernel.numpy()
    bias = [None, None] if cell.bias is None else list(np.atleast_2d(cell.bias.numpy())) + [None]
    x_z, x_r, x_g = _gates(g, x, cell.kernel.numpy(), bias[0], 3)
    if cell.reset_after:
        h_z, h_r, h_g = _gates(g, h, kernel, bias[1], 3)
    else:
        h_z, h_r = _gates(g, h, kernel[:, : 2 * cell.units], None, 2)
    z = activate(g, cell.recurrent_activation, g.add("Add", x_z, h_z))
    r = activate(g, cell.recurrent_activation, g.add("Add", x_r, h_r))
    if cell.reset_after:
        own = g.add("Mul", r, h_g)
    else:
        own = g.affine(g.add("Mul", r, h), kernel[:, 2 * cell.units :])
    new = activate(g, cell.activation, g.add("Add", x_g, own))
    h = g.add("Add", g.add("Mul", z, h), g.add("Mul", g.add("Sub", g.const(np.float32(1.0)), z), new))
    return h, [h]


def simple_step(g: Graph, cell: Any, x: str, states: list[str]) -> tuple[str, list[str]]:
    bias = None if cell.bias is None else cell.bias.numpy()
    total = g.add("Add", g.affine(x, cell.kernel.numpy(), bias), g.affine(states[0], cell.recurrent_kernel.numpy()))
    h = activate(g, cell.activation, total)
    return h, [h]


def conv_lstm_step(g: Graph, cell: Any, x: str, states: list[str]) -> tuple[str, list[str]]:
    last, rank = cell.data_format == "channels_last", len(cell.kernel_size)

    def convolve(value: str, kernel: np.ndarray, bias: Any, padding: str, strides: Any, dilations: Any) -> str:
        value = g.transpose(value, [0, rank + 1, *range(1, rank + 1)]) if last else value
        turned = np.transpose(kernel, (rank + 1, rank, *range(rank)))
        inputs = [value, g.const(turned)] + ([g.const(bias.numpy())] if bias is not None else [])
        pads: dict[str, Any] = {"auto_pad": "SAME_UPPER"} if padding == "same" else {}
        return g.add("Conv", *inputs, strides=list(strides), dilations=list(dilations), **pads)

    one = [1] * rank
    total = g.add("Add", convolve(x, cell.kernel.numpy(), cell.bias, cell.padding, cell.strides, cell.dilation_rate),
                  convolve(states[0], cell.recurrent_kernel.numpy(), None, "same", one, one))  # fmt: skip
    z = g.add("Split", total, axis=1, outputs=4)
    if last:
        z = [g.transpose(each, [0, *range(2, rank + 2), 1]) for each in z]
    return _lstm(g, cell, z, states[1])


def stacked_step(g: Graph, cell: Any, x: str, states: list[str]) -> tuple[str, list[str]]:
    after: list[str] = []
    for each in cell.cells:
        count = len(_sizes(each))
        x, own = _step_of(each)(g, each, x, states[len(after) : len(after) + count])
        after += own
    return x, after


_STEPS = {"LSTMCell": lstm_step, "GRUCell": gru_step, "SimpleRNNCell": simple_step, "ConvLSTMCell": conv_lstm_step,
          "StackedRNNCells": stacked_step}  # fmt: skip


def _step_of(cell: Any) -> Any:
    kind = type(cell).__name__
    if kind not in _STEPS:
        raise NotExpressible(f"the cell {kind}; known: {', '.join(_STEPS)}")
    return _STEPS[kind]


def _sizes(cell: Any) -> list:
    return tree.flatten(cell.state_size)


@layer("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", masks=False)
def recurrent(call: Call) -> Any:
    layer = call.layer
    given = call.inputs[1:]
    if layer.stateful or layer.time_major:
        raise NotExpressible("stateful or time_major")
    mask = call.mask
    outputs, last, states = scan(call, layer, call.x, given or None, mask)
    call.mask = mask if layer.return_sequences else None
    output = outputs if layer.return_sequences else last
    return [output, *states] if layer.return_state else output


def scan(call: Call, layer: Any, x: str, initial: Any, mask: str | None) -> tuple[str, str, list[str]]:
    """All outputs, the last one, and the last states of a recurrent layer."""
    g, cell = call.g, layer.cell
    step = _step_of(cell)
    sizes = _sizes(cell)
    if type(cell).__name__ == "ConvLSTMCell":
        shape = call.out_shape[2:] if layer.return_sequences else call.out_shape[1:]
        first = initial or [g.zeros(x, shape) for _ in sizes]
        numbers: Any = [shape]
    else:
        first = initial or [g.zeros(x, [size]) for size in sizes]
        numbers = [[size] for size in sizes]
    body = Graph(g)
    names = [body.name("state") for _ in first]
    held, here, seen = body.name("held"), body.name("x"), body.name("seen")
    output, after = step(body, cell, here, names)
    before = output
    if mask is not None:
        rank = len(numbers[0])
        wide = body.unsqueeze(seen, *range(1, 1 + rank)) if rank else seen
        other = body.const(np.float32(0.0)) if layer.zero_output_for_mask else held
        output = body.add("Where", wide, before, other)
        after = [body.add("Where", wide, new, old) for new, old in zip(after, names)]
    # each result is a node's own output: a graph may not hand one value out twice
    results = [body.add("Identity", each) for each in [*after, output, output]]
    last_cell = getattr(cell, "cells", [cell])[-1]
    start = first[len(sizes) - len(_sizes(last_cell))]
    make = g.onnx.helper
    boolean, real = make.TensorProto.BOOL if hasattr(make, "TensorProto") else 9, 1
    described = [make.make_tensor_value_info(name, real, None) for name in [*names, held, here]]
    described += [make.make_tensor_value_info(seen, boolean, None)] if mask is not None else []
    graph = make.make_graph(body.nodes, body.name("step"), described,
                            [make.make_tensor_value_info(name, real, None) for name in results])  # fmt: skip
    sequences = [x] + ([mask] if mask is not None else [])
    backwards = [int(layer.go_backwards)] * len(sequences)
    found = g.add("Scan", *first, start, *sequences, outputs=len(first) + 2, body=graph, num_scan_inputs=len(sequences),
                  scan_input_axes=[1] * len(sequences), scan_output_axes=[1], scan_input_directions=backwards)  # fmt: skip
    return found[-1], found[-2], found[: len(first)]


@layer("Bidirectional", masks=False)
def bidirectional(call: Call) -> Any:
    g, layer = call.g, call.layer
    given, half = call.inputs[1:], len(call.inputs[1:]) // 2
    mask = call.mask
    results, states = [], []
    for inner, initial in ((layer.forward_layer, given[:half]), (layer.backward_layer, given[half:])):
        if inner.stateful or inner.time_major:
            raise NotExpressible("stateful or time_major")
        outputs, last, after = scan(call, inner, call.x, initial or None, mask)
        if inner is layer.backward_layer and layer.return_sequences:
            outputs = g.flip(outputs, 1)
        results.append(outputs if layer.return_sequences else last)
        states += after
    call.mask = mask if layer.return_sequences else None
    merged = _merged(g, layer.merge_mode, results)
    return [*merged, *(states if layer.return_state else [])] if layer.return_state or len(merged) > 1 else merged[0]


def _merged(g: Graph, mode: Any, both: list[str]) -> list[str]:
    if mode is None:
        return both
    if mode == "concat":
        return [g.add("Concat", *both, axis=-1)]
    total = g.add("Mul" if mode == "mul" else "Add", *both)
    return [g.add("Div", total, g.const(np.float32(2.0))) if mode == "ave" else total]
