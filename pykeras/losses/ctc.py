"""Connectionist temporal classification: labels in order, without saying when."""

from pykeras import ops
from pykeras.losses.loss import LossFunctionWrapper
from pykeras.losses.names import registry

_IMPOSSIBLE = -1e5


@registry.register
def ctc(y_true, y_pred):
    """``-log`` of the probability that the frames, blanks and repetitions removed, spell the labels.

    Args:
        y_true: class numbers, shape ``(n, length)``, padded with 0, which is the blank and no label.
        y_pred: scores (before the softmax) of each frame, shape ``(n, frames, classes)``.

    Returns:
        Tensor of shape ``(n,)``; about 1e5 where the frames are too few for the labels.

    Raises:
        ValueError: for other shapes.

    Source: A. Graves et al., "Connectionist Temporal Classification", 2006.

    Example:
        >>> import pykeras
        >>> round(float(pykeras.losses.ctc([[1]], pykeras.ops.zeros((1, 2, 2)))[0]), 4)
        0.2877
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    if len(y_true.shape) != 2 or len(y_pred.shape) != 3:
        raise ValueError(
            "ctc: expected labels of shape (samples, length) and scores of shape (samples, frames, classes), got "
            f"{tuple(y_true.shape)} and {tuple(y_pred.shape)}"
        )
    labels = ops.cast(y_true, "int32")
    samples, length = labels.shape
    frames = y_pred.shape[1]
    scores = ops.log_softmax(y_pred, axis=-1)
    # the paper's l': a blank before each label and after the last one
    places = ops.reshape(ops.stack([ops.zeros_like(labels), labels], axis=-1), (samples, 2 * length))
    places = ops.pad(places, ((0, 0), (0, 1)))
    emitted = ops.take_along_axis(scores, ops.broadcast_to(places[:, None, :], (samples, frames, 2 * length + 1)), -1)
    # a label may follow the one before it without a blank between them, unless it is the same
    earlier = ops.pad(places[:, :-2], ((0, 0), (2, 0)))
    # (a zero among the labels counts as one of them, as in Keras)
    order = ops.arange(2 * length + 1)
    skips = ops.where(ops.logical_and(ops.equal(order % 2, 1), ops.not_equal(places, earlier)), 0.0, _IMPOSSIBLE)
    first = order < 2
    alpha = ops.where(first, emitted[:, 0], _IMPOSSIBLE)
    for frame in range(1, frames):
        stepped = ops.logaddexp(alpha, _shifted(alpha, 1))
        alpha = ops.logaddexp(stepped, _shifted(alpha, 2) + skips) + emitted[:, frame]
    last = 2 * ops.sum(ops.cast(ops.not_equal(labels, 0), "int32"), axis=-1, keepdims=True)
    ended = ops.take_along_axis(alpha, last, -1)
    ended_early = ops.take_along_axis(alpha, ops.maximum(last - 1, 0), -1)
    ended_early = ops.where(ops.equal(last, 0), _IMPOSSIBLE, ended_early)
    return -ops.squeeze(ops.logaddexp(ended, ended_early), -1)


def _shifted(alpha, count):
    return ops.pad(alpha[:, :-count], ((0, 0), (count, 0)), constant_values=_IMPOSSIBLE)


@registry.register
class CTC(LossFunctionWrapper):
    """Connectionist temporal classification; see :func:`ctc`."""

    def __init__(self, reduction="sum_over_batch_size", name="ctc", dtype=None):
        super().__init__(ctc, reduction=reduction, name=name, dtype=dtype)
