"""Attention in several heads."""

from __future__ import annotations

import math

from pykeras import _core, check, constraints, initializers, ops, random, regularizers
from pykeras.layers.activation import Softmax
from pykeras.layers.context import inside
from pykeras.layers.dropout import _drawn_seed
from pykeras.layers.einsum_dense import EinsumDense
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.ops.attention import causal_mask
from pykeras.ops.numbers import is_symbolic, resized

_LETTERS = "abcdefghijklmnop"


class BaseHeads(Layer):
    """What the layers with query, key, value and output projections share."""

    def __init__(self, dropout, use_bias, sliding_window, flash_attention, use_gate, seed, options, **kwargs):
        super().__init__(**kwargs)
        self.dropout = check.fraction("dropout", dropout)
        self.use_bias = check.boolean("use_bias", use_bias)
        self.sliding_window = None if sliding_window is None else check.positive_int("sliding_window", sliding_window)
        if flash_attention is not None:
            check.boolean("flash_attention", flash_attention)
        if flash_attention and self.dropout > 0:
            raise ValueError(
                "flash_attention=True: scores must be stored to drop some of them; use dropout=0 or "
                "flash_attention=None"
            )
        self._flash_attention = flash_attention
        self.use_gate = check.boolean("use_gate", use_gate)
        self.seed = seed
        if self.dropout > 0:
            self.seed_generator = random.SeedGenerator(seed if seed is not None else _drawn_seed())
        for name, value in options.items():
            kind = name.partition("_")[2]
            module = {"initializer": initializers, "regularizer": regularizers, "constraint": constraints}[kind]
            setattr(self, name, module.get(value))
        self.supports_masking = True
        self._softmax = Softmax(axis=-1, dtype=self.dtype_policy)

    # ---- projections ------------------------------------------------------------------------------------------------

    def _projection(self, name, rank, sizes, over=1, input_rank=None):
        """An EinsumDense that replaces the last ``over`` of ``rank`` axes by axes of ``sizes``."""
        lead, contracted = _LETTERS[: rank - over], _LETTERS[rank - over : rank]
        new = _LETTERS[rank : rank + len(sizes)]
        options = {}
        for weight in ("kernel", "bias"):
            # Each projection draws its own first values.
            initializer = getattr(self, f"{weight}_initializer")
            options[f"{weight}_initializer"] = type(initializer).from_config(initializer.get_config()) if hasattr(
                initializer, "get_config") else initializer  # fmt: skip
            options[f"{weight}_regularizer"] = getattr(self, f"{weight}_regularizer")
            options[f"{weight}_constraint"] = getattr(self, f"{weight}_constraint")
        return EinsumDense(
            f"{lead}{contracted},{contracted}{new}->{lead}{new}",
            (*[None] * (len(lead) - 1), *sizes),
            bias_axes=new if self.use_bias else None,
            activity_regularizer=self.activity_regularizer,
            name=name,
            dtype=self.dtype_policy,
            **options,
        )

    def _build_projections(self, named):
        with inside(self):
            for layer, shape in named:
                with inside(layer), _core.Unrecorded():
                    layer.build(shape)

    # ---- masks ------------------------------------------------------------------------------------------------------

    def _joined_mask(self, query, value, query_mask, value_mask, key_mask, attention_mask, causal):
        """One bool mask (batch, ..., queries, keys) of all that is known, or None."""
        parts = []
        if query_mask is not None:
            parts.append(ops.expand_dims(ops.cast(query_mask, "bool"), -1))
        for mask in (value_mask, key_mask):
            if mask is not None:
                parts.append(ops.expand_dims(ops.cast(mask, "bool"), -2))
        if causal or self.sliding_window is not None:
            queries, keys = query.shape[1], value.shape[1]
            if causal:
                parts.append(ops.squeeze(causal_mask(queries, keys, query), 0))
            if self.sliding_window is not None:
                parts.append(_band(queries, keys, self.sliding_window, query))
        if attention_mask is not None:
            parts.append(ops.cast(attention_mask, "bool"))
        joined = None
        for part in parts:
            joined = part if joined is None else ops.logical_and(part, joined)
        return joined

    def _is_only_causal(self, query, masks, causal):
        """Whether what is seen follows from the order alone, which needs no mask."""
        return bool(causal) and self.sliding_window is None and all(m is None for m in masks) and len(query.shape) == 3

    # ---- attention of (batch, length, heads, depth) -------------------------------------------------------------------

    def _attend(self, query, key, value, mask, training, return_scores, causal=False):
        """Results and, when asked for, weights (batch, heads, queries, keys); ``mask`` has four axes."""
        scale = 1 / math.sqrt(query.shape[-1])
        drops = self.dropout > 0 and bool(training)
        if not return_scores and not drops:
            flash = self._flash_attention
            result = ops.dot_product_attention(
                query, key, value, mask=mask, scale=scale, is_causal=causal, flash_attention=flash
            )
            if mask is not None and self.dropout > 0:
                # With dropout Keras gives a query that sees nothing no weights at all, in training or not.
                sees = ops.any(mask, axis=-1, keepdims=True)
                result = ops.where(ops.transpose(sees, (0, 2, 1, 3)), result, 0.0)
            return result, None
        if causal:
            mask = causal_mask(query.shape[1], key.shape[1], query)
        groups = query.shape[2] // key.shape[2]
        if groups > 1:
            key, value = ops.repeat(key, groups, axis=2), ops.repeat(value, groups, axis=2)
        weights = self._softmax(ops.einsum("btnh,bsnh->bnts", query * scale, key), mask=mask)
        dropped = random.dropout(weights, self.dropout, seed=self.seed_generator) if drops else weights
        return ops.einsum("bnts,bsnh->btnh", dropped, value), weights

    def compute_mask(self, query, query_mask=None):
        return query_mask

    @staticmethod
    def _checked_shapes(label, query, value, key):
        for name, shape in (("query", query), ("value", value), ("key", key)):
            if shape[-1] is None or len(shape) < 3 and len(shape) != len(query):
                raise ValueError(f"{label}: {name}: expected (batch, length, size) with a known size, got {shape}")
        _check_lengths(label, value, key)


def _check_lengths(label, value, key):
    if tuple(value[1:-1]) != tuple(key[1:-1]):
        raise ValueError(
            f"{label}: all axes of value and key but the first and last must be equal, got shapes {tuple(value)} and "
            f"{tuple(key)}"
        )


def _band(queries, keys, width, like):
    """bool (1, queries, keys): whether the key is less than ``width`` away."""
    import numpy as np

    if queries is None or keys is None:
        return type(like)((1, queries, keys), "bool")
    distance = np.abs(np.arange(queries)[:, None] - np.arange(keys)[None])
    return ops.convert_to_tensor((distance < width)[None])


@REGISTRY.register
class MultiHeadAttention(BaseHeads):
    """``concat(attention(query Wq, key Wk, value Wv) per head) Wo`` (arXiv:1706.03762).

    Arguments:
        num_heads: number of heads; ``key_dim``: size of each for query and key; ``value_dim``: for value, the same by
            default.
        dropout: share of the attention weights dropped while training; ``seed`` of it.
        use_bias: whether the projections add biases.
        output_shape: sizes of the result after the leading axes; the query's last by default.
        attention_axes: over which axes attention runs; all but the first and last by default.
        sliding_window: how far keys may be from the query, itself counting as 1.
        flash_attention: ``None`` computes block by block where it can, ``False`` stores the scores, ``True`` insists
            on blocks (no dropout, no returned scores).
        use_gate: whether results are multiplied by ``sigmoid`` of one more projection of the query.
        *_initializer, *_regularizer, *_constraint: of all kernels and biases.

    Call with ``query (batch, t, d)``, ``value (batch, s, e)`` and perhaps ``key``; ``attention_mask`` broadcasts to
    (batch, t, s); ``query_mask``, ``value_mask`` and ``key_mask`` (batch, length) come with masked tensors by
    themselves. Returns (batch, t, output size), with ``return_attention_scores`` also weights (batch, heads, t, s).

    >>> x = np.ones((2, 3, 8), "float32")
    >>> MultiHeadAttention(num_heads=2, key_dim=4)(x, x, use_causal_mask=True).shape
    (2, 3, 8)
    """

    _config_attributes = {"output_shape": "_result_shape", "flash_attention": None}

    def __init__(self, num_heads, key_dim, value_dim=None, dropout=0.0, use_bias=True, output_shape=None,
                 attention_axes=None, sliding_window=None, flash_attention=None, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, use_gate=False, seed=None, **kwargs):  # fmt: skip
        options = {
            "kernel_initializer": kernel_initializer, "bias_initializer": bias_initializer,
            "kernel_regularizer": kernel_regularizer, "bias_regularizer": bias_regularizer,
            "kernel_constraint": kernel_constraint, "bias_constraint": bias_constraint,
        }  # fmt: skip
        super().__init__(dropout, use_bias, sliding_window, flash_attention, use_gate, seed, options,
                         activity_regularizer=activity_regularizer, **kwargs)  # fmt: skip
        self.num_heads = check.positive_int("num_heads", num_heads)
        self.key_dim = check.positive_int("key_dim", key_dim)
        self.value_dim = self.key_dim if not value_dim else check.positive_int("value_dim", value_dim)
        self._result_shape = None
        if output_shape is not None:
            sizes = (output_shape,) if isinstance(output_shape, int) else output_shape
            if not isinstance(sizes, (list, tuple)):
                raise ValueError(f"output_shape: expected an integer or several, got {output_shape!r}")
            self._result_shape = tuple(sizes)
        self.attention_axes = None
        if attention_axes is not None:
            self.attention_axes = (attention_axes,) if isinstance(attention_axes, int) else tuple(attention_axes)

    def build(self, query_shape, value_shape, key_shape=None):
        key_shape = value_shape if key_shape is None else key_shape
        self._checked_shapes(self._label, query_shape, value_shape, key_shape)
        rank = len(query_shape)
        axes = range(1, rank - 1) if self.attention_axes is None else self.attention_axes
        self._axes = tuple(a % rank for a in axes)
        heads, shapes = self.num_heads, {"query": query_shape, "key": key_shape, "value": value_shape}
        sizes = {"query": self.key_dim, "key": self.key_dim, "value": self.value_dim}
        self._query_dense = self._projection("query", rank, (heads, sizes["query"]))
        self._key_dense = self._projection("key", len(key_shape), (heads, sizes["key"]))
        named = [(self._query_dense, shapes["query"]), (self._key_dense, shapes["key"])]
        if self.use_gate:
            self._gate_dense = self._projection("gate", rank, (heads, self.value_dim))
            named.append((self._gate_dense, query_shape))
        self._value_dense = self._projection("value", len(value_shape), (heads, self.value_dim))
        named.append((self._value_dense, value_shape))
        out = self._result_shape or (query_shape[-1],)
        self._output_dense = self._projection("attention_output", rank + 1, out, over=2)
        named.append((self._output_dense, (*query_shape[:-1], heads, self.value_dim)))
        self._build_projections(named)
        self.built = True

    def call(self, query, value, key=None, query_mask=None, value_mask=None, key_mask=None, attention_mask=None,
             return_attention_scores=False, training=None, use_causal_mask=False):  # fmt: skip
        if self._flash_attention and return_attention_scores:
            raise ValueError("return_attention_scores=True: scores are not stored with flash_attention=True")
        key = value if key is None else key
        masks = (query_mask, value_mask, key_mask, attention_mask)
        causal = self._is_only_causal(query, masks, use_causal_mask)
        mask = None if causal else self._joined_mask(query, value, *masks, use_causal_mask)
        q, k, v = self._query_dense(query), self._key_dense(key), self._value_dense(value)
        if self._axes == (1,) and len(query.shape) == 3:
            y, scores = self._attend(q, k, v, _four(mask), training, return_attention_scores, causal)
        else:
            y, scores = self._attend_along(q, k, v, mask, training, return_attention_scores)
        if self.use_gate:
            y = y * ops.sigmoid(self._gate_dense(query))
        y = self._output_dense(y)
        return (y, scores) if return_attention_scores else y

    def _attend_along(self, q, k, v, mask, training, return_scores):
        """Attention over some of several axes: the others join the batch, those become one."""
        rank, axes = len(q.shape), self._axes
        others = [a for a in range(rank - 2) if a not in axes]
        order = [*others, *axes, rank - 2, rank - 1]
        result_shape = [q.shape[a] for a in order[:-1]] + [v.shape[-1]]
        n = len(others)
        scores_shape = (*result_shape[:n], self.num_heads, *[q.shape[a] for a in axes], *[k.shape[a] for a in axes])
        if is_symbolic(q, k, v):
            scores = resized(q, scores_shape)
            return resized(q, [*q.shape[:-1], v.shape[-1]]), scores
        batch = math.prod(result_shape[:n])

        def joined(x):
            x = ops.transpose(x, order)
            return ops.reshape(x, (batch, math.prod(x.shape[n : n + len(axes)]), *x.shape[-2:]))

        if mask is not None:
            for _ in range(len(scores_shape) - len(mask.shape)):
                mask = ops.expand_dims(mask, -2 * len(axes) - 1)
            whole = tuple(1 if a == n else s for a, s in enumerate(scores_shape))
            mask = ops.broadcast_to(mask, whole)
            pairs = (math.prod(whole[n + 1 : n + 1 + len(axes)]), math.prod(whole[n + 1 + len(axes) :]))
            mask = ops.reshape(mask, (batch, 1, *pairs))
        y, scores = self._attend(joined(q), joined(k), joined(v), mask, training, return_scores)
        y = ops.transpose(ops.reshape(y, result_shape), [order.index(a) for a in range(rank)])
        return y, None if scores is None else ops.reshape(scores, scores_shape)

    def compute_output_shape(self, query_shape, value_shape=None, key_shape=None):
        if key_shape is not None:
            _check_lengths(self._label, value_shape, key_shape)
        return (*query_shape[:-1], *(self._result_shape or (query_shape[-1],)))

    def build_from_config(self, config):
        """As the base; Keras 2 wrote the shape of the queries alone, after which the first call builds the layer."""
        if config and "input_shape" not in config:
            super().build_from_config(config)

    @property
    def query_dense(self):
        """The layer that projects the queries, once the layer is built; likewise for keys, values and the outputs."""
        return self._query_dense

    @property
    def key_dense(self):
        return self._key_dense

    @property
    def value_dense(self):
        return self._value_dense

    @property
    def output_dense(self):
        return self._output_dense


def _four(mask):
    """A mask (batch, queries, keys) with an axis for the heads; (batch, heads, queries, keys) as it is."""
    if mask is None:
        return None
    if len(mask.shape) == 2:
        mask = ops.expand_dims(mask, 0)
    return ops.expand_dims(mask, 1) if len(mask.shape) == 3 else mask


@REGISTRY.register
class GroupedQueryAttention(BaseHeads):
    """Attention in heads that share keys and values in groups (arXiv:2305.13245).

    Arguments:
        head_dim: size of each head.
        num_query_heads: a multiple of ``num_key_value_heads``.
        dropout, use_bias, sliding_window, flash_attention, use_gate, seed, *_initializer, *_regularizer,
        *_constraint: as for ``MultiHeadAttention``.

    Called as ``MultiHeadAttention``, on (batch, length, size). Raises ``ValueError`` when the heads do not divide.

    >>> x = np.ones((2, 3, 8), "float32")
    >>> GroupedQueryAttention(head_dim=2, num_query_heads=4, num_key_value_heads=2)(x, x).shape
    (2, 3, 8)
    """

    _config_attributes = {"flash_attention": None}

    def __init__(self, head_dim, num_query_heads, num_key_value_heads, dropout=0.0, use_bias=True,
                 sliding_window=None, flash_attention=None, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, use_gate=False, seed=None, **kwargs):  # fmt: skip
        options = {
            "kernel_initializer": kernel_initializer, "bias_initializer": bias_initializer,
            "kernel_regularizer": kernel_regularizer, "bias_regularizer": bias_regularizer,
            "kernel_constraint": kernel_constraint, "bias_constraint": bias_constraint,
        }  # fmt: skip
        super().__init__(dropout, use_bias, sliding_window, flash_attention, use_gate, seed, options,
                         activity_regularizer=activity_regularizer, **kwargs)  # fmt: skip
        self.head_dim = check.positive_int("head_dim", head_dim)
        self.num_query_heads = check.positive_int("num_query_heads", num_query_heads)
        self.num_key_value_heads = check.positive_int("num_key_value_heads", num_key_value_heads)
        if self.num_query_heads % self.num_key_value_heads:
            raise ValueError(
                f"num_query_heads: expected a multiple of num_key_value_heads ({num_key_value_heads}), "
                f"got {num_query_heads}"
            )

    def build(self, query_shape, value_shape, key_shape=None):
        key_shape = value_shape if key_shape is None else key_shape
        self._checked_shapes(self._label, query_shape, value_shape, key_shape)
        queries, keys, size = self.num_query_heads, self.num_key_value_heads, self.head_dim
        self._query_dense = self._projection("query", 3, (queries, size))
        self._key_dense = self._projection("key", 3, (keys, size))
        named = [(self._query_dense, query_shape), (self._key_dense, key_shape)]
        if self.use_gate:
            self._gate_dense = self._projection("gate", 3, (queries, size))
            named.append((self._gate_dense, query_shape))
        self._value_dense = self._projection("value", 3, (keys, size))
        self._output_dense = self._projection("attention_output", 4, (query_shape[-1],), over=2)
        named += [(self._value_dense, value_shape), (self._output_dense, (*query_shape[:-1], queries, size))]
        self._build_projections(named)
        self.built = True

    def call(self, query, value, key=None, query_mask=None, value_mask=None, key_mask=None, attention_mask=None,
             return_attention_scores=False, training=None, use_causal_mask=False):  # fmt: skip
        if self._flash_attention and return_attention_scores:
            raise ValueError("return_attention_scores=True: scores are not stored with flash_attention=True")
        key = value if key is None else key
        masks = (query_mask, value_mask, key_mask, attention_mask)
        causal = self._is_only_causal(query, masks, use_causal_mask)
        mask = None if causal else self._joined_mask(query, value, *masks, use_causal_mask)
        q, k, v = self._query_dense(query), self._key_dense(key), self._value_dense(value)
        y, scores = self._attend(q, k, v, _four(mask), training, return_attention_scores, causal)
        if self.use_gate:
            y = y * ops.sigmoid(self._gate_dense(query))
        y = self._output_dense(y)
        return (y, scores) if return_attention_scores else y

    def compute_output_shape(self, query_shape, value_shape=None, key_shape=None):
        if value_shape is not None and query_shape[-1] != value_shape[-1]:
            raise ValueError(
                f"{self._label}: the last sizes of query and value must be equal, got shapes {tuple(query_shape)} and "
                f"{tuple(value_shape)}"
            )
        if key_shape is not None:
            _check_lengths(self._label, value_shape, key_shape)
        return tuple(query_shape)


GroupQueryAttention = REGISTRY.register(GroupedQueryAttention, "GroupQueryAttention")
