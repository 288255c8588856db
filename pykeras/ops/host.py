"""Ops that NumPy computes: one call of the host in a recorded step too, with a gradient made of other ops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pykeras import _core
from pykeras.ops.numbers import as_operand, is_symbolic


def host(
    name: str,
    function: Callable,
    inputs: Sequence[Any],
    outputs: Sequence[tuple[Any, str]],
    gradient: Callable | None = None,
) -> Any:
    """The results of ``function`` on the inputs' values, one tensor or a tuple of them.

    Arguments:
        function: of NumPy arrays; must depend on nothing else, for recorded steps run it again.
        outputs: (shape, dtype) of each result.
        gradient: ``gradient(inputs, outputs, dy)``, lists of tensors, gives a gradient or ``None`` for each input;
            without one, asking for a gradient raises ``NotImplementedError``.
    """
    tensors = [as_operand(x) for x in inputs]
    if is_symbolic(*tensors):
        symbol = next(x for x in tensors if is_symbolic(x))
        results: Any = [type(symbol)(tuple(shape), dtype) for shape, dtype in outputs]
    else:
        floats = any(x.dtype in ("float32", "float64") for x in tensors)
        given = gradient or (_refusal(name) if floats and any(d.startswith("float") for _, d in outputs) else None)
        results = _core.host_op(name, function, given, tensors, [(tuple(s), d) for s, d in outputs])
    return results[0] if len(results) == 1 else tuple(results)


def _refusal(name: str) -> Callable:
    def gradient(inputs, outputs, dy):
        raise NotImplementedError(f"{name}: is computed by NumPy and has no gradient; use stop_gradient on its result")

    return gradient


def with_gradient(name: str, inputs: Sequence[Any], outputs: Sequence[Any], gradient: Callable) -> list:
    """``outputs`` again, whose gradients by ``inputs`` are what ``gradient(inputs, outputs, dy)`` says."""

    def of_inputs(ins, outs, dy):
        return gradient(ins[: len(inputs)], outs, dy)

    specs = [(x.shape, x.dtype) for x in outputs]
    return _core.host_op(name, None, of_inputs, [*inputs, *outputs], specs)
