"""Windows over a series as a data set."""

from __future__ import annotations

import numpy as np

from pykeras import check, ops
from pykeras.utils.dataset import from_indices
from pykeras.utils.directories import only_tf


def timeseries_dataset_from_array(
    data, targets, sequence_length, sequence_stride=1, sampling_rate=1, batch_size=128, shuffle=False, seed=None,
    start_index=None, end_index=None, format="tf",
):  # fmt: skip
    """Windows of a series in batches: ``data[i], data[i + rate], ..., data[i + (length - 1) rate]``.

    Arguments:
        data: array or tensor, steps along the first axis.
        targets: ``targets[i]`` belongs to the window that starts at step i; None for windows alone.
        sequence_length: steps in a window.
        sequence_stride: steps between the starts of windows.
        sampling_rate: steps between the steps of a window.
        batch_size: windows in a batch; None for single windows.
        shuffle: whether to shuffle windows, anew in each iteration.
        seed: of the shuffling.
        start_index, end_index: only steps from ``start_index`` to below ``end_index`` are used.
        format: "tf"; Keras's "grain" is refused.

    Returns:
        A ``Dataset`` of windows of shape ``(batch_size, sequence_length, ...)``, or of pairs (windows, targets).

    Raises:
        ValueError: no window fits, or indices outside the data.

    Example:
        >>> import numpy as np
        >>> from pykeras.utils import timeseries_dataset_from_array
        >>> series = np.arange(10)
        >>> x, y = next(iter(timeseries_dataset_from_array(series[:-3], series[3:], 3, batch_size=2)))
        >>> x.tolist(), y.tolist()
        ([[0, 1, 2], [1, 2, 3]], [3, 4])
    """
    only_tf(format)
    length = check.positive_int("sequence_length", sequence_length)
    stride = check.positive_int("sequence_stride", sequence_stride)
    rate = check.positive_int("sampling_rate", sampling_rate)
    data = np.asarray(data)
    start = 0 if start_index is None else check.non_negative_int("start_index", start_index)
    end = len(data) if end_index is None else check.positive_int("end_index", end_index)
    if not start < end <= len(data):
        raise ValueError(
            f"start_index, end_index: expected steps of the data, start before end, got {start} and {end} "
            f"of {len(data)} steps"
        )
    count = end - start - (length - 1) * rate
    data = data[start:end]
    if targets is not None:
        targets = np.asarray(targets)
        count = min(count, len(targets))
        targets = targets[start:end]
        count = min(count, len(targets))
    if count < 1:
        raise ValueError(
            f"sequence_length: windows of {length} steps, {rate} apart, do not fit into {len(data)} steps of data"
            + ("" if targets is None else f" with {len(targets)} targets")
        )
    starts = np.arange(0, count, stride)
    steps = np.arange(length) * rate

    def load(numbers):
        places = starts[numbers]
        windows = ops.convert_to_tensor(data[places[:, None] + steps])
        return windows if targets is None else (windows, ops.convert_to_tensor(targets[places]))

    return from_indices(load, len(starts), batch_size, shuffle, seed)
