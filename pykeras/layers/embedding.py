"""Rows of a matrix looked up by number."""

from __future__ import annotations

from pykeras import _core, check, constraints, initializers, ops, regularizers
from pykeras.layers.absent import no_quantization
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.lora import LowRank, adapted


@REGISTRY.register
class Embedding(LowRank, Layer):
    """``embeddings[inputs]``: a learned vector for each whole number below ``input_dim``.

    Arguments:
        input_dim: how many numbers there are, ``output_dim``: size of the vectors.
        embeddings_initializer, embeddings_regularizer, embeddings_constraint: of the matrix.
        mask_zero: whether 0 is padding, which later layers are told to leave out.
        weights: the matrix, or a list of it alone.
        lora_rank, lora_alpha: as for ``Dense``.
        input_length: Keras 2's way to say how long the sequences are.

    Input ``(batch, ...)`` of integers, output ``(batch, ..., output_dim)``; weight ``embeddings (input_dim,
    output_dim)``. A number outside raises ``IndexError`` with the number, the limit and the layer's name.

    >>> Embedding(3, 2, embeddings_initializer="ones")([[0, 2]]).shape
    (1, 2, 2)
    """

    _config_attributes = dict.fromkeys(("weights", "lora_rank", "lora_alpha", "quantization_config"))
    _adapted = "embeddings"
    embeddings = adapted()

    def __init__(self, input_dim, output_dim, embeddings_initializer="uniform", embeddings_regularizer=None,
                 embeddings_constraint=None, mask_zero=False, weights=None, lora_rank=None, lora_alpha=None,
                 quantization_config=None, **kwargs):  # fmt: skip
        length = kwargs.pop("input_length", None)
        if length is not None:
            lengths = [length] if isinstance(length, int) else list(length)
            if not {"input_shape", "batch_input_shape"} & set(kwargs):
                kwargs["input_shape"] = tuple(lengths)
        if weights is not None:
            kwargs["weights"] = list(weights) if isinstance(weights, (list, tuple)) else [weights]
        super().__init__(**kwargs)
        self._set_lora(lora_rank, lora_alpha)
        no_quantization(self, quantization_config)
        self.input_dim = check.positive_int("input_dim", input_dim)
        self.output_dim = check.positive_int("output_dim", output_dim)
        self.input_length = length
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = check.boolean("mask_zero", mask_zero)
        self.supports_masking = self.mask_zero
        if weights is not None and type(self).build is Embedding.build:
            self.build()
            self.set_weights(self._initial_weights)

    def build(self, input_shape=None):
        self.embeddings = self.add_weight("embeddings", (self.input_dim, self.output_dim))
        self._adapt_as_told()

    def call(self, inputs):
        if len(inputs.shape) > 1 and self.input_length is not None:
            self._check_length(inputs.shape)
        rows = ops.cast(self.embeddings, self.compute_dtype)
        return _core.op.take(rows, ops.cast(inputs, "int64"), 0, label=self._label)

    def _check_length(self, shape):
        wanted = [self.input_length] if isinstance(self.input_length, int) else list(self.input_length)
        got = list(shape[1:])
        if len(wanted) != len(got) or any(w != g for w, g in zip(wanted, got) if None not in (w, g)):
            raise ValueError(f"expected inputs of shape {(None, *wanted)}, as input_length says, got {shape}")

    def compute_mask(self, inputs, mask=None):
        return ops.not_equal(inputs, 0) if self.mask_zero else None

    def compute_output_shape(self, input_shape):
        return (*input_shape, self.output_dim)

    def get_config(self):
        config = super().get_config()
        return config if self.input_length is None else {**config, "input_length": self.input_length}


@REGISTRY.register
class ReversibleEmbedding(Embedding):
    """An embedding that also goes back: ``call(inputs, reverse=True)`` gives ``inputs @ embeddingsᵀ``, one logit for
    each number (arXiv:1608.05859).

    Arguments: those of ``Embedding``, and
        tie_weights: whether the way back uses the same matrix, or ``reverse_embeddings (output_dim, input_dim)``.
        reverse_dtype: dtype of that product; the layer's by default.
        logit_soft_cap: logits become ``cap * tanh(logits / cap)``.
    """

    def __init__(self, input_dim, output_dim, tie_weights=True, embeddings_initializer="uniform",
                 embeddings_regularizer=None, embeddings_constraint=None, mask_zero=False, reverse_dtype=None,
                 logit_soft_cap=None, **kwargs):  # fmt: skip
        super().__init__(input_dim, output_dim, embeddings_initializer, embeddings_regularizer, embeddings_constraint,
                         mask_zero, **kwargs)  # fmt: skip
        self.tie_weights = check.boolean("tie_weights", tie_weights)
        self.reverse_dtype = reverse_dtype
        self.logit_soft_cap = None if logit_soft_cap is None else check.positive_float("logit_soft_cap", logit_soft_cap)

    def build(self, input_shape=None):
        super().build(input_shape)
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight(
                "reverse_embeddings", (self.output_dim, self.input_dim), initializer=self.embeddings_initializer
            )

    def call(self, inputs, reverse=False):
        if not reverse:
            return super().call(inputs)
        dtype = self.reverse_dtype or self.compute_dtype
        matrix = ops.transpose(self.embeddings) if self.tie_weights else self.reverse_embeddings
        logits = ops.matmul(ops.cast(inputs, dtype), ops.cast(matrix, dtype))
        if self.logit_soft_cap is not None:
            logits = ops.tanh(logits / self.logit_soft_cap) * self.logit_soft_cap
        return logits

    def compute_mask(self, inputs, mask=None):
        return mask if inputs.dtype.startswith("float") else super().compute_mask(inputs, mask)

    def compute_output_shape(self, input_shape, reverse=False):
        return (*input_shape[:-1], self.input_dim) if reverse else (*input_shape, self.output_dim)
