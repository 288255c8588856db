"""Models that are a stack of layers."""

from __future__ import annotations

from typing import Any

from pykeras import tree
from pykeras.keras_tensor import KerasTensor
from pykeras.layers import Embedding, Input, InputLayer, Layer
from pykeras.layers.layer import REGISTRY as LAYERS
from pykeras.models.functional import Functional
from pykeras.models.model import REGISTRY, Model, _translated
from pykeras.registry import serialize


@REGISTRY.register
class Sequential(Model):
    """Layers one after another.

    Built at once when the first layer says its input (``Input``, ``input_shape=``, ``input_dim=``), else when it first
    sees data or by ``build(input_shape)``.

    Arguments:
        layers: to begin with.
        name: of the model.

    >>> from pykeras.layers import Dense
    >>> model = Sequential()
    >>> model.add(Dense(1, input_dim=3, activation="relu"))
    >>> model.count_params()
    4
    """

    _keras_module = "keras"
    _not_tracked = Model._not_tracked | {"_all_layers", "_tensors"}

    def __init__(self, layers=None, trainable=True, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self._all_layers: list[Layer] = []
        self._functional: Functional | None = None
        self._stack: list[Layer] = []
        # The input and the output of each layer, as far as the stack has been connected.
        self._tensors: list[KerasTensor] = []
        self.supports_masking = True
        for layer in layers or ():
            self.add(layer, rebuild=False)
        self._settle()
        if not trainable:
            self.trainable = False

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Puts a layer on top; without ``rebuild`` it is connected when the model is built or called.

        Raises ``TypeError`` for what is no layer and ``ValueError`` for one that does not fit; the model stays as it was.
        """
        if isinstance(layer, KerasTensor):
            layer = layer._keras_history[0]
        if not isinstance(layer, Layer):
            raise ValueError(f'Sequential "{self.name}": add: expected a layer, got {type(layer).__name__}')
        if any(layer.name == other.name for other in self._all_layers):
            raise ValueError(
                f'Sequential "{self.name}": there is a layer named {layer.name!r} already; names must differ'
            )
        if isinstance(layer, InputLayer) and self._all_layers:
            raise ValueError(
                f'Sequential "{self.name}": an Input comes first, there are {len(self._all_layers)} layers already'
            )
        if not self._all_layers and not isinstance(layer, InputLayer):
            shape = getattr(layer, "_batch_input_shape", None)
            if (
                shape is None
                and isinstance(layer, (Functional, Sequential))
                and layer.built
                and getattr(layer, "inputs", None)
            ):
                shape = layer.inputs[0].shape
            if shape is not None:
                self._all_layers.append(
                    InputLayer(batch_shape=shape, name=f"{layer.name}_input", dtype=layer.input_dtype)
                )
        tensors = list(self._tensors)
        self._all_layers.append(layer)
        try:
            self._settle(rebuild)
        except Exception:
            self._all_layers.pop()
            self._tensors = tensors
            self._settle()
            raise

    def pop(self, rebuild: bool = True) -> Layer:
        """Takes the top layer off and returns it; without ``rebuild`` the rest is connected when it is built or called."""
        if not self._stack:
            raise TypeError(f'Sequential "{self.name}": there are no layers to take off')
        layer = self._all_layers.pop()
        if len(self._tensors) > len(self._stack):
            tensor = self._tensors.pop()
            if layer._inbound_nodes and layer._inbound_nodes[-1].outputs is tensor:
                layer._inbound_nodes.pop()
        self._settle(rebuild)
        return layer

    def _settle(self, rebuild: bool = True) -> None:
        """Brings what follows from the list of layers up to date: layers new on top are called, no other ones."""
        self._stack = [layer for layer in self._all_layers if not isinstance(layer, InputLayer)]
        self._functional = None
        self.built = False
        if rebuild and len(self._stack) < len(self._all_layers):
            self._connect(self._all_layers[0].output)
        elif rebuild and self._stack and self._tensors:
            self._connect(self._tensors[0])

    def _connect(self, inputs: KerasTensor) -> None:
        if not self._tensors or self._tensors[0] is not inputs:
            self._tensors = [inputs]
        for layer in self._stack[len(self._tensors) - 1 :]:
            output = layer(self._tensors[-1])
            if len(tree.flatten(output)) != 1:
                raise ValueError(
                    f'Sequential "{self.name}": layer "{layer.name}" has several outputs; use a functional model'
                )
            self._tensors.append(output)
        self._functional = Functional(inputs, self._tensors[-1], name=self.name)
        self.built = True

    def build(self, input_shape: Any = None) -> None:
        """Creates the weights for inputs of this shape (with the batch axis)."""
        if self._functional is not None and input_shape is not None:
            self._check_shape(input_shape)
        if self._functional is not None or not self._stack:
            return
        self._settle()
        if self._functional is not None:
            return
        if input_shape is None and isinstance(self._stack[0], Embedding):
            input_shape = (None, None)  # as it was in Keras 2, where an embedding knew this of itself
        if input_shape is None:
            raise ValueError(f'Sequential "{self.name}": build: expected an input shape')
        self._connect(Input(batch_shape=tuple(input_shape), dtype=self._stack[0].input_dtype))

    def _build_once(self, arguments: Any) -> None:
        if not self.built:
            if not self._stack:
                raise ValueError("has no layers; add some first")
            if tree.is_nested(arguments.first):  # there is no graph of one tensor after the other
                return
            inputs = [arguments.first]
            # Layers that keep states between batches have to know how many samples these have.
            stateful = any(getattr(layer, "stateful", False) for layer in self._stack)
            shape = (inputs[0].shape[0] if stateful else None, *inputs[0].shape[1:])
            if inputs[0].dtype == "string":  # what a first layer takes either way
                self._settle()
                self._connect(Input(batch_shape=shape, dtype="string"))
            try:
                self.build(shape)
            except NotImplementedError:  # a layer that cannot say what it will give
                return
            self._build_shapes = {"inputs": shape}
            if self._functional is not None and len(self._stack) == len(self._all_layers):
                self._functional._sizes_are_told = False

    def call(self, inputs, training=None, mask=None):
        if self._functional is None:
            return self._call_in_turn(inputs)
        return self._functional.call(inputs, training=training, mask=mask)

    def _call_in_turn(self, inputs):
        """One layer after another, where no graph describes what flows between them."""
        for layer in self._stack:
            inputs = layer(inputs)
        self.built = True
        return inputs

    def _check_shape(self, input_shape: Any) -> None:
        own = self.inputs[0].shape
        given = tuple(input_shape)
        if len(own) != len(given) or any(None not in (a, b) and a != b for a, b in zip(own, given)):
            raise ValueError(
                f'Sequential "{self.name}": has already been configured to use input shape {own}, got {given}'
            )

    def _state_path(self, variable: Any) -> list[str]:
        path = super()._state_path(variable)
        own = any(variable is weight for weight in self.weights)
        return [self.name, *path] if own and path[0] != self.name else path

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the Input."""
        return list(self._stack)

    def _sublayers(self) -> list[Layer]:
        return list(self._stack)

    @property
    def inputs(self) -> list[KerasTensor]:
        return self._built("inputs").inputs

    @property
    def outputs(self) -> list[KerasTensor]:
        return self._built("outputs").outputs

    @property
    def input_names(self) -> list[str]:
        return self._built("input names").input_names

    @property
    def output_names(self) -> list[str]:
        return self._built("output names").output_names

    @property
    def input_shape(self) -> Any:
        return self._built("input shape").input_shape

    @property
    def output_shape(self) -> Any:
        return self._built("output shape").output_shape

    @property
    def input(self) -> Any:
        return self._built("input").input

    @property
    def output(self) -> Any:
        return self._built("output").output

    def _built(self, what: str) -> Functional:
        if self._functional is None:
            raise AttributeError(f'Sequential "{self.name}": has no {what} yet: build it or call it on data first')
        return self._functional

    def compute_output_shape(self, input_shape: Any) -> Any:
        for layer in self._stack:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    def get_config(self) -> dict:
        config = {"name": self.name, "trainable": self.trainable, "dtype": super(Model, self).get_config()["dtype"]}
        config["layers"] = [serialize(layer) for layer in self._all_layers]
        if not any(isinstance(layer, InputLayer) for layer in self._all_layers) and self.built:
            config["build_input_shape"] = self.input_shape
        return config

    @classmethod
    def from_config(cls, config: dict, custom_objects: dict | None = None) -> Sequential:
        config = _translated("Sequential", config)
        model = cls(name=config.get("name"))
        for entry in config["layers"]:
            model.add(LAYERS.deserialize(entry, custom_objects))
        if not model.built and config.get("build_input_shape"):
            model.build(tuple(config["build_input_shape"]))
        if not config.get("trainable", True):
            model.trainable = False
        return model


LAYERS.register(Sequential)
