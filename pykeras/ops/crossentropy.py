"""Cross-entropies."""

from __future__ import annotations

from pykeras import _core, config
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast
from pykeras.ops.movement import moveaxis, squeeze
from pykeras.ops.numbers import as_operand

op = _core.op


def _logits_behind(output, name: str):
    """What ``output`` was computed from when it is the result of that activation."""
    behind = getattr(output, "logits", None)
    return behind[1] if behind is not None and behind[0] == name else None


def _same_shapes(name, target, output):
    if len(target.shape) != len(output.shape) or any(
        a is not None and b is not None and a != b for a, b in zip(target.shape, output.shape)
    ):
        raise ValueError(f"{name}: expected target and output of one shape, got {target.shape} and {output.shape}")


@operation
def categorical_crossentropy(target, output, from_logits: bool = False, axis=-1):
    """``-sum(target * log(output))`` along ``axis``; ``output`` are probabilities, or logits with ``from_logits``.

    Probabilities that a softmax has just computed are taken back to their logits, which is stable and fused.
    """
    target, output = as_operand(target), as_operand(output)
    _same_shapes("categorical_crossentropy", target, output)
    if not output.shape:
        raise ValueError("categorical_crossentropy: expected at least one axis, got scalars")
    target = cast(target, output.dtype)
    last = axis in (-1, len(output.shape) - 1)
    logits = output if from_logits else _logits_behind(output, "softmax")
    if logits is not None:
        if last:
            return op.softmax_cross_entropy(logits, target)
        return op.negative(op.sum(op.multiply(target, op.log_softmax(logits, axis)), [axis], False))
    output = op.divide(output, op.sum(output, [axis], True))
    output = op.clip(output, config.epsilon(), 1.0 - config.epsilon())
    return op.negative(op.sum(op.multiply(target, op.log(output)), [axis], False))


@operation
def sparse_categorical_crossentropy(target, output, from_logits: bool = False, axis=-1):
    """``-log(output[target])`` along ``axis`` with class numbers as ``target``.

    Raises ``ValueError`` for a label outside the classes.
    """
    target, output = as_operand(target), as_operand(output)
    if len(target.shape) == len(output.shape) and target.shape[-1] == 1:
        target = squeeze(target, -1)
    if not output.shape:
        raise ValueError("sparse_categorical_crossentropy: expected at least one axis, got a scalar")
    rank = len(output.shape)
    expected = [s for a, s in enumerate(output.shape) if a != axis % rank]
    if len(target.shape) != rank - 1 or any(
        a is not None and b is not None and a != b for a, b in zip(target.shape, expected)
    ):
        raise ValueError(
            f"sparse_categorical_crossentropy: expected target of shape {tuple(expected)} for output of shape "
            f"{output.shape}, got {target.shape}"
        )
    target = cast(target, "int64")
    logits = output if from_logits else _logits_behind(output, "softmax")
    if logits is None:
        output = op.divide(output, op.sum(output, [axis], True))
        # Log-probabilities that were clipped need no second normalization.
        logits = op.log(op.clip(output, config.epsilon(), 1.0 - config.epsilon()))
        known = False
    else:
        known = True
    if axis not in (-1, rank - 1):
        logits = moveaxis(logits, axis, -1)
    return op.sparse_softmax_cross_entropy(logits, target) if known else op.negative_log_likelihood(logits, target)


@operation
def binary_crossentropy(target, output, from_logits: bool = False):
    """``-target * log(output) - (1 - target) * log(1 - output)``, element by element."""
    target, output = as_operand(target), as_operand(output)
    _same_shapes("binary_crossentropy", target, output)
    target = cast(target, output.dtype)
    logits = output if from_logits else _logits_behind(output, "sigmoid")
    if logits is not None:
        # max(x, 0) - x z + log(1 + exp(-|x|))
        return op.subtract(op.softplus(logits), op.multiply(logits, target))
    output = op.clip(output, config.epsilon(), 1.0 - config.epsilon())
    positive = op.multiply(target, op.log(output))
    negative = op.multiply(op.subtract(1.0, target), op.log(op.subtract(1.0, output)))
    return op.negative(op.add(positive, negative))


__all__ = [
    "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy",
]  # fmt: skip
