"""A model as an ONNX graph: its calls in order, each by the table of layers or that of ops."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from pykeras import _core, tree
from pykeras.export import basic_layers, normalizing, preparing, recurrent, windows
from pykeras.export.builder import OPSET, Graph, NotExpressible, onnx_dtype, require_onnx
from pykeras.export.functions import operation
from pykeras.export.table import LAYERS, Call, layer
from pykeras.keras_tensor import FunctionOperation, KerasTensor
from pykeras.models import Functional, Sequential
from pykeras.variables import Variable

# Layers that say themselves whether their output has the mask of their input.
MASKED = (
    "LSTM",
    "GRU",
    "SimpleRNN",
    "RNN",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "Bidirectional",
    "TimeDistributed",
)
FAMILIES = (basic_layers, windows, normalizing, preparing, recurrent)


def onnx_model(model: Any) -> Any:
    """The ``onnx.ModelProto`` of a model.

    Arguments:
        model: Sequential or functional, built. The batch size, and sizes that are None, stay open.

    Raises:
        ImportError: onnx is not installed.
        ValueError: a subclassed or unbuilt model, or a layer that ONNX cannot express, by name.
    """
    from pykeras import __version__

    onnx = require_onnx()
    graph_model = _functional(model)
    g = Graph()
    make = onnx.helper
    names = _input_names(graph_model)
    inputs = [_described(make, name, t) for name, t in zip(names, graph_model.inputs)]
    found = _walk(g, graph_model, [g.add("Identity", name) for name in names])
    outputs, taken = [], set(names)
    for value, t, name in zip(found, graph_model.outputs, graph_model.output_names):
        while name in taken:
            name += "_output"
        taken.add(name)
        g.nodes.append(make.make_node("Identity", [value], [name]))
        outputs.append(_described(make, name, t))
    graph = make.make_graph(g.nodes, model.name, inputs, outputs, g.constants)
    made = make.make_model(graph, opset_imports=_opsets(make, g), producer_name="pykeras",
                           producer_version=__version__)  # fmt: skip
    made.ir_version = 8
    onnx.checker.check_model(made)
    return made


def _opsets(make: Any, g: Graph) -> list:
    """ONNX's own ops, and those of its machine-learning part where there are some."""
    with_tables = any(node.domain == "ai.onnx.ml" for node in g.nodes)
    return [make.make_opsetid("", OPSET), *([make.make_opsetid("ai.onnx.ml", 3)] if with_tables else [])]


def _functional(model: Any) -> Functional:
    found = model._functional if isinstance(model, Sequential) else model
    if not isinstance(found, Functional):
        state = "is subclassed: its structure is code"
        if isinstance(model, Sequential):
            state = "has no input shape yet: call it once"
        raise ValueError(f'{type(model).__name__} "{model.name}" {state}; ONNX files hold graphs')
    return found


def _input_names(model: Functional) -> list[str]:
    return [name.replace("/", "_") for name in model.input_names]


def _described(make: Any, name: str, tensor: KerasTensor) -> Any:
    sizes = [_size(name, axis, size) for axis, size in enumerate(tensor.shape)]
    return make.make_tensor_value_info(name, onnx_dtype(tensor.dtype), sizes)


def _size(name: str, axis: int, size: int | None) -> Any:
    return size if size is not None else "batch" if axis == 0 else f"{name}_{axis}"


def _walk(g: Graph, model: Functional, values: list[str]) -> list[str]:
    """The names of a model's outputs for those of its inputs."""
    known = {id(tensor): value for tensor, value in zip(model.inputs, values)}
    for node in model._graph.nodes:
        if all(id(t) in known for t in node.output_tensors):
            continue
        args, kwargs = node.arguments.fill_in(known)
        names = [known[id(t)] for t in node.input_tensors]
        try:
            found = _called(g, node, args, kwargs, names)
        except NotExpressible as error:
            raise ValueError(f"{node.operation._label} cannot be written to ONNX: {error}") from error
        for tensor, value in zip(node.output_tensors, found):
            known[id(tensor)] = value
    return [known[id(tensor)] for tensor in model.outputs]


def _called(g: Graph, node: Any, args: tuple, kwargs: dict, names: list[str]) -> list[str]:
    target = node.operation
    shapes = [tuple(t.shape) for t in node.input_tensors]
    if isinstance(target, FunctionOperation):
        given = inspect.signature(target.function).bind(*args, **kwargs)
        given.apply_defaults()
        own = {key: _constant(g, value) for key, value in given.arguments.items()}
        return [operation(g, target.function.__name__, own, len(shapes[0]), names)]
    return _layer(g, target, args, kwargs, names, shapes, [tuple(t.shape) for t in node.output_tensors])


def _layer(g: Graph, target: Any, args: tuple, kwargs: dict, names: list, shapes: list, out_shapes: list) -> list[str]:
    if isinstance(target, (Functional, Sequential)):
        return _walk(g, _functional(target), names)
    kind = next((each.__name__ for each in type(target).__mro__ if each.__name__ in LAYERS), None)
    if kind is None or not type(target).__module__.startswith("pykeras."):
        raise NotExpressible(f"no row for {type(target).__name__}; there are {', '.join(sorted(LAYERS))}")
    function, passes = LAYERS[kind]
    call = Call(g, target, args, kwargs, names, shapes, out_shapes)
    before = call.mask
    result = function(call)
    found = list(result) if isinstance(result, (list, tuple)) else [result]
    if call.mask is not None and (passes or call.mask is not before or kind in MASKED):
        if found[0] in names:  # a layer that does nothing hands its input on
            found[0] = g.add("Identity", found[0])
        g.masks[found[0]] = call.mask
    return found


def _constant(g: Graph, value: Any) -> Any:
    """Arrays and variables as names of constants; all else as it is."""
    if isinstance(value, (_core.Tensor, Variable, np.ndarray)) and not isinstance(value, KerasTensor):
        return g.const(np.asarray(value))
    return value


@layer("TimeDistributed", masks=False)
def time_distributed(call: Call) -> str:
    """All steps as samples of one call."""
    g, inner = call.g, call.layer.layer
    (shape, out) = call.shape, call.out_shape
    if None in shape[2:] or None in out[2:] or (call.mask is not None and None is shape[1]):
        raise NotExpressible("sizes that are not known")
    mask = call.mask
    joined = g.reshape(call.x, [-1, *shape[2:]])
    (y,) = _layer(g, inner, (joined,), {}, [joined], [(None, *shape[2:])], [(None, *out[2:])])
    call.mask = mask
    if out[1] is not None:
        return g.reshape(y, [-1, *out[1:]])
    time = g.add("Slice", g.add("Shape", call.x), g.ints(0), g.ints(2))
    return g.add("Reshape", y, g.add("Concat", time, g.ints(*out[2:]), axis=0))


def flat_inputs(model: Any, inputs: Any) -> dict[str, np.ndarray]:
    """Arrays by the names of the graph's inputs, as onnxruntime takes them."""
    found = _functional(model)
    return {name: np.asarray(value, dtype=object if t.dtype == "string" else str(t.dtype)) for name, value, t in
            zip(_input_names(found), tree.flatten(inputs), found.inputs)}  # fmt: skip
