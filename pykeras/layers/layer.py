"""The base of every layer: building, calling, weights, losses, configuration."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

import numpy as np

from pykeras import _core, activations, check, dtype_policies, regularizers, strings, tree
from pykeras.keras_tensor import KerasTensor, Operation, any_symbolic, no_history, record_node
from pykeras.layers import construction
from pykeras.layers.absent_features import AbsentFeatures
from pykeras.layers.building import Building
from pykeras.layers.context import calling, context
from pykeras.layers.describing import describe
from pykeras.layers.input_spec import check_inputs
from pykeras.layers.legacy import LayerOfKeras2
from pykeras.layers.masks import Masks
from pykeras.layers.shapes import Arguments, parameters_of, signature_of
from pykeras.layers.stateless import Stateless
from pykeras.ops.core import cast, convert_to_tensor
from pykeras.registry import Registry, serialize, suggest
from pykeras.variables import scopes

REGISTRY = Registry("layer", "layers")

_KERAS2_ARGUMENTS = ("input_shape", "input_dim", "batch_input_shape", "batch_size", "input_length", "weights",
                     "input_dtype", "dynamic", "autocast")  # fmt: skip


class Layer(AbsentFeatures, LayerOfKeras2, Stateless, Building, Masks, Operation):
    """A function of tensors with weights of its own.

    Subclasses write ``build(input_shape)``, which creates weights with ``add_weight``, and ``call(inputs)``, and may
    accept ``training`` and ``mask`` in ``call``. Sublayers and variables set as attributes (also inside lists, tuples
    and dictionaries) are found by themselves.

    Arguments:
        activity_regularizer: function or name; of the outputs, added to the loss.
        trainable: whether training changes the weights.
        dtype: name or policy of the dtype to compute in.
        autocast: whether floating inputs are brought to that dtype.
        name: unique within a model; made from the class name by default.
        input_shape, input_dim, batch_input_shape, batch_size: Keras 2's ways to say what a first layer receives.
        weights: initial values for ``set_weights``.

    Raises ``TypeError`` for an unknown argument, naming near ones.

    >>> import pykeras
    >>> class Scale(pykeras.layers.Layer):
    ...     def build(self, input_shape):
    ...         self.factor = self.add_weight(name="factor", shape=(input_shape[-1],), initializer="ones")
    ...     def call(self, inputs):
    ...         return inputs * self.factor
    >>> Scale()([[1.0, 2.0]]).tolist()
    [[1.0, 2.0]]
    """

    supports_masking = False
    runs_foreign_code = False
    input_spec: Any = None
    _dtype_policy: Any = None

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        construction.watch(cls)

    def __init__(self, *, activity_regularizer=None, trainable=True, dtype=None, autocast=True, name=None, **kwargs):
        self._set_input_arguments(kwargs, name)
        super().__init__(name=name)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.dtype_policy = dtype_policies.get(dtype)
        self.autocast = autocast
        self.supports_masking = type(self).compute_mask is not Layer.compute_mask
        self.input_spec = None
        self.built = False
        self._trainable = check.boolean("trainable", trainable)
        self._losses: list = []
        self._build_shapes: dict | None = None

    def _set_input_arguments(self, kwargs: dict, name: str | None) -> None:
        label = f"{type(self).__name__}{f' {name!r}' if name else ''}"
        for key in kwargs:
            if key not in _KERAS2_ARGUMENTS:
                known = [
                    *inspect.signature(type(self).__init__).parameters,
                    *_KERAS2_ARGUMENTS,
                    "name",
                    "dtype",
                    "trainable",
                ]
                near = suggest(key, [k for k in known if k not in ("self", "kwargs", "options", "args")])
                hint = f": did you mean {', '.join(repr(n) for n in near)}?" if near else ""
                raise TypeError(f"{label}: unknown argument {key!r}{hint}")
        shape = kwargs.get("batch_input_shape")
        if shape is None and kwargs.get("input_shape") is not None:
            given = kwargs["input_shape"]
            shape = (kwargs.get("batch_size"), *((given,) if isinstance(given, int) else given))
        if shape is None and kwargs.get("input_dim") is not None:
            shape = (kwargs.get("batch_size"), int(kwargs["input_dim"]))
        self._batch_input_shape = None if shape is None else tuple(shape)
        self._initial_weights = kwargs.get("weights")

    # ---- calling ----------------------------------------------------------------------------------------------------

    def __call__(self, *args, **kwargs):
        if "_inbound_nodes" not in self.__dict__:
            raise RuntimeError(
                f"{type(self).__name__}: call super().__init__() in the constructor, before anything else"
            )
        takes = signature_of(self)
        args, kwargs = self._cast_inputs(args, kwargs)
        training = kwargs.get("training") if "training" in kwargs else takes.bound_training(args)
        if training is None:
            training = context.training
        if training is None:
            training = takes.default_training
        given = kwargs
        if "training" in kwargs and kwargs["training"] is None:
            given = {k: v for k, v in kwargs.items() if k != "training"}
        if "training" in kwargs and not takes.training:
            kwargs = {k: v for k, v in kwargs.items() if k != "training"}
        if takes.training and "training" not in takes.bound(args) and training is not None:
            kwargs = {**kwargs, "training": training}
        arguments = Arguments(self, takes, args, kwargs)
        masks, wanted = self._pass_masks(arguments)
        kwargs = {**kwargs, **wanted}
        symbolic = any_symbolic(args, kwargs)
        with calling(self, training) as call:
            if call.outermost and not symbolic:
                self._clear_losses()
            try:
                if self.input_spec is not None:
                    check_inputs(self._label, self.input_spec, arguments.first)
                if not self.built:
                    self._build_once(arguments)
                    if not symbolic:
                        self._clear_losses(KerasTensor)  # of calls that only told shapes
                elif "_path" not in self.__dict__:
                    self._path = "/".join(self._path_names())
                if symbolic:
                    # Masks that tensors carry and training that the caller did not say are no arguments of the node:
                    # they come along again when it is run.
                    outputs = record_node(self, self.compute_output_spec(*args, **kwargs), args, given)
                else:
                    outputs = self.call(*args, **kwargs)
                    self._regularize_activity(outputs)
            except (ValueError, TypeError, IndexError) as error:
                raise self._named(error, arguments) from error
        self._set_output_masks(arguments, masks, outputs)
        return outputs

    def compute_output_spec(self, *args, **kwargs):
        return describe(self, args, kwargs)

    def call(self, *args, **kwargs):
        raise NotImplementedError(f"{self._label} does not have a `call` method implemented: write call(self, inputs)")

    def _cast_inputs(self, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
        dtype = self.compute_dtype
        if _are_tensors(args, dtype) and _are_tensors(kwargs.values(), dtype):
            return args, kwargs
        floating = dtype in ("float32", "float64")

        def prepare(leaf):
            if isinstance(leaf, (_core.Variable, np.ndarray, np.generic)) or (
                hasattr(leaf, "__array__") and not isinstance(leaf, (_core.Tensor, KerasTensor, _core.Variable))
            ):
                if isinstance(leaf, np.ndarray) and leaf.dtype.kind not in "biuf" and not strings.is_text(leaf):
                    return leaf
                leaf = convert_to_tensor(leaf)
            if (
                self.autocast and floating and isinstance(leaf, (_core.Tensor, KerasTensor))
                and leaf.dtype != dtype and leaf.dtype in ("float32", "float64")
            ):  # fmt: skip
                mask = getattr(leaf, "_keras_mask", None)
                leaf = cast(leaf, dtype)
                if mask is not None:
                    leaf._keras_mask = mask
            return leaf

        if args and isinstance(args[0], list) and strings.is_text(args[0]):
            args = (strings.tensor_of(args[0]), *args[1:])
        elif args and _is_list_of_numbers(args[0]):
            args = (convert_to_tensor(args[0]), *args[1:])
        return tree.map_structure(prepare, args), {k: tree.map_structure(prepare, v) for k, v in kwargs.items()}

    def _regularize_activity(self, outputs: Any) -> None:
        if self.activity_regularizer is None:
            return
        for output in tree.flatten(outputs):
            if isinstance(output, _core.Tensor) and output.shape:
                self.add_loss(self.activity_regularizer(output) / max(output.shape[0], 1))

    def _named(self, error: Exception, arguments: Arguments) -> Exception:
        """The error with the layer's name and the shapes it got in front; said once, by the innermost layer."""
        if getattr(error, "_names_layer", False) or type(error) not in (ValueError, TypeError, IndexError):
            return error
        text = str(error)
        if not text.startswith(self._label):
            text = f"{self._label}: {text}"
        if "(inputs " not in text:
            text += f" (inputs {arguments.shape_text()})"
        named = type(error)(text)
        named._names_layer = True  # type: ignore[attr-defined]
        return named

    # ---- shapes -----------------------------------------------------------------------------------------------------

    def compute_output_shape(self, *args, **kwargs) -> Any:
        """The shape(s) of the outputs for input shape(s); nothing is built."""
        layer = self
        if not self.built:
            try:
                layer = type(self).from_config(self.get_config())
            except Exception:  # a subclass without a usable configuration builds itself
                layer = self

        def symbolic(shape):
            if isinstance(shape, dict):
                return {k: symbolic(v) for k, v in shape.items()}
            if isinstance(shape, (list, tuple)) and any(isinstance(s, (list, tuple, dict)) for s in shape):
                return type(shape)(symbolic(s) for s in shape)
            return KerasTensor(tuple(shape), self.input_dtype)

        if type(self).call is Layer.call:
            raise NotImplementedError(
                f"{self._label} does not have a `compute_output_shape` method implemented, nor a `call` that tells it"
            )
        named = {k.removesuffix("_shape"): symbolic(v) for k, v in kwargs.items() if k != "input_shape"}
        inputs = [symbolic(shape) for shape in (*args, *([kwargs["input_shape"]] if "input_shape" in kwargs else []))]
        with no_history():
            outputs = layer(*inputs, **named)
        return tree.map_structure(lambda t: t.shape, outputs)

    def _single(self, which: str, what: str) -> Any:
        nodes = list(self._inbound_nodes)
        if not nodes:
            raise AttributeError(f"{self._label}: has no {what}: it was not called on a symbolic input")
        node = nodes[0]
        tensors = node.input_tensors if which == "input" else node.output_tensors
        if which == "input" and not tensors:
            tensors = node.output_tensors
        return tensors[0] if len(tensors) == 1 else list(tensors)

    @property
    def input(self) -> Any:
        return self._single("input", "input")

    @property
    def output(self) -> Any:
        return self._single("output", "output")

    @property
    def input_shape(self) -> Any:
        return tree.map_structure(lambda t: t.shape, self._single("input", "input shape"))

    @property
    def output_shape(self) -> Any:
        return tree.map_structure(lambda t: t.shape, self._single("output", "output shape"))

    # ---- losses -----------------------------------------------------------------------------------------------------

    def add_loss(self, loss: Any) -> None:
        """Adds scalar(s) to what training minimizes, for the call in progress."""
        scope = scopes.innermost
        for value in tree.flatten(loss):
            self._losses.append(value)
            if scope is not None and scope.collect_losses:
                scope.add_loss(value)

    def _clear_losses(self, kind: type = object) -> None:
        for layer in self._flatten_layers():
            layer._losses[:] = [loss for loss in layer._losses if not isinstance(loss, kind)]

    @property
    def losses(self) -> list:
        """The losses of the last call and of the regularizers."""
        collected = [loss for layer in self._flatten_layers() for loss in layer._losses]
        for weight in self.trainable_variables:
            if weight.regularizer is not None:
                collected.append(weight.regularizer(weight))
        return [loss() if callable(loss) and not isinstance(loss, _core.Tensor) else loss for loss in collected]

    # ---- configuration ----------------------------------------------------------------------------------------------

    @property
    def dtype_policy(self) -> Any:
        """In which dtypes the layer computes and keeps its weights; set it to a policy or its name."""
        return self._dtype_policy

    @dtype_policy.setter
    def dtype_policy(self, policy: Any) -> None:
        self._dtype_policy = dtype_policies.get(policy)

    @property
    def dtype(self) -> str:
        return self.dtype_policy.of(self).variable_dtype

    @property
    def compute_dtype(self) -> str:
        return self.dtype_policy.of(self).compute_dtype

    @property
    def variable_dtype(self) -> str:
        return self.dtype_policy.of(self).variable_dtype

    @property
    def input_dtype(self) -> str:
        return self.dtype_policy.of(self).compute_dtype

    # Constructor arguments kept under another name than their own, and (None) those that are no part of a configuration.
    _config_attributes: dict[str, str | None] = {}

    def get_config(self) -> dict:
        """What the constructor needs to make this layer again: read from its signature and the attributes of those
        names."""
        config = {"name": self.name, "trainable": self.trainable, "dtype": dtype_policies.serialize(self.dtype_policy)}
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        cls = construction.configured_class(self)
        given = construction.given_arguments(self) if cls is type(self) else {}
        for parameter in parameters_of(cls.__init__) if cls is not Layer else ():  # type: ignore[misc]
            name = parameter.name
            if name in ("weights", *config) or name in given:
                continue
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                continue
            attribute = self._config_attributes.get(name, name)
            if attribute is None:
                continue
            if not hasattr(self, attribute):
                if parameter.default is parameter.empty:
                    raise NotImplementedError(
                        f"{self._label}: constructor argument {name!r} is no attribute; "
                        f"write get_config() or set self.{name}"
                    )
                continue
            value = getattr(self, attribute)
            config[name] = activations.serialize(value) if name.endswith("activation") else serialize(value)
        for name, value in given.items():
            if name not in config and name not in _KERAS2_ARGUMENTS:
                config[name] = value if construction.is_plain(value) else serialize(value)
        return config

    @classmethod
    def from_config(cls, config: dict) -> Layer:
        """The layer of a configuration."""
        return construction.revive(cls, config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"

    def __getstate__(self) -> dict:
        state = {**super().__getstate__(), "_losses": []}
        if not construction.is_plain(state.get("_init_arguments")):
            del state["_init_arguments"]
        return state


def _are_tensors(values: Iterable, dtype: str) -> bool:
    """Whether all are tensors of this dtype, truth values or None."""
    for value in values:
        kind = type(value)
        if kind is _core.Tensor or kind is KerasTensor:
            if value.dtype != dtype:
                return False
        elif value is not None and kind is not bool:
            return False
    return True


def _is_list_of_numbers(value: Any) -> bool:
    leaves = tree.flatten(value) if isinstance(value, list) else []
    return bool(leaves) and all(
        isinstance(leaf, (int, float)) and not hasattr(leaf, "shape") and not hasattr(leaf, "__array__")
        for leaf in leaves
    )
