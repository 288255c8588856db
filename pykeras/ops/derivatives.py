"""Gradients of one's own, forward-mode derivatives, and functions over arrays of arguments."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from pykeras import _core, tree
from pykeras.keras_tensor import KerasTensor, any_symbolic, operation
from pykeras.ops.core import convert_to_tensor
from pykeras.ops.host import with_gradient


def custom_gradient(f: Callable) -> Callable:
    """Decorates ``f(*args)``, which returns ``(outputs, grad)``: ``grad(*upstream)`` or ``grad(*args, upstream=...)``
    gives the gradient by each argument, in place of what differentiation would find.

    >>> import pykeras
    >>> @custom_gradient
    ... def doubled_slope(x):
    ...     return x * x, lambda upstream: upstream * 4 * x
    >>> value, slope = pykeras.value_and_grad(doubled_slope)(3.0)
    >>> float(slope)
    12.0
    """

    @functools.wraps(f)
    def wrapped(*args, **kwargs):
        if any_symbolic(args, kwargs):
            return f(*args, **kwargs)[0]
        tensors = [convert_to_tensor(x) if not isinstance(x, _core.Tensor) else x for x in args]
        outputs, grad = f(*tensors, **kwargs)
        flat = [convert_to_tensor(x) for x in tree.flatten(outputs)]

        def gradient(inputs, results, dy):
            from pykeras.ops.making import zeros_like

            upstream = [zeros_like(r) if g is None else g for r, g in zip(results, dy)]
            try:
                found = grad(*upstream)
            except TypeError as error:
                if "upstream" not in str(error):
                    raise
                found = grad(*inputs, upstream=upstream[0] if len(upstream) == 1 else upstream)
            found = list(found) if isinstance(found, (list, tuple)) else [found]
            return [None if g is None else convert_to_tensor(g, x.dtype) for g, x in zip(found, inputs)]

        results = with_gradient(getattr(f, "__name__", "custom_gradient"), tensors, flat, gradient)
        return tree.pack_sequence_as(outputs, results) if tree.is_nested(outputs) else results[0]

    return wrapped


@operation
def jvp(fun: Callable, primals: Any, tangents: Any, has_aux: bool = False) -> Any:
    """(``fun(*primals)``, its derivative along ``tangents``), and what else ``fun`` returns with ``has_aux``.

    Two passes backward make one forward, so every op inside must have a gradient that has one itself.

    >>> value, slope = jvp(lambda x: x * x, (3.0,), (1.0,))
    >>> float(slope)
    6.0
    """
    from pykeras.differentiation import GradientTape
    from pykeras.ops.making import zeros_like
    from pykeras.ops.reduction import sum

    if any_symbolic(primals, tangents):
        result = fun(*primals)
        outputs, aux = result if has_aux else (result, None)
        slopes = tree.map_structure(lambda o: KerasTensor(o.shape, o.dtype), outputs)
        return (outputs, slopes, aux) if has_aux else (outputs, slopes)
    primals = tree.map_structure(convert_to_tensor, tuple(primals))
    tangents = [convert_to_tensor(t) for t in tree.flatten(tuple(tangents))]
    given = tree.flatten(primals)
    if [t.shape for t in tangents] != [p.shape for p in given]:
        raise ValueError(
            f"jvp: tangents: expected shapes {[p.shape for p in given]}, got {[t.shape for t in tangents]}"
        )
    with GradientTape(persistent=True) as outer:
        with GradientTape() as inner:
            inner.watch(primals)
            result = fun(*primals)
            outputs, aux = result if has_aux else (result, None)
        flat = [convert_to_tensor(o) for o in tree.flatten(outputs)]
        weights = [zeros_like(o) for o in flat]
        outer.watch(weights)
        slopes = inner.gradient(flat, given, weights)
        joined = [sum(g * t) for g, t in zip(slopes, tangents) if g is not None]
        total = joined[0] if joined else None
        for part in joined[1:]:
            total = total + part
    if total is None:
        derivatives = [zeros_like(o) for o in flat]
    else:
        derivatives = outer.gradient(total, weights, unconnected_gradients="zero")
    derivative = tree.pack_sequence_as(outputs, derivatives) if tree.is_nested(outputs) else derivatives[0]
    return (outputs, derivative, aux) if has_aux else (outputs, derivative)


def vectorize(pyfunc: Callable, *, excluded: Any = None, signature: str | None = None) -> Callable:
    """``pyfunc`` of single elements (or, with ``signature`` such as ``"(n),(n)->()"``, of their last axes) as a
    function of whole arrays, with broadcasting. Arguments named or numbered in ``excluded`` are passed as they are."""
    left_out = set(excluded or ())

    def run(*args, **kwargs):
        from pykeras.ops.movement import broadcast_to, reshape, stack

        core = _core_axes(signature, len(args) - len([i for i in left_out if isinstance(i, int)]))
        places = [i for i in range(len(args)) if i not in left_out]
        tensors = [convert_to_tensor(args[i]) for i in places]
        loops = [x.shape[: len(x.shape) - n] for x, n in zip(tensors, core)]
        rank = max(map(len, loops), default=0)
        shape = tuple(max([s[a] for s in loops if len(s) >= -a]) for a in range(-rank, 0))
        count = 1
        for size in shape:
            count *= size
        flat = [reshape(broadcast_to(x, (*shape, *x.shape[len(x.shape) - n :])),
                        (count, *x.shape[len(x.shape) - n :])) for x, n in zip(tensors, core)]  # fmt: skip
        results = []
        for k in range(count):
            given = list(args)
            for i, x in zip(places, flat):
                given[i] = x[k]
            results.append(pyfunc(*given, **kwargs))
        if not results:
            raise ValueError("vectorize: expected arrays with elements, got an empty one")
        joined = [stack([convert_to_tensor(r) for r in column]) for column in zip(*map(tree.flatten, results))]
        whole = [reshape(x, (*shape, *x.shape[1:])) for x in joined]
        return tree.pack_sequence_as(results[0], whole) if tree.is_nested(results[0]) else whole[0]

    return functools.wraps(pyfunc)(run) if hasattr(pyfunc, "__name__") else run


def _core_axes(signature: str | None, count: int) -> list[int]:
    if signature is None:
        return [0] * count
    groups = signature.split("->")[0].replace(" ", "").strip("()").split("),(")
    if len(groups) != count:
        raise ValueError(f"vectorize: signature {signature!r} names {len(groups)} arguments, got {count}")
    return [len([n for n in group.split(",") if n]) for group in groups]


__all__ = ["custom_gradient", "jvp", "vectorize"]
