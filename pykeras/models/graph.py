"""The graph between symbolic inputs and outputs: its nodes in order of execution, its layers in order of depth."""

from __future__ import annotations

from typing import Any

from pykeras import tree
from pykeras.keras_tensor import KerasTensor, Node, Operation


class Graph:
    """Nodes and operations between ``inputs`` and ``outputs``.

    Raises ``ValueError`` when an output does not follow from the inputs, naming the tensor and its operation.
    """

    def __init__(self, inputs: Any, outputs: Any):
        self.inputs = tree.flatten(inputs)
        self.outputs = tree.flatten(outputs)
        for tensor in (*self.inputs, *self.outputs):
            if not isinstance(tensor, KerasTensor):
                raise ValueError(
                    f"Model: expected symbolic tensors (from Input and layers), got {type(tensor).__name__}"
                )
        self._order: list[Node] = []
        self._seen_operations: list[Operation] = []
        self._collect()
        self._sort_by_depth()

    def _collect(self) -> None:
        """Post-order walk from the outputs, without recursion: models can be deep."""
        starts = {id(tensor) for tensor in self.inputs}
        done: set[int] = set()
        seen_operations: set[int] = set()
        for output in self.outputs:
            stack = [(self._node_of(output, starts), False)]
            while stack:
                node, leaving = stack.pop()
                if node is None or id(node) in done:
                    continue
                if leaving:
                    done.add(id(node))
                    self._order.append(node)
                    continue
                if id(node.operation) not in seen_operations:
                    seen_operations.add(id(node.operation))
                    self._seen_operations.append(node.operation)
                stack.append((node, True))
                if any(id(t) in starts for t in node.output_tensors):
                    continue
                if node.is_input:
                    raise ValueError(
                        f'Model: the outputs depend on "{node.operation.name}", which is not among the inputs '
                        f"({', '.join(t.name for t in self.inputs)})"
                    )
                for tensor in reversed(node.input_tensors):
                    stack.append((self._node_of(tensor, starts), False))

    @staticmethod
    def _node_of(tensor: KerasTensor, starts: set[int]) -> Node | None:
        if tensor._keras_history is None:
            if id(tensor) in starts:
                return None
            raise ValueError(f"Model: {tensor!r} was not made by a layer or op, and is not among the inputs")
        operation, index, _ = tensor._keras_history
        return operation._inbound_nodes[index]

    def _sort_by_depth(self) -> None:
        starts = {id(tensor) for tensor in self.inputs}
        depth: dict[int, int] = {}
        for node in reversed(self._order):
            own = depth.setdefault(id(node), 0)
            if any(id(t) in starts for t in node.output_tensors):
                continue
            for tensor in node.input_tensors:
                parent = self._node_of(tensor, starts)
                if parent is not None:
                    depth[id(parent)] = max(depth.get(id(parent), 0), own + 1)
        of_operation: dict[int, int] = {}
        for node in self._order:
            key = id(node.operation)
            of_operation[key] = max(of_operation.get(key, 0), depth[id(node)])
        # An input that nothing uses still belongs to the model.
        for tensor in self.inputs:
            entry = tensor._keras_history[0] if tensor._keras_history else None
            if entry is not None and id(entry) not in of_operation:
                self._seen_operations.append(entry)
                of_operation[id(entry)] = 0
        place = {id(op): i for i, op in enumerate(self._seen_operations)}
        self.operations = sorted(self._seen_operations, key=lambda op: (-of_operation[id(op)], place[id(op)]))
        position = {id(node): i for i, node in enumerate(self._order)}
        self.nodes = sorted(self._order, key=lambda node: (-depth[id(node)], position[id(node)]))
        self._node_ids = set(depth)

    def __contains__(self, node: Node) -> bool:
        return id(node) in self._node_ids

    def run(self, values: list, call: Any) -> list:
        """The outputs for ``values`` of the inputs; ``call(operation, args, kwargs)`` runs one operation."""
        known = {id(tensor): value for tensor, value in zip(self.inputs, values)}
        for node in self.nodes:
            if all(id(t) in known for t in node.output_tensors):
                continue
            args, kwargs = node.arguments.fill_in(known)
            outputs = tree.flatten(call(node.operation, args, kwargs))
            for tensor, value in zip(node.output_tensors, outputs):
                known[id(tensor)] = value
        return [known[id(tensor)] for tensor in self.outputs]
