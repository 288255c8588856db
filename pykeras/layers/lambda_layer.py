"""A function as a layer."""

from __future__ import annotations

import contextlib
import inspect
import types

from pykeras import registry
from pykeras.keras_tensor import KerasTensor, any_symbolic
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.registry import lambdas


@REGISTRY.register
class Lambda(Layer):
    """``function(inputs, **arguments)``.

    Arguments:
        function: of the inputs; may also take ``mask`` and ``training``. A named function that is registered loads
            from files; a ``lambda`` is stored as code, which loading refuses unless ``safe_mode=False``.
        output_shape: shape without the batch axis, or a function from input shape to output shape, for what cannot be
            worked out by running ``function`` on symbolic tensors.
        mask: mask of the outputs, or a function ``(inputs, mask)`` that gives it.
        arguments: keyword arguments of ``function``.

    Weights used inside belong to somebody else: write a ``Layer`` to own some.

    >>> Lambda(lambda x: x * 2)([[1.0, 2.0]]).tolist()
    [[2.0, 4.0]]
    """

    runs_foreign_code = True
    _config_attributes = dict.fromkeys(("function", "output_shape", "mask", "arguments"))

    def __init__(self, function, output_shape=None, mask=None, arguments=None, **kwargs):
        super().__init__(**kwargs)
        if not callable(function):
            raise TypeError(f"function: expected a function, got {function!r}")
        self.function = function
        self.arguments = dict(arguments or {})
        self.mask = mask
        self.supports_masking = mask is not None
        self._output_shape = output_shape if callable(output_shape) or output_shape is None else tuple(output_shape)
        named = inspect.signature(function).parameters if not isinstance(function, type) else {}
        self._takes = {name for name in ("mask", "training") if name in named}

    def call(self, inputs, mask=None, training=None):
        given = {k: v for k, v in (("mask", mask), ("training", training)) if k in self._takes}
        return self.function(inputs, **{**given, **self.arguments})

    def compute_output_spec(self, inputs, **kwargs):
        if self._output_shape is not None and any_symbolic(inputs):
            first = inputs[0] if isinstance(inputs, (list, tuple)) else inputs
            if callable(self._output_shape):
                shapes = [x.shape for x in inputs] if isinstance(inputs, (list, tuple)) else inputs.shape
                return KerasTensor(tuple(self._output_shape(shapes)), self.compute_dtype)
            return KerasTensor((first.shape[0], *self._output_shape), self.compute_dtype)
        try:
            return super().compute_output_spec(inputs, **kwargs)
        except TypeError as error:
            if "has no values" in str(error):
                raise TypeError(f"{error}; or say the result's shape with output_shape") from error
            raise

    def compute_mask(self, inputs, mask=None):
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def get_config(self):
        config = super().get_config()
        for name, value in (("function", self.function), ("output_shape", self._output_shape), ("mask", self.mask)):
            config[name] = _stored(value) if callable(value) else registry.serialize(value) if name == "mask" else value
        config["arguments"] = registry.serialize(self.arguments)
        return {k: v for k, v in config.items() if v is not None or k not in ("output_shape", "mask")}

    @classmethod
    def from_config(cls, config, custom_objects=None, safe_mode=None):
        """The layer of a configuration; a Python lambda in it is refused unless ``safe_mode`` is False."""
        with contextlib.ExitStack() as scopes:
            if custom_objects:
                scopes.enter_context(registry.custom_object_scope(custom_objects))
            if safe_mode is not None:
                scopes.enter_context(registry.safe_mode_scope(safe_mode))
            return cls(**cls._restored(dict(config)))

    @staticmethod
    def _restored(config):
        for name in ("function", "output_shape", "mask"):
            kind = config.pop(f"{name}_type", None)
            config.pop("module" if name == "function" else f"{name}_module", None)
            if name in config:
                config[name] = _restored(config[name], kind)
        config["arguments"] = registry.deserialize(config.get("arguments") or {})
        return config


def _stored(function):
    if isinstance(function, types.FunctionType) and function.__name__ == "<lambda>":
        code, defaults, closure = lambdas.dump_function(function)
        return {"class_name": "__lambda__", "config": {"code": code, "defaults": defaults, "closure": closure}}
    return registry.serialize(function)


def _restored(value, kind):
    if kind == "lambda":  # Keras 2
        return lambdas.load_function(*value)
    if kind == "function":
        return registry.deserialize({"class_name": "function", "config": value, "registered_name": value})
    if isinstance(value, dict) and value.get("class_name") == "__lambda__":
        stored = value["config"]
        parts = stored["value"] if "value" in stored else [stored.get(k) for k in ("code", "defaults", "closure")]
        return lambdas.load_function(*parts)
    return registry.deserialize(value) if isinstance(value, dict) else value
