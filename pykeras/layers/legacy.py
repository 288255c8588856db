"""What Keras 2's layers answered to and Keras 3's do not, so that older programs run."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterator
from typing import Any

from pykeras import tree
from pykeras.keras_tensor import KerasTensor
from pykeras.layers.weights import Weights


class readable:
    """A property that an attribute of the same name hides: Keras 3's layers may have one of their own."""

    def __init__(self, read: Any):
        self._read = read
        self.__doc__ = read.__doc__

    def __get__(self, owner: Any, cls: type) -> Any:
        return self if owner is None else self._read(owner)


class LayerOfKeras2:
    """The part of a layer that only Keras 2 knows."""

    name: str = ""
    stateful = False
    dynamic = False
    activity_regularizer: Any = None

    @readable
    def inbound_nodes(self) -> list:
        """The calls of this layer on symbolic tensors."""
        return self._inbound_nodes  # type: ignore[attr-defined]

    @readable
    def outbound_nodes(self) -> list:
        """The calls of other layers on outputs of this one."""
        return self._outbound_nodes  # type: ignore[attr-defined]

    def _node(self, index: int, method: str) -> Any:
        nodes = self.inbound_nodes
        if not -len(nodes) <= index < len(nodes):
            raise ValueError(
                f'{type(self).__name__} "{self.name}": {method}({index}): it was called {len(nodes)} times on symbolic '
                "tensors"
            )
        return nodes[index]

    def get_input_at(self, node_index: int) -> Any:
        """The inputs of one of its calls."""
        tensors = self._node(node_index, "get_input_at").input_tensors
        return tensors[0] if len(tensors) == 1 else tensors

    def get_output_at(self, node_index: int) -> Any:
        """The outputs of one of its calls."""
        return self._node(node_index, "get_output_at").outputs

    def get_input_shape_at(self, node_index: int) -> Any:
        return tree.map_structure(lambda t: t.shape, self.get_input_at(node_index))

    def get_output_shape_at(self, node_index: int) -> Any:
        return tree.map_structure(lambda t: t.shape, self.get_output_at(node_index))

    def get_input_mask_at(self, node_index: int) -> Any:
        return tree.map_structure(_mask, self.get_input_at(node_index))

    def get_output_mask_at(self, node_index: int) -> Any:
        return tree.map_structure(_mask, self.get_output_at(node_index))

    @readable
    def input_mask(self) -> Any:
        """The masks of the inputs of its only call."""
        return self.get_input_mask_at(0)

    @readable
    def output_mask(self) -> Any:
        """The masks of the outputs of its only call."""
        return self.get_output_mask_at(0)

    @readable
    def updates(self) -> list:
        """Empty: assignments take effect where they stand."""
        return []

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """Runs updates given as functions; assignments have already taken effect, whatever ``inputs`` they go with."""
        for update in tree.flatten(updates):
            if callable(update):
                update()

    @readable
    def submodules(self) -> tuple:
        """All layers inside this one."""
        return tuple(layer for layer in self._flatten_layers() if layer is not self)  # type: ignore[attr-defined]

    @contextlib.contextmanager
    def _scope(self) -> Iterator[str]:
        yield self.name

    def name_scope(self) -> Any:
        """A context that gives the layer's name; names of weights come from the calls themselves."""
        return self._scope()

    @classmethod
    def with_name_scope(cls, method: Any) -> Any:
        """The method itself: see :meth:`name_scope`."""
        return method

    def finalize_state(self) -> None:
        """Nothing is left to do after ``adapt``."""

    def compute_output_signature(self, input_signature: Any) -> Any:
        """Symbolic outputs for objects with ``shape`` and ``dtype``."""
        inputs = tree.map_structure(lambda spec: KerasTensor(tuple(spec.shape), spec.dtype), input_signature)
        return self.compute_output_spec(inputs)  # type: ignore[attr-defined]

    @property
    def _trainable_weights(self) -> list:
        """The layer's own trainable weights, where layers of Keras 2 read them."""
        return [v for v in self._own_variables() if v.trainable]  # type: ignore[attr-defined]

    @property
    def _non_trainable_weights(self) -> list:
        return [v for v in self._own_variables() if not v.trainable]  # type: ignore[attr-defined]

    def add_variable(self, *args: Any, **kwargs: Any) -> Any:
        """``add_weight`` by its first name."""
        return self.add_weight(*args, **kwargs)  # type: ignore[attr-defined]

    add_variable.__signature__ = inspect.signature(Weights.add_weight)  # type: ignore[attr-defined]

    def add_metric(self, value: Any, name: str | None = None, aggregation: str = "mean") -> None:
        """Have the mean of ``value`` over the batches of an epoch in the logs; to be called in ``call``.

        Raises:
            ValueError: without a name, or for an aggregation other than the mean.
            TypeError: for a symbolic tensor: a metric is of values.
        """
        from pykeras.metrics import Mean

        label = f'{type(self).__name__} "{self.name}": add_metric'
        if not name or aggregation not in ("mean", None):
            raise ValueError(f"{label}: expected a name and aggregation 'mean', got {name!r} and {aggregation!r}")
        if isinstance(value, KerasTensor):
            if self.inbound_nodes or not hasattr(self, "call"):
                raise TypeError(f"{label}: expected values, got {value!r}: call it in the layer's call")
            return
        added = self.__dict__.setdefault("_added_metrics", {})
        if name not in added:
            added[name] = Mean(name=name)
        added[name].update_state(value)


def _mask(tensor: Any) -> Any:
    return getattr(tensor, "_keras_mask", None)
