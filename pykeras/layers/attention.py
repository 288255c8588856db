"""Dot-product and additive attention over sequences."""

from __future__ import annotations

from pykeras import _core, check, ops, random
from pykeras.layers.dropout import _drawn_seed
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.ops.attention import OUT_OF_SIGHT, causal_mask


class _SequenceAttention(Layer):
    """Attention of ``[query, value]`` or ``[query, value, key]``: what the scores are, subclasses say."""

    def __init__(self, use_scale, dropout, seed, **kwargs):
        super().__init__(**kwargs)
        self.use_scale = check.boolean("use_scale", use_scale)
        self.dropout = check.fraction("dropout", dropout)
        self.seed = seed
        if self.dropout > 0:
            self.seed_generator = random.SeedGenerator(seed if seed is not None else _drawn_seed())
        self.supports_masking = True

    def _scores(self, query, key):
        raise NotImplementedError

    def __call__(self, inputs, *args, **kwargs):
        if not isinstance(inputs, (list, tuple)):
            raise ValueError(
                f"{self._label}: must be called on a list of query, value and perhaps key, got {type(inputs).__name__}"
            )
        return super().__call__(inputs, *args, **kwargs)

    def call(self, inputs, mask=None, training=False, return_attention_scores=False, use_causal_mask=False):
        query, value, key, query_mask, value_mask = self._checked(inputs, mask)
        result, weights = None, None
        if not return_attention_scores and not (training and self.dropout > 0):
            result = self._without_scores(query, key, value, value_mask, use_causal_mask)
        if result is None:
            result, weights = self._with_scores(query, key, value, value_mask, use_causal_mask, training)
        if query_mask is not None:
            result = result * ops.expand_dims(ops.cast(query_mask, result.dtype), -1)
        return (result, weights) if return_attention_scores else result

    def _without_scores(self, query, key, value, value_mask, causal):
        return None

    def _with_scores(self, query, key, value, value_mask, causal, training):
        scores = self._scores(query, key)
        mask = None if value_mask is None else ops.expand_dims(ops.cast(value_mask, "bool"), -2)
        if causal:
            seen = ops.squeeze(causal_mask(query.shape[-2], key.shape[-2], query), 0)
            mask = seen if mask is None else ops.logical_and(mask, seen)
        if mask is not None:
            scores = ops.where(mask, scores, OUT_OF_SIGHT[scores.dtype])
        weights = ops.softmax(scores, -1)
        if training and self.dropout > 0:
            weights = random.dropout(weights, self.dropout, seed=self.seed_generator)
        return ops.matmul(weights, value), weights

    def _checked(self, inputs, mask):
        if len(inputs) not in (2, 3):
            raise ValueError(f"expected a list of query, value and perhaps key, of length 2 or 3, got {len(inputs)}")
        masks = [None] * len(inputs) if mask is None else mask
        if not isinstance(masks, (list, tuple)):
            raise ValueError(
                "the layer mask must be a list of a mask for the query and one for the value, got "
                f"{type(masks).__name__}"
            )
        if not 2 <= len(masks) <= len(inputs):
            raise ValueError(f"mask: expected a list of length 2 or 3, no longer than the inputs, got {len(masks)}")
        query, value = inputs[0], inputs[1]
        key = inputs[2] if len(inputs) > 2 else value
        for name, x in (("query", query), ("value", value), ("key", key)):
            if len(x.shape) < 3:
                raise ValueError(f"{name}: expected 3 or more axes (batch, ..., length, size), got shape {x.shape}")
        return query, value, key, masks[0], masks[1]

    def compute_mask(self, inputs, mask=None):
        return mask[0] if isinstance(mask, (list, tuple)) and mask else None

    def compute_output_shape(self, input_shape):
        return (*input_shape[0][:-1], input_shape[1][-1])


@REGISTRY.register
class Attention(_SequenceAttention):
    """``softmax(scores) @ value`` with scores ``query @ keyᵀ``, or of sums (Luong, arXiv:1508.04025).

    Arguments:
        use_scale: whether a learned number ``scale`` multiplies the scores.
        score_mode: ``"dot"``, or ``"concat"``: ``concat_score_weight * sum(tanh(scale * (query + key)))``.
        dropout: share of the weights dropped while training; ``seed`` of it.

    Inputs ``[query (batch, t, d), value (batch, s, v)]`` and perhaps ``key (batch, s, d)``; output ``(batch, t, v)``.
    Axes between the batch and the last two, the same in all, are gone over one by one.
    Masks of query and value, ``use_causal_mask`` and ``return_attention_scores`` go to the call.

    >>> x = np.ones((1, 2, 3), "float32")
    >>> Attention()([x, x], use_causal_mask=True).shape
    (1, 2, 3)
    """

    def __init__(self, use_scale=False, score_mode="dot", dropout=0.0, seed=None, **kwargs):
        super().__init__(use_scale, dropout, seed, **kwargs)
        self.score_mode = check.one_of("score_mode", score_mode, ("dot", "concat"))
        self.scale = self.concat_score_weight = None

    def build(self, input_shape):
        if self.use_scale:
            self.scale = self.add_weight("scale", (), initializer="ones")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight("concat_score_weight", (), initializer="ones")
        self.built = True

    def _scores(self, query, key):
        if self.score_mode == "dot":
            scores = ops.einsum("...td,...sd->...ts", query, key)
            return scores if self.scale is None else scores * self.scale
        total = ops.expand_dims(query, -2) + ops.expand_dims(key, -3)
        if self.scale is not None:
            total = total * self.scale
        return self.concat_score_weight * ops.sum(ops.tanh(total), -1)

    def _without_scores(self, query, key, value, value_mask, causal):
        if self.score_mode != "dot" or len(query.shape) != 3:
            return None
        if self.scale is not None:
            query = query * self.scale
        query, key, value = (ops.expand_dims(x, 2) for x in (query, key, value))
        mask = None if value_mask is None else ops.expand_dims(ops.cast(value_mask, "bool"), (1, 2))
        return ops.squeeze(_core.op.attention(query, key, value, mask, scale=1.0, causal=bool(causal))[0], 2)


@REGISTRY.register
class AdditiveAttention(_SequenceAttention):
    """``softmax(scores) @ value`` with scores ``sum(scale * tanh(query + key))`` (Bahdanau, arXiv:1409.0473).

    Arguments and shapes: those of ``Attention``; ``scale`` is a learned vector as long as the query's last axis, left
    out without ``use_scale``.
    """

    def __init__(self, use_scale=True, dropout=0.0, seed=None, **kwargs):
        super().__init__(use_scale, dropout, seed, **kwargs)
        self.scale = None

    def build(self, input_shape):
        if self.use_scale:
            self.scale = self.add_weight("scale", (input_shape[0][-1],), initializer="glorot_uniform")
        self.built = True

    def _scores(self, query, key):
        total = ops.tanh(ops.expand_dims(query, -2) + ops.expand_dims(key, -3))
        return ops.sum(total if self.scale is None else total * self.scale, -1)
