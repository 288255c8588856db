"""The graph of a functional model in a configuration: Keras 2's lists to Keras 3's arguments and back.

Keras 2 writes a call as ``[[layer, node, tensor, {kwargs}], ...]``, one entry for each tensor of the first argument.
A call of an op is a ``TFOpLambda``, whose nodes are one entry without the outer list, with the other arguments by
name. A model inside a model counts its own graph as node 0 there, so that its calls begin at 1.
"""

from __future__ import annotations

# Op of ours, its arguments in order: TensorFlow's symbol and its names for them.
_OPS = {
    "add": (("x1", "x2"), "__operators__.add", ("x", "y")),
    "subtract": (("x1", "x2"), "math.subtract", ("x", "y")),
    "multiply": (("x1", "x2"), "math.multiply", ("x", "y")),
    "divide": (("x1", "x2"), "math.truediv", ("x", "y")),
    "true_divide": (("x1", "x2"), "math.truediv", ("x", "y")),
    "floor_divide": (("x1", "x2"), "math.floordiv", ("x", "y")),
    "power": (("x1", "x2"), "math.pow", ("x", "y")),
    "maximum": (("x1", "x2"), "math.maximum", ("x", "y")),
    "minimum": (("x1", "x2"), "math.minimum", ("x", "y")),
    "matmul": (("x1", "x2"), "linalg.matmul", ("a", "b")),
    **{name: (("x",), f"math.{name}", ("x",)) for name in ("negative", "exp", "log", "sqrt", "square", "abs", "sin",
                                                           "cos",
                                                           "tanh", "sigmoid", "sign", "floor", "ceil", "round",
                                                           "rsqrt")},
    "relu": (("x",), "nn.relu", ("features",)),
    "softmax": (("x", "axis"), "nn.softmax", ("logits", "axis")),
    "concatenate": (("xs", "axis"), "concat", ("values", "axis")),
    "reshape": (("x", "newshape"), "reshape", ("tensor", "shape")),
    "transpose": (("x", "axes"), "transpose", ("a", "perm")),
    "expand_dims": (("x", "axis"), "expand_dims", ("input", "axis")),
    "squeeze": (("x", "axis"), "squeeze", ("input", "axis")),
    **{name: (("x", "axis", "keepdims"), f"math.reduce_{name}", ("input_tensor", "axis", "keepdims"))
       for name in ("mean", "sum", "max", "min")},
    "clip": (("x", "x_min", "x_max"), "clip_by_value", ("t", "clip_value_min", "clip_value_max")),
}  # fmt: skip
_SYMBOLS = {symbol: name for name, (_, symbol, _) in reversed(_OPS.items())}
_SYMBOLS.update({"math.add": "add", "math.divide": "divide", "__operators__.radd": "add"})
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
        nodes = [_call_to_keras2(entry["name"], node, argument) for node in entry["inbound_nodes"]]
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


def _call_to_keras2(name, node, argument):
    args = node["args"]
    kwargs = {key: argument(value) for key, value in node["kwargs"].items() if key != "mask" and value is not None}
    if len(args) > 1:
        raise ValueError(
            f'layer "{name}" is called with {len(args)} positional arguments, which HDF5 files cannot hold: '
            "pass all but the first by name"
        )
    if not args:
        raise ValueError(f'layer "{name}" is called without a first positional argument, which HDF5 files cannot hold')
    first = args[0] if isinstance(args[0], (list, tuple)) else [args[0]]
    if not all(_is_tensor(each) for each in first):
        raise ValueError(f'layer "{name}" is called on a nested structure, which HDF5 files cannot hold')
    return [[*argument(each), kwargs] for each in first]


def _op_to_keras2(entry, argument):
    function = entry["config"]["function"]
    if function not in _OPS:
        raise ValueError(
            f'the op "{function}" ("{entry["name"]}") between layers has no counterpart in the .h5 format; '
            f"those that have: {', '.join(sorted(_OPS))}. Use a layer instead, or save the weights alone."
        )
    ours, symbol, theirs = _OPS[function]
    names = dict(zip(ours, theirs))
    nodes = []
    for node in entry["inbound_nodes"]:
        given = dict(zip(theirs, node["args"]))
        given.update({names.get(key, key): value for key, value in node["kwargs"].items()})
        first = given.pop(theirs[0])
        given = {key: argument(value) for key, value in given.items()}
        if function == "concatenate":
            given.setdefault("axis", 0)
            nodes.append([[*argument(each), given] for each in first])
        elif _is_tensor(first):
            nodes.append([*argument(first), {**given, "name": None}])
        else:
            nodes.append(["_CONSTANT_VALUE", -1, first, {**given, "name": None}])
    config = {"name": entry["name"], "trainable": True, "dtype": "float32", "function": symbol}
    return {"class_name": "TFOpLambda", "config": config, "name": entry["name"], "inbound_nodes": nodes}


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
        if entry["class_name"] == "TFOpLambda":
            layers.append(_op_to_keras3(entry, name, nodes, argument))
            continue
        if entry["class_name"] in ("SlicingOpLambda", "TensorFlowOpLayer"):
            raise ValueError(
                f'the model holds the TensorFlow op "{name}" ({entry["class_name"]}), which is not known here'
            )
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
    symbol = entry["config"]["function"]
    if symbol not in _SYMBOLS:
        raise ValueError(f'the model holds the TensorFlow op "{symbol}" ("{name}"), which is not known here; known: '
                         f"{', '.join(sorted(_SYMBOLS))}")  # fmt: skip
    function = _SYMBOLS[symbol]
    ours, _, theirs = _OPS[function]
    names = dict(zip(theirs, ours))
    calls = []
    for node in nodes:
        if node and isinstance(node[0], list):
            first, kwargs = [argument(each[:3]) for each in node], node[0][3]
        else:
            first = node[2] if node[0] == "_CONSTANT_VALUE" else argument(node[:3])
            kwargs = node[3] if len(node) > 3 else {}
        given = {names.get(key, key): argument(value) for key, value in kwargs.items() if key != "name"}
        args = [first, *(given.pop(key) for key in ours[1:2] if key in given)]
        calls.append({"args": args, "kwargs": {key: value for key, value in given.items() if value is not None}})
    return {"class_name": "FunctionOperation", "config": {"name": name, "function": function}, "name": name,
            "inbound_nodes": calls}  # fmt: skip
