"""Keras 2's windows over a series, a batch at a time."""

from __future__ import annotations

import json
import math

import numpy as np

from pykeras import check


class TimeseriesGenerator:
    """Batches of windows of a series with the target that follows each: ``data[i - length : i]`` and ``targets[i]``.

    It is a sequence of batches: ``len``, indexing and iteration work, and ``fit`` takes it.

    Arguments:
        data: series, steps along the first axis.
        targets: a target for each step of ``data``.
        length: steps that a window spans.
        sampling_rate: a window holds every so-manieth step of its span.
        stride: steps between windows.
        start_index, end_index: steps outside are not used; ``end_index`` is included, the last step by default.
        shuffle: windows drawn at random (from NumPy's global generator), some perhaps twice, in place of all in order.
        reverse: windows run backwards.
        batch_size: windows in a batch.

    Raises:
        ValueError: data and targets of unequal length, or fewer steps than a window and its target take.

    Example:
        >>> from pykeras.preprocessing.sequence import TimeseriesGenerator
        >>> batches = TimeseriesGenerator(range(10), range(10), length=3, batch_size=4)
        >>> x, y = batches[0]
        >>> x.tolist()[0], y.tolist(), len(batches)
        ([0, 1, 2], [3, 4, 5, 6], 2)
    """

    def __init__(
        self, data, targets, length, sampling_rate=1, stride=1, start_index=0, end_index=None, shuffle=False,
        reverse=False, batch_size=128,
    ):  # fmt: skip
        if len(data) != len(targets):
            raise ValueError(
                f"TimeseriesGenerator: expected a target for each step, got {len(data)} steps of data and "
                f"{len(targets)} targets"
            )
        self.data = data
        self.targets = targets
        self.length = check.positive_int("length", length)
        self.sampling_rate = check.positive_int("sampling_rate", sampling_rate)
        self.stride = check.positive_int("stride", stride)
        self.start_index = check.non_negative_int("start_index", start_index) + self.length
        self.end_index = len(data) - 1 if end_index is None else check.integer("end_index", end_index)
        self.shuffle = shuffle
        self.reverse = reverse
        self.batch_size = check.positive_int("batch_size", batch_size)
        if self.start_index > self.end_index:
            raise ValueError(
                f"TimeseriesGenerator: no window fits: the first target would be step {self.start_index} "
                f"(start_index + length), the last step is {self.end_index}"
            )
        if self.end_index >= len(data):
            raise ValueError(f"end_index: expected a step below {len(data)}, got {self.end_index}")

    def __len__(self):
        return math.ceil((self.end_index - self.start_index + 1) / (self.batch_size * self.stride))

    def __getitem__(self, index):
        if not -len(self) <= index < len(self):
            raise IndexError(f"TimeseriesGenerator: batch {index} of {len(self)}")
        span = self.batch_size * self.stride
        if self.shuffle:
            ends = np.random.randint(self.start_index, self.end_index + 1, size=self.batch_size)
        else:
            first = self.start_index + span * (index % len(self))
            ends = range(first, min(first + span, self.end_index + 1), self.stride)
        windows = np.array([self.data[end - self.length : end : self.sampling_rate] for end in ends])
        targets = np.array([self.targets[end] for end in ends])
        return (windows[:, ::-1] if self.reverse else windows), targets

    def __iter__(self):
        return (self[index] for index in range(len(self)))

    def get_config(self):
        """The settings, and data and targets as JSON strings, as Keras 2 writes them.

        Raises:
            TypeError: data that JSON cannot hold.
        """
        names = ("length", "sampling_rate", "stride", "start_index", "end_index", "shuffle", "reverse", "batch_size")
        return {
            "data": _as_json("data", self.data),
            "targets": _as_json("targets", self.targets),
            **{name: getattr(self, name) for name in names},
        }

    def to_json(self, **kwargs):
        """A JSON string of the configuration; ``kwargs`` go to ``json.dumps``."""
        return json.dumps({"class_name": type(self).__name__, "config": self.get_config()}, **kwargs)


def _as_json(name, values):
    try:
        return json.dumps(values.tolist() if isinstance(values, np.ndarray) else values)
    except TypeError as error:
        raise TypeError(f"TimeseriesGenerator: {name}: JSON cannot hold them: {error}") from error
