"""Sums of products named by their indices, brought to batched matrix products."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.arithmetic import multiply
from pykeras.ops.core import cast
from pykeras.ops.numbers import as_operand, resized, static_shape, unknown_like

op = _core.op
_SPARE = list("ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkjihgfedcba")


def _plan(subscripts: str, shapes: list[tuple]) -> tuple[list[str], str]:
    """The indices of each operand and of the result, ellipses written out with letters that are not in use."""
    text = subscripts.replace(" ", "")
    left, arrow, out = text.partition("->")
    terms = left.split(",")
    if len(terms) != len(shapes):
        raise ValueError(f"einsum: {subscripts!r} names {len(terms)} operands, got {len(shapes)}")
    letters = set(text) - set(".,->")
    if not all(c.isalpha() for c in letters):
        raise ValueError(f"einsum: expected letters, commas, '...' and '->', got {subscripts!r}")
    spare = [c for c in _SPARE if c not in letters]
    counts = []
    for term, shape in zip(terms, shapes):
        named = len(term.replace("...", ""))
        rest = len(shape) - named
        if term.replace("...", "").count(".") or (rest != 0 and "..." not in term) or rest < 0:
            raise ValueError(f"einsum: {term!r} of {subscripts!r} does not name the axes of shape {tuple(shape)}")
        counts.append(rest)
    longest = max((n for n, term in zip(counts, terms) if "..." in term), default=0)
    dots = "".join(spare[:longest])
    written = [term.replace("...", dots[longest - n :]) if n else term.replace("...", "")
               for n, term in zip(counts, terms)]  # fmt: skip
    if arrow:
        result = out.replace("...", dots)
    else:
        everything = "".join(written)
        result = dots + "".join(sorted(c for c in set(everything) - set(dots) if everything.count(c) == 1))
    if len(set(result)) != len(result) or set(result) - set("".join(written)):
        raise ValueError(f"einsum: the result {out!r} of {subscripts!r} must name indices of the operands, each once")
    return written, result


def _sizes(subscripts: str, terms: list[str], shapes: list[tuple]) -> dict[str, Any]:
    sizes: dict[str, Any] = {}
    for term, shape in zip(terms, shapes):
        for index, size in zip(term, shape):
            known = sizes.get(index)
            if known is None or known == 1:
                sizes[index] = size if known is None or size is not None else known
            elif size not in (known, 1, None):
                raise ValueError(
                    f"einsum: index {index!r} of {subscripts!r} has sizes {known} and {size} (shapes {shapes})"
                )
    return sizes


def _diagonal(x, term: str):
    """Indices that an operand names twice taken along their diagonal."""
    for index in term:
        if term.count(index) > 1:
            first, second = term.index(index), term.rindex(index)
            rank, n = len(term), static_shape(x)[first]
            order = [a for a in range(rank) if a not in (first, second)] + [first, second]
            x = op.transpose(x, order)
            x = op.reshape(x, [*x.shape[:-2], n * n])
            x = op.take(x, np.arange(n, dtype=np.int64) * (n + 1), rank - 2)
            return _diagonal(x, "".join(term[a] for a in order[:-1]))
    return x, term


def _keep(x, term: str, kept: set[str]):
    """Sums over the indices that nobody else names."""
    lost = [a for a, index in enumerate(term) if index not in kept]
    if not lost:
        return x, term
    return op.sum(x, lost, False), "".join(index for index in term if index in kept)


def _ordered(x, term: str, wanted: str):
    return x if term == wanted else op.transpose(x, [term.index(index) for index in wanted])


def _pair(x, left: str, y, right: str, out: set[str]) -> tuple[Any, str]:
    """Two operands into one, with the indices of ``out`` that they have."""
    x, left = _keep(x, left, out | set(right))
    y, right = _keep(y, right, out | set(left))
    x, left = _without_ones(x, left, y, right, out)
    y, right = _without_ones(y, right, x, left, out)
    shared = [i for i in left if i in right]
    batch = "".join(i for i in shared if i in out)
    contracted = "".join(i for i in shared if i not in out)
    rows = "".join(i for i in left if i not in right)
    columns = "".join(i for i in right if i not in left)
    if not contracted:
        result = batch + rows + columns
        x = _ordered(x, left, batch + rows)
        y = _ordered(y, right, batch + columns)
        x = op.reshape(x, [*x.shape, *[1] * len(columns)])
        shape = [*y.shape[: len(batch)], *[1] * len(rows), *y.shape[len(batch) :]]
        return op.multiply(x, op.reshape(y, shape)), result
    size = {**dict(zip(left, x.shape)), **dict(zip(right, y.shape))}

    def length(indices: str) -> int:
        return math.prod(size[i] for i in indices)

    # An operand that stands transposed is read so; only other orders are copied.
    flip_x, flip_y = left == batch + contracted + rows, right == batch + columns + contracted
    if not flip_x or left == batch + rows + contracted:
        x, flip_x = _ordered(x, left, batch + rows + contracted), False
    if not flip_y or right == batch + contracted + columns:
        y, flip_y = _ordered(y, right, batch + contracted + columns), False
    heads = [size[i] for i in batch]
    m, n, k = length(rows), length(columns), length(contracted)
    x = op.reshape(x, [*heads, k, m] if flip_x else [*heads, m, k])
    y = op.reshape(y, [*heads, n, k] if flip_y else [*heads, k, n])
    product = op.matmul(x, y, flip_x, flip_y)
    return op.reshape(product, [size[i] for i in batch + rows + columns]), batch + rows + columns


def _without_ones(x, left: str, y, right: str, out: set[str]):
    """Axes of size 1 that meet a longer one broadcast: the operand does without them."""
    other = dict(zip(right, y.shape))
    lost = [a for a, i in enumerate(left) if x.shape[a] == 1 and other.get(i, 1) != 1]
    if not lost:
        return x, left
    kept = [a for a in range(len(left)) if a not in lost]
    return op.reshape(x, [x.shape[a] for a in kept]), "".join(left[a] for a in kept)


@operation
def einsum(subscripts: str, *operands, **kwargs):
    """The sum of products that ``subscripts`` names, under NumPy's rules: ``"ab,bc->ac"`` is a matrix product.

    Contractions run as batched matrix products; more than two operands are taken pair by pair in the order that
    ``numpy.einsum_path`` finds. Raises ``ValueError`` when indices, shapes or sizes do not fit.

    >>> einsum("ij,j->i", [[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0]).tolist()
    [3.0, 7.0]
    >>> einsum("...ii->...", [[1.0, 2.0], [3.0, 4.0]]).item()
    5.0
    """
    unknown = set(kwargs) - {"optimize"}
    if unknown:
        raise TypeError(f"einsum: unknown argument {sorted(unknown)[0]!r}")
    tensors = [as_operand(x) for x in operands]
    shapes = [x.shape for x in tensors]
    terms, out = _plan(subscripts, shapes)
    sizes = _sizes(subscripts, terms, shapes)
    dtype = tensors[0].dtype
    for x in tensors[1:]:
        dtype = _core.common_dtype(dtype, x.dtype)
    whole = dtype not in ("float32", "float64")
    if {x.dtype for x in tensors} == {"int8"}:
        dtype = "int32"
    if any(isinstance(x, _core.SymbolicTensor) for x in tensors):
        return unknown_like(tensors, tuple(sizes[i] for i in out), dtype)
    if whole:  # exact in float64 up to 2**53
        tensors = [cast(x, "float64") for x in tensors]
    parts = [_diagonal(x, term) for x, term in zip(tensors, terms)]
    path = [tuple(range(len(parts)))] if len(parts) <= 2 else _path(terms, out, shapes)
    for step in path:
        chosen = [parts[i] for i in step]
        parts = [part for i, part in enumerate(parts) if i not in step]
        while len(chosen) > 1:
            (x, left), (y, right) = chosen[0], chosen[1]
            needed = set(out).union(*(term for _, term in [*parts, *chosen[2:]]))
            chosen[:2] = [_pair(x, left, y, right, needed)]
        parts.append(chosen[0])
    x, term = parts[0]
    x, term = _keep(x, term, set(out))
    x = _ordered(x, term, out)
    return cast(cast(x, "int64"), dtype) if whole else x


def _path(terms, out, shapes):
    with_values = [np.broadcast_to(np.float32(0), shape) for shape in shapes]
    return np.einsum_path(f"{','.join(terms)}->{out}", *with_values, optimize="greedy")[0][1:]


@operation
def inner(x1, x2):
    """Sum of products over the last axes of both.

    >>> inner([1.0, 2.0], [3.0, 4.0]).item()
    11.0
    """
    x1, x2 = as_operand(x1), as_operand(x2)
    if not x1.shape or not x2.shape:
        return op.multiply(x1, x2)
    if None not in (x1.shape[-1], x2.shape[-1]) and x1.shape[-1] != x2.shape[-1]:
        raise ValueError(f"inner: the last dimensions of both must be equal, got shapes {x1.shape} and {x2.shape}")
    from pykeras.ops.products import tensordot

    return tensordot(x1, x2, ([len(x1.shape) - 1], [len(x2.shape) - 1]))


@operation
def vdot(x1, x2):
    """The sum of all products of the values of two tensors of the same size."""
    x1, x2 = resized(x1, [-1]), resized(x2, [-1])
    return cast(einsum("i,i->", x1, x2), _core.common_dtype(x1.dtype, x2.dtype))


@operation
def kron(x1, x2):
    """The Kronecker product: blocks of ``x2`` scaled by the values of ``x1``."""
    x1, x2 = as_operand(x1), as_operand(x2)
    rank = max(len(x1.shape), len(x2.shape))
    a = [1] * (rank - len(x1.shape)) + list(x1.shape)
    b = [1] * (rank - len(x2.shape)) + list(x2.shape)
    shape = tuple(None if m is None or n is None else m * n for m, n in zip(a, b))
    if None in shape:
        return unknown_like([x1, x2], shape, _core.common_dtype(x1.dtype, x2.dtype))
    left = op.reshape(x1, [s for m in a for s in (m, 1)])
    right = op.reshape(x2, [s for n in b for s in (1, n)])
    return op.reshape(multiply(left, right), list(shape))


@operation
def rearrange(tensor, pattern: str, **axes_lengths):
    """Axes regrouped, split and reordered by name: ``"b (h w) c -> b c h w"`` with ``h=2``.

    Raises ``ValueError`` when the sides name different axes or the sizes do not divide.

    >>> rearrange(np.zeros((2, 6, 3)), "b (h w) c -> b c h w", h=2).shape
    (2, 3, 2, 3)
    """
    x = as_operand(tensor)
    left, arrow, right = pattern.partition("->")
    before, after = _groups(left, pattern), _groups(right, pattern)
    names = [n for group in before for n in group]
    if not arrow or sorted(names) != sorted(n for group in after for n in group) or len(set(names)) < len(names):
        raise ValueError(f"rearrange: both sides of {pattern!r} must name the same axes, each once")
    if len(before) != len(x.shape):
        raise ValueError(f"rearrange: {pattern!r} names {len(before)} axes, got shape {x.shape}")
    size: dict[str, Any] = dict(axes_lengths)
    for group, total in zip(before, x.shape):
        open_names = [n for n in group if n not in size]
        known = math.prod(size[n] for n in group if n in size)
        if len(open_names) > 1:
            raise ValueError(f"rearrange: {pattern!r}: give the sizes of all but one of {open_names}")
        if open_names:
            if total is not None and (known == 0 or total % known):
                raise ValueError(f"rearrange: {pattern!r}: an axis of {total} does not divide into parts of {known}")
            size[open_names[0]] = None if total is None else total // known
        elif total is not None and known != total:
            raise ValueError(f"rearrange: {pattern!r}: sizes of {group} give {known}, the axis has {total}")
    x = resized(x, [size[n] for n in names])
    x = op.transpose(x, [names.index(n) for group in after for n in group])

    def whole(group):
        return None if any(size[n] is None for n in group) else math.prod(size[n] for n in group)

    return resized(x, [whole(group) for group in after])


def _groups(side: str, pattern: str) -> list[list[str]]:
    groups: list[list[str]] = []
    inside: list[str] | None = None
    for token in side.replace("(", " ( ").replace(")", " ) ").split():
        if token == "(" and inside is None:
            inside = []
            groups.append(inside)
        elif token == ")" and inside is not None:
            inside = None
        elif token.isidentifier():
            (groups.append([token]) if inside is None else inside.append(token))
        else:
            raise ValueError(f"rearrange: cannot read {token!r} in {pattern!r}")
    return groups


__all__ = ["einsum", "inner", "kron", "rearrange", "vdot"]
