"""Softmax attention, layer normalization and running sums."""

import numpy as np

from .case import case, integers, numbers, truths


def attention(query, key, value, mask, scale=1.0, causal=False):
    groups = query.shape[2] // key.shape[2]
    key, value = np.repeat(key, groups, 2), np.repeat(value, groups, 2)
    scores = np.einsum("btnh,bsnh->bnts", query, key) * scale
    # The op hides scores behind a finite number of the inputs' own dtype; weights come out the same.
    hidden = np.zeros(scores.shape, bool)
    if causal:
        hidden |= ~np.tri(*scores.shape[2:], dtype=bool)
    if mask is not None:
        hidden |= ~np.broadcast_to(mask, scores.shape)
    scores = np.where(hidden, -1e30, scores)
    top = scores.max(-1, keepdims=True)
    weights = np.exp(scores - top)
    total = weights.sum(-1, keepdims=True)
    y = np.einsum("bnts,bsnh->btnh", weights / total, value)
    return y, np.concatenate([top, 1 / total], -1)


def attention_grad(query, key, value, mask, y, stats, dy, scale=1.0, causal=False):
    groups, key_heads = query.shape[2] // key.shape[2], key.shape[2]
    wide_key, wide_value = np.repeat(key, groups, 2), np.repeat(value, groups, 2)
    scores = np.einsum("btnh,bsnh->bnts", query, wide_key) * scale
    hidden = np.zeros(scores.shape, bool)
    if causal:
        hidden |= ~np.tri(*scores.shape[2:], dtype=bool)
    if mask is not None:
        hidden |= ~np.broadcast_to(mask, scores.shape)
    weights = np.where(hidden, 0.0, np.exp(scores - stats[..., :1]) * stats[..., 1:])
    dweights = np.einsum("btnh,bsnh->bnts", dy, wide_value)
    dscores = weights * (dweights - (dy * y).sum(-1).transpose(0, 2, 1)[..., None]) * scale
    dquery = np.einsum("bnts,bsnh->btnh", dscores, wide_key)

    def grouped(dx):
        return dx.reshape(*dx.shape[:2], key_heads, groups, dx.shape[-1]).sum(3)

    dkey = grouped(np.einsum("bnts,btnh->bsnh", dscores, query))
    return dquery, dkey, grouped(np.einsum("bnts,btnh->bsnh", weights, dy))


def sees_something(*shape):
    mask = truths(*shape)
    mask[..., 0] = True
    return mask


def big():
    return (numbers(2, 150, 4, 8), numbers(2, 300, 2, 8, seed=1), numbers(2, 300, 2, 8, seed=2), None), None


def big_grad():
    inputs, _ = big()
    y, stats = attention(*inputs)
    return (*inputs, y, stats, numbers(*y.shape, seed=3)), None


for batch, queries, keys, heads, key_heads, depth, width, mask_shape, causal in [
    (2, 3, 4, 2, 2, 3, 2, None, False),
    (1, 4, 4, 4, 2, 2, 5, None, True),
    (2, 3, 5, 2, 1, 1, 1, (2, 1, 1, 5), False),
    (2, 4, 3, 2, 2, 3, 2, (1, 2, 4, 3), True),
    (1, 130, 260, 1, 1, 3, 2, None, True),
    (0, 3, 4, 2, 2, 3, 2, None, False),
]:
    inputs = [numbers(batch, queries, heads, depth), numbers(batch, keys, key_heads, depth, seed=1),
              numbers(batch, keys, key_heads, width, seed=2),
              None if mask_shape is None else sees_something(*mask_shape)]  # fmt: skip
    case("attention", inputs, attention, scale=0.6, causal=causal, tolerance=4, smooth=queries < 100, large=big)
    y, stats = attention(*inputs, 0.6, causal)
    if batch:
        case("attention_grad", [*inputs, y, stats, numbers(*y.shape, seed=3)], attention_grad, scale=0.6,
             causal=causal, tolerance=20, large=big_grad)  # fmt: skip


def layer_norm(x, gamma, beta, epsilon=1e-3, raw=False):
    mean = x.mean(-1) * (not raw)
    inverse = 1 / np.sqrt(((x - mean[..., None]) ** 2).mean(-1) + epsilon)
    y = (x - mean[..., None]) * inverse[..., None]
    return (y if gamma is None else y * gamma) + (0 if beta is None else beta), mean, inverse


def layer_norm_grad(x, gamma, mean, inverse, dy, raw=False):
    normal = (x - mean[..., None]) * inverse[..., None]
    slope = dy if gamma is None else dy * gamma
    along = (slope * normal).mean(-1, keepdims=True)
    dx = inverse[..., None] * (slope - slope.mean(-1, keepdims=True) * (not raw) - normal * along)
    axes = tuple(range(x.ndim - 1))
    return dx, (dy * normal).sum(axes), dy.sum(axes)


for shape in [(4, 3), (2, 3, 5), (7,), (5, 1), (70, 33)]:
    n = shape[-1]
    x, gamma, beta = numbers(*shape), numbers(n, low=0.5, high=1.5, seed=1), numbers(n, seed=2)
    for raw in (False, True):
        large = lambda: ((numbers(900, 333), numbers(333, seed=1), numbers(333, seed=2)), None)  # noqa: E731
        case("layer_norm", [x, gamma, beta], layer_norm, epsilon=1e-2, raw=raw, tolerance=4, large=large)
        case("layer_norm", [x, None, None], layer_norm, epsilon=1e-2, raw=raw, tolerance=4)
        _, mean, inverse = layer_norm(x, None, None, raw=raw)
        inputs = [x, gamma, mean, inverse, numbers(*shape, seed=3)]
        case("layer_norm_grad", inputs, layer_norm_grad, raw=raw, tolerance=10,
             large=lambda: ((numbers(900, 333), numbers(333, seed=1), numbers(900, seed=2), numbers(900, seed=3),
                             numbers(900, 333, seed=4)), None))  # fmt: skip


def cumsum(x, axis=-1, reverse=False):
    return np.flip(np.flip(x, axis).cumsum(axis), axis) if reverse else x.cumsum(axis)


for shape, axis in [((5,), 0), ((3, 4), -1), ((3, 4), 0), ((2, 3, 4), 1), ((0, 3), 0)]:
    for reverse in (False, True):
        case("cumsum", [numbers(*shape)], cumsum, axis=axis, reverse=reverse,
             large=lambda: ((numbers(700, 300),), {"axis": 1}))  # fmt: skip
case("cumsum", [integers(3, 4)], cumsum, axis=1)
