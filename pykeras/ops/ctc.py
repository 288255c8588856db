"""Connectionist temporal classification (Graves et al., ICML 2006)."""

from __future__ import annotations

import numpy as np

from pykeras import _core
from pykeras.keras_tensor import operation
from pykeras.ops.core import cast, convert_to_tensor
from pykeras.ops.host import host
from pykeras.ops.numbers import as_operand, is_symbolic, unknown_like

op = _core.op


def _log_softmax(x):
    x = x - x.max(-1, keepdims=True)
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


def _add(*logs):
    """Logarithm of a sum of exponentials; -inf is nothing."""
    top = np.maximum.reduce(logs)
    base = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return base + np.log(np.add.reduce([np.exp(x - base) for x in logs]))


def _paths(log_p, labels, blank):
    """Forward and backward log-probabilities (time, 2 labels + 1) of one sample."""
    extended = np.full(2 * len(labels) + 1, blank)
    extended[1::2] = labels
    time, size = len(log_p), len(extended)
    skips = np.zeros(size, bool)
    skips[3::2] = labels[1:] != labels[:-1]
    emit = log_p[:, extended]
    forward = np.full((time, size), -np.inf)
    backward = np.full((time, size), -np.inf)
    forward[0, :2] = emit[0, :2]
    backward[-1, -2:] = 0.0
    nothing = np.full(2, -np.inf)
    for t in range(1, time):
        before = forward[t - 1]
        one = np.concatenate([nothing[:1], before[:-1]])
        two = np.where(skips, np.concatenate([nothing, before])[:size], -np.inf)
        forward[t] = _add(before, one, two) + emit[t]
    for t in range(time - 2, -1, -1):
        after = backward[t + 1] + emit[t + 1]
        one = np.concatenate([after[1:], nothing[:1]])
        two = np.concatenate([np.where(skips, after, -np.inf)[2:], nothing])[:size]
        backward[t] = _add(after, one, two)
    return extended, forward, backward


@operation
def ctc_loss(target, output, target_length, output_length, mask_index: int = 0):
    """``-log`` of the probability that ``output`` spells ``target``, summed over all alignments.

    Arguments:
        target: (batch, longest target) class numbers.
        output: (batch, time, classes) logits.
        target_length, output_length: (batch,).
        mask_index: the blank class.
    """
    target, output = cast(target, "int64"), as_operand(output)
    target_length, output_length = cast(target_length, "int64"), cast(output_length, "int64")
    if len(target.shape) != 2 or len(output.shape) != 3:
        raise ValueError(f"ctc_loss: expected target (batch, n) and output (batch, time, classes), got {target.shape} "
                         f"and {output.shape}")  # fmt: skip
    shape, dtype = output.shape, output.dtype

    def compute(labels, logits, label_lengths, lengths):
        losses = np.zeros(len(labels))
        slopes = np.zeros(logits.shape)
        for i, (n, t) in enumerate(zip(label_lengths, lengths)):
            log_p = _log_softmax(logits[i, :t].astype("float64"))
            extended, forward, backward = _paths(log_p, labels[i, :n], mask_index)
            total = _add(*forward[-1, -2:]) if n else forward[-1, 0]
            losses[i] = -total
            slopes[i, :t] = np.exp(log_p)
            if np.isfinite(total):
                share = np.exp(forward + backward - total)
                for s, label in enumerate(extended):
                    slopes[i, :t, label] -= share[:, s]
        return losses, slopes

    def gradient(inputs, outputs, dy):
        scale = None if dy[0] is None else op.reshape(dy[0], [-1, 1, 1])
        return [None, None if scale is None else op.multiply(op.stop_gradient(outputs[1]), scale), None, None]

    specs = [((shape[0],), dtype), (shape, dtype)]
    return host("ctc_loss", compute, [target, output, target_length, output_length], specs, gradient)[0]


def ctc_decode(inputs, sequence_lengths, strategy: str = "greedy", beam_width: int = 100, top_paths: int = 1,
               merge_repeated: bool = True, mask_index: int = 0):  # fmt: skip
    """The most probable spellings of logits (batch, time, classes).

    Arguments:
        sequence_lengths: (batch,) how many steps count.
        strategy: ``"greedy"`` takes the best class of each step, ``"beam_search"`` keeps ``beam_width`` prefixes.
        top_paths: how many spellings beam search gives.
        merge_repeated: whether greedy search takes repetitions of a class as one.
        mask_index: the blank class.

    Returns (paths (top_paths, batch, time), -1 after the end, scores: (batch, 1) negative sums of the best logits for
    greedy search, (batch, top_paths) log-probabilities for beam search).
    """
    if strategy not in ("greedy", "beam_search"):
        raise ValueError(f"ctc_decode: strategy: expected 'greedy' or 'beam_search', got {strategy!r}")
    x = as_operand(inputs)
    if is_symbolic(x):
        batch, time, _ = x.shape
        count = 1 if strategy == "greedy" else top_paths
        return unknown_like([x], (count, batch, time), "int32"), unknown_like([x], (batch, count))
    logits, lengths = x.numpy(), np.asarray(as_operand(sequence_lengths)).astype(int)
    if strategy == "greedy":
        paths, scores = _greedy(logits, lengths, merge_repeated, mask_index)
    else:
        paths, scores = _beams(logits, lengths, beam_width, top_paths, mask_index)
    return convert_to_tensor(paths.astype("int32")), convert_to_tensor(scores.astype(x.dtype))


def _greedy(logits, lengths, merge, blank):
    batch, time, _ = logits.shape
    paths = np.full((1, batch, time), -1)
    scores = np.zeros((batch, 1))
    for i, length in enumerate(lengths):
        best = logits[i, :length].argmax(-1)
        scores[i] = -logits[i, :length].max(-1).sum()
        kept = np.ones(length, bool)
        if merge and length:
            kept[1:] = best[1:] != best[:-1]
        spelt = best[kept & (best != blank)]
        paths[0, i, : len(spelt)] = spelt
    return paths, scores


def _beams(logits, lengths, width, top, blank):
    batch, time, classes = logits.shape
    paths = np.full((top, batch, time), -1)
    scores = np.full((batch, top), -np.inf)
    for i, length in enumerate(lengths):
        beams = {(): (0.0, -np.inf)}  # prefix: log-probability of ending in a blank, and in its last class
        for log_p in _log_softmax(logits[i, :length].astype("float64")):
            new: dict = {}

            def put(prefix, blank_score, class_score, new=new):
                old = new.get(prefix, (-np.inf, -np.inf))
                new[prefix] = (np.logaddexp(old[0], blank_score), np.logaddexp(old[1], class_score))

            for prefix, (in_blank, in_class) in beams.items():
                total = np.logaddexp(in_blank, in_class)
                put(prefix, total + log_p[blank], in_class + log_p[prefix[-1]] if prefix else -np.inf)
                for label in range(classes):
                    if label != blank:
                        source = in_blank if prefix and label == prefix[-1] else total
                        put((*prefix, label), -np.inf, source + log_p[label])
            ranked = sorted(new.items(), key=lambda item: -np.logaddexp(*item[1]))
            beams = dict(ranked[:width])
        ranked = sorted(beams.items(), key=lambda item: -np.logaddexp(*item[1]))[:top]
        for k, (prefix, score) in enumerate(ranked):
            paths[k, i, : len(prefix)] = prefix
            scores[i, k] = np.logaddexp(*score)
    return paths, scores


__all__ = ["ctc_decode", "ctc_loss"]
