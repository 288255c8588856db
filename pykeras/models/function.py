"""What lies between symbolic inputs and outputs, as a function: a model without weights, training or files."""

from __future__ import annotations

from typing import Any

from pykeras import tree
from pykeras.keras_tensor import KerasTensor, Operation, any_symbolic
from pykeras.models.graph import Graph
from pykeras.ops.core import convert_to_tensor


class Function(Operation):
    """``outputs`` computed from values of ``inputs``, by the operations between them.

    Arguments:
        inputs: symbolic tensor, or a structure of them; values come in the same structure.
        outputs: likewise; results come in the same structure.
        name: of the function.

    Raises:
        ValueError: outputs that do not follow from the inputs; values of another structure.

    Example:
        >>> import pykeras
        >>> x = pykeras.KerasTensor((None, 2))
        >>> double = pykeras.Function(x, x * 2)
        >>> double([[1.0, 2.0]]).numpy()
        array([[2., 4.]], dtype=float32)
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None):
        super().__init__(name=name)
        for argument, given in (("inputs", inputs), ("outputs", outputs)):
            if not tree.flatten(given):
                raise ValueError(f'Function "{self.name}": the `{argument}` argument cannot be empty, got {given!r}')
        self._inputs_struct, self._outputs_struct = inputs, outputs
        self._graph = Graph(inputs, outputs)

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs, flat."""
        return self._graph.inputs

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs, flat."""
        return self._graph.outputs

    @property
    def operations(self) -> list[Operation]:
        """The operations between them, in an order in which they can be run."""
        starts = {id(tensor) for tensor in self.inputs}
        outside = set()  # what made an input that is a result itself
        for tensor in self.inputs:
            operation, index, _ = tensor._keras_history or (None, 0, 0)
            if operation is not None and not operation._inbound_nodes[index].is_input:
                outside.add(id(operation))
        for node in self._graph.nodes:
            if not all(id(tensor) in starts for tensor in node.output_tensors):
                outside.discard(id(node.operation))
        return [operation for operation in self._graph.operations if id(operation) not in outside]

    def __call__(self, inputs: Any) -> Any:
        try:
            tree.assert_same_structure(self._inputs_struct, inputs)
            values = tree.flatten(inputs)
        except ValueError as error:
            if tree.is_nested(self._inputs_struct):
                raise ValueError(f'Function "{self.name}": invalid input structure: {error}') from None
            values = [inputs]  # nested numbers are one array
        if not any_symbolic(values):
            values = [convert_to_tensor(value) for value in values]
        for expected, value in zip(self.inputs, values):
            fits = len(value.shape) == len(expected.shape) and all(
                a is None or b is None or a == b for a, b in zip(value.shape, expected.shape)
            )
            if not fits:
                raise ValueError(
                    f'Function "{self.name}": incompatible inputs: expected shape {expected.shape}, got {value.shape}'
                )
        results = self._graph.run(values, lambda operation, args, kwargs: operation(*args, **kwargs))
        return tree.pack_sequence_as(self._outputs_struct, results)

    call = __call__

    def compute_output_spec(self, inputs: Any) -> Any:
        """The outputs for symbolic inputs."""
        return self(inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shapes of the outputs for shapes of the inputs."""
        flat = [input_shape] if len(self.inputs) == 1 and not tree.is_nested(self._inputs_struct) else list(input_shape)
        symbolic = [KerasTensor(tuple(shape), t.dtype) for shape, t in zip(flat, self.inputs, strict=True)]
        results = self._graph.run(symbolic, lambda operation, args, kwargs: operation(*args, **kwargs))
        return tree.pack_sequence_as(self._outputs_struct, [tuple(t.shape) for t in results])
