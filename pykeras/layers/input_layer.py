"""Where a model begins."""

from __future__ import annotations

from typing import Any

from pykeras import check
from pykeras.dtypes import standardize_dtype
from pykeras.keras_tensor import KerasTensor, Node, auto_name
from pykeras.layers.layer import REGISTRY, Layer


@REGISTRY.register
class InputLayer(Layer):
    """The entry of a model: a symbolic tensor of a given shape.

    Arguments:
        shape: without the batch axis; ``None`` for sizes that may vary.
        batch_size: size of the batch axis, ``None`` for any.
        dtype: of the values, ``floatx()`` by default.
        batch_shape: shape and batch size in one.
        input_tensor: an existing symbolic tensor to start from.
        name: of the layer.
    """

    def __init__(self, shape=None, batch_size=None, dtype=None, sparse=None, ragged=None, batch_shape=None,
                 input_tensor=None, optional=False, name=None, **kwargs):  # fmt: skip
        batch_shape = kwargs.pop("batch_input_shape", batch_shape)
        shape = kwargs.pop("input_shape", shape)
        if sparse or ragged:
            raise ValueError("InputLayer: sparse and ragged inputs are not supported")
        super().__init__(name=name or auto_name("input_layer" if name is None else name), **kwargs)
        if input_tensor is not None:
            given = {"shape": shape, "batch_shape": batch_shape, "batch_size": batch_size, "dtype": dtype}
            shape = batch_size = None
            batch_shape, dtype = _fitting(input_tensor, given)
        for name, value in (("shape", shape), ("batch_size", batch_size)):
            if batch_shape is not None and value is not None:
                raise ValueError(f"InputLayer: give {name} or batch_shape, not both")
        if batch_shape is None:
            if shape is None:
                raise ValueError("InputLayer: expected a shape")
            batch_shape = (batch_size, *check.shape("shape", shape))
        self.batch_shape = check.shape("batch_shape", batch_shape)
        self._input_dtype = standardize_dtype(dtype)
        self.optional = optional
        self.sparse = self.ragged = False
        self.supports_masking = True
        self.built = True
        if input_tensor is None:
            input_tensor = KerasTensor(self.batch_shape, self._input_dtype, name=self.name)
        Node(self, (), {}, input_tensor)

    @property
    def dtype(self) -> str:
        return self._input_dtype

    @property
    def output(self) -> KerasTensor:
        return self._inbound_nodes[0].output_tensors[0]

    def call(self) -> None:
        return None

    def __getstate__(self) -> dict:
        return {**super().__getstate__(), "_output": self.output}

    def __setstate__(self, state: dict) -> None:
        output = state.pop("_output")
        self.__dict__.update(state)
        Node(self, (), {}, output)

    def get_config(self) -> dict:
        return {"batch_shape": self.batch_shape, "dtype": self._input_dtype, "sparse": False, "ragged": False,
                "name": self.name, "optional": self.optional}  # fmt: skip


def _fitting(tensor: Any, given: dict) -> tuple:
    """Shape and dtype of a tensor to start from; raises ``ValueError`` when what else was given differs from them."""
    if not isinstance(tensor, KerasTensor):
        raise ValueError(f"InputLayer: input_tensor: expected a KerasTensor, got {type(tensor).__name__}")
    own = {"shape": tensor.shape[1:], "batch_shape": tensor.shape, "batch_size": next(iter(tensor.shape), None),
           "dtype": tensor.dtype}  # fmt: skip
    for name, value in given.items():
        if value is None:
            continue
        if name == "dtype":
            value = standardize_dtype(value)
        elif name != "batch_size":
            value = check.shape(name, value)
        if value != own[name]:
            raise ValueError(f"InputLayer: {name}={value} is incompatible with the input_tensor {tensor}")
    return tensor.shape, tensor.dtype


def Input(shape=None, batch_size=None, dtype=None, sparse=None, ragged=None, batch_shape=None, name=None, tensor=None,
          optional=False) -> Any:  # fmt: skip
    """A symbolic tensor to begin a functional model with.

    >>> Input(shape=(784,)).shape
    (None, 784)
    """
    layer = InputLayer(shape=shape, batch_size=batch_size, dtype=dtype, sparse=sparse, ragged=ragged,
                       batch_shape=batch_shape, input_tensor=tensor, optional=optional, name=name)  # fmt: skip
    return layer.output
