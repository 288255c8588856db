"""Scaled dot-product attention (arXiv:1706.03762)."""

from __future__ import annotations

import math

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast
from pykeras.ops.einsum import einsum
from pykeras.ops.movement import repeat
from pykeras.ops.numbers import as_operand

op = _core.op

# What a score that is taken out becomes: finite, so that a row of nothing else weighs all its keys alike.
OUT_OF_SIGHT = {"float32": -0.7 * 3.4028234663852886e38, "float64": -0.7 * 1.7976931348623157e308}


@operation
def dot_product_attention(query, key, value, bias=None, mask=None, scale=None, is_causal: bool = False,
                          flash_attention=None, attn_logits_soft_cap=None):  # fmt: skip
    """``softmax(scale * query @ keyᵀ + bias) @ value`` for every head.

    Arguments:
        query: (batch, queries, heads, depth).
        key, value: (batch, keys, key heads, depth); the query's heads share them in groups when there are more.
        bias: added to the scores; broadcasts to (batch, heads, queries, keys).
        mask: of that shape too; false takes a score out. A row without any score left weighs all keys alike.
        scale: ``1 / sqrt(depth)`` by default.
        is_causal: query ``i`` sees the keys up to ``i`` only.
        flash_attention: ``None`` computes block by block, never storing all scores (arXiv:2205.14135), whenever there
            is neither bias nor cap; ``True`` insists on it; ``False`` stores them.
        attn_logits_soft_cap: scores become ``cap * tanh(score / cap)``.

    Raises ``ValueError`` for shapes that do not fit, and for ``flash_attention=True`` with a bias or cap.

    >>> x = np.ones((1, 3, 2, 4), "float32")
    >>> dot_product_attention(x, x, x, is_causal=True).shape
    (1, 3, 2, 4)
    """
    query, key, value = (as_operand(x) for x in (query, key, value))
    for name, x in (("query", query), ("key", key), ("value", value)):
        if len(x.shape) != 4:
            raise ValueError(
                f"dot_product_attention: {name}: expected 4 axes (batch, length, heads, depth), got shape {x.shape}"
            )
    dtype = _core.common_dtype(_core.common_dtype(query.dtype, key.dtype), value.dtype)
    dtype = dtype if dtype in OUT_OF_SIGHT else "float32"
    query, key, value = (cast(x, dtype) for x in (query, key, value))
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else float(scale)
    if mask is not None:
        mask = cast(mask, "bool")
        rank = len(mask.shape)
        if rank > 4:
            raise ValueError(f"dot_product_attention: mask: expected at most 4 axes, got shape {mask.shape}")
        if rank < 4:
            from pykeras.ops.movement import expand_dims

            mask = expand_dims(mask, list(range(4 - rank)))
    if flash_attention and (bias is not None or attn_logits_soft_cap is not None):
        raise ValueError("dot_product_attention: flash_attention=True goes with neither bias nor attn_logits_soft_cap")
    if bias is None and attn_logits_soft_cap is None and flash_attention in (None, True):
        return op.attention(query, key, value, mask, scale=scale, causal=bool(is_causal))[0]
    # Shapes are checked by the op's own rules.
    op.attention(*(type_only(x) for x in (query, key, value, mask)), scale=scale)  # type: ignore[misc]
    return _whole(query, key, value, bias, mask, scale, is_causal, attn_logits_soft_cap)


def type_only(x):
    """``x`` as a symbolic tensor: what shape rules need of it."""
    from pykeras.keras_tensor import KerasTensor

    return None if x is None else KerasTensor(x.shape, x.dtype)


def _whole(query, key, value, bias, mask, scale, is_causal, cap):
    if key.shape[2] != query.shape[2]:
        groups = query.shape[2] // key.shape[2]
        key, value = repeat(key, groups, 2), repeat(value, groups, 2)
    scores = op.multiply(einsum("btnh,bsnh->bnts", query, key), scale)
    if cap is not None:
        scores = op.multiply(op.tanh(op.divide(scores, float(cap))), float(cap))
    if bias is not None:
        scores = op.add(scores, cast(bias, scores.dtype))
    if is_causal:
        seen = causal_mask(query.shape[1], key.shape[1], scores)
        mask = seen if mask is None else op.logical_and(mask, seen)
    if mask is not None:
        scores = op.select(mask, scores, OUT_OF_SIGHT[scores.dtype])
    return einsum("bnts,bsnh->btnh", op.softmax(scores, -1), value)


def causal_mask(queries, keys, like):
    """bool (1, 1, queries, keys): whether the key is not after the query."""
    import numpy as np

    if queries is None or keys is None:
        return type(like)((1, 1, queries, keys), "bool")
    return as_operand(np.tri(queries, keys, dtype=bool)[None, None])


__all__ = ["dot_product_attention"]
