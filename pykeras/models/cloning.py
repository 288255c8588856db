"""New models of the same structure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pykeras import tree
from pykeras.layers import Input, InputLayer, Layer
from pykeras.models.functional import Functional, functional_from_config
from pykeras.models.sequential import Sequential


def clone_model(
    model: Any,
    input_tensors: Any = None,
    clone_function: Callable | None = None,
    call_function: Callable | None = None,
    recursive: bool = False,
) -> Any:
    """A model of the same structure with new weights.

    Arguments:
        model: Sequential or functional; a subclassed model is made again from its configuration.
        input_tensors: new symbolic inputs to apply the copy to.
        clone_function: makes the copy of one layer; ``layer.from_config(layer.get_config())`` by default.
        call_function: ``call_function(layer, *args, **kwargs)`` calls each copy in a functional model.
        recursive: whether ``clone_function`` gets the layers of models inside the model instead of these models.

    A compiled model's copy is compiled alike, with a new optimizer.

    Raises:
        ValueError: ``input_tensors`` of another structure than the model's; a function for a model whose structure is
            code; ``call_function`` for a Sequential model.
    """
    own = clone_function or (lambda layer: type(layer).from_config(layer.get_config()))

    def copy(layer: Any) -> Any:
        if recursive and isinstance(layer, (Functional, Sequential)):
            inner = call_function if isinstance(layer, Functional) else None
            return clone_model(layer, None, clone_function, inner, True)
        return own(layer)

    clone: Any
    if isinstance(model, Sequential):
        if call_function is not None:
            raise ValueError("clone_model: call_function needs a functional model")
        clone = Sequential([layer if isinstance(layer, InputLayer) else copy(layer) for layer in _fresh_inputs(model)],
                           name=model.name, trainable=model.trainable)  # fmt: skip
    elif isinstance(model, Functional) and type(model) is Functional:
        if clone_function is None and call_function is None:
            clone = functional_from_config(Functional, model.get_config())
        else:
            clone = _apply(model, copy, call_function)
    else:
        if clone_function is not None or call_function is not None or recursive:
            raise ValueError(
                "clone_model: clone_function, call_function and recursive need a Sequential or functional model"
            )
        clone = type(model).from_config(model.get_config())
    if input_tensors is not None:
        if isinstance(model, Functional):
            _check_structure(model, input_tensors)
        clone = Functional(input_tensors, clone(input_tensors), name=model.name)
    if model.compiled:
        clone.compile_from_config(model.get_compile_config())
    return clone


def _check_structure(model: Functional, input_tensors: Any) -> None:
    try:
        tree.assert_same_structure(model.input, input_tensors)
    except ValueError:
        raise ValueError(
            "clone_model: `input_tensors` must have the same structure as model.input, "
            f"{tree.map_structure(lambda t: t.name, model.input)}, got {input_tensors!r}"
        ) from None


def _fresh_inputs(model: Sequential) -> list[Layer]:
    return [InputLayer.from_config(layer.get_config()) if isinstance(layer, InputLayer) else layer
            for layer in model._all_layers]  # fmt: skip


def _apply(model: Functional, copy: Callable, call: Callable | None) -> Functional:
    """The graph run again on new inputs with a copy of each layer."""
    copies: dict[int, Any] = {}

    def run(operation, args, kwargs):
        if id(operation) not in copies:
            copies[id(operation)] = copy(operation) if isinstance(operation, Layer) else operation
        made = copies[id(operation)]
        return call(made, *args, **kwargs) if call and isinstance(made, Layer) else made(*args, **kwargs)

    inputs = [Input(batch_shape=t.shape, dtype=t.dtype, name=name) for t, name in zip(model.inputs, model.input_names)]
    outputs = model._graph.run(inputs, run)
    return Functional(tree.pack_sequence_as(model._inputs_struct, inputs),
                      tree.pack_sequence_as(model._outputs_struct, outputs), name=model.name)  # fmt: skip
