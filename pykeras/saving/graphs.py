"""The graph of a functional model in a configuration: Keras 2's lists to Keras 3's arguments and back.

Keras 2 writes a call as ``[[layer, node, tensor, {kwargs}], ...]``, one entry for each tensor of the first argument.
A call of an op is a ``TFOpLambda``, whose nodes are one entry without the outer list, with the other arguments by
name. A model inside a model counts its own graph as node 0 there, so that its calls begin at 1.
"""

from __future__ import annotations

import inspect

from pykeras import registry
from pykeras.saving import tf_ops

_MODELS = ("Sequential", "Functional", "Model")


def _is_tensor(value):
    return isinstance(value, dict) and value.get("class_name") == "__keras_tensor__"


# ---- to Keras 2 -----------------------------------------------------------------------------------------------------


def to_keras2(config, translate):
    """The configuration of a functional model in Keras 2's form.

    Arguments:
        config: in Keras 3's form.
        translate: function that does the same for one layer.

    Raises:
        ValueError: an op that TensorFlow calls by no name known here, or a call that Keras 2 cannot write.
    """
    offset = {entry["name"]: 1 for entry in config["layers"] if _begins_with_input(entry)}

    def place(history):
        name, node, tensor = history
        return [name, node + offset.get(name, 0), tensor]

    def argument(value):
        if _is_tensor(value):
            return place(value["config"]["keras_history"])
        if isinstance(value, dict):
            return {key: argument(each) for key, each in value.items()}
        return [argument(each) for each in value] if isinstance(value, (list, tuple)) else value

    layers = []
    for entry in config["layers"]:
        if entry["class_name"] == "FunctionOperation":
            layers.append(_op_to_keras2(entry, argument))
            continue
        nodes = [_call_to_keras2(entry, node, argument) for node in entry["inbound_nodes"]]
        layers.append({**translate(entry), "name": entry["name"], "inbound_nodes": nodes})
    ends = {key: _ends(config[key], place) for key in ("input_layers", "output_layers")}
    return {"name": config["name"], "trainable": config.get("trainable", True), "layers": layers, **ends}


def _begins_with_input(entry):
    config = entry["config"]
    if entry["class_name"] not in _MODELS or not isinstance(config, dict):
        return False
    layers = config.get("layers") or [{}]
    return "input_layers" in config or layers[0].get("class_name") == "InputLayer"


def _ends(part, place):
    if isinstance(part, dict):
        return {key: _ends(each, place) for key, each in part.items()}
    if part and isinstance(part[0], str):
        return place(part)
    return [_ends(each, place) for each in part]


def _call_to_keras2(entry, node, argument):
    name, args = entry["name"], node["args"]
    given = {**_named(entry, args), **node["kwargs"]}
    kwargs = {key: argument(value) for key, value in given.items() if key != "mask" and value is not None}
    if not args:
        raise ValueError(f'layer "{name}" is called without a first positional argument, which HDF5 files cannot hold')
    first = args[0] if isinstance(args[0], (list, tuple)) else [args[0]]
    if not all(_is_tensor(each) for each in first):
        raise ValueError(f'layer "{name}" is called on a nested structure, which HDF5 files cannot hold')
    return [[*argument(each), kwargs] for each in first]


def _named(entry, args):
    """The positional arguments of a call after the first by name: Keras 2 has no other place for them."""
    if len(args) < 2:
        return {}
    cls = registry.registries("layers").find(entry["class_name"])
    names = list(inspect.signature(cls.call).parameters)[1:] if cls else []
    if len(names) < len(args):
        raise ValueError(
            f'layer "{entry["name"]}" is called with {len(args)} positional arguments, which HDF5 files cannot hold: '
            "pass all but the first by name"
        )
    return dict(zip(names[1:], args[1:]))


def _op_to_keras2(entry, argument):
    function = entry["config"]["function"]
    if function not in tf_ops.by_function():
        raise ValueError(
            f'the op "{function}" ("{entry["name"]}") between layers has no counterpart in the files of Keras 2; '
            f"those that have: {', '.join(sorted(tf_ops.by_function()))}. Use a layer instead, or save as .keras."
        )
    op = tf_ops.by_function()[function]
    names = dict(zip(op.ours, op.theirs))
    nodes = []
    for node in entry["inbound_nodes"]:
        given = dict(zip(op.theirs, node["args"]))
        given.update({names.get(key, key): value for key, value in node["kwargs"].items()})
        first = given.pop(op.theirs[0])
        given = {key: argument(value) for key, value in given.items()}
        if function == "getitem":
            given["slice_spec"] = _slice_spec(given["slice_spec"])
        if isinstance(first, (list, tuple)):
            given.setdefault("axis", 0)
            nodes.append([[*argument(each), given] for each in first])
        elif _is_tensor(first):
            nodes.append([*argument(first), {**given, "name": None} if op.named else given])
        else:
            nodes.append(["_CONSTANT_VALUE", -1, first, {**given, "name": None} if op.named else given])
    config = {"name": entry["name"], "trainable": True, "dtype": "float32", "function": op.symbol}
    kind = "SlicingOpLambda" if function == "getitem" else "TFOpLambda"
    return {"class_name": kind, "config": config, "name": entry["name"], "inbound_nodes": nodes}


def _slice_spec(key):
    if isinstance(key, dict) and key.get("class_name") == "__slice__":
        return key["config"]
    if isinstance(key, dict) and key.get("class_name") == "__ellipsis__":
        raise ValueError("an index with ... cannot be written in the files of Keras 2; write the slices out")
    return [_slice_spec(each) for each in key] if isinstance(key, (list, tuple)) else key


# ---- to Keras 3 -----------------------------------------------------------------------------------------------------


def to_keras3(config, translate):
    """The configuration of a functional model in Keras 3's form.

    Arguments:
        config: in either form.
        translate: function that does the same for one layer.

    Raises:
        ValueError: a call or op that is not understood.
    """
    names = {entry.get("name") or entry["config"].get("name") for entry in config["layers"]}
    offset = _first_nodes(config, names)

    def tensor(place):
        name, node, number = place[0], place[1], place[2]
        history = [name, node - offset.get(name, 0), number]
        return {"class_name": "__keras_tensor__", "config": {"shape": None, "dtype": None, "keras_history": history}}

    def argument(value):
        if _is_place(value, names):
            return tensor(value)
        if isinstance(value, dict):
            return {key: argument(each) for key, each in value.items()}
        return [argument(each) for each in value] if isinstance(value, list) else value

    layers = []
    for entry in config["layers"]:
        name = entry.get("name") or entry["config"]["name"]
        nodes = entry.get("inbound_nodes") or []
        if entry["class_name"] in ("TFOpLambda", "SlicingOpLambda"):
            layers.append(_op_to_keras3(entry, name, nodes, argument))
            continue
        if entry["class_name"] == "TensorFlowOpLayer":
            raise ValueError(f'the model holds the node "{name}" of a TensorFlow graph (TensorFlowOpLayer), which only '
                             "TensorFlow can run")  # fmt: skip
        calls = [node if isinstance(node, dict) else _call_to_keras3(name, node, argument) for node in nodes]
        layers.append({**translate(entry), "name": name, "inbound_nodes": calls})
    ends = {key: _ends(config[key], lambda place: tensor(place)["config"]["keras_history"])
            for key in ("input_layers", "output_layers")}  # fmt: skip
    return {"name": config.get("name"), "trainable": config.get("trainable", True), "layers": layers, **ends}


def _is_place(value, names):
    return (isinstance(value, list) and len(value) in (3, 4) and isinstance(value[0], str) and value[0] in names
            and isinstance(value[1], int) and isinstance(value[2], int))  # fmt: skip


def _first_nodes(config, names):
    """Layers whose calls begin at another node than 0: models, in Keras 2."""
    least: dict[str, int] = {}

    def look(part):
        if _is_place(part, names):
            least[part[0]] = min(part[1], least.get(part[0], part[1]))
        for each in part.values() if isinstance(part, dict) else part if isinstance(part, (list, tuple)) else ():
            look(each)

    for entry in config["layers"]:
        look(entry.get("inbound_nodes") or [])
    look(config["input_layers"])
    look(config["output_layers"])
    return {name: number for name, number in least.items() if number}


def _call_to_keras3(name, node, argument):
    if not node or not all(isinstance(each, (list, tuple)) and len(each) >= 3 for each in node):
        raise ValueError(f'the configuration of layer "{name}": cannot interpret its call {node!r}')
    tensors = [argument(list(each[:3])) for each in node]
    kwargs = node[0][3] if len(node[0]) > 3 else {}
    return {"args": [tensors if len(tensors) > 1 else tensors[0]], "kwargs": argument(kwargs)}


def _op_to_keras3(entry, name, nodes, argument):
    symbol = entry["config"].get("function", "__operators__.getitem")
    if symbol not in tf_ops.by_symbol():
        raise ValueError(f'the model holds the TensorFlow op "{symbol}" ("{name}"), which is not known here; known: '
                         f"{', '.join(sorted(tf_ops.by_symbol()))}")  # fmt: skip
    op = tf_ops.by_symbol()[symbol]
    calls = []
    for node in nodes:
        if node and isinstance(node[0], list):
            first, kwargs = [argument(each[:3]) for each in node], node[0][3] if len(node[0]) > 3 else {}
        else:
            first = node[2] if node[0] == "_CONSTANT_VALUE" else argument(node[:3])
            kwargs = node[3] if len(node) > 3 else {}
        given = op.to_ours({op.theirs[0]: first, **{key: argument(value) for key, value in kwargs.items()}}, name)
        calls.append({"args": [], "kwargs": given})
    config = {"name": name, "function": op.function}
    return {"class_name": "FunctionOperation", "config": config, "name": name, "inbound_nodes": calls}
