"""Models made of the graph between symbolic tensors."""

from __future__ import annotations

import warnings
from typing import Any

from pykeras import _core, ops, tree
from pykeras.keras_tensor import FunctionOperation, KerasTensor, Node, Operation
from pykeras.layers import Input, InputLayer, Layer
from pykeras.layers.layer import REGISTRY as LAYERS
from pykeras.models import operation_names
from pykeras.models.graph import Graph
from pykeras.models.model import REGISTRY, Model
from pykeras.registry import in_keras2_form, serialize
from pykeras.training.trainer import Trainer


@REGISTRY.register
class Functional(Model):
    """The model from ``inputs`` to ``outputs``, symbolic tensors or lists, tuples or dictionaries of them.

    Layers and models may be shared; the model is itself a layer. Operations on symbolic tensors (``a + b``, ``ops.*``)
    are part of it.
    """

    _keras_module = "keras.src.models.functional"

    _config_attributes = {"inputs": None, "outputs": None}

    def __init__(self, inputs, outputs, name=None, trainable=True, **kwargs):
        Trainer.__init__(self)
        Layer.__init__(self, name=name, trainable=True, **kwargs)
        inputs, outputs = _from_input_layers(inputs, outputs)
        self._inputs_struct = tree.map_structure(lambda t: t, inputs)
        self._outputs_struct = tree.map_structure(lambda t: t, outputs)
        self._graph = Graph(inputs, outputs)
        self.inputs = self._graph.inputs
        self.outputs = self._graph.outputs
        self._layers = [op for op in self._graph.operations if isinstance(op, Layer)]
        names = [op.name for op in self._graph.operations]
        for repeated in {n for n in names if names.count(n) > 1}:
            raise ValueError(
                f'Model "{self.name}": the name {repeated!r} is used by {names.count(repeated)} layers; '
                "give each its own"
            )
        self.built = True
        self.supports_masking = True
        if not trainable:
            self.trainable = False

    @property
    def layers(self) -> list[Layer]:
        return list(self._layers)

    def _sublayers(self) -> list[Layer]:
        extra = [layer for layer in super()._sublayers() if not any(layer is own for own in self._layers)]
        return [*self._layers, *extra]

    @property
    def operations(self) -> list[Operation]:
        """Layers and ops, in order of depth."""
        return list(self._graph.operations)

    @property
    def input_names(self) -> list[str]:
        return [t._keras_history[0].name if t._keras_history else t.name for t in self.inputs]

    @property
    def output_names(self) -> list[str]:
        return [t._keras_history[0].name for t in self.outputs]

    @property
    def input(self) -> Any:
        return self._inputs_struct

    @property
    def output(self) -> Any:
        return self._outputs_struct

    @property
    def input_shape(self) -> Any:
        return tree.map_structure(lambda t: t.shape, self._inputs_struct)

    @property
    def output_shape(self) -> Any:
        return tree.map_structure(lambda t: t.shape, self._outputs_struct)

    def build(self, input_shape: Any) -> None:
        self.built = True

    def call(self, inputs, training=None, mask=None):
        values = self._standardize(inputs)
        if mask is not None:
            for value, m in zip(values, tree.flatten(mask)):
                if m is not None:
                    value._keras_mask = m

        def run(operation, args, kwargs):
            return operation(*args, **kwargs)

        return tree.pack_sequence_as(self._outputs_struct, self._graph.run(values, run))

    def compute_mask(self, inputs, previous_mask):
        return None

    def compute_output_shape(self, input_shape):
        return super().compute_output_shape(input_shape)

    def _standardize(self, inputs: Any) -> list:
        """The values in the order of the model's inputs, each of the rank and size that its input has."""
        struct = self._inputs_struct
        if isinstance(inputs, dict) and not isinstance(struct, dict):
            names = self.input_names
            missing = [n for n in names if n not in inputs]
            if missing:
                raise ValueError(f"expected inputs named {names}, got {sorted(inputs)}")
            flat = [inputs[n] for n in names]
        elif isinstance(struct, dict) and isinstance(inputs, dict):
            missing = [k for k in struct if k not in inputs]
            if missing:
                raise ValueError(f"expected inputs {sorted(struct)}, got {sorted(inputs)}")
            if len(inputs) > len(struct):
                warnings.warn(self._mismatch(inputs), stacklevel=4)
            flat = tree.flatten({k: inputs[k] for k in struct})
        else:
            if isinstance(struct, dict):
                if list(struct) != sorted(struct):  # in which order are they?
                    raise ValueError(self._mismatch(inputs))
                warnings.warn(self._mismatch(inputs), stacklevel=4)
            flat = tree.flatten(inputs)
        if len(flat) != len(self.inputs):
            raise ValueError(f"expected {len(self.inputs)} input(s) {self.input_names}, got {len(flat)}")
        return [self._fit(value, wanted, name) for value, wanted, name in zip(flat, self.inputs, self.input_names)]

    def _mismatch(self, inputs: Any) -> str:
        expected = tree.map_structure(lambda t: t.name, self._inputs_struct)
        given = tree.map_structure(lambda t: tuple(getattr(t, "shape", ())), inputs)
        return (
            f"The structure of `inputs` doesn't match the expected structure.\nExpected: {expected}\n"
            f"Received: inputs={given}"
        )

    # False in a Sequential that was told no Input: its first batch says the rank of the others, not their sizes.
    _sizes_are_told = True

    def _fit(self, value: Any, wanted: KerasTensor, name: str) -> Any:
        if value is None:
            if not wanted._keras_history[0].optional:
                raise ValueError(f'input "{name}" is not optional, but it is None: make it with Input(optional=True)')
            return None
        if not isinstance(value, (_core.Tensor, KerasTensor)):
            value = ops.convert_to_tensor(value)
        if value.dtype != wanted.dtype and "string" in (value.dtype, wanted.dtype):
            raise TypeError(f'input "{name}" expects {wanted.dtype}, got {value.dtype}')
        mask = getattr(value, "_keras_mask", None)
        rank = len(wanted.shape)
        given = value.shape
        if len(value.shape) == rank - 1 and wanted.shape[-1] == 1:
            value = ops.expand_dims(value, -1)
        elif len(value.shape) == rank + 1 and value.shape[-1] == 1:
            value = ops.squeeze(value, -1)
        fits = len(value.shape) == rank and all(
            a is None or b is None or a == b or not self._sizes_are_told for a, b in zip(value.shape, wanted.shape)
        )
        if not fits:
            raise ValueError(f'input "{name}" expects shape {wanted.shape}, got {given}')
        if value.dtype != wanted.dtype:
            value = ops.cast(value, wanted.dtype)
        if mask is not None:
            value._keras_mask = mask
        return value

    # ---- copies -----------------------------------------------------------------------------------------------------

    def __getstate__(self) -> dict:
        """What is pickled and copied: in place of the graph its nodes, one after another, so that deep models do not
        end in deep recursion."""
        state = dict(super().__getstate__())
        del state["_graph"]
        return {"_nodes": sorted(self._graph.nodes, key=lambda node: node.order), **state}

    def __setstate__(self, state: dict) -> None:
        state = dict(state)
        del state["_nodes"]
        self.__dict__.update(state)
        self._graph = Graph(self._inputs_struct, self._outputs_struct)

    # ---- configuration ----------------------------------------------------------------------------------------------

    def get_config(self) -> dict:
        if type(self) is not Functional and type(self).__init__ not in (Functional.__init__, Model.__init__):
            return super().get_config()
        numbers = {id(node): self._node_number(node) for node in self._graph.nodes}

        def place(tensor: KerasTensor) -> list:
            operation, index, number = tensor._keras_history
            return [operation.name, numbers.get(id(operation._inbound_nodes[index]), 0), number]

        def encode(leaf):
            if isinstance(leaf, KerasTensor):
                return {"class_name": "__keras_tensor__",
                        "config": {"shape": list(leaf.shape), "dtype": leaf.dtype,
                                   "keras_history": place(leaf)}}  # fmt: skip
            return serialize(leaf)

        layers = []
        for operation in self._graph.operations:
            nodes = [node for node in operation._inbound_nodes if node in self._graph and not node.is_input]
            calls = [(node.arguments.args, node.arguments.kwargs) for node in nodes]
            if isinstance(operation, FunctionOperation) and not in_keras2_form():
                entry, args = operation_names.serialize(operation, *calls[0])
                calls = [(args, {})] if entry["class_name"] != "FunctionOperation" else calls
            else:
                entry = _serialize_operation(operation)
            entry["name"] = operation.name
            entry["inbound_nodes"] = [
                {"args": list(tree.map_structure(encode, args)), "kwargs": tree.map_structure(encode, kwargs)}
                for args, kwargs in calls
            ]
            layers.append(entry)

        return {
            "name": self.name,
            "trainable": self.trainable,
            "layers": layers,
            "input_layers": _ends(self._inputs_struct, place),
            "output_layers": _ends(self._outputs_struct, place),
        }

    def _node_number(self, node: Node) -> int:
        """The number of a call among the calls of its operation that belong to this model."""
        return [n for n in node.operation._inbound_nodes if n in self._graph].index(node)


def _ends(structure: Any, place: Any) -> Any:
    if isinstance(structure, KerasTensor):
        return [place(structure)]
    if isinstance(structure, dict):
        return {k: place(v) if isinstance(v, KerasTensor) else _ends(v, place) for k, v in structure.items()}
    ends = [place(v) if isinstance(v, KerasTensor) else _ends(v, place) for v in structure]
    return tuple(ends) if isinstance(structure, tuple) else ends


def _from_input_layers(inputs: Any, outputs: Any) -> tuple[Any, Any]:
    """The same, with an InputLayer in place of each input that a layer or op in the middle of another model gives."""
    given = tree.flatten(inputs)
    inner = [
        isinstance(t, KerasTensor) and t._keras_history is not None and not isinstance(t._keras_history[0], InputLayer)
        for t in given
    ]
    if not any(inner):
        return inputs, outputs
    graph = Graph(inputs, outputs)
    fresh = [Input(batch_shape=t.shape, dtype=t.dtype) if is_inner else t for t, is_inner in zip(given, inner)]
    results = graph.run(fresh, lambda operation, args, kwargs: operation(*args, **kwargs))
    return tree.pack_sequence_as(inputs, fresh), tree.pack_sequence_as(outputs, results)


def _serialize_operation(operation: Operation) -> dict:
    if isinstance(operation, FunctionOperation):
        return operation_names.function_form(operation)
    entry = dict(serialize(operation))
    if isinstance(operation, Layer) and operation.get_build_config():
        entry["build_config"] = operation.get_build_config()
    return entry


def _deserialize_layer(entry: dict, custom_objects: dict | None) -> Operation:
    return LAYERS.deserialize({k: v for k, v in entry.items() if k not in ("name", "inbound_nodes")}, custom_objects)


def functional_from_config(cls: type, config: dict, custom_objects: dict | None = None) -> Functional:
    """The model of a functional configuration in Keras 3's form."""
    operations: dict[str, Operation] = {}
    waiting: list[tuple[Operation, int, dict]] = []
    constants: dict[int, dict] = {}
    for entry in config["layers"]:
        operation: Operation
        if operation_names.is_operation(entry):
            operation, constants_of_op = operation_names.deserialize(entry)
            constants[id(operation)] = constants_of_op
        else:
            operation = _deserialize_layer(entry, custom_objects)
        operations[entry.get("name") or operation.name] = operation
        for number, node in enumerate(entry.get("inbound_nodes", [])):
            waiting.append((operation, number, node))
    made: dict[tuple[str, int], Node] = {
        (name, 0): op._inbound_nodes[0] for name, op in operations.items() if isinstance(op, InputLayer)
    }
    names = {id(op): name for name, op in operations.items()}

    def tensor_at(history: list) -> KerasTensor:
        name, node, number = history
        return made[name, node].output_tensors[number]

    def decode(part: Any) -> Any:
        if isinstance(part, dict):
            if part.get("class_name") == "__keras_tensor__":
                return tensor_at(part["config"]["keras_history"])
            if part.get("class_name") == "__tuple__":
                return tuple(decode(p) for p in part["items"])
            if "class_name" in part and "config" in part:
                from pykeras.registry import deserialize

                return deserialize(part, custom_objects)
            return {key: decode(value) for key, value in part.items()}
        if isinstance(part, (list, tuple)):
            return type(part)(decode(p) for p in part)
        return part

    while waiting:
        left = []
        for operation, number, node in waiting:
            name = names[id(operation)]
            ready = all((h[0], h[1]) in made for h in _histories(node)) and (number == 0 or (name, number - 1) in made)
            if not ready:
                left.append((operation, number, node))
                continue
            before = len(operation._inbound_nodes)
            args, kwargs = decode(list(node["args"])), decode(node["kwargs"])
            if isinstance(operation, FunctionOperation):
                if not _histories(node):  # it would be computed here and now, however large
                    raise ValueError(f'model configuration: the op "{name}" is called on no tensor of the model')
                args, kwargs = operation_names.arguments(operation, constants[id(operation)], args, kwargs)
            operation(*args, **kwargs)
            made[name, number] = operation._inbound_nodes[before]
        if len(left) == len(waiting):
            stuck = sorted({names[id(op)] for op, _, _ in left})
            raise ValueError(f"model configuration: the inputs of layers {stuck} are never made")
        waiting = left

    def ends(part: Any) -> Any:
        if isinstance(part, dict) and part.get("class_name") == "__tuple__":
            return tuple(ends(p) for p in part["items"])
        if isinstance(part, dict):
            return {k: ends(v) for k, v in part.items()}
        if len(part) == 3 and isinstance(part[0], str):
            return tensor_at(part)
        return type(part)(ends(p) for p in part)

    inputs, outputs = ends(config["input_layers"]), ends(config["output_layers"])
    inputs, outputs = _unwrapped(inputs), _unwrapped(outputs)
    return cls(inputs, outputs, name=config.get("name"), trainable=config.get("trainable", True))


def _unwrapped(ends: Any) -> Any:
    """A single tensor out of its list: configurations write both alike."""
    return ends[0] if isinstance(ends, list) and len(ends) == 1 and isinstance(ends[0], KerasTensor) else ends


def _histories(part: Any) -> list:
    if isinstance(part, dict):
        if part.get("class_name") == "__keras_tensor__":
            return [part["config"]["keras_history"]]
        return [h for value in part.values() for h in _histories(value)]
    if isinstance(part, (list, tuple)):
        return [h for value in part for h in _histories(value)]
    return []


LAYERS.register(Functional)
