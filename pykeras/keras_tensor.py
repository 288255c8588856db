"""Symbolic tensors and the graph that calls on them leave behind."""

from __future__ import annotations

import collections
import functools
import inspect
import itertools
import re
import threading
from collections.abc import Callable
from typing import Any

from pykeras import _core, tree
from pykeras.dtypes import standardize_dtype

_name_counts: collections.Counter = collections.Counter()
_node_count = itertools.count()


def snake_case(name: str) -> str:
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def auto_name(prefix: Any) -> str:
    """A name not given before: ``dense``, ``dense_1``, ... (reset by ``utils.clear_session``)."""
    if not isinstance(prefix, str):
        prefix = snake_case((prefix if isinstance(prefix, type) else type(prefix)).__name__)
    count = _name_counts[prefix]
    _name_counts[prefix] += 1
    return f"{prefix}_{count}" if count else prefix


def reset_names() -> None:
    _name_counts.clear()


class KerasTensor(_core.SymbolicTensor):
    """What ``Input`` returns and layers pass on while a model is being described: a shape and a dtype, no values.

    ``shape`` holds ``None`` for unknown sizes.

    >>> KerasTensor((None, 3)).shape
    (None, 3)
    """

    def __init__(self, shape, dtype="float32", sparse=False, ragged=False, record_history=True, name=None, **kwargs):
        if sparse or ragged:
            raise ValueError("KerasTensor: sparse and ragged tensors are not supported")
        if kwargs:
            raise TypeError(f"KerasTensor: unknown argument {next(iter(kwargs))!r}")
        if isinstance(shape, str) or not hasattr(shape, "__iter__"):
            raise ValueError(f"KerasTensor: shape: expected a tuple of sizes, got {shape!r}")
        super().__init__(tuple(shape), standardize_dtype(dtype))
        self.name = name or auto_name("keras_tensor")
        self.record_history = record_history
        self._keras_history = None

    # Of ragged tensors, which there are none of.
    ragged_rank = row_splits_dtype = None

    @property
    def sparse(self) -> bool:
        return False

    @property
    def ragged(self) -> bool:
        return False

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"

    @property
    def _keras_shape(self) -> tuple:
        """What layers of early Keras 2 read."""
        return self.shape

    def _no_value(self, *_, **__):
        raise TypeError(
            f"{self!r} has no values: it only describes a model. Build a Model from it, or use pykeras.ops on it"
        )

    def __reduce__(self):
        # Without history: the nodes of a copied model tell its tensors anew where they come from.
        state = {key: value for key, value in self.__dict__.items() if key != "_keras_history"}
        return _tensor_without_history, (self.shape, self.dtype), state

    __array__ = __float__ = __int__ = __bool__ = __index__ = numpy = _no_value


def _tensor_without_history(shape: tuple, dtype: str) -> KerasTensor:
    return KerasTensor(shape, dtype, name="copy")


_core.set_symbolic_class(KerasTensor)


def is_keras_tensor(x: Any) -> bool:
    """Whether ``x`` is a symbolic tensor."""
    return isinstance(x, KerasTensor)


any_symbolic = _core.any_symbolic


class Arguments:
    """The arguments of one call, with the places of its symbolic tensors."""

    def __init__(self, args: tuple, kwargs: dict):
        self.args = args
        self.kwargs = kwargs
        self.keras_tensors = [leaf for leaf in tree.flatten((args, kwargs)) if isinstance(leaf, KerasTensor)]

    def fill_in(self, values: dict[int, Any]) -> tuple[tuple, dict]:
        """The arguments with each symbolic tensor replaced by ``values[id(tensor)]``."""
        if not self.kwargs and len(self.args) == 1 and isinstance(self.args[0], KerasTensor):
            return (values[id(self.args[0])],), {}

        def value_of(leaf):
            return values[id(leaf)] if isinstance(leaf, KerasTensor) else leaf

        return tree.map_structure(value_of, self.args), tree.map_structure(value_of, self.kwargs)


class Node:
    """One call of an operation on symbolic tensors."""

    def __init__(
        self, operation: Operation, call_args: tuple = (), call_kwargs: dict | None = None, outputs: Any = None
    ):
        self.order = next(_node_count)
        self.operation = operation
        self.arguments = Arguments(call_args, call_kwargs or {})
        self.outputs = outputs
        self.output_tensors = [leaf for leaf in tree.flatten(outputs) if isinstance(leaf, KerasTensor)]
        index = len(operation._inbound_nodes)
        operation._inbound_nodes.append(self)
        for number, tensor in enumerate(self.output_tensors):
            tensor._keras_history = (operation, index, number)
        for parent in self.parent_nodes:
            parent.operation._outbound_nodes.append(self)

    def __reduce__(self):
        return _restore_node, (self.operation, self.arguments.args, self.arguments.kwargs, self.outputs)

    @property
    def input_tensors(self) -> list[KerasTensor]:
        return self.arguments.keras_tensors

    @property
    def parent_nodes(self) -> list[Node]:
        parents = []
        for tensor in self.input_tensors:
            if tensor._keras_history:
                operation, index, _ = tensor._keras_history
                parents.append(operation._inbound_nodes[index])
        return parents

    @property
    def is_input(self) -> bool:
        return not self.arguments.keras_tensors


def _restore_node(operation: Operation, args: tuple, kwargs: dict, outputs: Any) -> Node:
    """The copy of a node, unless the copied operation (an input) made it itself."""
    for node in operation._inbound_nodes:
        if node.outputs is outputs:
            return node
    return Node(operation, args, kwargs, outputs)


class Operation:
    """Anything that can be called on tensors and be a node of a model: layers, and ops called on symbolic tensors."""

    def __init__(self, name: str | None = None):
        self.name = auto_name(self) if name is None else str(name)
        self._inbound_nodes: list[Node] = []
        self._outbound_nodes: list[Node] = []

    def __call__(self, *args, **kwargs):
        if any_symbolic(args, kwargs):
            return self.symbolic_call(*args, **kwargs)
        return self.call(*args, **kwargs)

    @property
    def _label(self) -> str:
        return f'{type(self).__name__} "{self.name}"'

    def call(self, *args, **kwargs):
        raise NotImplementedError(f"{type(self).__name__}: write call()")

    def compute_output_spec(self, *args, **kwargs):
        """Symbolic outputs for symbolic inputs: ``call`` run on shapes."""
        with no_history():
            return self.call(*args, **kwargs)

    def symbolic_call(self, *args, **kwargs):
        return record_node(self, self.compute_output_spec(*args, **kwargs), args, kwargs)

    def __getstate__(self) -> dict:
        """What is pickled and copied: the operation alone. Its calls belong to the models they are part of."""
        return {**self.__dict__, "_inbound_nodes": [], "_outbound_nodes": []}


def record_node(operation: Operation, outputs: Any, args: tuple, kwargs: dict) -> Any:
    """Makes ``outputs`` the results of a call of ``operation``; what was passed through becomes a tensor of its own."""
    describing = is_describing()
    given = {id(leaf) for leaf in tree.flatten((args, kwargs)) if isinstance(leaf, KerasTensor)}

    def own(leaf):
        if isinstance(leaf, (_core.Tensor, _core.Variable)) and not describing:
            return KerasTensor(leaf.shape, leaf.dtype)  # of a layer that hands out a weight, or a constant
        if not isinstance(leaf, KerasTensor):
            return leaf
        if id(leaf) in given or (leaf._keras_history is not None and not describing):
            return KerasTensor(leaf.shape, leaf.dtype)
        return leaf

    outputs = tree.map_structure(own, outputs)
    if not describing:
        Node(operation, args, kwargs, outputs)
    return outputs


class _Depths(threading.local):
    """How many of the contexts below this thread is in."""

    no_history = 0
    refusing = 0


_depths = _Depths()


class no_history:
    """Context in which calls of this thread on symbolic tensors compute shapes only and leave no nodes."""

    def __enter__(self):
        _depths.no_history += 1

    def __exit__(self, *_):
        _depths.no_history -= 1


def is_describing() -> bool:
    """Whether a layer is being called on symbolic tensors, only to tell the shapes of its outputs."""
    return _depths.no_history > 0


class UnknownSize(TypeError):
    """A layer that is being described asks for a size that is unknown."""


class refusing_unknown_sizes:  # noqa: N801 - a context, like no_history
    """Context in which ``ops.shape`` raises ``UnknownSize`` in this thread rather than give None for a size."""

    def __enter__(self):
        _depths.refusing += 1

    def __exit__(self, *_):
        _depths.refusing -= 1


def known_sizes(shape: tuple) -> tuple:
    """The shape, for a caller that may compute with its sizes."""
    if _depths.refusing and None in shape:
        raise UnknownSize(f"the shape {shape} has unknown sizes")
    return shape


class FunctionOperation(Operation):
    """An op function called on symbolic tensors, as a node of a model."""

    def __init__(self, function: Callable, name: str | None = None):
        super().__init__(name or auto_name(function.__name__))
        self.function = function

    def call(self, *args, **kwargs):
        return self.function(*args, **kwargs)


def operation(function: Callable) -> Callable:
    """Decorates an op function: called on symbolic tensors, it leaves one node, whatever it calls inside."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        if not any_symbolic(args, kwargs) or is_describing():
            return function(*args, **kwargs)
        name = kwargs.pop("name", None) if "name" not in signature.parameters else None
        return FunctionOperation(wrapper, name).symbolic_call(*args, **kwargs)

    wrapper.is_operation = True  # type: ignore[attr-defined]
    return wrapper
