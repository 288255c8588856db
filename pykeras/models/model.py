"""Model: a layer that can be trained, summarized and saved."""

from __future__ import annotations

import inspect
from typing import Any

from pykeras.layers import Layer
from pykeras.layers.construction import revive
from pykeras.layers.layer import REGISTRY as LAYERS
from pykeras.registry import Registry
from pykeras.training.trainer import Trainer

REGISTRY = Registry("model", "models")


@REGISTRY.register
class Model(Trainer, Layer):
    """A layer with a training loop.

    ``Model(inputs, outputs)`` makes a model of the graph between symbolic tensors. Subclasses create layers in their
    constructor (after ``super().__init__()``) and write ``call(self, inputs, training=None)``.

    >>> import pykeras
    >>> a = pykeras.Input((32,))
    >>> b = pykeras.layers.Dense(32)(a)
    >>> Model(inputs=a, outputs=b).count_params()
    1056
    """

    _keras_module = "keras"
    inputs: Any = None
    outputs: Any = None
    _not_tracked = frozenset({"_graph", "inputs", "outputs", "_functional", "_inputs_struct", "_outputs_struct"})

    def __new__(cls, *args, **kwargs):
        if cls is Model and (args or "inputs" in kwargs or "outputs" in kwargs):
            from pykeras.models.functional import Functional

            return Functional.__new__(Functional, *args, **kwargs)
        return super().__new__(cls)

    def __init__(self, *args, **kwargs):
        if args or "inputs" in kwargs or "outputs" in kwargs:
            from pykeras.models.functional import Functional

            if isinstance(self, Functional):
                Functional.__init__(self, *args, **kwargs)
                return
            # class Mine(Model) that ends its constructor with super().__init__(inputs, outputs)
            self.__class__ = _functional_version(type(self))
            Functional.__init__(self, *args, **kwargs)
            return
        Trainer.__init__(self)
        Layer.__init__(self, **kwargs)

    def build(self, input_shape: Any) -> None:
        """Creates the weights for inputs of this shape, by describing a call."""
        from pykeras import tree
        from pykeras.keras_tensor import KerasTensor, no_history

        if type(self).call is not Layer.call and input_shape is not None:

            def symbolic(shape):
                if isinstance(shape, dict):
                    return {key: symbolic(value) for key, value in shape.items()}
                if any(isinstance(s, (list, tuple)) for s in shape):
                    return [symbolic(s) for s in shape]
                return KerasTensor(shape, self.compute_dtype)

            with no_history():
                tree.flatten(self.call(symbolic(input_shape)))
        self.built = True

    def _build_once(self, arguments: Any) -> None:
        # A call builds the sublayers it reaches; build() would only describe the same call first.
        if not self.built and type(self).build is Model.build:
            self._build_shapes = arguments.shapes()
            self.built = True
        else:
            super()._build_once(arguments)

    @property
    def layers(self) -> list[Layer]:
        """The layers set as attributes (or in lists and dictionaries there), in order."""
        return self._sublayers()

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of a name or number. Raises ``ValueError`` listing what there is."""
        layers = self.layers
        if index is not None and name is not None:
            raise ValueError("get_layer: give a name or an index, not both")
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ValueError(f'Model "{self.name}": there is no layer {index}: it has {len(layers)} layers')
            return layers[index]
        for layer in layers:
            if layer.name == name:
                return layer
        raise ValueError(f'Model "{self.name}": there is no layer {name!r}; it has {[layer.name for layer in layers]}')

    def summary(self, line_length=None, positions=None, print_fn=None, expand_nested=False, show_trainable=False,
                layer_range=None) -> None:  # fmt: skip
        """Prints the layers, the shapes of their outputs and the numbers of their parameters.

        Arguments:
            line_length: characters of a line.
            positions: where columns end, as shares of the line or characters.
            print_fn: receives each line instead of ``print``.
            expand_nested: also show the layers of models inside.
            show_trainable: add a column of Y and N.
            layer_range: names (or patterns) of the first and last layer to show.
        """
        from pykeras.models.summary import print_summary

        print_summary(self, line_length, positions, print_fn, expand_nested, show_trainable, layer_range)

    def _check_has_weights(self) -> None:
        if not self.built and not self._weights_so_far():
            raise ValueError(
                f'{type(self).__name__} "{self.name}": has no weights yet: call it on data, call build(input_shape), '
                "or begin with an Input or a layer that is given input_shape"
            )

    def count_params(self) -> int:
        """The number of values in all weights."""
        if not self.built:
            self._check_has_weights()
        return sum(w.size for w in self.weights)

    def reset_states(self) -> None:
        """Resets the states of layers that keep some between batches."""
        for layer in self._flatten_layers():
            if layer is not self and getattr(layer, "stateful", False) and hasattr(layer, "reset_states"):
                layer.reset_states()

    # ---- files ------------------------------------------------------------------------------------------------------

    def save(self, filepath, overwrite=True, save_format=None, include_optimizer=True, zipped=None, **kwargs) -> None:
        """Saves structure, weights, compilation and optimizer state; the format follows the suffix."""
        from pykeras import saving

        saving.save_model(self, filepath, overwrite=overwrite, save_format=save_format,
                          include_optimizer=include_optimizer, zipped=zipped, **kwargs)  # fmt: skip

    def export(self, filepath, format=None, verbose=None, input_signature=None, **kwargs) -> None:
        """Writes the model for inference into an ONNX file; see ``pykeras.export.export_model``."""
        from pykeras.export import export_model

        export_model(self, filepath, format=format, verbose=verbose, input_signature=input_signature, **kwargs)

    def save_weights(self, filepath, overwrite=True, max_shard_size=None, save_format=None, **kwargs) -> None:
        """Saves the weights alone."""
        from pykeras import saving

        saving.save_weights(self, filepath, overwrite, max_shard_size, save_format, **kwargs)

    def load_weights(self, filepath, skip_mismatch=False, by_name=False, **kwargs) -> None:
        """Loads weights into a model of the same structure, or into layers of the same names with ``by_name``."""
        from pykeras import saving

        saving.load_weights(self, filepath, by_name=by_name, skip_mismatch=skip_mismatch, **kwargs)

    def to_json(self, **kwargs) -> str:
        """The structure as JSON, without weights; keyword arguments go to ``json.dumps``."""
        from pykeras.saving import text

        return text.to_json(self, **kwargs)

    def to_yaml(self, **kwargs) -> str:
        """The structure as YAML, without weights; keyword arguments go to ``yaml.safe_dump``. Needs PyYAML."""
        from pykeras.saving import text

        return text.to_yaml(self, **kwargs)

    @classmethod
    def from_config(cls, config: dict, custom_objects: dict | None = None) -> Model:
        """The model of a configuration, in Keras 3's form or Keras 2's."""
        from pykeras.models.functional import Functional, functional_from_config

        if cls in (Model, Functional) or {"layers", "input_layers", "output_layers"} <= set(config):
            if "input_layers" in config:
                return functional_from_config(
                    cls if issubclass(cls, Functional) else Functional,
                    _translated("Functional", config),
                    custom_objects,
                )
        return revive(cls, config)

    def get_config(self) -> dict:
        if type(self).__init__ is Model.__init__:
            return {"name": self.name, "trainable": self.trainable}
        config = super().get_config()
        parameters = inspect.signature(type(self).__init__).parameters
        if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
            return config
        return {key: value for key, value in config.items() if key in parameters}  # a constructor that takes no name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"

    def __reduce_ex__(self, protocol):
        written = type(self).__dict__.get("_written_class")
        if written is None:
            return super().__reduce_ex__(protocol)
        return _new_functional_version, (written,), self.__getstate__()


def _translated(class_name: str, config: Any) -> dict:
    """A model's configuration in Keras 3's form."""
    from pykeras.saving import dialects

    return dialects.to_keras3({"class_name": class_name, "config": config})["config"]


def _functional_version(cls: type) -> type:
    """``cls`` with the methods of a functional model beneath its own."""
    from pykeras.models.functional import Functional

    names = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "_written_class": cls}
    return type(cls.__name__, (cls, Functional), names)


def _new_functional_version(cls: type) -> Model:
    made = _functional_version(cls)
    return made.__new__(made)  # type: ignore[call-overload]


LAYERS.register(Model, "Model")
