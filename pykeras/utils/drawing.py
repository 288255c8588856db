"""Models as graphs of Graphviz: a box for each layer, an arrow for each tensor."""

from __future__ import annotations

import html
import os
import sys

from pykeras import check, extras, tree


def _pydot():
    return extras.package("pydot", "Drawing models", "pydot", "plot")


def model_to_dot(
    model, show_shapes=False, show_dtype=False, show_layer_names=True, rankdir="TB", expand_nested=False, dpi=200,
    subgraph=False, show_layer_activations=False, show_trainable=False, splines="ortho", **kwargs,
):  # fmt: skip
    """The graph of a model.

    Arguments:
        model: a built model; one without a graph of layers (a subclass) is one box.
        show_shapes, show_dtype: whether boxes tell shapes and types.
        show_layer_names: whether boxes tell names, not only classes.
        rankdir: "TB" for a graph from top to bottom, "LR" from left to right; also "BT" and "RL".
        expand_nested: whether to draw what is inside of models that are layers.
        dpi: dots per inch.
        subgraph: whether to return a ``pydot.Cluster`` for use in another graph.
        show_layer_activations: whether boxes tell activations.
        show_trainable: whether boxes of layers with weights tell if these are trained.
        splines: how arrows are drawn: "ortho", "curved", "polyline", "spline", "line".

    Returns:
        A ``pydot.Dot`` (``to_string()`` is text for Graphviz's ``dot``).

    Raises:
        ValueError: a model that is not built.
        ImportError: pydot is not installed.
    """
    if kwargs:
        raise ValueError(f"model_to_dot: unknown arguments: {', '.join(sorted(kwargs))}")
    check.one_of("rankdir", rankdir, ("TB", "LR", "BT", "RL"))
    if not model.built:
        raise ValueError(
            f'{type(model).__name__} "{model.name}": is not built: build it with build(input_shape) or call it on data'
        )
    pydot = _pydot()
    if subgraph:
        graph = pydot.Cluster(model.name, style="dashed", label=model.name, labeljust="l")
    else:
        graph = pydot.Dot(rankdir=rankdir, concentrate="true", dpi=str(dpi), splines=splines)
        graph.set_node_defaults(shape="plaintext", fontname="Helvetica")
    shown = (show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable)
    operations = _operations(model)
    if operations is None:
        graph.add_node(_box(pydot, model, *shown))
        return graph
    for operation in operations:
        if expand_nested and _operations(operation) is not None:
            graph.add_subgraph(
                model_to_dot(
                    operation, show_shapes, show_dtype, show_layer_names, rankdir, True, dpi, True,
                    show_layer_activations, show_trainable, splines,
                )
            )  # fmt: skip
        else:
            graph.add_node(_box(pydot, operation, *shown))
    for source, target in dict.fromkeys(_arrows(model, operations, expand_nested)):
        graph.add_edge(pydot.Edge(source, target))
    return graph


def plot_model(
    model, to_file="model.png", show_shapes=False, show_dtype=False, show_layer_names=False, rankdir="TB",
    expand_nested=False, dpi=200, show_layer_activations=False, show_trainable=False, splines="ortho", **kwargs,
):  # fmt: skip
    """Write the graph of a model as a file: PNG, SVG, PDF, what else Graphviz knows, or ``.dot`` text.

    Arguments:
        to_file: path; its ending says the format. ``.dot`` text can be written without Graphviz.
        model, ...: see ``model_to_dot``.

    Returns:
        An image to show in a notebook where IPython runs, else None.

    Raises:
        ValueError: a model that is not built, or an ending that Graphviz does not know.
        ImportError: pydot is not installed, or Graphviz's program ``dot`` is not.
    """
    dot = model_to_dot(
        model, show_shapes, show_dtype, show_layer_names, rankdir, expand_nested, dpi,
        show_layer_activations=show_layer_activations, show_trainable=show_trainable, splines=splines, **kwargs,
    )  # fmt: skip
    to_file = os.fspath(to_file)
    ending = os.path.splitext(to_file)[1][1:].lower() or "png"
    if ending == "dot":
        with open(to_file, "w", encoding="utf-8") as file:
            file.write(dot.to_string())
        return None
    try:
        dot.write(to_file, format=ending)
    except FileNotFoundError as error:
        raise ImportError(
            "plot_model needs Graphviz's program dot (Debian: graphviz); text for it is written to a file ending in .dot"
        ) from error
    except AssertionError as error:  # what pydot makes of a format that this Graphviz does not have
        raise ValueError(f"plot_model: Graphviz did not write {to_file}: {error}") from error
    if "IPython" in sys.modules and ending != "pdf":
        from IPython import display

        return (display.SVG if ending == "svg" else display.Image)(filename=to_file)
    return None


def _operations(model):
    """What the boxes of a model's graph are; None for a layer and for a model that is one box."""
    if getattr(model, "_graph", None) is not None:
        return model._graph.operations
    return list(model.layers) if type(model).__name__ == "Sequential" else None


def _arrows(model, operations, expand):
    graph = getattr(model, "_graph", None)
    if graph is None:
        yield from ((_end(a, expand), _start(b, expand)) for a, b in zip(operations, operations[1:]))
        return
    for node in graph.nodes:
        for place, tensor in enumerate(node.input_tensors):
            if tensor._keras_history is not None:
                source, _, number = tensor._keras_history
                if source in operations:
                    yield _end(source, expand, number), _start(node.operation, expand, place)


def _end(operation, expand, number=0):
    """The box that an arrow comes from; inside of a model it is that of the layer that makes the output."""
    while expand and (inside := _operations(operation)) is not None:
        graph = getattr(operation, "_graph", None)
        operation = inside[-1] if graph is None else graph.outputs[number]._keras_history[0]
    return str(id(operation))


def _start(operation, expand, place=0):
    """The box that an arrow goes to; inside of a model it is that of the input."""
    while expand and (inside := _operations(operation)) is not None:
        graph = getattr(operation, "_graph", None)
        operation = inside[0] if graph is None else graph.inputs[place]._keras_history[0]
    return str(id(operation))


def _box(pydot, layer, shapes, dtype, names, activations, trainable):
    function = getattr(layer, "function", None)
    kind = type(layer).__name__ if function is None else function.__name__
    rows = [_cell(f"{layer.name} ({kind})" if names else kind, "black", "white")]
    activation = getattr(layer, "activation", None)
    if activations and activation is not None:
        name = getattr(activation, "__name__", None) or getattr(activation, "name", type(activation).__name__)
        rows.append(_cell(f"Activation: {name}"))
    if shapes:
        if kind != "InputLayer":
            rows.append(_cell(f"Input shape: {_told(layer, 'input', 'shape')}"))
        rows.append(_cell(f"Output shape: {_told(layer, 'output', 'shape')}"))
    if dtype:
        rows.append(_cell(f"Output dtype: {_told(layer, 'output', 'dtype')}"))
    if trainable and getattr(layer, "weights", None):
        rows.append(_cell(*(("Trainable", "forestgreen") if layer.trainable else ("Non-trainable", "firebrick"))))
    table = "".join(f"<tr>{row}</tr>" for row in rows)
    return pydot.Node(
        str(id(layer)), label=f'<<table border="0" cellborder="1" cellspacing="0" cellpadding="8">{table}</table>>'
    )


def _cell(text, background="white", colour="black"):
    return f'<td bgcolor="{background}"><font color="{colour}">{html.escape(text)}</font></td>'


def _told(layer, side, what):
    """Shapes or types of a layer's inputs or outputs; "?" when it was called several times or never."""
    nodes = layer._inbound_nodes
    if len(nodes) != 1:
        return "?"
    tensors = nodes[0].outputs if side == "output" else nodes[0].input_tensors
    tensors = tensors[0] if isinstance(tensors, list) and len(tensors) == 1 else tensors
    return str(tree.map_structure(lambda t: getattr(t, what), tensors))
