"""Sequences of unequal length as one array."""

from __future__ import annotations

import itertools

import numpy as np

from pykeras import check

ENDS = ("pre", "post")


def pad_sequences(sequences, maxlen=None, dtype="int32", padding="pre", truncating="pre", value=0.0):
    """Sequences of unequal length to an array: short ones are filled with ``value``, long ones cut.

    Arguments:
        sequences: lists or arrays; their items may be numbers, strings or arrays of one shape.
        maxlen: length of the result; by default that of the longest sequence.
        dtype: type of the result; ``object`` for strings of any length.
        padding: "pre" to fill at the start, "post" at the end.
        truncating: "pre" to cut the start, "post" the end.
        value: what to fill with.

    Returns:
        An array of shape ``(len(sequences), maxlen, ...)``.

    Raises:
        ValueError: something that is no sequence, items of unequal shapes, or a value that ``dtype`` cannot hold.

    Example:
        >>> from pykeras.utils import pad_sequences
        >>> pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2)
        array([[0, 1],
               [2, 3],
               [5, 6]], dtype=int32)
    """
    check.one_of("padding", padding, ENDS)
    check.one_of("truncating", truncating, ENDS)
    if not hasattr(sequences, "__iter__") or isinstance(sequences, (str, bytes)):
        raise ValueError(f"sequences: expected a list of sequences, got {type(sequences).__name__} {sequences!r}")
    sequences = list(sequences)
    for place, sequence in enumerate(sequences):
        if not hasattr(sequence, "__len__"):
            raise ValueError(
                f"sequences[{place}]: expected a sequence, got {type(sequence).__name__} {sequence!r}. "
                "One sequence alone is given as a list of one: [sequence]"
            )
    if maxlen is None:
        maxlen = max(map(len, sequences), default=0)
    check.non_negative_int("maxlen", maxlen)
    if isinstance(value, str) and np.dtype(dtype).kind not in "OUS":
        raise ValueError(
            f"value: the string {value!r} does not go into an array of dtype {dtype}; use dtype=object for strings"
        )
    # The first that is not empty says what shape items have, whether or not it is cut away.
    shape = next((np.asarray(s).shape[1:] for s in sequences if len(s)), ())
    if truncating == "pre":
        sequences = [s if len(s) <= maxlen else s[len(s) - maxlen :] for s in sequences]
    else:
        sequences = [s[:maxlen] for s in sequences]
    result = np.full((len(sequences), maxlen, *shape), value, dtype)
    lengths = np.fromiter(map(len, sequences), np.int64, len(sequences))
    if lengths.any():
        places = np.arange(maxlen)
        filled = places < lengths[:, None] if padding == "post" else places >= maxlen - lengths[:, None]
        result[filled] = _joined(sequences, dtype, shape)
    return result


def _joined(sequences, dtype, shape):
    """The items of all sequences, one after another."""
    if not shape and all(type(s) is list for s in sequences):
        try:
            flat = np.asarray(list(itertools.chain.from_iterable(sequences)), dtype)
        except ValueError:
            flat = None  # the loop below finds the sequence
        if flat is not None and flat.ndim == 1:
            return flat
    parts = []
    for place, sequence in enumerate(sequences):
        if len(sequence):
            part = np.asarray(sequence, dtype)
            if part.shape[1:] != shape:
                raise ValueError(
                    f"sequences[{place}]: its items have shape {part.shape[1:]}, those of the first {shape}"
                )
            parts.append(part)
    return np.concatenate(parts)
