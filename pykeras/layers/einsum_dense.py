"""A dense layer of any contraction."""

from __future__ import annotations

import math

from pykeras import activations, constraints, initializers, ops, regularizers
from pykeras.initializers.variance_scaling import with_axes
from pykeras.layers.absent import no_quantization
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.lora import LowRank, adapted
from pykeras.ops.numbers import resized

_DOTS = "0123456789"  # stand for the axes of an ellipsis


@REGISTRY.register
class EinsumDense(LowRank, Layer):
    """``activation(einsum(equation, inputs, kernel) + bias)``.

    Arguments:
        equation: such as ``"ab,bc->ac"``, or ``"...x,xy->...y"`` for any number of leading axes.
        output_shape: without the batch axis, one size per index after it (``None`` to take the input's), or a number.
        activation: name or function.
        bias_axes: indices of the result along which there is a bias, none by default.
        *_initializer, *_regularizer, *_constraint: of kernel and bias. Initializers that scale by the numbers of inputs
            and units count those that the equation says.
        lora_rank, lora_alpha: as for ``Dense``.

    Raises ``ValueError`` when the equation does not fit the inputs.

    >>> EinsumDense("abc,cd->abd", (None, 4), bias_axes="d")(np.ones((2, 3, 5))).shape
    (2, 3, 4)
    """

    _config_attributes = {
        "output_shape": "partial_output_shape",
        **dict.fromkeys(("lora_rank", "lora_alpha", "gptq_unpacked_column_size", "quantization_config")),
    }
    kernel = adapted()

    def __init__(self, equation, output_shape, activation=None, bias_axes=None, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, lora_rank=None, lora_alpha=None, gptq_unpacked_column_size=None,
                 quantization_config=None, **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        self._set_lora(lora_rank, lora_alpha)
        no_quantization(self, quantization_config if quantization_config is not None else gptq_unpacked_column_size)
        self.equation = equation
        self.partial_output_shape = (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
        self.activation = activations.get(activation)
        self.bias_axes = bias_axes
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        left, arrow, _ = equation.replace(" ", "").partition("->")
        if not arrow or left.count(",") != 1:
            raise ValueError(f"equation: expected 'inputs,kernel->outputs', got {equation!r}")
        self.supports_masking = True

    def _terms(self, rank):
        """Indices of inputs, kernel and outputs for inputs of ``rank`` axes."""
        left, _, out = self.equation.replace(" ", "").partition("->")
        inputs, kernel = left.split(",")
        dots = _DOTS[: max(rank - len(inputs.replace("...", "")), 0)] if "..." in inputs else ""
        terms = [t.replace("...", dots) for t in (inputs, kernel, out)]
        if len(terms[0]) != rank or ("..." in out) != ("..." in inputs) or "..." in kernel:
            raise ValueError(f"equation {self.equation!r} does not fit inputs of {rank} axes")
        return terms

    def build(self, input_shape):
        inputs, kernel, out = self._terms(len(input_shape))
        size = dict(zip(inputs, input_shape))
        given = self.partial_output_shape
        if len(given) > len(out):
            raise ValueError(f"{self._label}: output_shape {given} has more axes than {out!r} of {self.equation!r}")
        for index, wanted in zip(reversed(out), reversed(given)):
            if wanted is not None:
                if index in inputs and size[index] not in (wanted, None):
                    raise ValueError(
                        f"{self._label}: output_shape {given}: index {index!r} of {self.equation!r} has size "
                        f"{size[index]} in inputs of shape {tuple(input_shape)}"
                    )
                size[index] = wanted
        missing = [index for index in kernel if size.get(index) is None]
        if missing:
            raise ValueError(
                f"{self._label}: sizes of {missing} in {self.equation!r} are known neither from inputs of shape "
                f"{tuple(input_shape)} nor from output_shape {given}"
            )
        summed = [place for place, index in enumerate(kernel) if index not in out]
        made = [place for place, index in enumerate(kernel) if index in out]
        initializer = with_axes(self.kernel_initializer, summed, made)
        self.kernel = self.add_weight("kernel", tuple(size[i] for i in kernel), initializer=initializer)
        self.bias = None
        if self.bias_axes:
            unknown = [axis for axis in self.bias_axes if axis not in out or size.get(axis) is None]
            if unknown:
                raise ValueError(
                    f"{self._label}: bias_axes {self.bias_axes!r}: {unknown} are no indices of {out!r} of known size"
                )
            first = min(out.index(axis) for axis in self.bias_axes)
            self.bias = self.add_weight("bias", tuple(size[i] if i in self.bias_axes else 1 for i in out[first:]))
        self._adapt_as_told()

    def call(self, inputs, training=None):
        terms = self._terms(len(inputs.shape))
        y = self._as_dense(inputs, *terms)
        if y is None:
            y = ops.einsum(self.equation, inputs, self.kernel)
            if self.bias is not None:
                y = ops.add(y, self.bias)
        return self.activation(y)

    def _as_dense(self, x, inputs, kernel, out):
        """One product with the bias added in it, when the last axes of the inputs meet the first of the kernel."""
        shared = [i for i in kernel if i in inputs]
        rows, columns = [i for i in out if i in inputs], [i for i in out if i not in inputs]
        n = len(shared)
        fits = list(inputs) == rows + shared and list(kernel) == shared + columns and list(out) == rows + columns
        if not fits or not shared or not columns or (self.bias is not None and len(self.bias.shape) != len(columns)):
            return None
        if self.bias is not None and self.bias.shape != self._kernel.shape[n:]:
            return None
        values = self.kernel
        sizes = values.shape
        matrix = ops.reshape(values, (math.prod(sizes[:n]), math.prod(sizes[n:])))
        lead = x.shape[: len(rows)]
        if n > 1:
            x = resized(x, (*lead, matrix.shape[0]))
        y = ops.dense(x, matrix, None if self.bias is None else ops.reshape(self.bias, (-1,)))
        return y if len(columns) == 1 else resized(y, (*lead, *sizes[n:]))

    def compute_output_shape(self, input_shape):
        inputs, _, out = self._terms(len(input_shape))
        size = dict(zip(inputs, input_shape))
        for index, wanted in zip(reversed(out), reversed(self.partial_output_shape)):
            size[index] = size.get(index) if wanted is None else wanted
        return tuple(size[i] for i in out)
