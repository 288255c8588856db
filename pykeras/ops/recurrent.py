"""Recurrent layers over whole sequences: one op each, forward and backward (Keras computes them in its layers)."""

from __future__ import annotations

from typing import Any

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast
from pykeras.ops.numbers import as_operand

op = _core.op


def _operands(name: str, *inputs: Any) -> list:
    """The inputs as tensors of the dtype of the first, which must be a sequence of vectors."""
    first = as_operand(inputs[0])
    if len(first.shape) != 3:
        raise ValueError(f"{name}: expected inputs of shape (batch, time, features), got {first.shape}")
    if first.dtype not in ("float32", "float64"):
        first = cast(first, "float32")
    return [first] + [None if x is None else cast(x, first.dtype) for x in inputs[1:]]


def _truths(mask: Any):
    return None if mask is None else cast(mask, "bool")


@operation
def lstm(
    inputs,
    initial_h,
    initial_c,
    kernel,
    recurrent_kernel,
    bias=None,
    mask=None,
    go_backwards: bool = False,
    zero_output_for_mask: bool = False,
):
    """Long short-term memory over ``inputs``, with ``tanh`` and ``sigmoid``.

    ``z = x·kernel + h·recurrent_kernel + bias``, four matrices wide; ``i, f, o`` are the sigmoids of its parts 0, 1 and
    3, ``g = tanh`` of part 2; ``c ← f·c + i·g``, ``h ← o·tanh(c)``.

    Args:
        inputs: (batch, time, features).
        initial_h: state before the first step, (batch, units).
        initial_c: memory before the first step, (batch, units).
        kernel: (features, 4 · units), gates in the order i, f, g, o.
        recurrent_kernel: (units, 4 · units).
        bias: (4 · units,).
        mask: (batch, time); a step that is false keeps state and output.
        go_backwards: walk from the last step to the first; outputs are in the order of walking.
        zero_output_for_mask: outputs of masked steps are 0 instead of those before.

    Returns:
        ``(outputs (batch, time, units), last_h, last_c)``.

    Raises:
        ValueError: for shapes that do not fit together.

    Source: S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory", 1997; F. Gers et al., "Learning to Forget",
    2000, for the gate f.

    >>> import numpy as np
    >>> h = c = np.zeros((2, 4), "float32")
    >>> outputs, h, c = lstm(np.ones((2, 5, 3), "float32"), h, c, np.ones((3, 16)), np.zeros((4, 16)))
    >>> outputs.shape, bool(np.all(outputs[:, -1].numpy() == h.numpy()))
    ((2, 5, 4), True)
    """
    operands = _operands("lstm", inputs, initial_h, initial_c, kernel, recurrent_kernel, bias)
    return op.lstm(*operands, _truths(mask), bool(go_backwards), bool(zero_output_for_mask))[:3]  # type: ignore[call-arg]


@operation
def gru(
    inputs,
    initial_h,
    kernel,
    recurrent_kernel,
    bias=None,
    mask=None,
    reset_after: bool = True,
    go_backwards: bool = False,
    zero_output_for_mask: bool = False,
):
    """Gated recurrent unit over ``inputs``, with ``tanh`` and ``sigmoid``.

    ``z, r`` are the sigmoids of the parts 0 and 1 of ``x·kernel + h·recurrent_kernel + bias``, three matrices wide;
    ``h ← z·h + (1 - z)·candidate`` with ``candidate = tanh(x·kernel + (r·h)·recurrent_kernel + bias)`` of part 2, or
    with ``reset_after`` ``tanh(x·kernel + bias[0] + r·(h·recurrent_kernel + bias[1]))``.

    Args:
        inputs: (batch, time, features).
        initial_h: state before the first step, (batch, units).
        kernel: (features, 3 · units), gates in the order z, r, candidate.
        recurrent_kernel: (units, 3 · units).
        bias: (2, 3 · units) with ``reset_after``, else (3 · units,).
        mask: (batch, time); a step that is false keeps state and output.
        reset_after: the reset gate meets the state after its product with the recurrent kernel.
        go_backwards: walk from the last step to the first; outputs are in the order of walking.
        zero_output_for_mask: outputs of masked steps are 0 instead of those before.

    Returns:
        ``(outputs (batch, time, units), last_h)``.

    Raises:
        ValueError: for shapes that do not fit together.

    Source: K. Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014.

    >>> import numpy as np
    >>> outputs, h = gru(np.ones((2, 5, 3), "float32"), np.zeros((2, 4)), np.ones((3, 12)), np.zeros((4, 12)))
    >>> outputs.shape, h.shape
    ((2, 5, 4), (2, 4))
    """
    operands = _operands("gru", inputs, initial_h, kernel, recurrent_kernel, bias)
    return op.gru(*operands, _truths(mask), bool(reset_after), bool(go_backwards), bool(zero_output_for_mask))[:2]  # type: ignore[call-arg]


@operation
def simple_rnn(
    inputs,
    initial_h,
    kernel,
    recurrent_kernel,
    bias=None,
    mask=None,
    activation: str = "tanh",
    go_backwards: bool = False,
    zero_output_for_mask: bool = False,
):
    """Simple recurrent network over ``inputs``: ``h ← activation(x·kernel + h·recurrent_kernel + bias)``.

    Args:
        inputs: (batch, time, features).
        initial_h: state before the first step, (batch, units).
        kernel: (features, units).
        recurrent_kernel: (units, units).
        bias: (units,).
        mask: (batch, time); a step that is false keeps state and output.
        activation: ``"tanh"``, ``"relu"``, ``"sigmoid"`` or ``"linear"``.
        go_backwards: walk from the last step to the first; outputs are in the order of walking.
        zero_output_for_mask: outputs of masked steps are 0 instead of those before.

    Returns:
        ``(outputs (batch, time, units), last_h)``.

    Raises:
        ValueError: for shapes that do not fit together, or another activation.

    Source: J. Elman, "Finding Structure in Time", 1990.

    >>> import numpy as np
    >>> outputs, h = simple_rnn(np.ones((2, 5, 3), "float32"), np.zeros((2, 4)), np.ones((3, 4)), np.zeros((4, 4)))
    >>> outputs.shape, h.shape
    ((2, 5, 4), (2, 4))
    """
    operands = _operands("simple_rnn", inputs, initial_h, kernel, recurrent_kernel, bias)
    return op.simple_rnn(*operands, _truths(mask), activation, bool(go_backwards), bool(zero_output_for_mask))[:2]  # type: ignore[call-arg]


__all__ = ["gru", "lstm", "simple_rnn"]
