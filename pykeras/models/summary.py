"""The table that ``summary()`` prints."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from pykeras import tree
from pykeras.keras_tensor import FunctionOperation, Operation
from pykeras.layers import InputLayer, Layer


def print_summary(model, line_length=None, positions=None, print_fn: Callable | None = None, expand_nested=False,
                  show_trainable=False, layer_range=None) -> None:  # fmt: skip
    """Prints the layers of ``model`` as a table; see ``Model.summary``."""
    show = print_fn or print
    graph = not _is_chain(model)
    titles = ["Layer (type)", "Output Shape", "Param #"]
    shares = [0.45, 0.85, 1.0]
    if graph:
        titles.append("Connected to")
        shares = [0.33, 0.55, 0.67, 1.0]
    if show_trainable:
        titles.append("Trainable")
        shares = [*[s * 0.88 for s in shares], 1.0]
    line_length = line_length or (98 if graph else 65) + (10 if show_trainable else 0)
    places = positions or shares
    ends = [int(line_length * e) if places[-1] <= 1 else int(e) for e in places]

    def row(cells: list[str], indent: str = "") -> None:
        for line in _wrapped([indent + cells[0], *cells[1:]], ends):
            show(line.rstrip())

    show(f'Model: "{model.name}"')
    show("_" * line_length)
    row([" " + titles[0], *titles[1:]])
    show("=" * line_length)
    rows = [op for op in model.operations if isinstance(op, (Layer, FunctionOperation))] if graph else model.layers
    for layer in _in_range(rows, layer_range):
        _layer_rows(model, layer, row, graph, show_trainable, expand_nested, " ")
        show("")
    show("=" * line_length)
    known = model.built or any(layer.built for layer in model.layers)
    trainable = _bytes_and_count(model.trainable_weights if known else [])
    frozen = _bytes_and_count(model.non_trainable_weights if known else [])
    total = (trainable[0] + frozen[0], trainable[1] + frozen[1])
    optimizer = getattr(model, "optimizer", None)
    state = (
        _bytes_and_count(optimizer.variables) if optimizer is not None and getattr(optimizer, "built", False) else None
    )
    for label, (count, size) in (("Total", total), ("Trainable", trainable), ("Non-trainable", frozen)):
        show(f"{label} params: {count:,} ({_readable(size)})")
    if state and state[0]:
        show(f"Optimizer params: {state[0]:,} ({_readable(state[1])})")
    show("_" * line_length)


def _layer_rows(
    model, layer: Operation, row: Callable, graph: bool, show_trainable: bool, expand: bool, indent: str
) -> None:
    cells = [f"{layer.name} ({_type(layer)})", _output_shape(layer), _count(layer)]
    if graph:
        cells.append(_connections(model, layer))
    if show_trainable:
        cells.append("N" if isinstance(layer, Layer) and not layer.trainable else "Y")
    row(cells, indent)
    if expand and hasattr(layer, "layers"):
        for inner in layer.layers:
            _layer_rows(layer, inner, row, graph, show_trainable, expand, indent + "|    ")


def _type(layer: Operation) -> str:
    if isinstance(layer, FunctionOperation):
        return "".join(part.capitalize() for part in layer.function.__name__.split("_"))
    return type(layer).__name__


def _count(layer: Operation) -> str:
    if not isinstance(layer, Layer):
        return "0"
    return str(layer.count_params()) if layer.built else "0 (unbuilt)"


def _is_chain(model) -> bool:
    """Whether each layer has one input from the layer before it, so that no column of connections is needed."""
    graph = getattr(model, "_graph", None)
    if graph is None:
        return True
    return all(len(node.parent_nodes) <= 1 for node in graph.nodes) and all(
        sum(n in graph for n in op._inbound_nodes) <= 1 for op in graph.operations
    ) and sum(isinstance(op, InputLayer) for op in graph.operations) <= 1 and len(graph.outputs) == 1  # fmt: skip


def _output_shape(layer: Any) -> str:
    if isinstance(layer, InputLayer):
        return f"[{layer.output.shape}]"
    shapes = [tree.map_structure(lambda t: t.shape, n.outputs) for n in layer._inbound_nodes]
    if not shapes and getattr(layer, "outputs", None):
        shapes = [tree.map_structure(lambda t: t.shape, layer.output)]
    if not shapes and getattr(layer, "_build_shapes", None):  # called by a model's own call
        try:
            shapes = [layer.compute_output_shape(*layer._build_shapes.values())]
        except Exception:  # a layer that cannot tell
            return "?"
    texts = [str(s) for s in shapes]
    if not texts:
        return "?"
    return texts[0] if len(set(texts)) == 1 else "multiple"


def _connections(model, layer: Operation) -> str:
    graph = getattr(model, "_graph", None)
    names = []
    for node in layer._inbound_nodes:
        if graph is None or node not in graph:
            continue
        for tensor in node.input_tensors:
            operation, index, number = tensor._keras_history
            names.append(f"{operation.name}[{index}][{number}]")
    return ", ".join(names)


def _in_range(layers: list, layer_range: Any) -> list:
    if layer_range is None:
        return layers
    if len(layer_range) != 2:
        raise ValueError(f"summary: layer_range: expected the names of a first and a last layer, got {layer_range!r}")
    found = [[i for i, layer in enumerate(layers) if re.fullmatch(pattern, layer.name)] for pattern in layer_range]
    for pattern, places in zip(layer_range, found):
        if not places:
            raise ValueError(f"summary: layer_range: no layer matches {pattern!r}")
    return layers[min(found[0]) : max(found[1]) + 1]


def _wrapped(cells: list[str], ends: list[int]) -> list[str]:
    """The lines of one row: cells are broken at spaces, and where their column ends."""
    columns, start = [], 0
    for cell, end in zip(cells, ends):
        room = end - start - (end != ends[-1])
        columns.append((_broken(cell, max(room, 1)), end - start))
        start = end
    height = max(len(parts) for parts, _ in columns)
    return [
        "".join((parts[i] if i < len(parts) else "").ljust(width) for parts, width in columns) for i in range(height)
    ]


def _broken(cell: str, width: int) -> list[str]:
    indent = cell[: len(cell) - len(cell.lstrip(" |"))]
    lines, line = [], ""
    for word in cell[len(indent) :].split(" "):
        if line and len(indent) + len(line) + 1 + len(word) > width:
            lines.append(indent + line)
            line = word
        else:
            line = f"{line} {word}" if line else word
        room = max(width - len(indent), 1)
        while len(line) > room:
            lines.append(indent + line[:room])
            line = line[room:]
    return [*lines, indent + line]


def _bytes_and_count(variables: list) -> tuple[int, int]:
    sizes = {"bool": 1, "uint8": 1, "int8": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4, "float32": 4}
    return sum(v.size for v in variables), sum(v.size * sizes.get(v.dtype, 8) for v in variables)


def _readable(size: int) -> str:
    if size < 1024:
        return f"{float(size):.2f} B"
    power = min(int(math.log(size, 1024)), 4)
    return f"{size / 1024**power:.2f} {'B KB MB GB TB'.split()[power]}"
