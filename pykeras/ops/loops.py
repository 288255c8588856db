"""Loops over slices and choices between functions: run in Python, so that what they do is recorded and replayed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pykeras import tree
from pykeras.keras_tensor import KerasTensor, any_symbolic, is_describing, operation
from pykeras.ops.core import convert_to_tensor, unstack
from pykeras.ops.indexing import slice  # noqa: A004 - Keras's name
from pykeras.ops.movement import concatenate, flip, stack  # noqa: A004 - Keras's names
from pykeras.ops.numbers import normal_axis


def _tensors(structure: Any) -> Any:
    return tree.map_structure(lambda leaf: leaf if leaf is None else convert_to_tensor(leaf), structure)


@operation
def scan(f: Callable, init: Any, xs: Any = None, length: int | None = None, reverse: bool = False, unroll: Any = 1):
    """``carry, y = f(carry, x)`` for each slice ``x`` of ``xs`` along axis 0.

    Args:
        f: as above; carry, ``x`` and ``y`` may be nested, and ``y`` may be None.
        init: the first carry.
        xs: tensor or structure of tensors of equal length, or None, with ``length`` given.
        length: the number of slices.
        reverse: begin with the last slice; the results stay in the order of ``xs``.
        unroll: a number or whether to unroll; every loop here is.

    Returns:
        The last carry, and the ``y`` stacked along axis 0.

    Raises:
        ValueError: lengths that differ or are not known.

    >>> total, sums = scan(lambda carry, x: (carry + x, carry + x), 0.0, [1.0, 2.0, 3.0])
    >>> float(total), sums.tolist()
    (6.0, [1.0, 3.0, 6.0])
    """
    if not callable(f):
        raise TypeError(f"scan: f: expected a function, got {type(f).__name__}")
    if not isinstance(unroll, int) or unroll < 1 and not isinstance(unroll, bool):
        raise ValueError(f"scan: unroll: expected a positive integer or a boolean, got {unroll!r}")
    init, xs = _tensors(init), _whole(xs)
    lengths = {leaf.shape[0] for leaf in tree.flatten(xs) if leaf is not None}
    lengths |= set() if length is None else {int(length)}
    if len(lengths) != 1:
        raise ValueError(f"scan: expected xs of one length, or length, got {sorted(lengths, key=str)}")
    (count,) = lengths
    if any_symbolic(init, xs):
        carry, y = f(init, tree.map_structure(_slice_of, xs))
        return carry, tree.map_structure(lambda leaf: _with_length(leaf, count), y)
    parts = [unstack(leaf, axis=0) if leaf is not None else [None] * count for leaf in tree.flatten(xs)]
    order = range(count - 1, -1, -1) if reverse else range(count)
    carry, ys = init, [None] * count
    for i in order:
        carry, ys[i] = f(carry, tree.pack_sequence_as(xs, [part[i] for part in parts]))
    if not ys:
        raise ValueError("scan: expected at least one slice, got none")
    return carry, tree.map_structure(lambda *each: None if each[0] is None else stack(each), *ys)


def _whole(xs: Any) -> Any:
    """``xs`` with plain lists of numbers as tensors, and other lists as structures."""
    if isinstance(xs, (list, tuple)) and not any(hasattr(leaf, "shape") for leaf in tree.flatten(xs)):
        return convert_to_tensor(xs)
    return _tensors(xs)


def _slice_of(leaf: Any) -> Any:
    return None if leaf is None else KerasTensor(leaf.shape[1:], leaf.dtype)


def _with_length(leaf: Any, count: int | None) -> Any:
    return None if leaf is None else KerasTensor((count, *leaf.shape), leaf.dtype)


@operation
def associative_scan(f: Callable, elems: Any, reverse: bool = False, axis: int = 0):
    """The running results ``e0, f(e0, e1), f(f(e0, e1), e2), ...`` along ``axis`` of an associative function.

    Args:
        f: combines two (structures of) tensors slice by slice along ``axis``.
        elems: tensor or structure of tensors of equal size along ``axis``.
        reverse: from the last to the first.
        axis: as above.

    The results are made in a logarithmic number of steps (Blelloch, CMU-CS-90-190).

    >>> associative_scan(lambda a, b: a + b, [1.0, 2.0, 3.0, 4.0]).tolist()
    [1.0, 3.0, 6.0, 10.0]
    """
    if not callable(f):
        raise TypeError(f"associative_scan: f: expected a function, got {type(f).__name__}")
    elems = _whole(elems)
    flat = tree.flatten(elems)
    axes = [normal_axis(axis, len(leaf.shape), "associative_scan") for leaf in flat]
    counts = {leaf.shape[a] for leaf, a in zip(flat, axes)}
    if len(counts) != 1:
        raise ValueError(f"associative_scan: expected one size along axis {axis}, got {sorted(counts, key=str)}")
    (count,) = counts
    if any_symbolic(elems):
        return tree.map_structure(lambda leaf: KerasTensor(leaf.shape, leaf.dtype), elems)
    if reverse:
        flat = [flip(leaf, a) for leaf, a in zip(flat, axes)]
    step = 1
    while step < count:
        early = [_rows(leaf, a, 0, count - step) for leaf, a in zip(flat, axes)]
        late = [_rows(leaf, a, step, count - step) for leaf, a in zip(flat, axes)]
        both = f(tree.pack_sequence_as(elems, early), tree.pack_sequence_as(elems, late))
        flat = [concatenate([_rows(leaf, a, 0, step), new], a)
                for leaf, new, a in zip(flat, tree.flatten(both), axes)]  # fmt: skip
        step *= 2
    if reverse:
        flat = [flip(leaf, a) for leaf, a in zip(flat, axes)]
    return tree.pack_sequence_as(elems, flat)


def _rows(x: Any, axis: int, start: int, count: int) -> Any:
    starts, sizes = [0] * len(x.shape), list(x.shape)
    starts[axis], sizes[axis] = start, count
    return slice(x, starts, sizes)


def cond(pred, true_fn, false_fn):
    """``true_fn()`` if ``pred`` else ``false_fn()``. A tensor as ``pred`` is read, which ends a recording.

    In the ``call`` of a layer that is being described both functions tell their results, which must agree.
    """
    if isinstance(pred, KerasTensor):
        return _agreed("cond", true_fn(), false_fn())
    return true_fn() if bool(pred) else false_fn()


def switch(index: Any, branches: Any, *operands: Any):
    """``branches[index](*operands)``; an index out of range takes the first or last. A tensor as ``index`` is read,
    which ends a recording.

    >>> switch(1, [lambda x: x + 1, lambda x: x * 10], 5)
    50
    """
    branches = list(branches)
    if not branches:
        raise ValueError("switch: branches: expected at least one function, got none")
    if isinstance(index, KerasTensor):
        return _agreed("switch", *(branch(*operands) for branch in branches))
    return branches[min(max(int(index), 0), len(branches) - 1)](*operands)


def while_loop(cond, body, loop_vars, maximum_iterations: int | None = None):
    """``loop_vars = body(*loop_vars)`` while ``cond(*loop_vars)``. Reading the condition ends a recording."""
    single = not isinstance(loop_vars, (list, tuple))
    state = (loop_vars,) if single else tuple(loop_vars)
    count = 0
    while maximum_iterations is None or count < maximum_iterations:
        goes_on = cond(*state)
        if isinstance(goes_on, KerasTensor):
            return _described("while_loop", loop_vars)
        if not bool(goes_on):
            break
        result = body(*state)
        state = (result,) if single or not isinstance(result, (list, tuple)) else tuple(result)
        count += 1
    return state[0] if single else state


def fori_loop(lower: Any, upper: Any, body_fun, init_val):
    """``val = body_fun(i, val)`` for ``i`` in ``range(lower, upper)``."""
    if any_symbolic(lower, upper):
        return _described("fori_loop", init_val)
    for i in range(int(lower), int(upper)):
        init_val = body_fun(i, init_val)
    return init_val


def map(f, xs):  # noqa: A001 - Keras's name
    """``f`` on each slice along axis 0, results stacked."""
    return _map(f, _whole(xs))


@operation
def _map(f: Callable, xs: Any) -> Any:
    """One node of a model; not public, so that no file can name it."""
    count = tree.flatten(xs)[0].shape[0]
    if any_symbolic(xs):
        return tree.map_structure(lambda leaf: _with_length(leaf, count), f(tree.map_structure(_slice_of, xs)))
    results = [f(tree.map_structure(lambda x, i=i: x[i], xs)) for i in range(count)]
    return tree.map_structure(lambda *parts: stack(list(parts)), *results)


def vectorized_map(function, elements):
    """``map``."""
    return map(function, elements)


def _described(what: str, results: Any) -> Any:
    """Symbolic tensors of the results' shapes. In a functional model they would have no way to their values."""
    if not is_describing():
        raise ValueError(f"{what}: it depends on values that a symbolic tensor has not: use it in the call of a layer")
    return tree.map_structure(lambda leaf: KerasTensor(convert_to_tensor(leaf).shape, convert_to_tensor(leaf).dtype),
                              results)  # fmt: skip


def _agreed(what: str, *results: Any) -> Any:
    described = [_described(what, each) for each in results]

    def same(first: KerasTensor, *others: KerasTensor) -> KerasTensor:
        for other in others:
            if (other.shape, other.dtype) != (first.shape, first.dtype):
                raise ValueError(
                    f"{what}: the functions must give the same, got {first.dtype} {first.shape} and {other.dtype} {other.shape}"
                )
        return first

    return tree.map_structure(same, *described)


__all__ = ["associative_scan", "cond", "fori_loop", "map", "scan", "switch", "vectorized_map", "while_loop"]
